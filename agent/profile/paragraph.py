"""The paragraph of a profile: written by the language model from statements, checked by code, else made by code.

As with explanations (`agent.wording.check.check`), nothing is left to a model's good will: what the text says has to be
worded in one of a few ways, with names of the very statement. These parts are taken out, and what is left may only be
words that hold sentences together: no other name, number, brand or claim, nothing that denies or praises.
Sentence by sentence, and the first that fails ends the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newaisle.agent.llm.asking import ask_of
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.profile.statements import SAYINGS, Statement, facts, sentences, shortened
from newaisle.agent.wording.check.check import PUNCTUATION
from newaisle.agent.wording.check.wordings import WORDINGS
from newaisle.languages import Language
from newaisle.prompts.inputs import ProfileInput
from newaisle.prompts.template import Template
from newaisle.store.words import is_chinese

_MAX_TOKENS = 160
_ENDS = frozenset('.!?。！？"”')
_FULL_STOP: dict[Language, str] = {"en": ".", "zh": "。"}
_DEADLINE = 30.0  # seconds for one try


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text about a customer, who made it, and why texts of the model were refused."""

    text: str
    source: Literal["llm", "evidence"]
    refusals: tuple[str, ...] = ()


def profile_input(said: Sequence[Statement], language: Language) -> ProfileInput:
    """The input of `profile`."""
    return ProfileInput(facts=facts(said, language))


def from_statements(said: Sequence[Statement], language: Language) -> Paragraph:
    """The statements' own sentences."""
    return Paragraph(sentences(said, language), "evidence")


def supports(model: LanguageModel, said: Sequence[Statement], language: Language) -> bool:
    """Whether the model may write it: in that language, with names that it can read."""
    names = (name for statement in said for name in statement.names)
    return all(model.supports(one) for one in {language, *("zh" for name in names if is_chinese(name))})


def write(model: LanguageModel, template: Template, said: Sequence[Statement]) -> Paragraph:
    """The model's paragraph where it passes the check, at first try or from fewer facts; else the statements' own.

    Raises LanguageModelError when the model fails altogether.
    """
    model.prepare(template.head)
    refusals: list[str] = []
    for given in (said, shortened(said)):
        inputs = profile_input(given, template.language)
        ask = ask_of(template, inputs, most=_MAX_TOKENS, continues=model.continues)
        (written,) = model.generate([ask], deadline=_DEADLINE)
        text = (ask.start + written.text).strip()
        if written.finish == "stop" and text[-1:] not in _ENDS:  # a small model leaves the last one out
            text += _FULL_STOP[template.language]
        checked = supported(text, given, template.language)
        if checked.is_enough:
            return Paragraph(checked.text, "llm", tuple(refusals))
        refusals.append(checked.problem or "it says too little")
    return Paragraph(sentences(said, template.language), "evidence", tuple(refusals))


_Made = tuple[Statement, str]
_BRACKETS = re.compile(r"\s*[(（\[【].*?[)）\]】]")
_CLAIM = "§"  # stands where a statement has been taken out
_MOST = 3  # sentences
_SINGULAR, _PLURAL = "chooses|likes|looks|prefers|does|has", "choose|like|look|prefer|do|have"
_BROKEN = re.compile(
    rf"\bthey (?:also )?(?:{_SINGULAR})\b|^they\b.* (?:and|but) (?:also )?(?:{_SINGULAR})\b"
    rf"|\bcustomer (?:also )?(?:{_PLURAL})\b|^this customer\b.* (?:and|but) (?:also )?(?:{_PLURAL})\b",
    re.IGNORECASE,
)
_STARTS = "(?:They|This|The|He|She|It|Also|And|But)"  # of sentences; a mark before another word belongs to a name
_SENTENCE = re.compile(rf".+?(?:[.!?][\"”]?(?=\s+{_STARTS}\b|\s*$)|[。！？]”?)\s*", re.DOTALL)

