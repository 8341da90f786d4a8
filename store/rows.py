"""The rows of a shop, after cleaning: what every other module means by product and interaction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

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
    IMPRESSION = "impression"  # was shown, and nothing was done: kept for whoever measures, and counts for nothing


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
    other_categories: tuple[tuple[str, ...], ...] = ()  # further paths; it is a candidate in each
    regular_price: float | None = None  # where `price`, what is paid today, is lower than it
    highest_price: float | None = None  # of its variants, where they differ; `price` is the lowest
    listed: bool = True  # False: the shop hides it, so that it is kept for histories and never recommended
    ids: tuple[str, ...] = ()  # others that stand for it in histories: of its variants, its SKU, its handle

    @property
    def category_name(self) -> str | None:
        """The last part of the category path, which is what people call the category."""
        return self.category[-1] if self.category else None

    @property
    def paths(self) -> list[str]:
        """All its categories as text, the main one first."""
        return list(
            dict.fromkeys(PATH_SEPARATOR.join(path) for path in (self.category, *self.other_categories) if path)
        )


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


PRODUCT_COLUMNS = (
    "item_id, title, category, brand, price, currency, description, in_stock, attributes,"
    " other_categories, regular_price, highest_price, listed, ids"
)
INTERACTION_COLUMNS = "user_id, item_id, event, liking, rating, time, position"
FEEDBACK = "feedback "  # begins the moment of what came as feedback, which no row of a file can have


def embedding_text(product: Product) -> str:
    """The text that stands for a product in the vector space."""
    parts = (product.title, product.brand, product.category_name, product.description)
    return ". ".join(part for part in parts if part)


def product_record(product: Product) -> tuple[object, ...]:
    """PRODUCT_COLUMNS, then the key of the text that is embedded, then the key of the whole row."""
    fields = (
        product.item_id,
        product.title,
        PATH_SEPARATOR.join(product.category) or None,
        product.brand,
        product.price,
        product.currency,
        product.description,
        product.in_stock,
        json.dumps(product.attributes, ensure_ascii=False),
    )
    more = (
        _json([PATH_SEPARATOR.join(path) for path in product.other_categories]),
        product.regular_price,
        product.highest_price,
        product.listed,
        _json(product.ids),
    )
    # What has none of these has the key it had before there were any, so that a file read again changes no row.
    key = _key(*fields, *(() if more == (None, None, None, True, None) else more))
    return (*fields, *more, _key(embedding_text(product)), key)


def product_of(record: Sequence[Any]) -> Product:
    """The product whose PRODUCT_COLUMNS are given."""
    item_id, title, category, brand, price, currency, description, in_stock, attributes, *more = record
    others, regular_price, highest_price, listed, ids = more
    return Product(
        item_id=item_id,
        title=title,
        category=tuple(category.split(PATH_SEPARATOR)) if category else (),
        brand=brand,
        price=price,
        currency=currency,
        description=description,
        in_stock=None if in_stock is None else bool(in_stock),
        attributes=json.loads(attributes),
        other_categories=tuple(tuple(path.split(PATH_SEPARATOR)) for path in json.loads(others)) if others else (),
        regular_price=regular_price,
        highest_price=highest_price,
        listed=bool(listed),
        ids=tuple(json.loads(ids)) if ids else (),
    )


def _json(texts: Sequence[str]) -> str | None:
    return json.dumps(texts, ensure_ascii=False) if texts else None


def interaction_record(row: Interaction, moment: str) -> tuple[object, ...]:
    """The four columns of an interaction's key, then its four values."""
    time = row.time.isoformat() if row.time else None
    return (row.user_id, row.item_id, row.event.value, moment, row.liking, row.rating, time, row.position)


def interaction_of(record: Sequence[Any]) -> Interaction:
    """The interaction whose INTERACTION_COLUMNS are given."""
    user_id, item_id, event, liking, rating, time, position = record
    return Interaction(
        user_id=user_id,
        item_id=item_id,
        event=Event(event),
        liking=liking,
        rating=rating,
        time=datetime.fromisoformat(time) if time else None,
        position=position,
    )


class Moments:
    """Tells apart several rows of one customer, product and event, the same way at every reading of a file.

    By their time, and where that is equal or unknown by which of them came first. A position would not do: it changes
    for every row after an inserted line.
    """

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()  # hashes: a file may have millions of rows

    def __call__(self, row: Interaction) -> str:
        time = row.time.isoformat() if row.time else ""
        key = hash((row.user_id, row.item_id, row.event, time))
        self._seen[key] += 1
        return time if self._seen[key] == 1 else f"{time}#{self._seen[key]}"


def _key(*parts: object) -> bytes:
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).digest()


def net_liking(interactions: Iterable[Interaction]) -> float:
    """What several rows of one customer about one product come to: the latest that is not a view decides.

    So a return after a purchase is -1 and a purchase after a return 1; views alone keep a view's value; nothing is 0.
    """
    rows = sorted((row for row in interactions if row.event is not Event.IMPRESSION), key=lambda row: row.position)
    deciding = [row for row in rows if row.event is not Event.VIEW or row.rating is not None]
    return (deciding or rows)[-1].liking if rows else 0.0


def liking_by_product(interactions: Iterable[Interaction]) -> dict[str, float]:
    """The net liking of each product among one customer's rows, in the order of its first row."""
    rows: dict[str, list[Interaction]] = {}
    for row in interactions:
        rows.setdefault(row.item_id, []).append(row)
    return {item_id: net_liking(own) for item_id, own in rows.items()}
