"""Attraction: how many customers a product will find, foretold from its text by what sold in other categories."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, FiniteFloat

from newaisle.agent.rank.case import RankingCase, Scores
from newaisle.agent.rank.features import features
from newaisle.store.rows import Product

BRAND_WEIGHT = 0.7  # of a brand's name among the words: it says less than they do together
VECTOR_WEIGHT = 2.0


class Attraction(BaseModel):
    """A linear model of the logarithm of the number of customers, learned by `agent.learn.attraction`.

    words: what a word's TF-IDF weight in a unit row counts for; brands: what being of a brand does.
    vector: coefficients of the embedding by `embedder`.
    numbers: the numeric attributes that `agent.rank.features` uses; features: coefficients of its columns.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    embedder: str
    words: dict[str, FiniteFloat]
    brands: dict[str, FiniteFloat]
    vector: list[FiniteFloat]
    numbers: list[str]
    features: list[FiniteFloat]

    def of(self, case: RankingCase) -> Scores:
        """Of each candidate, up to a constant, shape (candidates,); its vectors must be of the same embedder."""
        if not case.candidates:
            return np.zeros(0)
        words = np.array([self.words.get(word, 0.0) for word in case.tf_idf.words])
        total = case.tf_idf.first @ words + self._of_brands(case.candidates)
        total += features(case.candidates, self.numbers) @ np.array(self.features)
        if case.candidate_vectors.shape[1] == len(self.vector):
            has_vector = case.candidate_vectors.any(axis=1)
            by_vector = case.candidate_vectors @ np.array(self.vector)
            # One without a vector counts as the mean of the others.
            total += np.where(has_vector, by_vector, by_vector[has_vector].mean() if has_vector.any() else 0.0)
        attraction: Scores = np.asarray(total, dtype=np.float64)
        return attraction

    def _of_brands(self, candidates: Sequence[Product]) -> Scores:
        return np.array([self.brands.get((product.brand or "").casefold(), 0.0) for product in candidates])
