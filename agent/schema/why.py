"""What `why` and `why-not` answer, as other programs read it.

No field is ever missing; what is not known is null or empty. Adding an optional field keeps the version.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from newaisle.agent.schema.answer import Counterfactual, Explanation, Request
from newaisle.store.rows import Event

Kept = Literal[
    "category",
    "unlisted",
    "owned",
    "out of stock",
    "other brand",
    "unwanted brand",
    "missing word",
    "excluded word",
    "unknown price",
    "other currency",
    "too cheap",
    "too dear",
    "shortlist",
    "variant",
    "diversity",
    "score",
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class AskedAbout(Request):
    """What was asked, as of `recommend`; `category` is the whole path."""

    diversity: FiniteFloat


class AboutProduct(_Model):
    item_id: str
    title: str
    brand: str | None
    price: FiniteFloat | None
    currency: str | None
    regular_price: FiniteFloat | None = Field(default=None, description="where `price`, what is paid, is lower")
    highest_price: FiniteFloat | None = Field(
        default=None, description="of its variants, of which `price` is the lowest"
    )
    category: str | None = Field(description="its own, the whole path")
    categories: list[str] = Field(default=[], description="all that it is in, as whole paths, its main one first")


class Signal(_Model):
    """A part of the score; the parts of a candidate add up to its score."""

    name: str
    contribution: FiniteFloat = Field(description="over the mean of the candidates, which is 0 for every signal")
    rank: int = Field(description="the place among the candidates by this signal alone")
    rank_without: int = Field(description="the place by what the other signals add up to")


class RowShare(_Model):
    """What one row of the history adds to the score, all signals that go by rows together."""

    item_id: str
    title: str
    event: Event
    contribution: FiniteFloat = Field(description="over what the row adds to the mean of the candidates")
    signals: dict[str, FiniteFloat]


class Why(_Model):
    """Why a product is where it is for a customer.

    The ranking is the one of `recommend --llm-rank off`: no language model is asked.
    """

    schema_version: Literal["2"] = "2"
    request: AskedAbout
    product: AboutProduct
    rank: int | None = Field(description="its place in the answer; null where the answer does not have it")
    rank_by_score: int
    candidates: int = Field(description="products that could be recommended")
    score: FiniteFloat
    probability: FiniteFloat | None = Field(
        description="that the customer takes this product, given that they enter the category"
    )
    signals: list[Signal] = Field(description="the largest first, whichever way it moves the score")
    explanation: Explanation = Field(description="as `recommend` has it where no language model phrases it")
    rows: list[RowShare] = Field(description="all rows of the history that go into the score, the largest first")
    warnings: list[str]


class Change(_Model):
    """What would have to change for a reason to fall away; without options where none of `recommend` changes it."""

    text: str
    options: list[str] = Field(
        description="to be given instead of what was given for the same option, --brand beside it"
    )
    leave_out: list[str] = Field(description="options to be left out, each of them where no value comes next")


class Obstacle(_Model):
    """One reason why a product is not in the answer."""

    kind: Kept
    text: str
    item_field: str | None = Field(description="the field of the product that it rests on")
    value: str | None
    other_item_id: str | None = Field(description="the recommended product that it has to do with")
    change: Change


class SignalGap(_Model):
    """A signal of the product against that of the product it is compared with."""

    name: str
    contribution: FiniteFloat
    of_compared: FiniteFloat
    difference: FiniteFloat = Field(description="below 0 the signal would have to rise")


class Compared(_Model):
    """The product that would have to be overtaken, or that is shown instead."""

    item_id: str
    title: str
    rank: int = Field(description="its place in the answer")
    score: FiniteFloat
    gap: FiniteFloat = Field(description="its score less that of the product asked about")
    signals: list[SignalGap] = Field(description="the largest lack first")


class HeldBackBy(_Model):
    """A row of the history without which the product would be further up."""

    item_id: str
    title: str
    event: Event
    counterfactual: Counterfactual


class WhyNot(_Model):
    """Why a product is not in the answer to a customer, and what would put it there.

    `rank_by_score`, `candidates`, `score`, `compared` and `held_back_by` are as if every obstacle but `variant`,
    `diversity` and `score` were gone. All of them are found by asking again, none is estimated.
    The ranking is the one of `recommend --llm-rank off`: no language model is asked.
    """

    schema_version: Literal["2"] = "2"
    request: AskedAbout
    product: AboutProduct
    rank: int | None = Field(description="its place in the answer, if it is recommended after all; else null")
    obstacles: list[Obstacle] = Field(description="every reason; all of them would have to change")
    rank_by_score: int
    candidates: int
    score: FiniteFloat
    compared: Compared | None
    held_back_by: list[HeldBackBy] = Field(description="the row without which it would be furthest up first")
    rows_tried: int = Field(description="rows of the history that were left out, one at a time")
    rank_after: int | None = Field(description="its place in the answer once every obstacle is gone")
    shown_with: list[str] | None = Field(
        description="options of `recommend` besides --user, --candidates and the like with which the product is"
        " recommended; null where none do"
    )
    warnings: list[str]
