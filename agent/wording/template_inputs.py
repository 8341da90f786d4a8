"""What templates are given: plain data made from products, reasons and a context."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from newaisle.agent.claims.reason import Reason, worth_saying
from newaisle.agent.claims.sentences import bare_title, price_text, short_title
from newaisle.agent.rank.by_model import LABELS
from newaisle.agent.retrieve.context import Context
from newaisle.agent.schema.style import Style
from newaisle.prompts.inputs import ExplainInput, LabelledProduct, ListwiseInput, ProductFields, RankInput
from newaisle.store.rows import PATH_SEPARATOR, Product
from newaisle.store.words import is_chinese

SPOKEN: dict[Style, int] = {"short": 2, "detailed": 3, "seller": 3}
"""Claims that a text may draw on: with more, a small model starts to mix them up."""
_ATTRIBUTES = 6  # of a product: what a catalogue says first says most
_DESCRIBED = 160  # characters of a description
_COLOUR = ("colour", "color", "颜色", "颜色分类", "farbe", "couleur", "colore", "kleur")
_BEGUN = 3  # words of a fact that begin a text
_HISTORY_ROWS = (
    12  # rows in the `rank` and `listwise` prompts: those that bear most on the candidates, in the order of time
)


def explain_input(
    category: str, product: Product, reasons: Sequence[Reason], style: Style = "short", *, refused: str = ""
) -> ExplainInput:
    """The input of a style's template for one recommendation; `refused` is what was wrong with the text before."""
    said = spoken(reasons, style)
    return ExplainInput(
        category=category,
        product=product_fields(product),
        history=[product_fields(reason.row.product) for reason in said if reason.row],
        facts=[reason.claim.text for reason in said],
        begin=_begun(said[0], again=bool(refused)) if said else "",
        refused=refused,
    )


def spoken(reasons: Sequence[Reason], style: Style = "short") -> Sequence[Reason]:
    """The reasons that a model's text may draw on."""
    return worth_saying(reasons, style)[: SPOKEN[style]]


def _begun(reason: Reason, *, again: bool) -> str:
    """The first words of a claim's sentence; `again`, which greedy decoding would begin in the same way, more of them.

    That is as far as the title in it, since titles are what small models get wrong, or half of it.
    """
    text = reason.claim.text
    is_unspaced = is_chinese(text[:1])
    if not again:
        begun = re.match(r"..[\d.,]*" if is_unspaced else rf"\S+(?: \S+){{0,{_BEGUN - 1}}}", text)
        end = begun.end() if begun else 0
    elif reason.row and (title := short_title(reason.row.product.title)) in text:
        end = text.index(title) + len(title)
    else:
        end = len(text) // 2 if is_unspaced else text.rfind(" ", 0, len(text) // 2 + 1)
    return text[:1].lower() + text[1:end]


def rank_input(context: Context, brief: str) -> RankInput:
    """The input of `rank` for one customer and category."""
    return RankInput(
        category=context.category_name,
        brief=brief,
        nearest=[path.split(PATH_SEPARATOR)[-1] for path, _ in context.nearest],
        history=_history(context),
    )


def listwise_input(context: Context, brief: str, candidates: Sequence[int]) -> ListwiseInput:
    """The input of `listwise` for one customer and category; the candidates get their labels in the order given."""
    products = [product_fields(context.case.candidates[candidate]) for candidate in candidates]
    return ListwiseInput(
        category=context.category_name,
        brief=brief,
        history=_history(context),
        candidates=[
            LabelledProduct(label=label, **product.model_dump())
            for label, product in zip(LABELS, products, strict=False)
        ],
    )


def _history(context: Context) -> list[ProductFields]:
    case = context.case
    bearing = case.similarity.sum(axis=0) * case.liking_share
    chosen = np.sort(np.argsort(-bearing, kind="stable")[:_HISTORY_ROWS])
    return [product_fields(case.history[row].product) for row in chosen]


def product_fields(product: Product) -> ProductFields:
    """A product as templates see it."""
    return ProductFields(
        title=bare_title(product.title),
        category=product.category_name or "",
        brand=product.brand or "",
        price=price_text(product.price, product.currency) if product.price is not None else "",
        colour=next((value for name, value in product.attributes.items() if name.casefold() in _COLOUR), ""),
        description=_beginning(product.description),
        attributes=[
            f"{name.replace('_', ' ')}: {value}"
            for name, value in product.attributes.items()
            if len(value) <= _DESCRIBED
        ][:_ATTRIBUTES],
    )


def _beginning(description: str) -> str:
    """As many whole sentences of a description as fit, or else its first words."""
    text = " ".join(description.split())
    if len(text) <= _DESCRIBED:
        return text
    cut = text[: _DESCRIBED + 1]
    ends = [end.end() for end in re.finditer(r"[.!?](?= )|[。！？]", cut)]
    return cut[: ends[-1]] if ends else cut.rsplit(" ", 1)[0][:_DESCRIBED]
