"""Cases of which the right ranking is known, and any cases at all for properties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from newaisle.agent.rank.case import CoInteractions, HistoryRow, Matrix, RankingCase, Scores
from newaisle.store.rows import Event, Product
from newaisle.store.words import product_text, words

VOCABULARY = "oak steel linen copper wool paper 陶瓷 木质 茶具 书包".split()


def row(
    product: Product, liking: float = 1.0, event: Event = Event.PURCHASE, price_level: float | None = None
) -> HistoryRow:
    return HistoryRow(product=product, event=event, liking=liking, price_level=price_level)


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
    """Every second candidate shares words, brand, material, price level and direction with the history.

    The others share nothing at all with it.
    """
    sides = [("oak linen", "Hale", "ash", 10.0), ("steel copper", "Orrin", "zinc", 90.0)]
    candidates = [
        Product(
            item_id=f"c{i}",
            title=f"{text} number{i}",
            brand=brand,
            attributes={"material": material},
            price=price + i,
            currency="EUR",
        )
        for i in range(size)
        for text, brand, material, price in [sides[i % 2]]
    ]
    history = [
        row(
            Product(item_id=f"h{i}", title=f"oak linen thing{i}", brand="Hale", attributes={"material": "Ash"}),
            price_level=0.25,
        )
        for i in range(3)
    ]
    corners = np.eye(4, dtype=np.float32)
    return case_of(
        candidates, history, np.stack([corners[i % 2] for i in range(size)]), np.stack([corners[0]] * len(history))
    )


def permuted(case: RankingCase, order: Sequence[int]) -> RankingCase:
    """The case with its candidates in another order."""
    order = list(order)
    others = case.co_interactions
    return replace(
        case,
        candidates=[case.candidates[i] for i in order],
        candidate_vectors=case.candidate_vectors[order],
        expected_popularity=None if case.expected_popularity is None else case.expected_popularity[order],
        co_interactions=None
        if others is None
        else CoInteractions(counts=others.counts[order], alike=others.alike[order]),
    )


def unit_or_zero(numbers: Sequence[float]) -> Matrix:
    vector = np.array(numbers, dtype=np.float32)
    length = np.linalg.norm(vector)
    return vector / length if length > 1e-3 else np.zeros_like(vector)


_titles = st.lists(st.sampled_from(VOCABULARY), max_size=5).map(" ".join)
_brands = st.sampled_from([None, "Hale", "hale", "Orrin", "青禾"])
_attributes = st.dictionaries(
    st.sampled_from(["colour", "材质"]), st.sampled_from(["Red", "red", "2 cm", "7", "木"]), max_size=2
)
_prices = st.one_of(st.none(), st.sampled_from([0.0, 1.5, 20.0]))
_vectors = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4).map(unit_or_zero)
_levels = st.one_of(st.none(), st.floats(0, 1))
_likings = st.sampled_from([0.25, 1.0])
_products = st.builds(
    lambda title, brand, attributes, price: Product(
        item_id="", title=title, brand=brand, attributes=attributes, price=price, currency="EUR" if price else None
    ),
    _titles,
    _brands,
    _attributes,
    _prices,
)


@st.composite
def cases(draw: st.DrawFn, *, least: int = 1, least_history: int = 1) -> RankingCase:
    """Any small case with a history."""
    drawn = [draw(st.lists(st.tuples(_products, _vectors), min_size=n, max_size=6)) for n in (least, least_history)]
    candidates = [replace(product, item_id=f"c{i}") for i, (product, _) in enumerate(drawn[0])]
    history = [
        row(replace(product, item_id=f"h{i}"), draw(_likings), price_level=draw(_levels))
        for i, (product, _) in enumerate(drawn[1])
    ]
    vectors = [np.stack([vector for _, vector in side]) if side else np.zeros((0, 4), np.float32) for side in drawn]
    return case_of(candidates, history, *vectors)


@st.composite
def whole_cases(draw: st.DrawFn, *, least: int = 1) -> RankingCase:
    """Any small case, perhaps with dislikes, expected popularity and what others took; perhaps without a history."""
    case = draw(cases(least=least, least_history=0))
    size = len(case.candidates)

    def each(numbers: st.SearchStrategy[float]) -> Scores:
        return np.array(draw(st.lists(numbers, min_size=size, max_size=size)), dtype=np.float64)

    return replace(
        case,
        disliked=draw(st.lists(_products, max_size=2)),
        expected_popularity=each(st.floats(-9, 9)) if draw(st.booleans()) else None,
        co_interactions=CoInteractions(
            counts=each(st.integers(0, 99).map(float)), alike=each(st.sampled_from([0.0, 0.0, 0.5, 30.0]))
        )
        if draw(st.booleans())
        else None,
    )
