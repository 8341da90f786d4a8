"""Typicality: how much a candidate is like the others of its category. Ranks for a customer without any history."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent.rank.case import RankingCase
from agent.rank.lexical import TfIdf
from store.words import product_text


def typical(case: RankingCase) -> NDArray[np.float64]:
    """Mean TF-IDF cosine of each candidate to all of them, shape (candidates,)."""
    texts = [product_text(product) for product in case.candidates]
    tf_idf = TfIdf(texts, [], product_count=case.product_count, frequencies=case.frequencies)
    centroid = np.asarray(tf_idf.first.mean(axis=0)).ravel()
    return np.asarray(tf_idf.first @ centroid, dtype=np.float64)
