"""What templates are given: plain data made from products, reasons and a context."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.context import Context
from agent.explain.claims import Reason
from agent.explain.sentences import price_text, short_title
from agent.rank.listwise import LABELS
from prompts.inputs import ExplainInput, LabelledProduct, ListwiseInput, ProductFields, RankInput
from store.rows import PATH_SEPARATOR, Product

SPOKEN = 2  # claims that go into a sentence: with more, a small model starts to mix them up
_HISTORY_ROWS = (
    12  # rows in the `rank` and `listwise` prompts: those that bear most on the candidates, in the order of time
)


def explain_input(category: str, product: Product, reasons: Sequence[Reason]) -> ExplainInput:
    """The input of `explain` for one recommendation."""
    return ExplainInput(
        category=category,
        product=product_fields(product),
        history=[product_fields(reason.row.product) for reason in spoken(reasons) if reason.row],
        facts=[reason.claim.text for reason in spoken(reasons)],
    )


def spoken(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """The reasons that a model's sentence may draw on: the strongest that rest on the history, where any does."""
    return ([reason for reason in reasons if reason.row] or reasons)[:SPOKEN]


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
        title=short_title(product.title),
        category=product.category_name or "",
        brand=product.brand or "",
        price=price_text(product.price, product.currency) if product.price is not None else "",
    )
