"""The known categories of a shop: their words, and for each a sample of its products, which is what vectors come from.

A sample of a fixed size per category costs the same in a large shop as in a small one, and gives every category the
same say, however many products it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import Matrix
from newaisle.errors import RequestError
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Product
from newaisle.store.words import product_text, words

SAMPLE = 24  # products per category; 64 found no better neighbours
_Key = tuple[str, int]
_State = tuple[int, bool]
_loaded: WeakKeyDictionary[Ledger, tuple[_State, dict[_Key, KnownCategories]]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class KnownCategories:
    """All categories of a shop, in one order.

    `vectors` are unit rows with what all categories have in common taken away, zeros where a product has no vector;
    the rows of category i begin at `starts[i]`, and every category has at least one.
    """

    sizes: Mapping[str, int]  # by path, the number of its products
    counts: Mapping[str, Mapping[str, int]]  # by path, in how many of its products each of its words occurs
    item_ids: Sequence[str]  # of the rows of `vectors`, empty for one that stands for no product
    starts: NDArray[np.intp]
    vectors: Matrix  # (sampled products, dimensions)
    common: Matrix  # the mean over categories of their mean vectors, (dimensions,)

    @classmethod
    def of(
        cls,
        sizes: Mapping[str, int],
        counts: Mapping[str, Mapping[str, int]],
        samples: Mapping[str, Sequence[str]],
        vectors: Mapping[str, Matrix],
    ) -> KnownCategories:
        """Categories with the ids sampled of each and the vectors of those that have one."""
        item_ids, starts = _laid_out({path: samples.get(path, ()) for path in sizes})
        dimensions = len(next(iter(vectors.values()), ()))
        rows = np.zeros((len(item_ids), dimensions), dtype=np.float32)
        for row, item_id in zip(rows, item_ids, strict=True):
            row[:] = vectors.get(item_id, 0)
        raw = cls(
            sizes=sizes,
            counts=counts,
            item_ids=item_ids,
            starts=starts,
            vectors=rows,
            common=np.zeros(dimensions, dtype=np.float32),
        )
        readable = raw.centres[raw.centres.any(axis=1)]
        apart = replace(raw, common=readable.mean(axis=0)) if len(readable) else raw
        return replace(apart, vectors=apart.centred(rows))

    @property
    def paths(self) -> list[str]:
        return list(self.sizes)

    @cached_property
    def words(self) -> CategoryWords:
        return CategoryWords({path: self.counts.get(path, {}) for path in self.sizes})

    @cached_property
    def centres(self) -> Matrix:
        """Mean of each category's rows, shape (categories, dimensions); zeros where none has a vector."""
        return self.mean_of_each(self.vectors.T).T

    def mean_of_each(self, values: NDArray[np.floating]) -> Matrix:
        """The mean of `values` (any, sampled products) over each category's products, shape (any, categories)."""
        sums = np.add.reduceat(values, self.starts, axis=1) if len(self.starts) else values[:, :0]
        return np.asarray(sums / np.diff(self.starts, append=len(self.item_ids)), dtype=np.float32)

    def centred(self, vectors: Matrix) -> Matrix:
        """Product vectors made comparable with `vectors`; a row of zeros stays one."""
        return _unit_rows((vectors - self.common) * vectors.any(axis=1, keepdims=True))

    def sample_of(self, path: str) -> slice:
        """The rows of one category."""
        place = self.paths.index(path)
        return slice(*[*self.starts, len(self.item_ids)][place : place + 2])

    def without(self, products: Collection[Product]) -> KnownCategories:
        """What would be known if the shop did not have these products."""
        counts = {path: dict(known) for path, known in self.counts.items()}
        sizes = dict(self.sizes)
        for product in products:
            for path in sizes.keys() & product.paths:
                sizes[path] -= 1
                _take_away(counts.get(path, {}), set(words(product_text(product))))
        gone = {product.item_id for product in products}
        samples = {path: [i for i in self.item_ids[self.sample_of(path)] if i not in gone] for path in sizes}
        kept = dict(zip(self.item_ids, self.vectors, strict=True))
        item_ids, starts = _laid_out(samples)
        vectors = np.array([kept.get(i, np.zeros_like(self.common)) for i in item_ids], dtype=np.float32)
        return replace(self, sizes=sizes, counts=counts, item_ids=item_ids, starts=starts, vectors=vectors)


