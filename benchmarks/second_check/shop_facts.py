"""What is true of a shop, looked up and computed without any code that ranks or explains.

It is what explanations are judged by: see `benchmarks.second_check.statements`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.schema.answer import Constraints
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Event, Product, liking_by_product
from newaisle.store.words import product_text, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SIMILAR = 0.5  # cosine from which two products are similar
MOST = 0.5  # the share that is exceeded by "most"
SAME_LEVEL = 0.15  # of a category's prices between two levels that are about the same
NEIGHBOURS = 50  # products of other categories that count as described like one, or a tenth of them where that is less
FALLS = 1e-4  # of a score: answers show four digits
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Done:
    """A product with all that one customer did with it; `liking` is what that comes to."""

    product: Product
    events: frozenset[Event]
    liking: float
    rated_highly: bool

    @property
    def chosen(self) -> bool:
        """Whether it was taken and kept, or said to be liked: more than looked at."""
        return self.liking > 0 and bool(self.events - {Event.VIEW})


class ShopFacts:
    """What is the same for every text about a shop; the ledger has to stay open."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @cached_property
    def products(self) -> list[Product]:
        """Every product, those of histories that are listed no more too."""
        return list(self.ledger.products(self.ledger.item_ids()).values())

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(product.item_id for product in self.ledger.listed())

    @cached_property
    def _number(self) -> dict[str, int]:
        return {product.item_id: number for number, product in enumerate(self.products)}

    @cached_property
    def _tf_idf(self) -> csr_matrix:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer=lambda product: words(product_text(product)), sublinear_tf=True)
        return vectorizer.fit_transform(self.products)

    @cached_property
    def _vectors(self) -> Floats:
        """Unit rows for all products; zeros where one has no vector."""
        embedder = self.ledger.meta("embedder") or ""
        known = self.ledger.vectors([product.item_id for product in self.products], embedder)
        nothing = np.zeros(len(next(iter(known.values()), ())))
        return np.array([known.get(product.item_id, nothing) for product in self.products], dtype=np.float64)

    @cached_property
    def _centred(self) -> Floats:
        has_vector = self._vectors.any(axis=1, keepdims=True)
        centred = (self._vectors - self._vectors.sum(axis=0) / max(1, has_vector.sum())) * has_vector
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return cast(Floats, centred / np.where(lengths > 0, lengths, 1))

    def cosine(self, one: Product, other: Product) -> float:
        """Of two stored vectors; 0 where one of them has none."""
        if one.item_id not in self._number or other.item_id not in self._number:
            return 0.0
        return float(self._vectors[self._number[one.item_id]] @ self._vectors[self._number[other.item_id]])

    def likeness(self, product: Product) -> Floats | None:
        """To every product: the mean of TF-IDF and centred cosine; None where the shop does not have this one."""
        if product.item_id not in self._number:
            return None
        number = self._number[product.item_id]
        by_words = np.asarray((self._tf_idf @ self._tf_idf[number].T).todense()).ravel()
        return cast(Floats, (by_words + self._centred @ self._centred[number]) / 2)

    def share_less_like(self, product: Product, row: Product, category: str) -> float:
        """The share of a category that is less like a row than a product is."""
        to_row, own = self.likeness(row), self._number.get(product.item_id)
        if to_row is None or own is None:
            return 0.0
        others = [number for number in self._of(category) if number != own]
        return float(np.mean(to_row[others] < to_row[own])) if others else 0.0

    def _of(self, category: str) -> list[int]:
        """Numbers of the listed products of a category."""
        return [
            number
            for number, product in enumerate(self.products)
            if product.item_id in self._listed and is_in(product, category)
        ]

    def in_category(self, category: str) -> list[Product]:
        """The listed products of a category."""
        return [self.products[number] for number in self._of(category)]

    def customers_of(self, product: Product) -> set[str]:
        """Who liked a product."""
        return {user for user, _ in self.ledger.liking_pairs([product.item_id])}

    def choosers_of(self, product: Product) -> set[str]:
        """Who liked a product, and did more than look at it."""
        return {user for user, _, has_chosen in self.ledger.likings([product.item_id]) if has_chosen}

    def price_level(self, product: Product, category: str) -> float | None:
        """The share of a category's prices, of the product's currency, that are below its own; equal ones half."""
        if product.price is None:
            return None
        prices = sorted(
            other.price
            for other in map(self.products.__getitem__, self._of(category))
            if other.price is not None and other.currency == product.currency
        )
        if not prices:
            return None
        return (bisect_left(prices, product.price) + bisect_right(prices, product.price)) / (2 * len(prices))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a text about one recommendation may be true of: a product of a category, for a customer."""

    shop: ShopFacts
    user_id: str | None
    product: Product
    category: str  # its path, or its name
    constraints: Constraints = field(default_factory=Constraints)
    estimated: float = 0.0  # share of the category estimated to find fewer customers, going by other categories
    falls_without: Callable[[], Mapping[str, float]] | None = None  # by how much the score falls without each row

    @cached_property
    def done(self) -> list[Done]:
        """The customer's history, one entry a product."""
        if self.user_id is None:
            return []
        rows = self.shop.ledger.history(self.user_id)
        liking = liking_by_product(rows)
        products = self.shop.ledger.products(liking)
        return [
            Done(
                product,
                frozenset(row.event for row in rows if row.item_id == item_id),
                liking[item_id],
                any(row.item_id == item_id and row.rating is not None and row.liking > 0 for row in rows),
            )
            for item_id, product in products.items()
        ]

    def liked_by_others(self) -> set[str]:
        """The other customers who liked the product."""
        return self.shop.customers_of(self.product) - {self.user_id or ""}

    def together(self, row: Product) -> int:
        """How many other customers chose both the product and one of the history."""
        both = self.shop.choosers_of(self.product) & self.shop.choosers_of(row)
        return len(both - {self.user_id or ""})

    def share_chosen_more(self) -> float:
        """The share of the category that more of the other customers chose."""
        others = [
            len(self.shop.choosers_of(other) - {self.user_id or ""}) for other in self.shop.in_category(self.category)
        ]
        own = len(self.shop.choosers_of(self.product) - {self.user_id or ""})
        return sum(other > own for other in others) / max(1, len(others))

    def shares_a_liking(self, customers: Collection[str]) -> bool:
        """Whether one of these customers liked something that this one did."""
        return any(self.shop.customers_of(one.product) & set(customers) for one in self.done if one.liking > 0)

    @cached_property
    def product_words(self) -> frozenset[str]:
        """All words of the product and of its category."""
        return all_words(self.product) | frozenset(words(self.category))


def all_words(product: Product) -> frozenset[str]:
    """The words of all that the catalogue says of a product, its category and the names of its attributes too."""
    return frozenset(words(" ".join(_texts(product))))


def _texts(product: Product) -> Iterable[str]:
    yield product_text(product)
    yield from product.category
    yield from product.attributes
    yield from product.attributes.values()


def is_in(product: Product, category: str) -> bool:
    """Whether a product is of a category, given by its path, the end of one, or a name on the way."""
    wanted = tuple(part.casefold() for part in category.split(PATH_SEPARATOR))
    paths = [tuple(part.casefold() for part in path.split(PATH_SEPARATOR)) for path in product.paths]
    return any(path[start : start + len(wanted)] == wanted for path in paths for start in range(len(path)))
