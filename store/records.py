"""How the ledger keeps rows: products and interactions as tuples of columns, and the keys that tell them apart."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from newaisle.store.rows import PATH_SEPARATOR, Event, Interaction, Product

PRODUCT_COLUMNS = "item_id, title, category, brand, price, currency, description, in_stock, attributes"
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
    return (*fields, _key(embedding_text(product)), _key(*fields))


def product_of(record: Sequence[Any]) -> Product:
    """The product whose PRODUCT_COLUMNS are given."""
    item_id, title, category, brand, price, currency, description, in_stock, attributes = record
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
    )


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
