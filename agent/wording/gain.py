"""What a language model's texts add to the claims' own sentences: how often they say the same again, or are refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from newaisle.agent.claims.sentences import bare_title
from newaisle.agent.claims.shared_words import STOP_WORDS
from newaisle.agent.schema.gain import Gain, Worded
from newaisle.languages import HAN
from newaisle.store.words import words
from newaisle.tables import table

_OPENINGS = table(__file__, "openings.toml")
_EMPTY = STOP_WORDS | frozenset(words(_OPENINGS["english"]))
_CHINESE = re.compile("|".join(_OPENINGS["chinese"].split()))
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|[。！？;；]")
_FIRST = 3  # words that are an opening
_MASK = "▢"
_WORD = re.compile(rf"{_MASK}|[{HAN}]|[^\W_{HAN}]+(?:['’-][^\W_{HAN}]+)*")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'(?=\w))*'|\"[^\"]*\"")  # as `repr` writes what a refusal is about


def says_again(text: str, title: str, facts: Sequence[str]) -> bool:
    """Whether a text about a product only says the sentences again that the model was given.

    It does if, sentence by sentence, all its words stand in the title and the given sentences in the same order. Not
    counted are function words, and what merely says that here is a recommendation ("The TITLE may suit you:"), so that
    neither an opening nor leaving something out makes a text new; another word, or another order, does.
    """
    name = _content(bare_title(title))
    given = [word for one in (title, *facts) for word in _content(one)]
    return all(_in_order(_without(name, _content(part)), given) for part in _SENTENCE_END.split(text))


def gain(texts: Sequence[Worded], seconds: float | None = None) -> Gain:
    """The figures of some texts, which all together took so many seconds."""
    passed = [one for one in texts if one.refusal is None]
    return Gain(
        texts=len(texts),
        refused=_share(len(texts) - len(passed), len(texts)),
        again=_share(sum(one.again for one in passed), len(passed)),
        openings=_share(len({_opening(one.text) for one in passed}), len(passed)),
        masked_openings=_share(len({_opening(_masked(one)) for one in passed}), len(passed)),
        refusals=_kinds(one.refusal for one in texts if one.refusal is not None),
        seconds=seconds / len(texts) if texts and seconds is not None else None,
    )


def _kinds(refusals: Iterable[str]) -> dict[str, int]:
    """How often texts were refused for what, whatever words it was about; the most frequent first."""
    return dict(Counter(_QUOTED.sub("…", refusal) for refusal in refusals).most_common())


def _content(text: str) -> list[str]:
    return [word for word in words(_CHINESE.sub(" ", text)) if word not in _EMPTY]


def _without(title: Sequence[str], said: list[str]) -> list[str]:
    """What is said but for the title, wherever that stands."""
    size = len(title)
    for start in range(len(said) - size, -1, -1) if size else ():
        if said[start : start + size] == list(title):
            said = said[:start] + said[start + size :]
    return said


def _in_order(said: Iterable[str], given: Iterable[str]) -> bool:
    """Whether all that is said is given, in the same order."""
    left = iter(given)
    return all(word in left for word in said)


def _masked(one: Worded) -> str:
    return re.sub(re.escape(bare_title(one.title)), _MASK, one.text, flags=re.IGNORECASE)


def _opening(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(text)[:_FIRST])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
