"""What is asked for, before anything is looked up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from pydantic import Field, ValidationError

from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.style import Style
from newaisle.errors import RequestError, did_you_mean
from newaisle.languages import Language
from newaisle.store.rows import Interaction, Product

SAFE_DIVERSITY = 0.1  # up to 0.2 cost no NDCG@10 that could be measured on categories left out; 0.5 cost a twelfth


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked: k products of a category for a customer.

    `candidates` are products that the catalogue does not hold, for a category that it does not know yet. `said` is what
    the customer did since the last row of their history, and nobody has stored. `like` are ids of products that those
    wanted shall be like: together they weigh as much as all the history. `left_out` are ids of products that shall not
    be recommended.
    """

    user_id: str | None
    category: str
    k: int = 5
    constraints: Constraints = field(default_factory=Constraints)
    brief: str = ""
    candidates: Sequence[Product] | None = None
    language: Language | None = None
    diversity: float = SAFE_DIVERSITY  # of maximal marginal relevance, 0 to 1
    style: Style = "short"
    said: Sequence[Interaction] = ()
    like: Sequence[str] = ()
    left_out: Collection[str] = ()


class Asked(TypedDict, total=False):
    """What may be said of the products that are wanted; what is left out is as in `Query` and `Constraints`."""

    k: int
    max_price: float | None
    min_price: float | None
    currency: str | None
    brands: Sequence[str]
    not_brands: Sequence[str]
    words: Sequence[str]
    exclude: Sequence[str]
    in_stock: bool
    brief: str
    candidates: Sequence[Product] | None
    language: Language | None
    style: Style
    diversity: float


class _Said(Constraints):
    """All of it but for the candidates, so that it can be checked: a program may have it from anywhere."""

    user_id: str | None
    category: str
    k: int = 5
    brief: str = ""
    language: Language | None = None
    style: Style = "short"
    diversity: float = Field(default=SAFE_DIVERSITY, ge=0, le=1)


def query_of(user_id: str | None, category: str, **asked: Unpack[Asked]) -> Query:
    """A query from what is said in one breath.

    Raises TypeError for what cannot be said, and RequestError for what makes no sense.
    """
    for name in asked:
        if name not in Asked.__annotations__:
            raise TypeError(f"nothing is called {name!r}{did_you_mean(name, Asked.__annotations__)}")
    candidates = asked.pop("candidates", None)
    try:
        said = _Said.model_validate({"user_id": user_id, "category": category, **asked})
    except ValidationError as exc:
        first = exc.errors()[0]
        wanted = first["msg"].removeprefix("Input ")
        raise RequestError(f"{first['loc'][0]} is {first['input']!r}: it {wanted}") from exc
    limits = Constraints(**{name: getattr(said, name) for name in Constraints.model_fields})
    rest = said.model_dump(exclude=set(Constraints.model_fields))
    return Query(constraints=limits, candidates=candidates, **rest)
