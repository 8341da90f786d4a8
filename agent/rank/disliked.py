"""Disliked signal: how much of what the customer disliked is of the candidate's brand, as a number below 0."""

from __future__ import annotations

import numpy as np

from newaisle.agent.rank.brand import same_brand
from newaisle.agent.rank.case import RankingCase, Scores


def disliked(case: RankingCase) -> Scores:
    """Minus the share of the disliked products that are of each candidate's brand, shape (candidates,)."""
    share: Scores = -same_brand(case.candidates, case.disliked).mean(axis=1, dtype=np.float64)
    return share
