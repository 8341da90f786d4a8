"""Price signal: how near a candidate's place among its category's prices is to what the customer paid elsewhere."""

from __future__ import annotations

import numpy as np

from newaisle.agent.rank.case import Matrix, RankingCase, Scores, price_level


def price(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): 1 less the distance of the two price levels, times liking.

    Where one of the two has no price: 0.
    """
    levels = price_levels(case)
    evidence = np.zeros((len(case.candidates), len(case.history)), dtype=np.float32)
    for row, liked in enumerate(case.history):
        if liked.price_level is not None:
            evidence[:, row] = np.where(np.isnan(levels), 0, 1 - abs(levels - liked.price_level))
    evidence *= case.liking_share
    return evidence


def price_levels(case: RankingCase) -> Scores:
    """Price level of every candidate among those of its currency, shape (candidates,); NaN without a price."""
    prices: dict[str | None, list[float]] = {}
    for product in case.candidates:
        if product.price is not None:
            prices.setdefault(product.currency, []).append(product.price)
    for amounts in prices.values():
        amounts.sort()
    return np.array([np.nan if p.price is None else price_level(p.price, prices[p.currency]) for p in case.candidates])
