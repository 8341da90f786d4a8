"""The answer: a recommendation set, version 1, as other programs read it.

No field is ever missing; what is not known is null or empty. Adding an optional field keeps the version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

SCHEMA_VERSION: Literal["1"] = "1"
Basis = Literal["history", "category", "general"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Constraints(_Model):
    """What every recommended product must satisfy; null or empty means anything goes."""

    max_price: FiniteFloat | None = None
    currency: str | None = Field(default=None, description="ISO 4217 code that max_price is in")
    brands: list[str] = []
    exclude: list[str] = Field(default=[], description="words that no text of the product may have")
    in_stock: bool = Field(default=True, description="products known to be out of stock are left out")


class Request(_Model):
    """What was asked."""

    user_id: str | None
    category: str
    k: int
    constraints: Constraints
    language: Literal["en", "zh"]


class MadeWith(_Model):
    """What the answer was made with; `model` is null where no language model took part."""

    version: str
    template: str | None
    template_hash: str | None
    model: str | None
    model_sha256: str | None
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


class Claim(_Model):
    """One checkable reason: a field of the product and, where `basis` is history, the row it rests on."""

    text: str
    basis: Basis
    history_item_id: str | None
    item_field: str
    value: str
    contribution: FiniteFloat = Field(description="what it adds to the score")
    counterfactual: dict[str, Any] | None = Field(default=None, description="not computed yet: always null")


class Explanation(_Model):
    """A text for the customer, and the claims behind it, strongest first."""

    text: str
    source: Literal["llm", "evidence"]
    claims: list[Claim]


class Recommendation(_Model):
    rank: int
    item_id: str
    title: str
    brand: str | None
    price: FiniteFloat | None
    currency: str | None
    score: FiniteFloat
    probability: FiniteFloat | None = Field(
        default=None, description="that the customer takes this product, given that they enter the category"
    )
    signals: dict[str, FiniteFloat] = Field(description="the parts that the score is the sum of")
    explanation: Explanation


class RecommendationSet(_Model):
    """Recommendations from one category to one customer."""

    schema_version: Literal["1"] = SCHEMA_VERSION
    id: str
    created_at: datetime
    request: Request
    made_with: MadeWith
    category: CategoryInfo
    preference_transfer: list[dict[str, Any]] = Field(default=[], description="not computed yet: always empty")
    recommendations: list[Recommendation]
    degraded: bool
    warnings: list[str]
    timings_ms: dict[str, FiniteFloat]
