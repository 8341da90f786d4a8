"""Which known categories are nearest to a category, or to a product: four methods and two means of them.

Every method gives each known category a similarity to a text, the more the nearer, 1 at most. Those by vector take from
all vectors what the categories have in common (as in SimpleShot, Wang et al. 2019, arXiv 1911.04623), so that 0 is as
near as the shop's categories are on average. What cannot be said, because a text has no known words or no vector that
an embedder could read, is 0 for every category. docs/quality.md says how they compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import Matrix
from newaisle.agent.retrieve.known import KnownCategories
from newaisle.store.rows import Product
from newaisle.store.words import product_text, words

Similarity = NDArray[np.float64]  # of every known category, in their order
SHARPNESS = 10.0  # of attention: the inverse of the temperature that cosines are divided by
_ROWS = 64  # products of the asked category that are compared by vector, spread evenly over it


def _no_vectors() -> Matrix:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class CategoryText:
    """What is known of the category asked about: its products, a text such as name and brief, or both."""

    product_words: Sequence[Sequence[str]] = ()  # see `store.words`
    word_counts: Mapping[str, int] = field(default_factory=dict)  # where its products' words are counted already
    vectors: Matrix = field(default_factory=_no_vectors)  # of its products, zeros where there is none
    text: str = ""
    text_vector: Matrix | None = None  # of the text

    @classmethod
    def of_products(cls, products: Sequence[Product], vectors: Matrix) -> CategoryText:
        """`vectors[i]` belongs to product i."""
        return cls(product_words=[words(product_text(product)) for product in products], vectors=vectors)

    @property
    def counts(self) -> Counter[str]:
        """In how many of the products, the text counting as one more, each word occurs."""
        counts = Counter(word for found in (*self.product_words, words(self.text)) for word in set(found))
        counts.update(self.word_counts)
        return counts

    def rows(self, known: KnownCategories) -> tuple[Matrix, Matrix]:
        """Vectors to be compared with those of `known`, and the weight of each; products and text weigh the same."""
        readable = self.vectors[self.vectors.any(axis=1)]
        readable = readable[:: max(1, -(-len(readable) // _ROWS))]
        parts = [readable] if len(readable) else []
        if self.text_vector is not None and self.text_vector.any():
            parts.append(self.text_vector[np.newaxis])
        if not parts or not known.vectors.any():
            return np.zeros((0, len(known.common)), dtype=np.float32), np.zeros(0, dtype=np.float32)
        weights = np.concatenate([np.full(len(part), 1 / len(part) / len(parts)) for part in parts])
        return known.centred(np.concatenate(parts)), weights.astype(np.float32)


def text_of(name: str, brief: str) -> str:
    """The text that stands for a category where it is not its products'."""
    return ". ".join(part for part in (name, brief) if part)


Method = Callable[[CategoryText, KnownCategories], Similarity]


def by_words(asked: CategoryText, known: KnownCategories) -> Similarity:
    """Cosine of word frequencies, weighted by how few categories have the word."""
    return np.array(list(known.words.similarity(asked.counts).values()), dtype=np.float64)


def by_embedding(asked: CategoryText, known: KnownCategories) -> Similarity:
    """Cosine of the mean vector to the mean vector of each category."""
    rows, weights = asked.rows(known)
    lengths = np.linalg.norm(known.centres, axis=1) * max(float(np.linalg.norm(weights @ rows)), 1e-12)
    return np.asarray(known.centres @ (weights @ rows) / np.maximum(lengths, 1e-12), dtype=np.float64)


def by_prototype(asked: CategoryText, known: KnownCategories) -> Similarity:
    """1 less half the squared Euclidean distance to the mean of a category's products (Snell et al. 2017, section 2).

    For unit vectors that is the cosine; a mean is the shorter the more its products differ.
    """
    rows, weights = asked.rows(known)
    if not len(rows):
        return np.zeros(len(known.sizes))
    return np.asarray(1 - ((weights @ rows - known.centres) ** 2).sum(axis=1) / 2, dtype=np.float64)


def by_matching(asked: CategoryText, known: KnownCategories) -> Similarity:
    """Attention over single products (Vinyals et al. 2016, section 2.1): softmax of cosines, summed by category.

    In units of the cosine, as the logarithm of the mean over a category's products, averaged over the rows asked about;
    the softmax's denominator is the same for all categories and is left out.
    """
    rows, weights = asked.rows(known)
    if not len(rows):
        return np.zeros(len(known.sizes))
    attention = known.mean_of_each(np.exp(SHARPNESS * (rows @ known.vectors.T)))
    return np.asarray(weights @ np.log(attention) / SHARPNESS, dtype=np.float64)


def _with_words(by_vector: Method) -> Method:
    """The mean of both; words alone where there is no vector. (That no word is known says something, though.)"""

    def mean(asked: CategoryText, known: KnownCategories) -> Similarity:
        lexical, dense = by_words(asked, known), by_vector(asked, known)
        return (lexical + dense) / 2 if dense.any() else lexical

    return mean


METHODS: Mapping[str, Method] = {
    "words": by_words,
    "embedding": by_embedding,
    "prototype": by_prototype,
    "matching": by_matching,
    "words+embedding": _with_words(by_embedding),
    "words+matching": _with_words(by_matching),
}
DEFAULT_METHOD = "words+matching"


def nearest_categories(
    asked: CategoryText, known: KnownCategories, *, method: str = DEFAULT_METHOD, leave_out: Collection[str] = ()
) -> list[tuple[str, float]]:
    """Every known category path but those in `leave_out`, with its similarity, the nearest first."""
    similarity = METHODS[method](asked, known)
    pairs = [pair for pair in zip(known.paths, similarity.tolist(), strict=True) if pair[0] not in leave_out]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
