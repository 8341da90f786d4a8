"""Small shops, written straight into a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.shop.parts import Parts
from newaisle.errors import IndexDamaged
from newaisle.store.embedders import Embedder, HashEmbedder
from newaisle.store.home import Home
from newaisle.store.index import Index
from newaisle.store.ingest import embed_new_texts
from newaisle.store.ledger import Ledger
from newaisle.store.liking import RatingScale, liking
from newaisle.store.rows import Event, Interaction, Moments, Product

STARS = RatingScale(0, 5)
EMBEDDER = HashEmbedder()


def product(item_id: str, title: str, category: str = "Home > Lamps", **fields: Any) -> Product:
    return Product(item_id=item_id, title=title, category=tuple(category.split(" > ")) if category else (), **fields)


def did(user_id: str, item_id: str, event: Event = Event.PURCHASE, rating: float | None = None) -> Interaction:
    """One interaction, with the liking that the store gives it."""
    return Interaction(
        user_id=user_id, item_id=item_id, event=event, rating=rating, liking=liking(event, rating, STARS)
    )


def fill(folder: Path, products: Sequence[Product], interactions: Iterable[Interaction] = ()) -> Home:
    """A home whose ledger holds these rows; there is no index yet."""
    home, moment = Home(folder), Moments()
    rows = [replace(row, position=position) for position, row in enumerate(interactions)]
    with home.writer() as ledger:
        ledger.put_products(products)
        ledger.put_interactions(rows, [moment(row) for row in rows])
        embed_new_texts(ledger, EMBEDDER, lambda stage, done, total: None)
        ledger.recount_words()
    return home


def no_index() -> Index:
    raise IndexDamaged("the index is missing: run `newaisle reindex`")


def no_embedder() -> Embedder:
    raise AssertionError("nothing had to be embedded")


def retriever(
    ledger: Ledger,
    *,
    index: Callable[[], Index] = no_index,
    embedder: Callable[[], Embedder] = no_embedder,
    **settings: Any,
) -> Retriever:
    return Retriever(ledger, index, embedder, EMBEDDER.name, **settings)


def parts(
    ledger: Ledger,
    model: Callable[[], LanguageModel] | None = None,
    *,
    index: Callable[[], Index] = no_index,
    prompts_folder: Path | None = None,
) -> Parts:
    return Parts(
        ledger=ledger,
        embedder_name=EMBEDDER.name,
        embedder=lambda: EMBEDDER,
        index=index,
        model=model,
        prompts_folder=prompts_folder,
    )
