"""Preview: the very messages that a language model gets for a customer and a category, without asking it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newaisle.agent.claims.reason import varied, worth_saying
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.profile.paragraph import profile_input
from newaisle.agent.profile.profile import statements_about
from newaisle.agent.rank.blend import rank
from newaisle.agent.rank.by_model import SHORTLIST
from newaisle.agent.recommend import chosen_of, claims_for, usual_language
from newaisle.agent.retrieve.context import Context, Retriever
from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.agent.wording.phrase import STYLES
from newaisle.agent.wording.template_inputs import explain_input, listwise_input, rank_input
from newaisle.errors import RequestError
from newaisle.languages import LANGUAGES, Language
from newaisle.prompts.inputs import ExplainInput, ListwiseInput, ProfileInput, RankInput, TurnInput
from newaisle.prompts.library import find_template, load_template
from newaisle.prompts.messages import Message, Part
from newaisle.prompts.reading_order import Layer, layers
from newaisle.prompts.template import Template
from newaisle.store.rows import Product

Inputs = ExplainInput | RankInput | ListwiseInput | ProfileInput | TurnInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The template, what is put into it, and the messages; and the product they are about, if it is one alone."""

    template: Template
    inputs: Inputs
    messages: list[Message]
    product: Product | None = None

    @property
    def layers(self) -> list[Layer]:
        """The text of the messages by how often a model reads it."""
        return layers(self.template, self.inputs, self.messages)


def preview(name: str, query: Query, parts: Parts, *, place: int = 1) -> Preview:
    """The messages of the prompt `name`; those that explain are for the product that is ranked `place`, from 1.

    `profile` needs the customer alone; of `turn` see `agent.chat.turn_preview`. `listwise` is shown as it is asked
    first, with the candidates in the order that they have already. The ranking is the blend's, in which no model has
    taken part. Raises RequestError for an unknown customer or category and a place that nothing takes; PromptError for
    a template that cannot be used.
    """
    find_template(name, "en", parts.prompts_folder)
    if name == "profile":
        return _profile(query, parts)
    context = Retriever.of(parts).find(query)
    language = query.language or usual_language(context)
    if name == "rank":
        return filled(name, language, rank_input(context, query.brief), parts)
    if name == "listwise":
        ranking = rank(context.case, parts.learned.blend)
        shortlist = ranking.order(context.case.eligible)[:SHORTLIST].tolist()
        return filled(name, language, listwise_input(context, query.brief, shortlist), parts)
    inputs, product = _explained(name, context, query, parts, place, language)
    return filled(name, language, inputs, parts, product)


def tokens_by_layer(found: Preview, model: LanguageModel) -> list[int]:
    """How many tokens each layer of a preview has, chat markup included; together they are all of the prompt."""
    x = (Part("x", is_data=False),)
    closing = model.count_tokens([Message("user", x)]) - model.count_tokens([Message("assistant", x)])
    read: list[Message] = []
    counts: list[int] = []
    for layer in found.layers:
        for piece in layer.pieces:
            before = () if piece.begins else read.pop().parts
            read.append(Message(found.messages[piece.message].role, (*before, *piece.parts)))
        # What closes a message that a layer ends in belongs to the next.
        is_whole = len(read) == len(found.messages) and read[-1].text == found.messages[-1].text
        still_open = 0 if is_whole or read[-1].role == "assistant" else closing
        counts.append(model.count_tokens(read) - still_open - sum(counts))
    return counts


def filled(name: str, language: Language, inputs: Inputs, parts: Parts, product: Product | None = None) -> Preview:
    """The template `name` of a language, filled with these inputs."""
    template = load_template(name, language=language, folder=parts.prompts_folder)
    return Preview(template=template, inputs=inputs, messages=template.render(inputs), product=product)


def _profile(query: Query, parts: Parts) -> Preview:
    if query.user_id is None:
        raise RequestError("a profile is of a customer: give --user ID")
    said, usual = statements_about(parts.ledger, query.user_id)
    language = query.language if query.language in LANGUAGES else usual
    return filled("profile", language, profile_input(said, language), parts)


def _explained(
    name: str, context: Context, query: Query, parts: Parts, place: int, language: Language
) -> tuple[ExplainInput, Product]:
    ranking = rank(context.case, parts.learned.blend)
    style = STYLES[name]
    chosen = chosen_of(context.case, ranking, replace(query, k=place))
    if place > len(chosen):
        raise RequestError(
            f"there is no product in place {place}: ask for one of the {len(chosen):,} that can be recommended"
        )
    claims = claims_for(context, ranking, parts, language, style)
    told = varied([worth_saying(claims.of(one, number), style) for number, one in enumerate(chosen[:place])])
    product = context.case.candidates[chosen[place - 1]]
    return explain_input(context.category_name, product, told[-1], style), product
