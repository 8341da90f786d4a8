"""Histories whose interests are known in advance, over a catalogue counted from its products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from newaisle.agent.profile.interest import Interests, ShopFacts, interests
from newaisle.store.liking import RatingScale, liking
from newaisle.store.rows import PATH_SEPARATOR, Event, Interaction, Product
from newaisle.store.words import product_text, words

START = datetime(2026, 1, 1, tzinfo=UTC)
_STARS = RatingScale(0, 5)


def product(item_id: str, title: str, category: str = "Lamps", **fields: Any) -> Product:
    return Product(item_id=item_id, title=title, category=tuple(category.split(PATH_SEPARATOR)), **fields)


def row(
    item_id: str, event: Event = Event.PURCHASE, *, day: float | None = None, rating: float | None = None
) -> Interaction:
    return Interaction(
        user_id="u",
        item_id=item_id,
        event=event,
        liking=liking(event, rating, _STARS),
        rating=rating,
        time=None if day is None else START + timedelta(days=day),
    )


def in_order(rows: Sequence[Interaction]) -> list[Interaction]:
    """The rows with positions in the order given."""
    return [
        Interaction(
            user_id=one.user_id,
            item_id=one.item_id,
            event=one.event,
            liking=one.liking,
            rating=one.rating,
            time=one.time,
            position=position,
        )
        for position, one in enumerate(rows)
    ]


def facts(catalogue: Sequence[Product]) -> ShopFacts:
    counts = Counter(word for product in catalogue for word in set(words(product_text(product))))

    def prices(path: str) -> dict[str | None, list[float]]:
        found: dict[str | None, list[float]] = {}
        for one in catalogue:
            if one.price is not None and PATH_SEPARATOR.join(one.category) == path:
                found.setdefault(one.currency, []).append(one.price)
        return {currency: sorted(known) for currency, known in found.items()}

    return ShopFacts(
        product_count=len(catalogue),
        frequencies=lambda asked: {word: counts[word] for word in asked if counts[word]},
        category_sizes=Counter(PATH_SEPARATOR.join(one.category) for one in catalogue),
        prices=prices,
    )


def interests_of(rows: Sequence[Interaction], catalogue: Sequence[Product]) -> Interests:
    return interests(in_order(rows), {one.item_id: one for one in catalogue}, facts(catalogue))
