"""Interests: what a customer's history says of their taste, from the history alone and each with its rows.

A pure function of rows, products and counts of the catalogue. Every interest is a group of products (of a brand, of a
category, with a word) and has a weight from -1 to 1, of two factors:

- affinity: the sum of the group's strengths (`Evidence`) over the sum of their sizes plus a constant, so that one liked
  product says less than three, and what was liked and disliked alike comes to nothing;
- distinctiveness: the logarithm of how many times larger the group's share of all that was liked is than its share of
  the catalogue, over the largest that it can be; and so for what was disliked. What the customer likes no more often
  than the shop has it says nothing.

A category's weight is its share of the history, what was disliked taken away. A price's weight is 1 for the dearest end
of the category, -1 for the cheapest, and less of it the fewer products it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal, TypeVar

from newaisle.agent.profile.evidence import HALF_LIFE, Evidence, Unit, evidence_of, unit_of
from newaisle.agent.profile.phrases import Phrases
from newaisle.agent.rank.case import price_level
from newaisle.agent.rank.tf_idf import Frequencies
from newaisle.store.rows import PATH_SEPARATOR, Interaction, Product
from newaisle.store.words import words

Kind = Literal["brand", "category", "attribute", "word", "price", "again", "recent"]
Prices = Callable[[str], Mapping[str | None, Sequence[float]]]

_MORE = 2.0  # added to the size of a group's evidence: one liked product has a third of the full affinity
# In a history of more products a word or attribute of one of them alone is a coincidence, and then of two.
FEW, _MANY = 4, 20
_LONGEST_VALUE = 5  # words of an attribute: a longer value is a text
_TEXTS = 300  # products whose words are read: those that weigh most
_FEWEST_PRICES = 5  # of a category, for a price to be high or low among them


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFacts:
    """Counts of the catalogue.

    product_count, frequencies: listed products, and how many of them have each word (see `store.words`).
    category_sizes: listed products by category path. prices: those of a category path by currency, in ascending order.
    """

    product_count: int
    frequencies: Frequencies
    category_sizes: Mapping[str, int]
    prices: Prices


@dataclass(frozen=True, slots=True)
class Interest:
    """One thing a customer likes, or, where the weight is negative, does not; `item_ids` weigh most first."""

    kind: Kind
    name: str
    weight: float  # -1 to 1
    item_ids: tuple[str, ...]


AnyInterest = TypeVar("AnyInterest", bound=Interest)


@dataclass(frozen=True, slots=True)
class CategoryInterest(Interest):
    """`name` is the category's path; `lift` how many times larger its share of the history is than of the shop."""

    share: float
    lift: float


@dataclass(frozen=True, slots=True)
class PriceInterest(Interest):
    """`name` is the category's path, empty over all; `level` from 0, the cheapest end, to 1."""

    level: float
    currency: str | None


@dataclass(frozen=True, slots=True)
class RepeatedInterest(Interest):
    """`name` is the title of a product that was bought on several occasions."""

    times: int


@dataclass(frozen=True, slots=True)
class RecentInterest(Interest):
    """`name` is the title of a product; its weight has faded by `age`, in the unit of the history."""

    event: str
    age: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interests:
    """Everything that a history says, each kind with the largest weight first; `recent` has the latest first.

    unit: what ages are in; after `half_life` of them a row weighs half.
    """

    brands: tuple[Interest, ...]
    categories: tuple[CategoryInterest, ...]
    attributes: tuple[Interest, ...]
    words: tuple[Interest, ...]
    prices: tuple[PriceInterest, ...]
    again: tuple[RepeatedInterest, ...]
    recent: tuple[RecentInterest, ...]
    unit: Unit
    half_life: float


def interests(rows: Sequence[Interaction], products: Mapping[str, Product], shop: ShopFacts) -> Interests:
    """The interests of the customer whose rows these are; `products` has those of the rows, by id."""
    evidence = evidence_of(rows, products)
    groups = _Groups([one for one in evidence if one.strength], shop)
    unit = unit_of(rows)
    return Interests(
        brands=groups.brands(),
        categories=groups.categories(),
        attributes=groups.attributes(),
        words=groups.words(),
        prices=groups.prices(),
        again=_again(evidence),
        recent=tuple(
            RecentInterest("recent", e.product.title, _clipped(e.strength), (e.product.item_id,), e.event.value, e.age)
            for e in evidence
        ),
        unit=unit,
        half_life=HALF_LIFE[unit],
    )


