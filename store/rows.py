"""The rows of a shop, after cleaning: what every other module means by product and interaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

PATH_SEPARATOR = " > "
TIES = 1 << 20  # rows of one customer at one millisecond that a position keeps apart
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Event(StrEnum):
    """What a customer did with a product."""

    PURCHASE = "purchase"
    VIEW = "view"
    REVIEW = "review"
    RATING = "rating"
    RETURN = "return"
    LIKE = "like"
    DISLIKE = "dislike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product. Text is clean (NFC, no markup, no control characters); what is unknown is None or empty."""

    item_id: str
    title: str
    category: tuple[str, ...] = ()  # path, root first: ("Home", "Kitchen", "Kettles")
    brand: str | None = None
    price: float | None = None  # in `currency`, never negative
    currency: str | None = None  # ISO 4217
    description: str = ""
    in_stock: bool | None = None
    attributes: dict[str, str] = field(default_factory=dict)  # every other column that has a value

    @property
    def category_name(self) -> str | None:
        """The last part of the category path, which is what people call the category."""
        return self.category[-1] if self.category else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One thing a customer did with one product.

    `liking` is decided when the row is read (`store.liking`): 1 liked, 0 says nothing, -1 disliked, with values
    between for weaker events. `time` is None when the file has only positions in an order; `position` always
    orders the rows of one customer, oldest first.
    """

    user_id: str
    item_id: str
    event: Event
    liking: float
    rating: float | None = None
    time: datetime | None = None  # timezone-aware, UTC
    position: int = 0


def position_at(time: datetime) -> int:
    """The first position of a millisecond; TIES of them belong to it."""
    return (time - _EPOCH) // timedelta(milliseconds=1) * TIES
