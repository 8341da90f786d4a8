"""Lexical signal: TF-IDF cosine between a candidate's words and the words of what the customer liked."""

from __future__ import annotations

from newaisle.agent.rank.case import Matrix, RankingCase


def lexical(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): cosine times liking, over the history's total liking."""
    evidence: Matrix = case.shared_words * case.liking_share
    return evidence
