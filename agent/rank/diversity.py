"""Diversity: near-duplicates never fill a list, and what is like the products already in it can be put further down."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from newaisle.agent.rank.case import Matrix, RankingCase
from newaisle.store.rows import Product
from newaisle.store.words import words
from newaisle.tables import table

SAME_COSINE = 0.97  # 38 of 40 pairs above it were one product in another size, colour, count or finish

Similarity = Callable[[int], NDArray[np.floating]]  # of one candidate to all of them, shape (candidates,)
Same = Callable[[int, int], bool]  # whether two candidates are one product in two variants

_VARIANTS = frozenset(table(__file__, "variants.toml")["words"].split())
_CHINESE_VARIANTS = re.compile(
    r"[深浅亮]?[红橙黄绿青蓝紫黑白灰粉棕褐金银米]+色"
    r"|[特加超]?[大中小]号"
    r"|\d+(?:\.\d+)?\s*(?:毫升|升|千克|公斤|克|斤|厘米|毫米|米|英?寸|[支只个片包盒袋瓶套件条双张本卷抽粒枚])装?"
)


def diversify(
    scores: ArrayLike, similarity: Similarity, *, k: int, weight: float, same: Same | None = None
) -> list[int]:
    """The candidates of a list of `k`, first one first, by maximal marginal relevance (Carbonell and Goldstein 1998).

    The next one is that with the greatest (1 - weight) * relevance - weight * similarity, where relevance is the score
    between the lowest, 0, and the highest, 1, and similarity that to the most similar one in the list, at least 0. So
    at weight 0 the scores alone decide, and at 1 only the first place. Of candidates that are the `same`, the first is
    taken, and the others only when nothing else is left. Fewer than `k` come back only where there are fewer.
    """
    best_first = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    relevance = (1 - weight) * _from_0_to_1(np.asarray(scores, dtype=np.float64)[best_first])
    nearest = np.zeros(len(best_first))
    left = np.ones(len(best_first), dtype=bool)
    chosen: list[int] = []
    variants: list[int] = []
    while left.any() and len(chosen) < k:
        place = int(np.argmax(np.where(left, relevance - weight * nearest, -np.inf)))
        left[place] = False
        candidate = int(best_first[place])
        if same and any(same(candidate, other) for other in chosen):
            variants.append(place)
            continue
        chosen.append(candidate)
        if weight:
            np.maximum(nearest, similarity(candidate)[best_first], out=nearest)
    spare = best_first[sorted(variants)].tolist()
    return [*chosen, *spare][:k]


def similarity_of(case: RankingCase) -> Similarity:
    """Cosine of the candidates' vectors or, where there are none, of their words."""
    if case.candidate_vectors.any():
        return lambda candidate: case.candidate_vectors @ case.candidate_vectors[candidate]
    rows = case.tf_idf.first
    return lambda candidate: np.asarray((rows @ rows[candidate].T).todense()).ravel()


def sameness(products: Sequence[Product], vectors: Matrix) -> Same | None:
    """Tells variants of one product: the same title but for the variant, or vectors nearer than SAME_COSINE.

    None where that would leave less than half of the titles: there sizes are what tells one product from another.
    """
    if 2 * len({title_without_variant(product.title) for product in products}) < len(products):
        return None

    def same(one: int, other: int) -> bool:
        return float(vectors[one] @ vectors[other]) > SAME_COSINE or title_without_variant(
            products[one].title
        ) == title_without_variant(products[other].title)

    return same


@lru_cache(maxsize=1 << 14)  # a session asks for the same category again
def title_without_variant(title: str) -> frozenset[str]:
    """The words of a title without colours, sizes, counts and whatever has a digit; all of them if none would stay."""
    found = frozenset(words(title if title.isascii() else _CHINESE_VARIANTS.sub(" ", title)))
    return frozenset(word for word in found - _VARIANTS if not any(map(str.isdigit, word))) or frozenset(words(title))


def _from_0_to_1(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(scores) or np.ptp(scores) == 0:
        return np.zeros(len(scores))
    scaled: NDArray[np.float64] = (scores - scores.min()) / np.ptp(scores)
    return scaled
