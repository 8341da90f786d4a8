"""Lexical signal: how well the words of a candidate answer to those of each product that the customer liked, by BM25.

Rows are put together by the root of the mean square: a candidate that one row asks for stands before one that many rows
have a word in common with, which a mean would put first, and a maximum would not count.
"""

from __future__ import annotations

import numpy as np

from newaisle.agent.rank.case import Matrix, RankingCase


def lexical(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): the share of each row in the root of the mean square of BM25."""
    evidence: Matrix = case.matched_words * case.weight_of_match
    return evidence


def by_words(case: RankingCase, candidate: int, row: int) -> dict[str, float]:
    """What each word that a candidate shares with a row adds to their evidence, over its mean for all candidates.

    The most first. A word that all candidates have alike adds nothing that would tell them apart.
    """
    space, weights = case.tf_idf, case.weight_of_match[:, row].astype(np.float64)
    worth, asked = space.bm25, space.second
    usual = worth.T @ weights / len(weights)
    # SciPy's own way to a row takes longer than all else that a claim needs.
    ours, theirs = (slice(*rows.indptr[n : n + 2]) for rows, n in ((worth, candidate), (asked, row)))
    shared = set(asked.indices[theirs].tolist())
    added = {
        space.words[word]: float(weights[candidate] * value - usual[word])
        for word, value in zip(worth.indices[ours].tolist(), worth.data[ours].tolist(), strict=True)
        if word in shared
    }
    return dict(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))
