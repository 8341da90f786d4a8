"""TF-IDF over the words of two lists of texts (Salton and Buckley 1988: sublinear tf, smoothed idf, cosine)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

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
        from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

        counter = CountVectorizer(analyzer=list)
        # The dash is there because an empty vocabulary is an error.
        counts = counter.fit_transform([*first, *second, "-"])[:-1]
        self.words: list[str] = counter.get_feature_names_out().tolist()
        known = frequencies(self.words)
        seen_in = np.array([known.get(word, 0) for word in self.words])
        weigh = TfidfTransformer(sublinear_tf=True)
        weigh.idf_ = np.log((1 + product_count) / (1 + seen_in)) + 1
        rows: csr_matrix = weigh.transform(counts, copy=False)
        self.first = rows[: len(first)]
        self.second = rows[len(first) :]

    @cached_property
    def _mean(self) -> NDArray[np.float64]:
        return np.asarray(self.first.mean(axis=0)).ravel()

    def shared(self, first: int, second: int) -> dict[str, float]:
        """What each word that two rows share adds to their cosine, over what it adds for the mean of `first`.

        The most first. A word that all of `first` have alike adds nothing that would tell them apart.
        """
        ours, theirs = self.first[first], self.second[second].tocsc()
        added = {
            self.words[word]: float((weight - self._mean[word]) * theirs[0, word])
            for word, weight in zip(ours.indices, ours.data, strict=True)
            if theirs[0, word]
        }
        return dict(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))
