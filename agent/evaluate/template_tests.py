"""Runs a template's own tests with a language model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newaisle.agent.chat.by_model import wanted
from newaisle.agent.evaluate.answer_judges import judge_of
from newaisle.agent.llm.asking import ask_of
from newaisle.agent.llm.base import Finish, LanguageModel
from newaisle.agent.rank.by_model import likelihood
from newaisle.errors import RequestError
from newaisle.prompts.expected import SCORED, TemplateTest, unmet
from newaisle.prompts.template import LANGUAGE_NAMES, Template

MOST_TOKENS = 160  # of an answer, where the template does not say


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test: the model's answer, what that lacks, if anything, and the seconds it took.

    is_of_use: whether the code that reads such answers takes it; None where none can tell.
    """

    line: int
    answer: str
    unmet: list[str]
    is_of_use: bool | None
    seconds: float


def why_not_asked(template: Template, model: LanguageModel) -> str | None:
    """Why newaisle never asks this model with the template, so that its answers tell nothing; None where it does."""
    if not model.supports(template.language):
        return f"{model.name} does not master {LANGUAGE_NAMES.get(template.language, template.language)}"
    if template.name == "turn" and not wanted(model, template.language):
        return f"{model.name} is too small to be asked about turns of a chat"
    if template.name == "listwise" and model.can_score:
        return f"{model.name} can score titles, so that it is asked with `rank` instead"
    return None


def run_tests(template: Template, tests: Sequence[TemplateTest], model: LanguageModel) -> Iterator[Tested]:
    """Put some tests, of this template or of another of the same prompt, to a model, one after the other.

    Raises LanguageModelError where the model fails, RequestError for one that cannot score where scores are needed.
    """
    if template.name in SCORED and not model.can_score:
        raise RequestError(
            f"{model.name} cannot score given texts, which `{template.name}` is made for: choose another model"
        )
    model.prepare(template.head, template.name)
    for test in tests:
        start = time.perf_counter()
        answer, finish = _answer(template, test, model)
        seconds = time.perf_counter() - start
        judge = judge_of(template.name, template.language, test.input, template.path.parent)
        refusal = judge(answer, finish) if judge else None
        lacking = unmet(test.expected, answer)
        if test.expected.passes_check and judge is None:
            lacking.append("there is nothing to check it by: a fact of the test is no sentence that newaisle makes")
        elif test.expected.passes_check and refusal:
            lacking.append(f"it does not pass the check: {refusal}")
        yield Tested(test.line, answer, lacking, None if judge is None else refusal is None, seconds)


def _answer(template: Template, test: TemplateTest, model: LanguageModel) -> tuple[str, Finish]:
    """What the model writes, or which of the titles it finds the likeliest."""
    if template.name in SCORED:
        found = likelihood(model, template.render(test.input), test.expected.among)
        return test.expected.among[int(found.argmax())], "stop"
    ask = ask_of(template, test.input, most=MOST_TOKENS, continues=model.continues)
    (written,) = model.generate([ask])
    return (ask.start + written.text).strip(), written.finish
