"""Preview: the very messages that a language model gets for a customer and a category, without asking it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.context import Context, Query, Retriever
from agent.errors import RequestError
from agent.explain.sentences import Language
from agent.rank.blend import rank
from agent.rank.likelihood import SHORTLIST
from agent.recommend import Parts, claims_for, usual_language
from agent.template_inputs import explain_input, listwise_input, rank_input
from prompts.inputs import ExplainInput
from prompts.library import find_template, load_template
from prompts.messages import Message
from store.rows import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The messages, the template they come from, and the product they are about, if it is one alone."""

    messages: list[Message]
    name: str
    language: Language
    product: Product | None = None


def preview(name: str, query: Query, parts: Parts, *, place: int = 1) -> Preview:
    """The messages of the prompt `name`; those of `explain` are for the product that is ranked `place`, from 1.

    `listwise` is shown as it is asked first, with the candidates in the order that they have already. The ranking is
    the blend's, in which no model has taken part. Raises RequestError for an unknown customer or category or a place
    that nothing takes, PromptError for a template that cannot be used.
    """
    find_template(name, "en", parts.prompts_folder)
    context = Retriever(parts.ledger, parts.index, parts.embedder, parts.embedder_name).find(query)
    language = query.language or usual_language(context)
    template = load_template(name, language=language, folder=parts.prompts_folder)
    if name == "rank":
        return Preview(messages=template.render(rank_input(context, query.brief)), name=name, language=language)
    if name == "listwise":
        shortlist = rank(context.case).order()[:SHORTLIST].tolist()
        messages = template.render(listwise_input(context, query.brief, shortlist))
        return Preview(messages=messages, name=name, language=language)
    inputs, product = _explained(context, place, language)
    return Preview(messages=template.render(inputs), name=name, language=language, product=product)


def _explained(context: Context, place: int, language: Language) -> tuple[ExplainInput, Product]:
    ranking = rank(context.case)
    order = ranking.order().tolist()
    if place > len(order):
        raise RequestError(
            f"there is no product in place {place}: {len(order):,} of {context.category_name} can be recommended"
        )
    candidate = order[place - 1]
    product = context.case.candidates[candidate]
    reasons = claims_for(context, ranking, language).of(candidate)
    return explain_input(context.category_name, product, reasons), product
