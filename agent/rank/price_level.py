"""Price level: where a price stands among the prices of its category."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def price_level(price: float, prices: Sequence[float]) -> float:
    """The share of `prices` (in ascending order, one currency, not empty) below a price, equal ones counted half.

    0 is the cheapest end, 1 the dearest, 0.5 the middle: the mid-rank percentile, which does not move with a currency's
    worth or with one absurd price.
    """
    return (bisect_left(prices, price) + bisect_right(prices, price)) / (2 * len(prices))
