"""The words of two lists of texts: TF-IDF (Salton and Buckley 1988: sublinear tf, smoothed idf, cosine), and BM25."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Frequencies = Callable[[Sequence[str]], Mapping[str, int]]  # words to the number of products that have each
Words = Sequence[str]  # of one text, see `store.words`
_K1, _B = 1.2, 0.75  # of BM25, as they usually are


class TfIdf:
    """Two lists of texts as unit rows of one space, `first` and `second`, of shape (texts, words).

    The inverse document frequencies are those of the whole catalogue: counted over one category's candidates alone
    they cost a tenth of the NDCG on shops where words carry taste. `counts` are of the words in `first`.
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
        self.idf = idf
        self.counts = rows[: len(first)]
        weights = (1 + np.log(rows.data)) * idf[rows.indices]
        row = np.repeat(np.arange(len(texts)), np.diff(rows.indptr))
        rows.data = weights / np.sqrt(np.bincount(row, weights**2, minlength=len(texts)))[row]
        self.first = rows[: len(first)]
        self.second = rows[len(first) :]

    @classmethod
    def of(cls, like: Self, first: csr_matrix, second: csr_matrix, counts: csr_matrix) -> Self:
        """Out of rows that were made before, whose columns are those of another space."""
        made = cls.__new__(cls)
        made.words, made.idf, made.first, made.second, made.counts = like.words, like.idf, first, second, counts
        return made

    @cached_property
    def bm25(self) -> csr_matrix:
        """What each word of a text of `first` is worth to a text that asks for it (Robertson and Zaragoza 2009).

        Lengths are against the mean of `first`. A word that all products have is worth nothing.
        """
        from scipy.sparse import csr_matrix

        counts = self.counts
        length = np.asarray(counts.sum(axis=1)).ravel()
        usual = _K1 * (1 - _B + _B * length / max(float(length.mean()) if len(length) else 0.0, 1.0))
        row = np.repeat(np.arange(len(length)), np.diff(counts.indptr))
        weights = counts.data * (_K1 + 1) / (counts.data + usual[row]) * (self.idf - 1)[counts.indices]
        return csr_matrix((weights, counts.indices, counts.indptr), shape=counts.shape)

    def asked(self) -> csr_matrix:
        """1 where a text of `second` has a word."""
        from scipy.sparse import csr_matrix

        rows = self.second
        return csr_matrix((np.ones(len(rows.indices)), rows.indices, rows.indptr), shape=rows.shape)
