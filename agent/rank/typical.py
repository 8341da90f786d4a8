"""Typicality: how much a candidate is like the others of its category. Ranks for a customer without any history."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import RankingCase


def typical(case: RankingCase) -> NDArray[np.float64]:
    """Mean TF-IDF cosine of each candidate to all of them, shape (candidates,)."""
    rows = case.tf_idf.first
    return np.asarray(rows @ np.asarray(rows.mean(axis=0)).ravel(), dtype=np.float64)
