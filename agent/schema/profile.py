"""A profile as other programs read it. No field is ever missing; what is not known is null or empty.

Adding an optional field keeps the version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from newaisle.languages import Language
from newaisle.store.rows import Event


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class _Weighed(_Model):
    """One interest: how much, and from which products of the history."""

    weight: FiniteFloat = Field(description="-1 to 1; below 0 the customer does not like it")
    item_ids: list[str] = Field(description="products of the history that it comes from, those that weigh most first")


class NamedInterest(_Weighed):
    """A brand, a word, or an attribute as `name: value`."""

    name: str


class CategoryShare(_Weighed):
    """A category; the weight is its share of the history, what was disliked taken away."""

    name: str = Field(description="the category's path")
    share: FiniteFloat = Field(description="of the history, liked or not, newer rows counting more")
    lift: FiniteFloat = Field(description="how many times larger that is than the category's share of the catalogue")


class PriceLevel(_Weighed):
    """Where the prices of what the customer liked stand in their category."""

    category: str | None = Field(description="the category's path; null over all categories")
    currency: str | None = Field(description="ISO 4217")
    level: FiniteFloat = Field(description="0 for the cheapest end of the category, 1 for the dearest")


class BoughtAgain(_Weighed):
    """A product that was bought on several occasions."""

    title: str
    times: int


class RecentRow(_Weighed):
    """A product that the customer had to do with, and how much that still weighs."""

    title: str
    event: Event
    age: FiniteFloat = Field(description="before the customer's last row, in `age_unit`")


class ProfileInterests(_Model):
    """All interests, each kind with the largest weight first; `recent` has the latest first, 20 at most."""

    age_unit: Literal["days", "events"]
    half_life: FiniteFloat = Field(description="age at which a row weighs half")
    brands: list[NamedInterest]
    categories: list[CategoryShare]
    attributes: list[NamedInterest]
    words: list[NamedInterest]
    prices: list[PriceLevel]
    again: list[BoughtAgain]
    recent: list[RecentRow]


class ProfileText(_Model):
    """A text about the customer; `llm` where the language model wrote it and code found every part of it true."""

    text: str
    source: Literal["llm", "evidence"]
    language: Language


class ProfileMadeWith(_Model):
    """What the text was made with; null where no language model wrote it."""

    version: str
    template: str | None
    template_hash: str | None
    model: str | None
    model_sha256: str | None


class Profile(_Model):
    """What a customer's history says of their taste."""

    schema_version: Literal["2"] = "2"
    user_id: str
    rows: int
    products: int
    first: datetime | None
    last: datetime | None
    interests: ProfileInterests
    paragraph: ProfileText
    titles: dict[str, str] = Field(description="of the products that `item_ids` name")
    made_with: ProfileMadeWith
    degraded: bool
    warnings: list[str]
