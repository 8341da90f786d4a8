"""What a language model makes of the best candidates: the likelihoods of their titles, or the order it puts them in.

Likelihood is the log-probability per token of a title as the answer to the `rank` prompt. Large models usually gain by
it and small ones do not, so it is on from three billion parameters up, unless somebody says otherwise or the shop has
learned what this model is worth to it (`newaisle calibrate --llm`).

Listwise is for models that cannot score a given text: permutation generation (RankGPT: Sun et al. 2023,
arXiv 2304.09542) of one window. Models favour some places of a list and some letters whatever stands there, so each is
asked twice, the second time with the candidates in reverse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.base import Ask, Generated, LanguageModel
from newaisle.agent.schema.style import Switch
from newaisle.prompts.messages import Message

SHORTLIST = 20  # candidates of the blend's top that a language model ranks
DEADLINE = 120.0  # seconds that a model may take to rank them: some large ones run on small machines
_ENOUGH_PARAMETERS = 3_000_000_000


def wanted(switch: Switch, model: LanguageModel, *, learned: bool | None = None) -> bool:
    """Whether this model is asked to rank; `learned` is whether it pays in this shop, None where that is not known.

    One that does not say its size is a server's, and taken for a large one.
    """
    if switch == "auto" and learned is not None:
        return learned
    large = model.parameters is None or model.parameters >= _ENOUGH_PARAMETERS
    return switch == "on" or (switch == "auto" and large)


def likelihood(
    model: LanguageModel, prompt: Sequence[Message], titles: Sequence[str], *, deadline: float | None = None
) -> NDArray[np.float64]:
    """Mean log-probability per token of each title after the prompt, shape (titles,).

    deadline: seconds for all of them. Raises LanguageModelError, Interrupted where the deadline passed.
    """
    return np.array([scored.mean for scored in model.score(prompt, titles, deadline=deadline)])


LABELS = ascii_uppercase[:SHORTLIST]
_TOKENS_PER_LABEL = 6  # enough for "[A] > " in any vocabulary
_FEWEST = 2  # labels without which an answer is no order
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
# A label stands alone; "A good choice", "I think" and "T-shirt" do not begin with one.
_LABEL = rf"(?<![A-Za-z0-9'’])[{LABELS}](?![A-Za-z0-9'’]|[ \t]+[a-z]|-\w*[a-z])"
_BETWEEN = r"(?:[^\w\n]|\d)*"
_BEGINNING = re.compile(rf"^{_BETWEEN}(?:{_LABEL}{_BETWEEN})+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Placed:
    """What a model's answers come to.

    scores: of each candidate, 1 for the first place down to 0 for the last, the mean over the answers that are of use,
    shape (candidates,); None where no answer is.
    answers: what the model wrote for each prompt, and whether it is an order.
    """

    scores: NDArray[np.float64] | None
    answers: Sequence[tuple[Generated, bool]]


def orders(count: int) -> tuple[Sequence[int], Sequence[int]]:
    """The two orders in which candidates are shown to a model."""
    return range(count), range(count)[::-1]


def listwise(
    model: LanguageModel,
    prompts: Sequence[Sequence[Message]],
    *,
    count: int,
    max_tokens: int | None = None,
    stop: Sequence[str] = (),
    deadline: float | None = None,
) -> Placed:
    """Have `count` candidates put in order; `prompts` show them in the two `orders`. Raises LanguageModelError."""
    most = max_tokens or _TOKENS_PER_LABEL * count
    answers = model.generate(
        [Ask(prompt=prompt, max_tokens=most, stop=stop) for prompt in prompts],
        deadline=deadline,
    )
    read = [places(answer.text, shown) for answer, shown in zip(answers, orders(count), strict=True)]
    found = [scores for scores in read if scores is not None]
    useful = [scores is not None for scores in read]
    return Placed(np.mean(found, axis=0) if found else None, list(zip(answers, useful, strict=True)))


def places(answer: str, shown: Sequence[int]) -> NDArray[np.float64] | None:
    """The place that an answer gives each candidate, from 1 for first down to 0 for last, shape (candidates,).

    `shown[i]` is the number of the candidate under label i. The first mention of a label counts; candidates that are
    not named follow by their numbers. None where fewer than two are named.
    """
    candidate = dict(zip(LABELS, shown, strict=False))
    named = list(dict.fromkeys(candidate[label] for label in _labels(answer) if label in candidate))
    if len(named) < _FEWEST:
        return None
    scores = np.empty(len(shown))
    scores[list(dict.fromkeys([*named, *sorted(shown)]))] = np.linspace(1.0, 0.0, len(shown))
    return scores


def _labels(answer: str) -> list[str]:
    """The labels in an answer, those in its thoughts and in titles that it repeats left out."""
    text = _THOUGHT.sub("", answer)
    beginnings = _BEGINNING.findall(text)
    if len(beginnings) > 1:  # a list, one line each, may go on with titles such as "USB cable, type C"
        text = "\n".join(beginnings)
    return re.findall(_LABEL, text)
