"""What a server can do, found out once and remembered: above all, whether its log-probabilities can be believed."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from newaisle.agent.llm.base import Likelihood
from newaisle.agent.llm.kept_files import Memory
from newaisle.agent.llm.server.api import Api, CompletionChoice, ModelInfo
from newaisle.agent.llm.server.sender import TRIES
from newaisle.agent.llm.server.stream import Usage
from newaisle.errors import RequestRejected, ServerFailed, ServerLacksModel

_TRIED_TEXT = "one, two, three, four, five, six,"
_TRIED_TOKENS = 5
_SAME = 0.6  # what batching and rounding may make of the log-probability of those tokens


class Way(BaseModel):
    """A way to ask for log-probabilities.

    prefix: is put before every text. llama-cpp-python's server (0.3) gives each token of a prompt the log-probability
    that belongs to the next one, unless the prompt begins with the model's token for a beginning.
    """

    model_config = ConfigDict(frozen=True)

    method: Literal["echo", "prompt_logprobs"]
    prefix: str = ""


WAYS = (
    Way(method="echo"),
    Way(method="prompt_logprobs"),
    Way(method="echo", prefix="<|im_start|>"),
    Way(method="echo", prefix="<|endoftext|>"),
)


async def find_way(api: Api) -> Way | None:
    """The first way whose log-probabilities agree with those that the server gives for what it writes itself."""
    written: dict[str, tuple[str, float] | None] = {}
    for way in WAYS:
        if way.prefix not in written:
            written[way.prefix] = await _write(api, way.prefix)
        sample = written[way.prefix]
        if sample is None:
            return None
        text, expected = sample
        try:
            found = await score_text(api, way, _TRIED_TEXT, text, tries=1)
        except (RequestRejected, ServerLacksModel):
            continue
        except ServerFailed as exc:
            if is_passing(exc):
                raise
            continue
        if abs(found.total - expected) <= _SAME:
            return way
    return None


def is_passing(error: ServerFailed) -> bool:
    """Whether a failure says nothing of what the server can do. HTTP 500 does: some answer it to what they lack."""
    return error.transient and error.status_code not in (500, 501)


async def score_text(
    api: Api, way: Way, prompt: str, continuation: str, *, tries: int = TRIES, until: float = math.inf
) -> Likelihood:
    """How likely the continuation is after the prompt, as plain text without a chat's markup."""
    text = prompt + continuation
    options: dict[str, Any] = {"prompt": way.prefix + text, "max_tokens": 1}
    options |= {"echo": True, "logprobs": 1} if way.method == "echo" else {"prompt_logprobs": 0}
    choice, usage = await api.complete(options, tries=tries, until=until)
    try:
        tokens, logprobs = _echoed(choice, usage) if way.method == "echo" else _of_prompt(choice, text)
        return likelihood(text, len(prompt), tokens, logprobs)
    except ValueError as exc:
        raise ServerFailed(f"{api.endpoint.base_url} gives no log-probabilities of given text: {exc}") from exc


def likelihood(text: str, border: int, tokens: Sequence[str], logprobs: Sequence[float | None]) -> Likelihood:
    """The sum over the tokens that hold a character from `border` on.

    A token that lies across the border counts. tokens: what they say, as far as it can be said alone: a token that is
    a part of a character is empty or holds U+FFFD, and a special one says something that is not in the text.
    Raises ValueError where the tokens are not those of the text.
    """
    ends = _ends(text, tokens)
    begins = [0, *ends[:-1]]
    # Those of tokens that reach beyond the border and begin inside the text.
    counted = [
        logprob
        for begin, end, logprob in zip(begins, ends, logprobs, strict=True)
        if (end > border or begin >= border) and begin < len(text) and logprob is not None
    ]
    return Likelihood(sum(counted), len(counted))


def _ends(text: str, tokens: Sequence[str]) -> list[int]:
    """Where each token ends in the text. Parts of characters are shared out evenly among the characters they make."""
    place = 0
    ends: list[int] = []
    parts: list[int] = []  # tokens that say nothing by themselves, since the last that did
    for number, token in enumerate(tokens):
        said = token.replace("\ufffd", "")
        if place == 0 and not text.startswith(said):
            said = said.removeprefix(" ")  # SentencePiece puts a space before a text
        skips = [skip for skip in (*range(1, len(parts) + 1), 0) if said and text.startswith(said, place + skip)]
        if skips:
            _share(ends, parts, place, skips[0])
            place, parts = place + skips[0] + len(said), []
        ends.append(place)
        if not said or "\ufffd" in token:
            parts.append(number)
    rest = len(text) - place
    if rest > len(parts):
        raise ValueError("its tokens are not those of the text")
    _share(ends, parts, place, rest)
    return ends