def known_categories(ledger: Ledger, embedder: str, *, sample: int = SAMPLE) -> KnownCategories:
    """The categories of a shop as its ledger has them now; kept, for this ledger, until it changes."""
    state = ledger.catalogue_state
    if ledger not in _loaded or _loaded[ledger][0] != state:
        _loaded[ledger] = (state, {})
    kept = _loaded[ledger][1]
    key = (embedder, sample)
    if key not in kept:
        kept[key] = _load(ledger, embedder, sample)
    return kept[key]


def _load(ledger: Ledger, embedder: str, sample: int) -> KnownCategories:
    samples = ledger.category_samples(sample)
    vectors = ledger.vectors([item_id for ids in samples.values() for item_id in ids], embedder)
    return KnownCategories.of(ledger.categories(), ledger.category_words(), samples, vectors)


def _laid_out(samples: Mapping[str, Sequence[str]]) -> tuple[list[str], NDArray[np.intp]]:
    """The samples one after the other, and where each begins; a category without any gets a row of its own."""
    rows = [list(ids) or [""] for ids in samples.values()]
    starts = np.cumsum([0, *map(len, rows)])[:-1].astype(np.intp)
    return [item_id for ids in rows for item_id in ids], starts


def _take_away(counts: dict[str, int], found: Collection[str]) -> None:
    for word in found:
        if word in counts:
            counts[word] -= 1
            if not counts[word]:
                del counts[word]


def _unit_rows(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def paths_meant(name: str, known: Collection[str]) -> tuple[str, list[str]]:
    """The category meant, with every known path at or below it; the name itself and none where it is not known.

    Raises RequestError for a name that means several categories.
    """
    found = find_category(name, known)
    if len(found) > 1:
        raise RequestError(f"{name!r} is ambiguous: say one of {', '.join(map(repr, found))}")
    if not found:
        return name, []
    return found[0], [path for path in known if path == found[0] or path.startswith(found[0] + PATH_SEPARATOR)]


def find_category(name: str, known: Iterable[str]) -> list[str]:
    """The category paths that a name may mean: a whole path, or any part of one, in whatever case."""
    wanted = name.casefold().strip()
    found = []
    for path in known:
        parts = path.split(PATH_SEPARATOR)
        if path.casefold() == wanted:
            return [path]
        found += [PATH_SEPARATOR.join(parts[: i + 1]) for i, part in enumerate(parts) if part.casefold() == wanted]
    return list(dict.fromkeys(found))


class CategoryWords:
    """The words of every category as unit vectors: sublinear frequency, weighted by how few categories have the word.

    counts: for each category path, in how many of its products each of its words occurs.
    """

    def __init__(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        self._paths = list(counts)
        self._places: dict[str, int] = {}
        place_of = self._places.setdefault
        places = [place_of(word, len(self._places)) for known in counts.values() for word in known]
        self._word = np.array(places, dtype=np.int64)
        self._category = np.repeat(np.arange(len(counts)), [len(known) for known in counts.values()])
        seen_in = np.bincount(self._word, minlength=len(self._places))
        self._idf = np.log((1 + len(counts)) / (1 + seen_in))
        frequencies = np.array([n for known in counts.values() for n in known.values()], dtype=np.float64)
        weights = (1 + np.log(frequencies)) * self._idf[self._word]
        norms = np.sqrt(np.bincount(self._category, weights**2, minlength=len(counts)))
        # Words that every category has weigh nothing, and a category may have no others.
        self._weights = weights / np.maximum(norms, np.finfo(np.float64).tiny)[self._category]

    def similarity(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Cosine of every category to a text or category with these word counts; unknown words are left out."""
        mine = self._unit(counts)
        shared = np.bincount(self._category, self._weights * mine[self._word], minlength=len(self._paths))
        return dict(zip(self._paths, shared.tolist(), strict=True))

    def shared(self, counts: Mapping[str, int], path: str) -> dict[str, float]:
        """What each shared word adds to the similarity of one category, the most first; words adding nothing left out.

        Raises ValueError for an unknown category.
        """
        mine = self._unit(counts)
        entries = np.flatnonzero(self._category == self._paths.index(path))
        added = dict(zip(self._word[entries].tolist(), self._weights[entries] * mine[self._word[entries]], strict=True))
        found = {word: float(added[place]) for word in counts if added.get(place := self._places.get(word, -1), 0) > 0}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

    def _unit(self, counts: Mapping[str, int]) -> NDArray[np.float64]:
        """A text's weights as a unit vector over all known words; zeros where it has none of them."""
        mine = np.zeros(len(self._places))
        for word, count in counts.items():
            if word in self._places:
                mine[self._places[word]] = 1 + np.log(count)
        mine *= self._idf
        unit: NDArray[np.float64] = mine / (np.linalg.norm(mine) or 1.0)
        return unit
