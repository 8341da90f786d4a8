"""Dense signal: embedding similarity to what the customer liked, centred on both sides."""

from __future__ import annotations

import numpy as np

from agent.rank.case import Matrix, RankingCase


def dense(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): inner product times liking, over the history's total liking.

    What all products have in common is taken from the history, and what all candidates share from the candidates: it
    says what shop and category this is, not which candidate to choose. (The first changes the order, the second makes
    evidence comparable between rows.) A product without a vector counts as the mean.
    """
    if not case.similarity.any():
        return np.zeros_like(case.similarity)
    has_vector = case.candidate_vectors.any(axis=1, keepdims=True)
    apart = case.similarity - (case.candidate_vectors @ case.mean_vector)[:, None]
    centre = apart.sum(axis=0) / np.count_nonzero(has_vector)
    evidence: Matrix = (apart - centre) * has_vector * case.history_vectors.any(axis=1) * case.liking_share
    return evidence
