"""Cases of which the right ranking is known, and any cases at all for properties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from agent.rank.case import HistoryRow, Matrix, RankingCase
from store.rows import Event, Product
from store.words import product_text, words

VOCABULARY = "oak steel linen copper wool paper 陶瓷 木质 茶具 书包".split()


def row(product: Product, liking: float = 1.0, event: Event = Event.PURCHASE) -> HistoryRow:
    return HistoryRow(product=product, event=event, liking=liking)


def case_of(
    candidates: Sequence[Product],
    history: Sequence[HistoryRow],
    candidate_vectors: Matrix | None = None,
    history_vectors: Matrix | None = None,
) -> RankingCase:
    """A case whose word frequencies are counted over its own products; without vectors all are zero."""
    products = [*candidates, *(one.product for one in history)]
    counts = Counter(word for product in products for word in set(words(product_text(product))))
    candidate_vectors = _zeros(candidates) if candidate_vectors is None else candidate_vectors
    history_vectors = _zeros(history) if history_vectors is None else history_vectors
    return RankingCase(
        candidates=candidates,
        history=history,
        candidate_vectors=candidate_vectors,
        history_vectors=history_vectors,
        mean_vector=np.zeros(max(candidate_vectors.shape[1], history_vectors.shape[1]), np.float32),
        product_count=len(products),
        frequencies=lambda asked: {word: counts[word] for word in asked if counts[word]},
    )


def _zeros(rows: Sequence[object]) -> Matrix:
    return np.zeros((len(rows), 4), np.float32)


def checkerboard(size: int = 8) -> RankingCase:
    """Every second candidate shares words, brand and direction with the history, the others nothing at all."""
    sides = [("oak linen", "Hale"), ("steel copper", "Orrin")]
    candidates = [
        Product(item_id=f"c{i}", title=f"{sides[i % 2][0]} number{i}", brand=sides[i % 2][1]) for i in range(size)
    ]
    history = [row(Product(item_id=f"h{i}", title=f"oak linen thing{i}", brand="Hale")) for i in range(3)]
    corners = np.eye(4, dtype=np.float32)
    return case_of(
        candidates, history, np.stack([corners[i % 2] for i in range(size)]), np.stack([corners[0]] * len(history))
    )


def permuted(case: RankingCase, order: Sequence[int]) -> RankingCase:
    """The case with its candidates in another order."""
    candidates = [case.candidates[i] for i in order]
    return replace(case, candidates=candidates, candidate_vectors=case.candidate_vectors[list(order)])


def unit_or_zero(numbers: Sequence[float]) -> Matrix:
    vector = np.array(numbers, dtype=np.float32)
    length = np.linalg.norm(vector)
    return vector / length if length > 1e-3 else np.zeros_like(vector)


_titles = st.lists(st.sampled_from(VOCABULARY), max_size=5).map(" ".join)
_brands = st.sampled_from([None, "Hale", "hale", "Orrin", "青禾"])
_vectors = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4).map(unit_or_zero)
_products = st.builds(lambda title, brand: Product(item_id="", title=title, brand=brand), _titles, _brands)


@st.composite
def cases(draw: st.DrawFn, *, least: int = 1) -> RankingCase:
    """Any small case with a history."""
    drawn = [draw(st.lists(st.tuples(_products, _vectors), min_size=n, max_size=6)) for n in (least, 1)]
    likings = draw(st.lists(st.sampled_from([0.25, 1.0]), min_size=len(drawn[1]), max_size=len(drawn[1])))
    candidates = [replace(product, item_id=f"c{i}") for i, (product, _) in enumerate(drawn[0])]
    history = [
        row(replace(product, item_id=f"h{i}"), liking)
        for i, ((product, _), liking) in enumerate(zip(drawn[1], likings, strict=True))
    ]
    vectors = [np.stack([vector for _, vector in side]) if side else np.zeros((0, 4), np.float32) for side in drawn]
    return case_of(candidates, history, *vectors)