class _Groups:
    """Weighs the groups that a customer's products form; only what says something of liking takes part."""

    def __init__(self, evidence: Sequence[Evidence], shop: ShopFacts) -> None:
        self._evidence = evidence
        self._shop = shop
        self._mass = _size(evidence)
        self._liked = sum(one.strength for one in evidence if one.strength > 0)
        self._disliked = self._mass - self._liked
        self._support = 1 + sum(len(evidence) > limit for limit in (FEW, _MANY))

    def brands(self) -> tuple[Interest, ...]:
        groups: dict[str, list[Evidence]] = {}
        for one in self._evidence:
            if one.product.brand:
                groups.setdefault(one.product.brand.casefold(), []).append(one)
        shares = self._shares_of_texts(groups)
        return _sorted(
            Interest("brand", own[0].product.brand or "", self._weight(own, shares[key]), _ids(own))
            for key, own in groups.items()
        )

    def categories(self) -> tuple[CategoryInterest, ...]:
        groups: dict[str, list[Evidence]] = {}
        for one in self._evidence:
            for path in one.product.paths:
                groups.setdefault(path, []).append(one)
        found = []
        for path, own in groups.items():
            share = _size(own) / self._mass
            lift = share / self._share(self._shop.category_sizes.get(path, 0))
            net = sum(one.strength for one in own) / self._mass
            found.append(CategoryInterest("category", path, _clipped(net), _ids(own), share, lift))
        return _sorted(found)

    def attributes(self) -> tuple[Interest, ...]:
        groups: dict[tuple[str, str], list[Evidence]] = {}
        for one in self._evidence:
            for name, value in one.product.attributes.items():
                if any(c.isalpha() for c in value) and value.count(" ") < _LONGEST_VALUE:
                    groups.setdefault((name, value.casefold()), []).append(one)
        groups = {key: own for key, own in groups.items() if len(own) >= self._support}
        shares = self._shares_of_texts([value for _, value in groups])
        return _sorted(
            Interest(
                "attribute",
                f"{name}: {own[0].product.attributes[name]}",
                self._weight(own, shares[value]),
                _ids(own),
            )
            for (name, value), own in groups.items()
        )

    def words(self) -> tuple[Interest, ...]:
        read = sorted(self._evidence, key=lambda one: -abs(one.strength))[:_TEXTS]
        phrases = Phrases([one.product for one in read], self._shop.frequencies)

        def weight(places: Iterable[int], frequency: int) -> float:
            return self._weight([read[place] for place in places], self._share(frequency))

        return _sorted(
            Interest("word", text, weight(places, frequency), _ids([read[place] for place in places]))
            for text, places, frequency in phrases.weighed(weight, self._support)
        )

    def prices(self) -> tuple[PriceInterest, ...]:
        """The level in each category, and over all of them, for each currency."""
        levels: dict[tuple[str, str | None], list[tuple[Evidence, float]]] = {}
        known: dict[str, Mapping[str | None, Sequence[float]]] = {}
        for one in self._evidence:
            product, path = one.product, PATH_SEPARATOR.join(one.product.category)
            if product.price is None or not path or one.strength < 0:
                continue
            if path not in known:
                known[path] = self._shop.prices(path)
            prices = known[path].get(product.currency, ())
            if len(prices) >= _FEWEST_PRICES:
                level = price_level(product.price, prices)
                for group in (path, ""):
                    levels.setdefault((group, product.currency), []).append((one, level))
        return tuple(
            sorted(
                (_price_interest(path, currency, found) for (path, currency), found in levels.items()),
                key=lambda one: (one.name != "", -len(one.item_ids), one.name),
            )
        )

    def _weight(self, own: Sequence[Evidence], share_of_shop: float) -> float:
        """The weight of a group whose products are this share of the shop's."""
        liked = sum(one.strength for one in own if one.strength > 0)
        disliked = _size(own) - liked
        told = liked * self._distinct(liked / (self._liked or 1.0), share_of_shop)
        told -= disliked * self._distinct(disliked / (self._disliked or 1.0), share_of_shop)
        return told / (liked + disliked + _MORE)

    def _distinct(self, share: float, share_of_shop: float) -> float:
        lift = share / share_of_shop
        return min(1.0, log(lift) / log(1 + self._shop.product_count)) if lift > 1 else 0.0

    def _share(self, count: int) -> float:
        return (count + 1) / (self._shop.product_count + 1)

    def _shares_of_texts(self, texts: Iterable[str]) -> dict[str, float]:
        """At most what share of the shop's products has each text: that of the text's rarest word."""
        words_of = {text: words(text) for text in texts}
        counts = self._shop.frequencies(list({word for found in words_of.values() for word in found}))
        # No more products can have a text than have its rarest word.
        return {
            text: self._share(min((counts.get(word, 0) for word in found), default=0))
            for text, found in words_of.items()
        }


def _price_interest(path: str, currency: str | None, found: Sequence[tuple[Evidence, float]]) -> PriceInterest:
    """The mean level of what was liked, by its strength."""
    size = sum(one.strength for one, _ in found)
    level = sum(one.strength * level for one, level in found) / size
    weight = (2 * level - 1) * size / (size + _MORE)
    return PriceInterest("price", path, _clipped(weight), _ids([one for one, _ in found]), level, currency)


def _again(evidence: Iterable[Evidence]) -> tuple[RepeatedInterest, ...]:
    # The more occasions, the nearer the weight is to the liking.
    return _sorted(
        RepeatedInterest("again", e.product.title, e.liking * (1 - 1 / e.times), (e.product.item_id,), e.times)
        for e in evidence
        if e.times > 1
    )


def _size(own: Iterable[Evidence]) -> float:
    return sum(abs(one.strength) for one in own)


def _ids(own: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(one.product.item_id for one in sorted(own, key=lambda one: -abs(one.strength)))


def _clipped(weight: float) -> float:
    return max(-1.0, min(1.0, weight))


def _sorted(found: Iterable[AnyInterest]) -> tuple[AnyInterest, ...]:
    return tuple(sorted((one for one in found if one.weight), key=lambda one: (-abs(one.weight), one.name)))
