"""What a template's own tests ask of an answer, and what an answer lacks of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from newaisle.languages import HAN

SCORED = frozenset({"rank"})  # the answer is the likeliest of some titles, and not written
CHECKED = frozenset({"explain", "explain-detailed", "explain-seller", "listwise", "turn"})  # code judges the answer
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+(?:['’.,-][^\W_]+)*")


class TestKeys(BaseModel):
    """The keys of one of a template's `tests`."""

    __test__ = False  # no test of ours
    model_config = ConfigDict(extra="forbid", frozen=True)

    input: dict[str, Any]
    among: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    max_words: int | None = Field(default=None, ge=1)
    passes_check: bool = False


@dataclass(frozen=True, slots=True)
class TemplateTest:
    """A test of a template: the inputs, what is expected of the answer, and the line of the file it begins on."""

    __test__ = False

    input: BaseModel
    expected: TestKeys
    line: int


def fault_of(test: TestKeys, name: str) -> str | None:
    """What makes no sense about a test of the prompt `name`."""
    if name in SCORED and len(test.among) < 2:
        return "`among` is missing: at least two titles, of which the likeliest is the answer"
    if name not in SCORED and test.among:
        return f"`among` is for {_listed(SCORED)}, whose answer is the likeliest title: take it out"
    if test.passes_check and name not in CHECKED:
        return f"`passes_check` is for {_listed(CHECKED)}: take it out"
    if not (test.contains or test.not_contains or test.max_words or test.passes_check):
        known = [key for key in TestKeys.model_fields if key not in ("input", "among")]
        return f"this test asks nothing of the answer: give {', '.join(known[:-1])} or {known[-1]}"
    if stray := [text for text in test.contains if test.among and not any(_has(title, text) for title in test.among)]:
        return f"no title of `among` contains {stray[0]!r}"
    return None


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def unmet(expected: TestKeys, answer: str) -> list[str]:
    """What an answer lacks of the properties that its text alone shows, whatever its case; `passes_check` is not one.

    A word is a run of letters and digits, or one Chinese character.
    """
    found = [f"it does not contain {one!r}" for one in expected.contains if not _has(answer, one)]
    found += [f"it contains {one!r}" for one in expected.not_contains if _has(answer, one)]
    if expected.max_words is not None and (count := len(_WORD.findall(answer))) > expected.max_words:
        found.append(f"it has {count} words, more than {expected.max_words}")
    return found


def _has(text: str, part: str) -> bool:
    return part.casefold() in text.casefold()
