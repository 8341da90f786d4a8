"""Lexical signal: how well the words of a candidate answer to those of each product that the customer liked, by BM25.

Rows are put together by the root of the mean square: a candidate that one row asks for stands before one that many rows
have a word in common with, which a mean would put first, and a maximum would not count.
"""

from __future__ import annotations

import numpy as np

from newaisle.agent.rank.case import Matrix, RankingCase


def lexical(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): the share of each row in the root of the mean square of BM25."""
    evidence: Matrix = case.matched_words * _weights(case)
    return evidence


def by_words(case: RankingCase, candidate: int, row: int) -> dict[str, float]:
    """What each word that a candidate shares with a row adds to their evidence, over its mean for all candidates.

    The most first. A word that all candidates have alike adds nothing that would tell them apart.
    """
    space, weights = case.tf_idf, _weights(case)[:, row].astype(np.float64)
    ours, theirs = space.bm25[candidate], set(space.second[row].indices.tolist())
    usual = space.bm25.T @ weights / len(weights)
    added = {
        space.words[word]: float(weights[candidate] * worth - usual[word])
        for word, worth in zip(ours.indices.tolist(), ours.data, strict=True)
        if word in theirs
    }
    return dict(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))


def _weights(case: RankingCase) -> Matrix:
    """What BM25 is multiplied with to be evidence, shape (candidates, history); 0 where no row asks for a candidate."""
    shares = case.matched_words * case.liking_share
    total = np.sqrt((shares * case.matched_words).sum(axis=1, keepdims=True))
    weights: Matrix = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return weights
