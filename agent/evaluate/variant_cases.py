"""The cases that two variants of a template are compared on: customers of the shop, or the templates' own tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from newaisle.agent.evaluate.explained_cases import PRODUCTS, Asked, answered, chosen_cases
from newaisle.agent.evaluate.template_tests import run_tests
from newaisle.agent.evaluate.variants import Answered, Answers, Case, Variant, answer_cases
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.profile.paragraph import supports, write
from newaisle.agent.profile.profile import statements_about
from newaisle.agent.schema.gain import Worded
from newaisle.agent.shop.parts import Parts
from newaisle.agent.wording.phrase import STYLES
from newaisle.errors import RequestError
from newaisle.progress import Progress
from newaisle.prompts.expected import TemplateTest
from newaisle.prompts.template import Template

_MORE = 4  # times as many products as texts, at most: of some a model is not to speak


def explaining(parts: Parts, count: int) -> list[Case]:
    """Recommendations to customers, about `count` of them, from categories that are new to these."""
    return [partial(_explained, parts, asked) for asked in chosen_cases(parts.ledger, -(-count // PRODUCTS))]


def _explained(parts: Parts, asked: Asked, template: Template, model: LanguageModel) -> Answers:
    """The texts that the model wrote for an answer; none where it is asked for none, as in a language it lacks."""
    worded: list[Worded] = []
    asking = replace(parts, model=lambda: model, template=template, wording=None, on_worded=worded.extend)
    found = answered(asking, asked, style=STYLES[template.name], language=template.language)
    first = {one.item_id: one for one in found.exchanges if one.attempt == 1}
    told = [one for one in found.answer.recommendations if one.item_id in first]
    return Answers(
        quality=[float(first[one.item_id].refusal is None) for one in told],
        of_use=[one.explanation.source == "llm" for one in told],
        worded=worded,
    )


def answer_enough(variant: Variant, parts: Parts, texts: int, progress: Progress) -> Answered:
    """About so many texts by one variant, or all there are; RequestError where it is asked for none."""
    return answer_cases([variant], explaining(parts, _MORE * texts), progress, enough=texts)


def describing(parts: Parts, count: int) -> list[Case]:
    """Customers whose profile is written."""
    users = list(dict.fromkeys(asked.user_id for asked in chosen_cases(parts.ledger, count)))
    return [partial(_described, parts, user_id) for user_id in users]


def _described(parts: Parts, user_id: str, template: Template, model: LanguageModel) -> Answers:
    said, _ = statements_about(parts.ledger, user_id)
    if not said or not supports(model, said, template.language):
        return Answers([], [])
    paragraph = write(model, template, said)
    is_kept = paragraph.source == "llm"
    return Answers([float(is_kept)], [is_kept and not paragraph.refusals])


def own_tests(templates: Iterable[Template]) -> list[Case]:
    """The tests of some templates, each once; RequestError where they have none."""
    found: list[TemplateTest] = []
    for test in (test for template in templates for test in template.tests):
        if all((test.input, test.expected) != (other.input, other.expected) for other in found):
            found.append(test)
    if not found:
        raise RequestError("neither template has `tests`, which this prompt is compared by: give one of them some")
    return [partial(_tested, [test]) for test in found]


def _tested(tests: Sequence[TemplateTest], template: Template, model: LanguageModel) -> Answers:
    tested = list(run_tests(template, tests, model))
    return Answers([float(not one.unmet) for one in tested], [one.is_of_use is not False for one in tested])
