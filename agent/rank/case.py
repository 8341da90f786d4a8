"""What is ranked: one customer's history against the candidates of one category."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.tf_idf import Frequencies, TfIdf
from newaisle.store.rows import Event, Product
from newaisle.store.words import product_text, words

Matrix = NDArray[np.float32]
Scores = NDArray[np.float64]
HALF_LIFE = 10  # rows after which one counts half: tastes move on
ROUNDING = 1e-6  # of sums of float32 values up to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A product that a customer liked, with what they did (see `store.liking`)."""

    product: Product
    event: Event
    liking: float  # over 0, at most 1; more for a product that others shall be like
    price_level: float | None = None  # among the prices of its category, see `agent.rank.price_level`


@dataclass(frozen=True, slots=True, kw_only=True)
class CoInteractions:
    """What other customers took of the candidates, each customer's product counted once.

    counts: how many took each, shape (candidates,).
    alike: the same of those most like this one, by likeness, who weigh as much as all together; zeros where nobody is.
    """

    counts: Scores
    alike: Scores


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
    disliked: Sequence[Product] = ()
    expected_popularity: Scores | None = (
        None  # of each candidate, learned in other categories: see `agent.learn.popularity_learner`
    )
    compares_languages: bool = False  # whether vectors of texts in two languages may be compared
    co_interactions: CoInteractions | None = None  # None: nobody ever took anything in this category
    # The candidates that may be recommended, ascending; None: all. The others are what these are compared with.
    admitted: NDArray[np.intp] | None = None

    @property
    def eligible(self) -> NDArray[np.intp]:
        """The candidates that may be recommended, ascending."""
        return np.arange(len(self.candidates)) if self.admitted is None else self.admitted

    def with_expected_popularity(self, expected_popularity: Scores) -> Self:
        """This case with the expected popularity of its candidates and all that was worked out already."""
        made = replace(self, expected_popularity=expected_popularity)
        vars(made).update({name: value for name, value in vars(self).items() if name not in vars(made)})
        return made

    def without(self, rows: Collection[int], co_interactions: CoInteractions | None) -> Self:
        """This case as if the customer never had to do with some rows of the history.

        co_interactions: as they are then. What was worked out already is kept, which is all but the expected
        popularity: that says nothing of this customer.
        """
        keep = np.setdiff1d(np.arange(len(self.history)), list(rows))
        made = replace(
            self,
            history=[self.history[row] for row in keep],
            history_vectors=self.history_vectors[keep],
            co_interactions=co_interactions,
        )
        for name in ("similarity", "centred_similarity", "shared_words", "matched_words"):
            if name in vars(self):
                vars(made)[name] = vars(self)[name][:, keep]
        vars(made)["candidate_words"] = self.candidate_words
        tf_idf = self.tf_idf
        vars(made)["tf_idf"] = TfIdf.of(tf_idf, tf_idf.first, tf_idf.second[keep], tf_idf.counts)
        return made

    @property
    def liking_share(self) -> Matrix:
        """Each history row's share of all liking, the latest counting most, shape (history,)."""
        liking = np.array([row.liking for row in self.history], dtype=np.float32)
        recent = liking * 0.5 ** (np.arange(len(liking), dtype=np.float32)[::-1] / HALF_LIFE)
        share: Matrix = recent / recent.sum()
        return share

    @cached_property
    def similarity(self) -> Matrix:
        """Cosine of each candidate and each history row, shape (candidates, history); 0 where one has no vector."""
        if not (self.candidate_vectors.any() and self.history_vectors.any()):
            return np.zeros((len(self.candidates), len(self.history)), dtype=np.float32)
        similarity: Matrix = self.candidate_vectors @ self.history_vectors.T
        return similarity

    @cached_property
    def centred_similarity(self) -> Matrix:
        """`similarity` without what all products, and all candidates, have in common, shape (candidates, history).

        That says what shop and category this is, not which candidate to choose. (The first changes the order, the
        second makes rows of the history comparable.) A product without a vector counts as the mean: 0.
        """
        if not (self.candidate_vectors.any() and self.history_vectors.any()):
            return np.zeros_like(self.similarity)
        has_vector = self.candidate_vectors.any(axis=1, keepdims=True)
        beyond_shop = self.similarity - (self.candidate_vectors @ self.mean_vector)[:, None]
        centre = beyond_shop.sum(axis=0, dtype=np.float64) / np.count_nonzero(has_vector)
        centred = (beyond_shop - centre) * has_vector * self.history_vectors.any(axis=1)
        rounded: Matrix = centred.astype(np.float32)
        return rounded

    @cached_property
    def shared_words(self) -> Matrix:
        """TF-IDF cosine of each candidate and each history row, shape (candidates, history)."""
        cosine: Matrix = (self.tf_idf.first @ self.tf_idf.second.T).toarray().astype(np.float32)
        return cosine

    @cached_property
    def matched_words(self) -> Matrix:
        """BM25 of each candidate, asked for by the words of each history row, shape (candidates, history)."""
        matched: Matrix = (self.tf_idf.bm25 @ self.tf_idf.asked().T).toarray().astype(np.float32)
        return matched

    @cached_property
    def weight_of_match(self) -> Matrix:
        """What `matched_words` is multiplied with so that its rows add up to the root of its mean square.

        Shape (candidates, history); 0 where no row of the history asks for a candidate.
        """
        shares = self.matched_words * self.liking_share
        total = np.sqrt((shares * self.matched_words).sum(axis=1, keepdims=True))
        weight: Matrix = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
        return weight

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


def price_level(price: float, prices: Sequence[float]) -> float:
    """The share of `prices` (in ascending order, one currency, not empty) below a price, equal ones counted half.

    0 is the cheapest end, 1 the dearest, 0.5 the middle: the mid-rank percentile, which does not move with a currency's
    worth or with one absurd price.
    """
    return (bisect_left(prices, price) + bisect_right(prices, price)) / (2 * len(prices))
