"""Dense signal: embedding similarity to what the customer liked, centred on the category."""

from __future__ import annotations

import numpy as np

from agent.rank.case import Matrix, RankingCase


def dense(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): inner product times liking, over the history's total liking.

    The category's mean is taken from the candidates first. What all of them share says which category this is, not
    which of them to choose, and would otherwise drown the rest. A product without a vector counts as the mean.
    """
    has_vector = case.candidate_vectors.any(axis=1, keepdims=True)
    if not has_vector.any():
        return np.zeros((len(case.candidates), len(case.history)), dtype=np.float32)
    centre = case.candidate_vectors.sum(axis=0) / has_vector.sum()
    similarity = ((case.candidate_vectors - centre) * has_vector) @ case.history_vectors.T
    evidence: Matrix = similarity * (case.liking / case.liking.sum())
    return evidence
