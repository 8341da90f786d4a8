"""Dense signal: embedding similarity to what the customer liked, centred on both sides."""

from __future__ import annotations

from newaisle.agent.rank.case import Matrix, RankingCase


def dense(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): inner product times liking, over the history's total liking."""
    evidence: Matrix = case.centred_similarity * case.liking_share
    return evidence
