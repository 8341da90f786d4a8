"""Small pasts made by hand: products by category, and rows of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.store.rows import PATH_SEPARATOR, Product

Row = tuple[str, str, float]  # customer, product, liking


def products(categories: Mapping[str, int]) -> list[Product]:
    """So many products of each category path, called after it: "tea" has tea0, tea1, ..."""
    return [
        Product(item_id=f"{path}{i}", title=f"{path} number {i}", category=tuple(path.split(PATH_SEPARATOR)))
        for path, count in categories.items()
        for i in range(count)
    ]


def dataset(
    catalogue: Sequence[Product],
    rows: Sequence[Row],
    *,
    times: Sequence[float] | None = None,
    vectors: np.ndarray | None = None,
) -> Dataset:
    """`rows` stand customer by customer, each customer's oldest first."""
    number = {product.item_id: i for i, product in enumerate(catalogue)}
    users = list(dict.fromkeys(user for user, _, _ in rows))
    return Dataset(
        products=catalogue,
        vectors=np.zeros((len(catalogue), 0), dtype=np.float32) if vectors is None else vectors.astype(np.float32),
        users=users,
        rows=Rows(
            user=np.array([users.index(user) for user, _, _ in rows], dtype=np.int32),
            item=np.array([number[item] for _, item, _ in rows], dtype=np.int32),
            liking=np.array([liking for _, _, liking in rows], dtype=np.float32),
            time=np.array([np.nan] * len(rows) if times is None else times, dtype=np.float64),
        ),
    )


def likes(user: str, *items: str) -> list[Row]:
    """A customer who liked these in this order."""
    return [(user, item, 1.0) for item in items]


def shown(of: Dataset, rows: Rows) -> list[tuple[str, str]]:
    """Rows as customers and products."""
    return [(of.users[u], of.products[i].item_id) for u, i in zip(rows.user, rows.item, strict=True)]
