"""TF-IDF over the words of two lists of texts (Salton and Buckley 1988: sublinear tf, smoothed idf, cosine)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Frequencies = Callable[[Sequence[str]], Mapping[str, int]]  # words to the number of products that have each
Words = Sequence[str]  # of one text, see `store.words`


class TfIdf:
    """Two lists of texts as unit rows of one space, `first` and `second`, of shape (texts, words).

    The inverse document frequencies are those of the whole catalogue: counted over one category's candidates alone
    they cost a tenth of the NDCG on shops where words carry taste.
    """

    def __init__(
        self, first: Sequence[Words], second: Sequence[Words], *, product_count: int, frequencies: Frequencies
    ) -> None:
        from scipy.sparse import csr_matrix

        texts = [*first, *second]
        number: defaultdict[str, int] = defaultdict()
        number.default_factory = number.__len__  # a new word gets the next number
        columns = np.array([number[word] for text in texts for word in text], dtype=np.int64)
        ends = np.cumsum([0, *map(len, texts)])
        rows = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(texts), len(number)))
        rows.sum_duplicates()
        self.words = list(number)
        known = frequencies(self.words)
        seen_in = np.array([known.get(word, 0) for word in self.words])
        idf = np.log((1 + product_count) / (1 + seen_in)) + 1
        weights = (1 + np.log(rows.data)) * idf[rows.indices]
        row = np.repeat(np.arange(len(texts)), np.diff(rows.indptr))
        rows.data = weights / np.sqrt(np.bincount(row, weights**2, minlength=len(texts)))[row]
        self.first = rows[: len(first)]
        self.second = rows[len(first) :]

    @classmethod
    def of(cls, words: list[str], first: csr_matrix, second: csr_matrix) -> Self:
        """Out of rows that were made before, whose columns are `words`."""
        made = cls.__new__(cls)
        made.words, made.first, made.second = words, first, second
        return made

    @cached_property
    def _mean(self) -> NDArray[np.float64]:
        return np.asarray(self.first.mean(axis=0)).ravel()

    def shared(self, first: int, second: int) -> dict[str, float]:
        """What each word that two rows share adds to their cosine, over what it adds for the mean of `first`.

        The most first. A word that all of `first` have alike adds nothing that would tell them apart.
        """
        ours, theirs = _weights(self.first, first), _weights(self.second, second)
        # A word's share of the cosine, less what it has for the mean text.
        added = {
            self.words[word]: float((ours[word] - self._mean[word]) * theirs[word])
            for word in ours.keys() & theirs.keys()
        }
        return dict(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))


def _weights(rows: csr_matrix, number: int) -> dict[int, float]:
    """One row, by column; SciPy's own way to a row or an element takes longer than all else that a claim needs."""
    part = slice(*rows.indptr[number : number + 2])
    return dict(zip(rows.indices[part].tolist(), rows.data[part].tolist(), strict=True))
