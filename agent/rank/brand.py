"""Brand signal: how much of what the customer liked is of the candidate's brand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import Matrix, RankingCase
from newaisle.store.rows import Product


def brand(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): liking where the brands are equal, over all liking of the history."""
    evidence: Matrix = same_brand(case.candidates, [row.product for row in case.history]) * case.liking_share
    return evidence


def same_brand(ones: Sequence[Product], others: Sequence[Product]) -> NDArray[np.bool_]:
    """Which products are known to be of one brand, shape (ones, others)."""
    number: dict[str, int] = {"": 0}
    first, second = (
        np.array([number.setdefault(_key(product.brand), len(number)) for product in products], dtype=np.int64)
        for products in (ones, others)
    )
    same: NDArray[np.bool_] = (first[:, None] == second) & (first != 0)[:, None]
    return same


def _key(brand: str | None) -> str:
    return (brand or "").casefold()
