"""Checks templates beyond what loading shows: by what reads their answers, and by what a language model can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newaisle.agent.evaluate.answer_judges import judge_of
from newaisle.agent.evaluate.template_tests import MOST_TOKENS
from newaisle.agent.llm.base import LanguageModel
from newaisle.errors import PromptError, TemplateError
from newaisle.prompts import phrase_files
from newaisle.prompts.check import check_template, fullest
from newaisle.prompts.inputs import ExplainInput
from newaisle.prompts.messages import Message
from newaisle.prompts.reading_order import Note, order_notes
from newaisle.prompts.template import Template, inspect

_CONTEXT = 4096  # tokens, that local models are opened with
_BYTES = 3  # of text that a token has at least, in English and Chinese, by a vocabulary that knows them
_MARKUP = 8  # tokens around a message


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens of a prompt whose lists are as long as newaisle makes them, with the answer.

    context: how many the model reads. model: by which they were counted; None: estimated.
    """

    tokens: int
    context: int
    model: str | None

    def __str__(self) -> str:
        about, how = ("", "") if self.model else ("about ", ", estimated")
        return f"{about}{self.tokens:,} of {self.context:,} tokens{how}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about a template file or one of phrases; `size` is None for what no model reads."""

    path: Path
    problems: list[PromptError]
    notes: list[Note]
    size: Size | None


def check(path: Path, model: LanguageModel | None = None) -> Checked:
    """All problems and all advice; `model` counts the tokens."""
    template, _ = inspect(path, "yours")
    wrong = check_template(path)
    if template is None or wrong:
        return Checked(path, wrong, [], None)
    size = _size(template, model)
    problems, notes = _of_examples(template)
    notes += order_notes(template)
    if size.tokens > size.context:
        text = f"with its lists full it takes {size}: shorten it, or lower `max_tokens`"
        if size.model:
            problems.append(TemplateError(text, path=path, line=1))
        else:
            notes.append(Note(path, 1, text))
    return Checked(path, [*problems], sorted(notes, key=lambda note: note.line), size)


def check_phrases(folder: Path) -> list[Checked]:
    """The user's own files of phrases: what is wrong with each, and what is said in English for want of it."""
    found = []
    for path in sorted(folder.glob("phrases/*.y*ml")):
        wrong = phrase_files.faults(path)
        notes = [] if wrong else [Note(path, 1, text) for text in phrase_files.lacking(path.stem, folder)]
        found.append(Checked(path, [*wrong], notes, None))
    return found


def faults(path: Path) -> list[PromptError]:
    """Everything wrong with a template file, that which makes its answers useless included."""
    template, _ = inspect(path, "yours")
    return [*check_template(path), *(_of_examples(template)[0] if template else [])]


def _of_examples(template: Template) -> tuple[list[TemplateError], list[Note]]:
    """Worked examples whose answers the code that reads answers refuses: a model would answer alike.

    Explanations that the check refuses may be true and well said, so of these it is advice.
    """
    problems: list[TemplateError] = []
    notes: list[Note] = []
    for example in template.examples:
        judge = judge_of(template.name, template.language, example.input, template.path.parent)
        refusal = judge(example.output.strip(), "stop") if judge else None
        if refusal and isinstance(example.input, ExplainInput):
            text = f"the check would refuse this example's answer, and a model's that is like it: {refusal}"
            notes.append(Note(template.path, example.line, text))
        elif refusal:
            text = f"this example's answer is of no use: {refusal}"
            problems.append(TemplateError(text, path=template.path, line=example.line))
    return problems, notes


def _size(template: Template, model: LanguageModel | None) -> Size:
    messages = template.render(fullest(template.name))
    answer = template.options.max_tokens or MOST_TOKENS
    if model is None or model.context_size is None:
        return Size(_estimated(messages) + answer, _CONTEXT, None)
    return Size(model.count_tokens(messages) + answer, model.context_size, model.name)


def _estimated(messages: Sequence[Message]) -> int:
    return sum(_MARKUP + len(message.text.encode()) // _BYTES for message in messages)
