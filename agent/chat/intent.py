"""What one turn of a chat is read into: a small typed intent, with nothing in it that was not said."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Act = Literal[
    "recommend",  # products are wanted: any constraint, critique or change of category
    "more",  # further ones, nothing else changed
    "why",
    "why_not",
    "product",  # a fact of a product
    "profile",  # what is known of the customer
    "like",
    "dislike",
    "forget",  # the last thing said
    "reset",  # all constraints
    "help",
    "small_talk",
]
Lifted = Literal["price", "brands", "words", "exclude", "all"]
Relation = Literal["cheaper", "dearer", "similar", "different"]
ProductField = Literal[
    "price", "brand", "color", "material", "size", "weight", "for", "in_stock", "description", "category", "other"
]


class Intent(BaseModel):
    """A turn, as far as it was understood.

    Names are the catalogue's own: what was said with a slip is put right. `shown_brands`: the brands on the screen are
    not wanted ("not that brand"). `items`: places of the products on the screen, from 1. `item_id`: a product meant by
    its name. `about`: the words of a question. `unread`: what of the turn says something and was not understood.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    act: Act = "recommend"
    category: str | None = None
    max_price: FiniteFloat | None = None
    min_price: FiniteFloat | None = None
    currency: str | None = None
    brands: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    shown_brands: bool = False
    words: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    lift: tuple[Lifted, ...] = ()
    items: tuple[int, ...] = ()
    item_id: str | None = None
    relation: Relation | None = None
    field: ProductField | None = None
    about: tuple[str, ...] = Field(default=(), exclude=True)
    unread: tuple[str, ...] = Field(default=(), exclude=True)
