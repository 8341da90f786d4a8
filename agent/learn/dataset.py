"""A shop's past as arrays: its catalogue, and what customers did with it. What is learned is learned from this."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import Matrix, stack
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Product

Numbers = NDArray[np.int32]
MOST_PRODUCTS = 100_000  # enough to learn from; a million would take gigabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Interactions as columns of equal length, customer by customer, each customer's oldest first."""

    user: Numbers  # number of the customer
    item: Numbers  # number of the product
    liking: NDArray[np.float32]
    time: NDArray[np.float64]  # seconds since 1970; NaN where the data has only an order

    def __len__(self) -> int:
        return len(self.user)

    def where(self, keep: NDArray[np.bool_]) -> Rows:
        return Rows(user=self.user[keep], item=self.item[keep], liking=self.liking[keep], time=self.time[keep])


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Products, customers and interactions of one shop. A product's number is its place in `products`."""

    products: Sequence[Product]  # listed ones, by id
    vectors: Matrix  # unit rows, (products, dimensions); zeros where a product has none
    users: Sequence[str]
    rows: Rows

    @classmethod
    def read(cls, ledger: Ledger, *, most: int = MOST_PRODUCTS) -> Dataset:
        """Everything in a ledger; rows about products that are not listed any more are left out.

        Of more than `most` products a fixed random sample of about so many is read, and what was done with them.
        """
        share = most / max(ledger.product_count(), 1)
        products = [product for product in ledger.listed() if share >= 1 or _drawn(product.item_id, share)]
        number = {product.item_id: i for i, product in enumerate(products)}
        vectors = ledger.vectors(list(number), str(ledger.meta("embedder")))
        kept = [row for row in ledger.interactions() if row.item_id in number]
        users = list(dict.fromkeys(row.user_id for row in kept))
        user_number = {user: i for i, user in enumerate(users)}
        return cls(
            products=products,
            vectors=stack(vectors, products),
            users=users,
            rows=Rows(
                user=np.array([user_number[row.user_id] for row in kept], dtype=np.int32),
                item=np.array([number[row.item_id] for row in kept], dtype=np.int32),
                liking=np.array([row.liking for row in kept], dtype=np.float32),
                time=np.array([row.time.timestamp() if row.time else np.nan for row in kept]),
            ),
        )

    @cached_property
    def categories(self) -> list[str]:
        """Category paths, sorted; products without a category are under the empty text."""
        return sorted({PATH_SEPARATOR.join(product.category) for product in self.products})

    @cached_property
    def category(self) -> Numbers:
        """The number of each product's category, shape (products,)."""
        number = {path: i for i, path in enumerate(self.categories)}
        return np.array([number[PATH_SEPARATOR.join(p.category)] for p in self.products], dtype=np.int32)

    @cached_property
    def item_number(self) -> dict[str, int]:
        return {product.item_id: i for i, product in enumerate(self.products)}

    def without(self, categories: Collection[str]) -> Dataset:
        """The same catalogue, without anything that anybody did in some categories."""
        hidden = np.isin(self.category, [i for i, path in enumerate(self.categories) if path in categories])
        keep = ~hidden[self.rows.item]
        return replace(self, rows=self.rows.where(keep))


def _drawn(item_id: str, share: float) -> bool:
    """Whether a product belongs to the sample of this share: the same one every time."""
    return crc32(item_id.encode()) < share * 2**32
