"""Lexical signal: TF-IDF cosine between a candidate's words and the words of what the customer liked."""

from __future__ import annotations

import numpy as np

from agent.rank.case import Matrix, RankingCase


def lexical(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): cosine times liking, over the history's total liking."""
    similarity = (case.tf_idf.first @ case.tf_idf.second.T).toarray().astype(np.float32)
    evidence: Matrix = similarity * case.liking_share
    return evidence
