"""Learns what makes products attractive, from how many customers those of other categories found.

Ridge regression (Hoerl and Kennard 1970) of the logarithm of each product's number of customers, both sides relative to
their category's mean: what is learned holds in a category that was never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.neighbours import distinct
from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.expected_popularity import (
    BRAND_WEIGHT,
    PRICE,
    VECTOR_WEIGHT,
    ExpectedPopularity,
    features,
    number,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FEWEST_PRODUCTS = 100  # with customers, in at least two categories: with fewer nothing is learned
_RIDGE = 10.0
_STEPS = 60  # of the solver; more change nothing that is seen in a ranking
_RARE = 3  # products; a rarer word cannot tell
_NUMERIC_SHARE = 0.2  # of the products that have to have a number for it to be learned from


class PopularityLearner:
    """What expected popularity is learned from in a shop, ready to leave categories out one after the other."""

    def __init__(self, cases: CaseMaker, *, embedder: str) -> None:
        from scipy.sparse import csr_matrix, hstack

        self._dataset = cases.dataset
        self._embedder = embedder
        self._words = cases.vocabulary
        self._numbers = _numeric_attributes(self._dataset)
        self._brands, brand = np.unique(
            [(product.brand or "").casefold() for product in self._dataset.products], return_inverse=True
        )
        count = len(self._dataset.products)
        rows = np.arange(count)
        common = np.diff(cases.texts.tocsc().indptr) >= _RARE
        texts = cases.texts.copy()
        texts.data *= common[texts.indices]
        named = np.array([bool(product.brand) for product in self._dataset.products])
        self._parts: list[csr_matrix] = [
            texts,
            csr_matrix((BRAND_WEIGHT * named, (rows, brand)), shape=(count, len(self._brands))),
            csr_matrix(VECTOR_WEIGHT * self._centred(self._dataset.vectors)),
            csr_matrix(self._features()),
        ]
        self._matrix: csr_matrix = hstack(self._parts).tocsr()

    def learn(self, dataset: Dataset) -> Scores | None:
        """Coefficients from what was done in `dataset`, of this shop's products; None where that is too little."""
        customers = _customers(dataset)
        known = np.bincount(dataset.category, customers, minlength=len(dataset.categories)) > 0
        rows = np.flatnonzero(known[dataset.category])
        if np.count_nonzero(customers) < FEWEST_PRODUCTS or np.count_nonzero(known) < 2:
            return None
        wanted = self._centred(np.log1p(customers)[:, None])[rows, 0]
        from scipy.sparse.linalg import lsqr

        matrix = self._matrix[rows]
        found: Scores = lsqr(matrix, wanted, damp=_RIDGE**0.5, iter_lim=_STEPS)[0]
        return found

    def of_all(self, coefficients: Scores) -> Scores:
        """The expected popularity of every product of the shop, shape (products,)."""
        expected_popularity: Scores = self._matrix @ coefficients
        return expected_popularity

    def as_model(self, coefficients: Scores) -> ExpectedPopularity:
        """Coefficients in a form that can be kept, and used for products that the shop does not have yet."""
        ends = np.cumsum([part.shape[1] for part in self._parts])
        words, brands, vector, seen = np.split(coefficients, ends[:-1])
        return ExpectedPopularity(
            embedder=self._embedder,
            words=_named(self._words, words),
            brands=_named(self._brands.tolist(), BRAND_WEIGHT * brands),
            vector=(VECTOR_WEIGHT * vector).round(5).tolist(),
            numbers=list(self._numbers),
            features=seen.round(5).tolist(),
        )

    def _features(self) -> NDArray[np.float64]:
        by_category = np.argsort(self._dataset.category, kind="stable")
        groups = np.split(by_category, np.flatnonzero(np.diff(self._dataset.category[by_category])) + 1)
        made = [features([self._dataset.products[i] for i in group], self._numbers) for group in groups]
        seen = np.empty((len(by_category), made[0].shape[1]))
        seen[by_category] = np.vstack(made)
        return seen

    def _centred(self, columns: NDArray[np.floating]) -> NDArray[np.float64]:
        """Relative to the mean of the category, over its products that have anything; others are 0."""
        has = np.asarray(columns.any(axis=1)) if columns.shape[1] > 1 else np.ones(len(columns), dtype=bool)
        sums = np.zeros((len(self._dataset.categories), columns.shape[1]))
        np.add.at(sums, self._dataset.category, columns)
        counts = np.bincount(self._dataset.category, has, minlength=len(sums))
        centred: NDArray[np.float64] = columns - (sums / np.maximum(counts, 1)[:, None])[self._dataset.category]
        return centred * has[:, None]


def _customers(dataset: Dataset) -> Scores:
    """How many customers liked each product, shape (products,)."""
    _, item = distinct(dataset, dataset.rows.where(dataset.rows.liking > 0))
    return np.bincount(item, minlength=len(dataset.products)).astype(np.float64)


def _numeric_attributes(dataset: Dataset) -> Sequence[str]:
    """The price, and attributes that are numbers of different size, where enough products have them."""
    names = {name for product in dataset.products for name in product.attributes}
    enough = _NUMERIC_SHARE * len(dataset.products)
    kept = []
    for name in [PRICE, *sorted(names)]:
        values = [value for product in dataset.products if not np.isnan(value := number(product, name))]
        if len(values) >= enough and len(set(values)) > 1:
            kept.append(name)
    return kept


def _named(names: Sequence[str], values: Scores) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True) if abs(value) >= 1e-5}
