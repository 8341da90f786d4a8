"""The answer: a recommendation set, version 2, as other programs read it.

No field is ever missing; what is not known is null or empty. Adding an optional field keeps the version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from newaisle.agent.schema.style import Style
from newaisle.languages import Language

SCHEMA_VERSION: Literal["2"] = "2"
Basis = Literal["history", "category", "general"]
TextBasis = Literal["history", "co_interaction", "wish", "category"]
ClaimKind = Literal[
    "brand",
    "attribute",
    "words",
    "price_level",
    "similar",
    "closer",
    "together",
    "counted",
    "popularity",
    "expected_popularity",
    "category",
    "price_limit",
    "least_price",
    "wanted_brand",
    "unwanted_brand",
    "wanted_words",
    "excluded_words",
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Constraints(_Model):
    """What every recommended product must satisfy; null or empty means anything goes."""

    max_price: FiniteFloat | None = None
    min_price: FiniteFloat | None = None
    currency: str | None = Field(default=None, description="ISO 4217 code that the prices are in")
    brands: list[str] = []
    not_brands: list[str] = []
    words: list[str] = Field(default=[], description="words that the texts of the product must have")
    exclude: list[str] = Field(default=[], description="words that no text of the product may have")
    in_stock: bool = Field(default=True, description="products known to be out of stock are left out")


class Request(_Model):
    """What was asked."""

    user_id: str | None
    category: str
    k: int
    constraints: Constraints
    language: Language
    style: Style = "short"


class MadeWith(_Model):
    """What the answer was made with; `model` is null where no language model took part, `adapter` where none did."""

    version: str
    template: str | None
    template_hash: str | None
    model: str | None
    model_sha256: str | None
    adapter: str | None = None
    embedder: str
    index_generation: str | None


class NearestCategory(_Model):
    name: str
    similarity: FiniteFloat


class CategoryInfo(_Model):
    """The category that was asked for, and the known ones nearest to it."""

    name: str
    is_new_to_user: bool
    is_new_to_catalogue: bool
    nearest: list[NearestCategory]


class Counterfactual(_Model):
    """What the answer would be had the customer never had to do with the row of a claim: all is scored again.

    Places are by score among all candidates, before near-duplicates and variants make room for others.
    """

    score: FiniteFloat
    rank: int
    rank_now: int = Field(description="the place by score with the row")


class Claim(_Model):
    """One checkable reason: a field of the product and, where `basis` is history, the row it rests on."""

    kind: ClaimKind
    text: str
    basis: Basis
    history_item_id: str | None
    also: list[str] = Field(default=[], description="further rows of the history that it rests on")
    item_field: str
    value: str
    contribution: FiniteFloat = Field(description="its strength: what it adds to the score")
    counterfactual: Counterfactual | None = Field(
        default=None, description="of a claim that rests on the history: without its rows"
    )


class Explanation(_Model):
    """A text for the customer (for the seller, in that style), and the claims behind it, strongest first.

    basis: what the first reason of the text rests on: the customer's history, what those who chose a product of it also
    chose, a wish that was said, or the category alone, where there is nothing else worth saying.
    score_basis: what moved the score most, of all that moved it up: the customer's history, what is known of the
    category, or what holds for every customer.
    """

    text: str
    source: Literal["llm", "evidence"]
    basis: TextBasis
    score_basis: Basis
    claims: list[Claim]


class TransferredRow(_Model):
    """A row of the history, and what it adds to the scores of the recommended products."""

    item_id: str
    title: str
    weight: FiniteFloat


class PreferenceTransfer(_Model):
    """A taste that was carried over from a known category into this one.

    weight: what the claims that rest on it add to the scores of the recommended products, over what all do.
    item_ids: the recommended products that it speaks for.
    """

    from_category: str
    kind: ClaimKind
    value: str
    weight: FiniteFloat
    rows: list[TransferredRow]
    item_ids: list[str]


class Recommendation(_Model):
    rank: int
    item_id: str
    title: str
    brand: str | None
    price: FiniteFloat | None
    currency: str | None
    regular_price: FiniteFloat | None = Field(default=None, description="where `price`, what is paid, is lower")
    highest_price: FiniteFloat | None = Field(
        default=None, description="of its variants, of which `price` is the lowest"
    )
    categories: list[str] = Field(default=[], description="all that it is in, as whole paths, its main one first")
    score: FiniteFloat
    probability: FiniteFloat | None = Field(
        default=None, description="that the customer takes this product, given that they enter the category"
    )
    signals: dict[str, FiniteFloat] = Field(description="the parts that the score is the sum of")
    explanation: Explanation


class RecommendationSet(_Model):
    """Recommendations from one category to one customer."""

    schema_version: Literal["2"] = SCHEMA_VERSION
    id: str
    created_at: datetime
    request: Request
    made_with: MadeWith
    category: CategoryInfo
    preference_transfer: list[PreferenceTransfer] = Field(
        description="which tastes were carried over from which known category, the heaviest first"
    )
    recommendations: list[Recommendation]
    degraded: bool
    warnings: list[str]
    timings_ms: dict[str, FiniteFloat]