def _share(ends: list[int], parts: Sequence[int], place: int, characters: int) -> None:
    for count, part in enumerate(parts, start=1):
        ends[part] = place + count * characters // len(parts)


def _echoed(choice: CompletionChoice, usage: Usage) -> tuple[list[str], list[float | None]]:
    found = choice.logprobs
    if found is None or len(found.tokens) != len(found.token_logprobs):
        raise ValueError("no logprobs in its answer")
    count = len(found.tokens) - (1 if usage.completion_tokens is None else usage.completion_tokens)
    return found.tokens[:count], list(found.token_logprobs[:count])


def _of_prompt(choice: CompletionChoice, text: str) -> tuple[list[str], list[float | None]]:
    found = choice.prompt_logprobs
    if not found:
        raise ValueError("no prompt_logprobs in its answer")
    given = [next(iter(entry.values()), None) if entry else None for entry in found]
    tokens = [(entry.decoded_token or "") if entry else "" for entry in given]
    if len(tokens) > 1 and given[0] is None:  # nothing is said of the first, so it is what stands before the second
        tokens[0] = text[: max(0, text.find(tokens[1]))]
    return tokens, [entry.logprob if entry else None for entry in given]


async def _write(api: Api, prefix: str) -> tuple[str, float] | None:
    """What the server goes on with by itself, and the log-probability of that; None where it does not say."""
    options = {"prompt": prefix + _TRIED_TEXT, "max_tokens": _TRIED_TOKENS, "logprobs": 1}
    try:
        choice, _ = await api.complete(options, tries=1)
    except (RequestRejected, ServerLacksModel):
        return None
    except ServerFailed as exc:
        if is_passing(exc):
            raise
        return None
    found = choice.logprobs
    if found is None or not choice.text or None in found.token_logprobs:
        return None
    return choice.text, sum(logprob for logprob in found.token_logprobs if logprob is not None)


BELIEVED = 24 * 3600.0  # seconds; servers are started again with other options
_SIZE = re.compile(r"(?<![a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)


class Abilities(BaseModel):
    """What was found out about a model behind a server.

    found: when, in seconds since 1970. listed: whether `parameters` and `context_size` are what its list of models
    says. tried: whether a way to score was looked for. refused: parts of a request that it does not take.
    one_at_a_time: it breaks off an answer when the next request comes.
    """

    model_config = ConfigDict(frozen=True)

    found: float = 0.0
    listed: bool = False
    parameters: int | None = None
    context_size: int | None = None
    tried: bool = False
    scoring: Way | None = None
    refused: frozenset[str] = frozenset()
    one_at_a_time: bool = False


class AbilityMemory:
    """The abilities of one model of one server in a file; what it could not do is believed for a day."""

    def __init__(self, file: Path, name: str, *, now: Callable[[], float] = time.time) -> None:
        self._memory = Memory(file, Abilities)
        self._name = name
        known = self._memory.recall(name) or Abilities()
        if not 0 <= now() - known.found < BELIEVED:
            known = Abilities(found=now(), scoring=known.scoring, tried=known.scoring is not None)
        self.known = known

    def learn(self, **findings: object) -> None:
        """Remember what was found out."""
        changed = self.known.model_copy(update=findings)
        if changed != self.known:
            self.known = changed
            self._memory.remember(self._name, changed)


def size_of(info: ModelInfo | None) -> tuple[int | None, int | None]:
    """Number of weights and of tokens in the context that a server states for a model."""
    if info is None:
        return None, None
    meta = info.meta
    parameters = meta.n_params if meta else None
    context = info.max_model_len or (meta and (meta.n_ctx or meta.n_ctx_train)) or None
    return parameters, context


def size_in_name(name: str) -> int | None:
    """Number of weights by a model's name ("qwen2.5-7b-instruct", "8x7b"); None where it says nothing."""
    found = _SIZE.search(name)
    if found is None:
        return None
    return round(int(found[1] or 1) * float(found[2]) * (1e9 if found[3] in "bB" else 1e6))
