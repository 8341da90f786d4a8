"""Preview: the very messages that a language model gets for a customer and a category, without asking it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.context import Context, Query
from agent.errors import RequestError
from agent.explain.phrase import STYLES
from agent.explain.sentences import Language
from agent.parts import Parts
from agent.profile.paragraph import profile_input
from agent.profile.profile import statements_about
from agent.rank.blend import Blend, rank
from agent.rank.likelihood import SHORTLIST
from agent.recommend import chosen_of, claims_for, usual_language
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
    """The messages of the prompt `name`; those that explain are for the product that is ranked `place`, from 1.

    `profile` needs the customer alone. `listwise` is shown as it is asked first, with the candidates in the order that
    they have already. The ranking is the blend's, in which no model has taken part. Raises RequestError for an unknown
    customer or category or a place that nothing takes, PromptError for a template that cannot be used.
    """
    find_template(name, "en", parts.prompts_folder)
    if name == "profile":
        return _profile(query, parts)
    context = parts.retriever().find(query)
    language = query.language or usual_language(context)
    template = load_template(name, language=language, folder=parts.prompts_folder)
    if name == "rank":
        return Preview(messages=template.render(rank_input(context, query.brief)), name=name, language=language)
    if name == "listwise":
        shortlist = rank(context.case, parts.learned.blend).order()[:SHORTLIST].tolist()
        messages = template.render(listwise_input(context, query.brief, shortlist))
        return Preview(messages=messages, name=name, language=language)
    inputs, product = _explained(name, context, query, parts.learned.blend, place, language)
    return Preview(messages=template.render(inputs), name=name, language=language, product=product)


def _profile(query: Query, parts: Parts) -> Preview:
    if query.user_id is None:
        raise RequestError("a profile is of a customer: give --user ID")
    said, usual = statements_about(parts.ledger, query.user_id)
    language = query.language or usual
    template = load_template("profile", language=language, folder=parts.prompts_folder)
    messages = template.render(profile_input(said, language))
    return Preview(messages=messages, name="profile", language=language)


def _explained(
    name: str, context: Context, query: Query, blend: Blend, place: int, language: Language
) -> tuple[ExplainInput, Product]:
    ranking = rank(context.case, blend)
    style = STYLES[name]
    chosen = chosen_of(context.case, ranking, replace(query, k=place))
    if place > len(chosen):
        raise RequestError(
            f"there is no product in place {place}: {len(chosen):,} of {context.category_name} can be recommended"
        )
    candidate = chosen[place - 1]
    product = context.case.candidates[candidate]
    reasons = claims_for(context, ranking, blend, language, style).of(candidate)
    return explain_input(context.category_name, product, reasons, style), product
