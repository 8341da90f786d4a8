"""What a shop calls things: its brands, its categories, and the words of its titles and attributes.

All of it is bounded whatever the size of the shop: categories, brands, and the words of a sample of the products. What
the sample lacks is looked up where it is needed, in the ledger's counts of words and in its titles.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from newaisle.agent.chat.reading.brands import BrandNames
from newaisle.agent.chat.reading.categories import CategoryNames
from newaisle.agent.chat.reading.heads import head_words
from newaisle.store.ledger import Ledger
from newaisle.store.names import Row, Titled, brands, sampled_rows, titles_with
from newaisle.store.rows import PATH_SEPARATOR, Product
from newaisle.store.words import words

SAMPLED = 2_500  # products whose titles and attributes are read for their words
READ = 300_000  # products that brands are read of: a larger shop would keep a chat waiting
_FOUND = 40  # products that a name may stand for before it says too little
_LEAST, _SHARE = 2, 0.02  # titles of a category, and share of them, that make a word a kind of that category


@dataclass(frozen=True)
class Vocabulary:
    """The names of one shop. Make it with `Vocabulary.of`, or from a few products with `of_products`.

    Opening it reads; what is made of what was read is made when a turn first needs it.
    """

    brands: BrandNames
    categories: CategoryNames
    rows: Sequence[Row] = field(repr=False)  # of a sample of the products
    frequencies: Callable[[Sequence[str]], Mapping[str, int]] = field(repr=False)  # in how many products words occur
    titled: Callable[[Sequence[str]], Sequence[Titled]] = field(repr=False)  # products with most of these in the title

    @classmethod
    def of(cls, ledger: Ledger) -> Vocabulary:
        """The names in a ledger as it is now; what is looked up later is read by the same ledger and from its file."""
        return cls(
            brands=BrandNames(brands(ledger.path, among=READ)),
            categories=CategoryNames(ledger.categories()),
            rows=sampled_rows(ledger.path, SAMPLED),
            frequencies=ledger.product_frequencies,
            titled=partial(titles_with, ledger.path, limit=_FOUND),
        )

    @classmethod
    def of_products(cls, products: Sequence[Product]) -> Vocabulary:
        """The names of some products, all kept in memory."""
        counts = Counter(word for one in products for word in set(words(f"{one.title} {one.description}")))
        paths = [PATH_SEPARATOR.join(one.category) for one in products]
        titles = [Titled(one.item_id, one.title, one.brand, path) for one, path in zip(products, paths, strict=True)]
        return cls(
            brands=BrandNames(one.brand for one in products if one.brand),
            categories=CategoryNames(filter(None, paths)),
            rows=[Row(one.title, path, json.dumps(one.attributes)) for one, path in zip(products, paths, strict=True)],
            frequencies=lambda asked: {word: counts[word] for word in asked if counts[word]},
            titled=partial(_best, titles),
        )

    @cached_property
    def title_words(self) -> Mapping[str, Mapping[str, int]]:
        """By word, in how many sampled titles of each category it occurs."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self.rows:
            for word in set(words(row.title)):
                places = found[word]
                places[row.category] = places.get(row.category, 0) + 1
        return found

    @cached_property
    def heads(self) -> frozenset[str]:
        """The words of titles that say what a product is."""
        return frozenset(word for row in self.rows for word in head_words(row.title))

    @cached_property
    def values(self) -> frozenset[str]:
        """Attribute values, and the words of longer ones, in lower case."""
        whole = {value.casefold() for row in self.rows for value in json.loads(row.attributes).values()}
        return frozenset({*whole, *(word for value in whole for word in words(value))})

    def kind_of(self, word: str) -> str | None:
        """The one category whose products are called by this word (as `store.words` reads it), if there is one."""
        places = self.title_words.get(word, {})
        if word not in self.heads or len(places) != 1:
            return None
        ((category, count),) = places.items()
        return category if category and count >= max(_LEAST, _SHARE * self._sizes[category]) else None

    @cached_property
    def _sizes(self) -> Counter[str]:
        """How many products of each category were sampled."""
        return Counter(row.category for row in self.rows)

    @cached_property
    def spellings(self) -> dict[str, list[str]]:
        """The words of titles and attributes by their first letter, which slips of the keyboard are compared with."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in {*self.title_words, *self.values}:
            if len(word) > 4 and word.isascii() and word.isalpha():
                found[word[0]].append(word)
        return found


def _best(products: Iterable[Titled], said: Sequence[str]) -> list[Titled]:
    """As `titles_with`, of products in memory."""

    def found(one: Titled) -> int:
        text = f"{one.title} {one.brand or ''}".casefold()
        return sum(word in text for word in said)

    return sorted(filter(found, products), key=lambda one: (-found(one), one.item_id))[:_FOUND]
