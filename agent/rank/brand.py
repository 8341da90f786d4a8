"""Brand signal: how much of what the customer liked is of the candidate's brand."""

from __future__ import annotations

import numpy as np

from agent.rank.case import Matrix, RankingCase


def brand(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): liking where the brands are equal, over all liking of the history."""
    theirs = np.array([_key(product.brand) for product in case.candidates])
    mine = np.array([_key(row.product.brand) for row in case.history])
    same = (theirs[:, None] == mine[None, :]) & (theirs != "")[:, None]
    evidence: Matrix = same * case.liking_share
    return evidence


def _key(brand: str | None) -> str:
    return (brand or "").casefold()
