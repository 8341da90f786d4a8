"""The cases that two variants of a template are compared on: customers of the shop, or the templates' own tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from newaisle.agent.evaluate.explained_cases import PRODUCTS, Asked, chosen_cases
from newaisle.agent.evaluate.explanations import Scene, without_index
from newaisle.agent.evaluate.shop_facts import ShopFacts
from newaisle.agent.evaluate.statements import statements
from newaisle.agent.evaluate.template_tests import run_tests
from newaisle.agent.evaluate.variants import Answered, Answers, Case, Variant, answer_cases
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.profile.paragraph import supports, write
from newaisle.agent.profile.profile import statements_about
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.gain import Worded
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.agent.wording.phrase import STYLES
from newaisle.errors import RequestError
from newaisle.progress import Progress
from newaisle.prompts.expected import TemplateTest
from newaisle.prompts.template import Template
from newaisle.store.logs import Entry

_MORE = 4  # times as many products as texts, at most: of some a model is not to speak


def explaining(parts: Parts, shop: ShopFacts, count: int) -> list[Case]:
    """Recommendations to customers, about `count` of them, from categories that are new to these."""
    return [partial(_explained, parts, shop, asked) for asked in chosen_cases(parts.ledger, -(-count // PRODUCTS))]


def _explained(parts: Parts, shop: ShopFacts, asked: Asked, template: Template, model: LanguageModel) -> Answers:
    """The texts that the model wrote for an answer; none where it is asked for none, as in a language it lacks."""
    entries: list[Entry] = []
    worded: list[Worded] = []
    listening = replace(
        parts,
        model=lambda: model,
        index=without_index,
        log=entries.append,
        prompts_folder=template.path.parent,
        wording=None,
        on_worded=worded.extend,
    )
    style, language = STYLES[template.name], template.language
    query = Query(user_id=asked.user_id, category=asked.category, k=PRODUCTS, style=style, language=language)
    answer = recommend(query, listening, llm_rank="off", wording="on")
    first = {one.item_id: one for one in entries.pop().exchanges if one.attempt == 1}
    facts = Scene(shop, listening, query).facts
    told = [one for one in answer.recommendations if one.item_id in first]
    supported = []
    for one in told:
        if found := statements(first[one.item_id].answer, facts(one)):
            supported.append(sum(statement.verdict == "supported" for statement in found) / len(found))
    return Answers(
        quality=[float(first[one.item_id].refusal is None) for one in told],
        of_use=[one.explanation.source == "llm" for one in told],
        supported=supported,
        worded=worded,
    )


def answer_enough(variant: Variant, parts: Parts, texts: int, progress: Progress) -> Answered:
    """About so many texts by one variant, or all there are; RequestError where it is asked for none."""
    cases = explaining(parts, ShopFacts(parts.ledger), _MORE * texts)
    return answer_cases([variant], cases, progress, enough=texts)


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