_BETWEEN: dict[Language, str] = {"en": "(?: and| as well as)?(?: the)?(?: brand)? ", "zh": "(?:和|与|及|以及|还有)?"}
_CONNECTING: dict[Language, frozenset[str]] = {
    "en": frozenset("a also and as both but customer is it she he that the their they this too well while who".split()),
    "zh": frozenset("这位 该 顾客 客户 他们 她们 他 她 也 还 并且 并 而且 同时 但 和 则 的 了".split()),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the statements support of a text: its sentences up to the first that says something else.

    problem: what is wrong with that one, in a few words; None where there is none. made: how many statements were made.
    """

    text: str
    problem: str | None
    made: int
    wanted: int

    @property
    def is_enough(self) -> bool:
        """Whether what is left of the text can stand: it makes half of the statements, and two if there are two."""
        return self.made >= max(min(2, self.wanted), self.wanted / 2)


def supported(text: str, said: Sequence[Statement], language: Language) -> Checked:
    """The leading sentences of a written paragraph, three at most, that the statements support in every part.

    A small model writes what it was given and then goes on: what follows is cut, never kept for its looks.
    """
    kept: list[str] = []
    made: set[_Made] = set()
    refusal = None
    for sentence in _SENTENCE.findall(text)[:_MOST]:
        now, refusal = _check(sentence, said, language)
        if refusal is None and now & made:
            refusal = "it repeats itself"
        if refusal:
            break
        kept.append(sentence)
        made |= now
    if not kept and refusal is None:
        refusal = "it is not complete"
    return Checked("".join(kept).strip(), refusal, len({statement for statement, _ in made}), len(said))


def _check(sentence: str, said: Sequence[Statement], language: Language) -> tuple[set[_Made], str | None]:
    """The statements that a sentence makes, with the names, and what is wrong with it."""
    names = "".join(name for statement in said for name in statement.names)
    if strange := {c for c in sentence if not c.isalnum()} - PUNCTUATION - set(names):
        return set(), f"{min(strange)!r} has no place in it"
    if broken := _BROKEN.search(sentence):
        return set(), f"{broken.group().split()[-1]!r} is no English there"
    rest = WORDINGS[language].normal(sentence)
    made: set[_Made] = set()
    # What is disliked comes first: in Chinese it contains the words for liking.
    for statement in sorted(said, key=lambda statement: not statement.about.startswith("dislike")):
        pattern = _pattern(statement, language)
        for match in re.finditer(pattern, rest):
            made |= {(statement, name) for name in _named(match.group(), statement, language)}
        rest = re.sub(pattern, _CLAIM, rest)
    left = _left_over(rest, language)
    return made, f"{left!r} is in no fact" if left else None


def _named(part: str, statement: Statement, language: Language) -> set[str]:
    """The names of a statement that a part of a text has; where it has none, that it was made is all there is."""
    found = {name for name in statement.names if any(form in part for form in _forms(name, language))}
    return found or {""}


def _forms(name: str, language: Language) -> set[str]:
    """How a name may stand in normal text: as it is, with `and` spelled out, without what is in brackets."""
    normal = WORDINGS[language].normal
    return {normal(form) for form in (name, name.replace("&", " and "), _BRACKETS.sub("", name))} - {""}


def _pattern(statement: Statement, language: Language) -> str:
    pattern = SAYINGS[language].patterns[statement.about]
    if statement.event is not None:
        pattern = pattern.replace("{deed}", SAYINGS[language].deeds[statement.event])
    pattern = pattern.replace("{names}", _names(statement, language))
    return rf"\b(?:{pattern})\b" if WORDINGS[language].gap else pattern


def _names(statement: Statement, language: Language) -> str:
    """A pattern for one or more names of a statement in a row."""
    spelled = {form for name in statement.names for form in _forms(name, language)}
    if not spelled:
        return r"(?!)"
    one = f"(?:{'|'.join(map(re.escape, sorted(spelled, key=len, reverse=True)))})"
    return f"{one}(?:{_BETWEEN[language]}{one})*"


def _left_over(rest: str, language: Language) -> str | None:
    """The first thing left in a text that says something; None when only connecting words are left."""
    connecting = _CONNECTING[language]
    if WORDINGS[language].gap:
        return next((word for word in rest.replace(_CLAIM, " ").split() if word not in connecting), None)
    longest_first = sorted(connecting, key=len, reverse=True)
    return re.sub("|".join(longest_first), " ", rest.replace(_CLAIM, " ")).strip() or None
