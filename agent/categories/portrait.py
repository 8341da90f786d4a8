"""What a category is to a shop: whether it is known, and which known categories are nearest to it and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from newaisle.agent.claims.shared_words import spelled, telling
from newaisle.agent.rank.case import Matrix, stack
from newaisle.agent.retrieve.known import KnownCategories, known_categories, paths_meant
from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, CategoryText, nearest_categories, text_of
from newaisle.agent.shop.parts import Parts
from newaisle.store.ingest import check_embedder
from newaisle.store.ledger import Ledger, embedding_text
from newaisle.store.rows import Product
from newaisle.store.words import product_text, words

_WORDS_LOOKED_AT, _WORDS_SHOWN = 12, 4
_BROUGHT = 200  # products compared by vector, of a file or of a category with many below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A known category, why it is near, and the two products, ours and its own, that are nearest to each other."""

    name: str
    similarity: float
    products: int
    shared_words: list[str]
    ours: Product | None  # None where only a name or a brief was asked about
    theirs: Product | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What a category is to the shop. One that is not known has no products and no customers there."""

    name: str  # its path where it is known
    is_known: bool
    products: int
    customers: int
    method: str
    nearest: list[Neighbour]

    def as_json(self) -> dict[str, Any]:
        """The portrait as plain data, which `--json` prints."""
        return {
            "category": {
                "name": self.name,
                "is_known": self.is_known,
                "products": self.products,
                "customers": self.customers,
            },
            "method": self.method,
            "nearest": [
                {
                    "name": near.name,
                    "similarity": round(near.similarity, 4),
                    "products": near.products,
                    "shared_words": near.shared_words,
                    "examples": {"ours": _shown(near.ours), "theirs": _shown(near.theirs)},
                }
                for near in self.nearest
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The category asked about, with the products of it that may serve as examples and their vectors."""

    text: CategoryText
    products: Sequence[Product]
    vectors: Matrix


def portray(
    name: str,
    parts: Parts,
    *,
    brief: str = "",
    candidates: Sequence[Product] = (),
    method: str = DEFAULT_METHOD,
    count: int = 5,
) -> Portrait:
    """A category of the shop, or one it does not know yet, of which a name will do.

    Raises RequestError for a name that means several categories.
    """
    known = known_categories(parts.ledger, parts.embedder_name)
    meant, paths = paths_meant(name, known.sizes)
    asked = _ask_by(candidates, parts) if candidates else _ask_known(paths, known, parts)
    text = text_of(name, brief)
    vector = _embed([text], parts)[0] if brief or not asked.products else None
    asked = replace(asked, text=replace(asked.text, text=text, text_vector=vector))
    near = nearest_categories(asked.text, known, method=method, leave_out=paths)[:count]
    return Portrait(
        name=meant,
        is_known=bool(paths),
        products=parts.ledger.candidate_count(meant),
        customers=parts.ledger.customer_count(paths) if paths else 0,
        method=method,
        nearest=[_neighbour(path, score, asked, known, parts.ledger) for path, score in near if score > 0],
    )


def _ask_by(products: Sequence[Product], parts: Parts) -> _Asked:
    """A category described by products that were brought; of very many some, spread evenly."""
    products = products[:: -(-len(products) // _BROUGHT)]
    vectors = _embed([embedding_text(product) for product in products], parts)
    return _Asked(text=CategoryText.of_products(products, vectors), products=products, vectors=vectors)


def _ask_known(paths: Sequence[str], known: KnownCategories, parts: Parts) -> _Asked:
    """Known categories described by the words of all their products, and a sample of their vectors."""
    counts = Counter[str]()
    for path in paths:
        counts.update(known.counts.get(path, {}))
    sampled = [item_id for path in paths for item_id in known.item_ids[known.sample_of(path)]]
    products = list(parts.ledger.products(sampled[:: -(-len(sampled) // _BROUGHT) or 1]).values())
    vectors = stack(parts.ledger.vectors([product.item_id for product in products], parts.embedder_name), products)
    return _Asked(text=CategoryText(word_counts=counts, vectors=vectors), products=products, vectors=vectors)


def _embed(texts: Sequence[str], parts: Parts) -> Matrix:
    embedder = parts.embedder()
    check_embedder(parts.ledger, embedder)
    return embedder.embed_readable(texts)


def _neighbour(path: str, similarity: float, asked: _Asked, known: KnownCategories, ledger: Ledger) -> Neighbour:
    rows = known.sample_of(path)
    found = ledger.products(known.item_ids[rows])
    theirs = list(found.values())
    shared = [word for word in known.words.shared(asked.text.counts, path) if telling(word)]
    ours, example = _nearest_pair(asked, theirs, known)
    return Neighbour(
        name=path,
        similarity=similarity,
        products=known.sizes[path],
        shared_words=_readable(shared[:_WORDS_LOOKED_AT], [*theirs, *asked.products])[:_WORDS_SHOWN],
        ours=ours,
        theirs=example,
    )


def _nearest_pair(
    asked: _Asked, theirs: Sequence[Product], known: KnownCategories
) -> tuple[Product | None, Product | None]:
    """The product asked about and the one of `theirs` that are most alike, by vector or else by words."""
    if not theirs:
        return None, None
    by_id = dict(zip(known.item_ids, known.vectors, strict=True))
    other = np.array([by_id[product.item_id] for product in theirs], dtype=np.float32)
    if asked.products:
        mine = asked.vectors
    else:
        vector = asked.text.text_vector
        mine = vector[np.newaxis] if vector is not None else np.zeros((1, 0), dtype=np.float32)
    if mine.any() and other.any():
        alike = known.centred(mine) @ other.T
    else:
        texts = [product_text(product) for product in asked.products] or [asked.text.text]
        alike = _shared_words(texts, [product_text(product) for product in theirs])
    row, column = divmod(int(alike.argmax()), len(theirs))
    if not alike[row, column]:
        return None, None
    return asked.products[row] if asked.products else None, theirs[column]


def _shared_words(ours: Sequence[str], theirs: Sequence[str]) -> Matrix:
    """Cosine of the sets of telling words, shape (ours, theirs)."""
    first, second = ([{word for word in words(text) if telling(word)} for text in texts] for texts in (ours, theirs))
    alike = [[len(a & b) / max(len(a) * len(b), 1) ** 0.5 for b in second] for a in first]
    return np.array(alike, dtype=np.float32)


def _readable(shared: Sequence[str], products: Sequence[Product]) -> list[str]:
    """The words as the products spell them, Chinese pairs joined to the stretch that they stand in."""
    spelling: dict[str, str] = {}
    for product in products:
        for stretch in spelled(product_text(product), set(shared), frozenset()):
            for word in words(stretch):
                spelling.setdefault(word, stretch.casefold())
    return list(dict.fromkeys(spelling.get(word, word) for word in shared))


def _shown(product: Product | None) -> dict[str, str] | None:
    return None if product is None else {"item_id": product.item_id, "title": product.title}
