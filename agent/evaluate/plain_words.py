"""What a blend has to beat: products ranked by nothing but the words they share with the history, as is usually done.

Which of these ways is the best differs from shop to shop, so that a blend is compared with the one that ranks best on
categories that are not judged. They are apart from the blend's signals, so that they stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.leave_out import folds, leave_out
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.metrics import METRICS, judge
from newaisle.store.rows import Product
from newaisle.store.words import product_text, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

USUAL = "tfidf"  # where there is nothing to choose by
_CASES = 150  # of a fold, that the best is chosen by
_K1, _B = 1.2, 0.75
_POOLS: Mapping[str, Callable[[Scores], Scores]] = {
    "": lambda cosines: np.asarray(cosines.mean(axis=1)),
    "-max": lambda cosines: np.asarray(cosines.max(axis=1)),
}


class PlainWords:
    """Cosines of TF-IDF with scikit-learn's defaults, BM25, and character n-grams; mean and maximum over the history.

    Words have at least two characters, as those defaults say, but Chinese is read in pairs.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._row = {product.item_id: row for row, product in enumerate(products)}
        titles, texts = [product.title for product in products], [product_text(product) for product in products]
        self._spaces: dict[str, tuple[csr_matrix, csr_matrix]] = {}  # of candidates, and of the history
        for name, of in (("tfidf", texts), ("tfidf-title", titles)):
            self._spaces[name] = (TfidfVectorizer(analyzer=_words).fit_transform(of),) * 2
        self._spaces["bm25"], self._spaces["bm25-title"] = _bm25(texts), _bm25(titles)
        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        self._spaces["ngrams-title"] = (grams.fit_transform(titles or [""]),) * 2

    @property
    def names(self) -> list[str]:
        return [f"{space}{pool}" for space in self._spaces for pool in _POOLS]

    def __call__(self, case: Case) -> dict[str, Scores]:
        """Scores of the candidates by every way, each of shape (candidates,)."""
        candidates = [self._row[item_id] for item_id in case.candidates]
        history = [self._row[item_id] for item_id in dict.fromkeys(case.history)]
        scores: dict[str, Scores] = {}
        for name, (asked, asking) in self._spaces.items():
            alike = (asked[candidates] @ asking[history].T).toarray()
            scores |= {f"{name}{pool}": of(alike) for pool, of in _POOLS.items()}
        return scores

    def strongest(self, allowed: Dataset) -> str:
        """The way that ranks best on categories of what may be learned from, each left out once."""
        total = dict.fromkeys(self.names, 0.0)
        for part in folds(allowed):
            cases = leave_out(allowed, held_out=part)
            for case in cases[:: -(-len(cases) // _CASES) or 1]:
                taken = [item_id in case.targets for item_id in case.candidates]
                for name, scores in self(case).items():
                    total[name] += judge(scores, taken)[METRICS.index("ndcg@10")]
        return max(total, key=lambda name: total[name]) if any(total.values()) else USUAL


def _words(text: str) -> list[str]:
    return [word for word in words(text) if len(word) > 1]


def _bm25(texts: Sequence[str]) -> tuple[csr_matrix, csr_matrix]:
    """What a word of a text is worth to one that asks for it (Robertson and Zaragoza 2009), and the words asked for."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    counts = CountVectorizer(analyzer=_words).fit_transform(texts).astype(np.float64)
    having = np.diff(counts.tocsc().indptr)
    idf = np.log1p((len(texts) - having + 0.5) / (having + 0.5))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    usual = _K1 * (1 - _B + _B * lengths / lengths.mean())[np.repeat(np.arange(len(texts)), np.diff(counts.indptr))]
    weights = counts.data * (_K1 + 1) / (counts.data + usual) * idf[counts.indices]
    worth = csr_matrix((weights, counts.indices, counts.indptr), shape=counts.shape)
    return worth, (counts > 0).astype(np.float64)
