"""How alike categories are by the words of their products."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


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
