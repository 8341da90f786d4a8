"""The paragraph of a profile: written by the language model from statements, checked by code, else made by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newaisle.agent.llm.asking import ask_of
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.profile.paragraph_check import supported
from newaisle.agent.profile.statements import Statement, facts, sentences, shortened
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
    model.prepare(template.head, template.name)
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
