"""What is ranked: one customer's history against the candidates of one category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from agent.rank.tf_idf import Frequencies, TfIdf
from store.rows import Event, Product
from store.words import product_text, words

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A product that a customer liked, with what they did (see `store.liking`)."""

    product: Product
    event: Event
    liking: float  # over 0, at most 1


@dataclass(frozen=True, kw_only=True)
class RankingCase:
    """Everything that signals may look at, and nothing else.

    Vectors are unit rows in the order of their products, zeros where a product has none.
    """

    candidates: Sequence[Product]
    history: Sequence[HistoryRow]  # oldest first
    candidate_vectors: Matrix  # (candidates, dimensions)
    history_vectors: Matrix  # (history, dimensions)
    mean_vector: Matrix  # of products of all categories, (dimensions,)
    product_count: int  # products that the word frequencies were counted over
    frequencies: Frequencies

    @property
    def liking_share(self) -> Matrix:
        """Each history row's share of all liking, shape (history,)."""
        liking = np.array([row.liking for row in self.history], dtype=np.float32)
        share: Matrix = liking / liking.sum()
        return share

    @cached_property
    def similarity(self) -> Matrix:
        """Cosine of each candidate and each history row, shape (candidates, history); 0 where one has no vector."""
        if not (self.candidate_vectors.any() and self.history_vectors.any()):
            return np.zeros((len(self.candidates), len(self.history)), dtype=np.float32)
        similarity: Matrix = self.candidate_vectors @ self.history_vectors.T
        return similarity

    @cached_property
    def candidate_words(self) -> list[list[str]]:
        """The words of each candidate's text (see `store.words`)."""
        return [words(product_text(product)) for product in self.candidates]

    @cached_property
    def tf_idf(self) -> TfIdf:
        """Candidates and history in one TF-IDF space."""
        return TfIdf(
            self.candidate_words,
            [words(product_text(row.product)) for row in self.history],
            product_count=self.product_count,
            frequencies=self.frequencies,
        )


def stack(vectors: Mapping[str, Matrix], products: Sequence[Product]) -> Matrix:
    """Rows of `vectors` in the order of `products`, shape (products, dimensions), zeros where there is none."""
    dimensions = len(next(iter(vectors.values()), ()))
    rows = np.zeros((len(products), dimensions), dtype=np.float32)
    for row, product in zip(rows, products, strict=True):
        if product.item_id in vectors:
            row[:] = vectors[product.item_id]
    return rows
