"""What is ranked: one customer's history against the candidates of one category."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.rows import Event, Product

Matrix = NDArray[np.float32]
Frequencies = Callable[[Sequence[str]], Mapping[str, int]]  # words to the number of products that have each


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A product that a customer liked, with what they did (see `store.liking`)."""

    product: Product
    event: Event
    liking: float  # over 0, at most 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingCase:
    """Everything that signals may look at, and nothing else.

    Vectors are unit rows in the order of their products, zeros where a product has none.
    """

    candidates: Sequence[Product]
    history: Sequence[HistoryRow]  # oldest first
    candidate_vectors: Matrix  # (candidates, dimensions)
    history_vectors: Matrix  # (history, dimensions)
    product_count: int  # products that the word frequencies were counted over
    frequencies: Frequencies

    @property
    def liking(self) -> Matrix:
        """The weight of each history row, shape (history,)."""
        return np.array([row.liking for row in self.history], dtype=np.float32)


def stack(vectors: Mapping[str, Matrix], products: Sequence[Product]) -> Matrix:
    """Rows of `vectors` in the order of `products`, shape (products, dimensions), zeros where there is none."""
    dimensions = len(next(iter(vectors.values()), ()))
    rows = np.zeros((len(products), dimensions), dtype=np.float32)
    for row, product in zip(rows, products, strict=True):
        if product.item_id in vectors:
            row[:] = vectors[product.item_id]
    return rows
