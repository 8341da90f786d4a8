"""Signals: what speaks for a candidate, each a function of the case.

Those that rest on the history say how much each of its rows adds: evidence of shape (candidates, history), each row's
times its share of all liking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import ROUNDING, Matrix, RankingCase, Scores, price_level
from newaisle.store.rows import Product

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def lexical(case: RankingCase) -> Matrix:
    """How well a candidate's words answer to those of each product that the customer liked, by BM25.

    Rows are put together by the root of the mean square: a candidate that one row asks for stands before one that many
    rows have a word in common with, which a mean would put first, and a maximum would not count.
    """
    evidence: Matrix = case.matched_words * case.weight_of_match
    return evidence


def by_words(case: RankingCase, candidate: int, row: int) -> dict[str, float]:
    """What each word that a candidate shares with a row adds to their evidence, over its mean for all candidates.

    The most first. A word that all candidates have alike adds nothing that would tell them apart.
    """
    space, weights = case.tf_idf, case.weight_of_match[:, row].astype(np.float64)
    worth, asked = space.bm25, space.second
    usual = worth.T @ weights / len(weights)
    # SciPy's own way to a row takes longer than all else that a claim needs.
    ours, theirs = (slice(*rows.indptr[n : n + 2]) for rows, n in ((worth, candidate), (asked, row)))
    shared = set(asked.indices[theirs].tolist())
    added = {
        space.words[word]: float(weights[candidate] * value - usual[word])
        for word, value in zip(worth.indices[ours].tolist(), worth.data[ours].tolist(), strict=True)
        if word in shared
    }
    return dict(sorted(added.items(), key=lambda pair: (-pair[1], pair[0])))


def dense(case: RankingCase) -> Matrix:
    """How much a candidate's text means what the customer liked: the cosine of embeddings, centred on both sides."""
    evidence: Matrix = case.centred_similarity * case.liking_share
    return evidence


def nearest(case: RankingCase) -> Matrix:
    """History rows that are much nearer to a candidate than to the others of its category: the square of how far.

    Where a mean over the history says what a customer likes in general, this says that one thing they liked asks for
    another: a printer for its ink. Squares let a few near rows outweigh many that are a little near.
    """
    if not case.candidates:
        return case.shared_words
    # In double precision: squares would show in which order float32 values were summed up.
    shared_words, apart = case.shared_words.astype(np.float64), case.centred_similarity.astype(np.float64)
    near = _standard(shared_words - shared_words.mean(axis=0)) + _standard(apart)
    return (np.maximum(near, 0) ** 2 * case.liking_share).astype(np.float32)


def _standard(similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = similarity.std()
    return similarity / spread if spread > ROUNDING else np.zeros_like(similarity)


def brand(case: RankingCase) -> Matrix:
    """How much of what the customer liked is of the candidate's brand."""
    evidence: Matrix = same_brand(case.candidates, [row.product for row in case.history]) * case.liking_share
    return evidence


def same_brand(ones: Sequence[Product], others: Sequence[Product]) -> NDArray[np.bool_]:
    """Which products are known to be of one brand, shape (ones, others)."""
    number: dict[str, int] = {"": 0}
    # Brands as numbers, 0 for none, so that they are compared all at once.
    first, second = (
        np.array([number.setdefault(_key(product.brand), len(number)) for product in products], dtype=np.int64)
        for products in (ones, others)
    )
    same: NDArray[np.bool_] = (first[:, None] == second) & (first != 0)[:, None]
    return same


def _key(brand: str | None) -> str:
    return (brand or "").casefold()


_Attribute = tuple[str, str]  # name and value


def attributes(case: RankingCase) -> Matrix:
    """How many attributes a candidate shares with what the customer liked: its colour, its wool.

    Of an attribute that few candidates have, more is learned than of one that most have: it counts as the logarithm of
    one over the share of the candidates that have it. Numbers are no attributes to share.
    """
    products = [row.product for row in case.history]
    number = {key: i for i, key in enumerate(dict.fromkeys(key for product in products for key in _keys(product)))}
    of_candidates, of_liked = _having(case.candidates, number), _having(products, number)
    candidates = np.bincount(of_candidates.indices, minlength=len(number))
    rarity = np.log(max(len(case.candidates), 1) / np.maximum(candidates, 1))
    evidence: Matrix = (of_candidates @ (of_liked.toarray() * rarity).T).astype(np.float32)
    evidence *= case.liking_share
    return evidence


def _having(products: Sequence[Product], number: Mapping[_Attribute, int]) -> csr_matrix:
    """1 where a product has an attribute, shape (products, attributes)."""
    from scipy.sparse import csr_matrix

    found = [[number[key] for key in _keys(product) if key in number] for product in products]
    columns = np.array([column for row in found for column in row], dtype=np.int64)
    ends = np.cumsum([0, *map(len, found)])
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(products), len(number)))


def _keys(product: Product) -> list[_Attribute]:
    return [(name, value.casefold()) for name, value in product.attributes.items() if any(map(str.isalpha, value))]


def price(case: RankingCase) -> Matrix:
    """How near a candidate's place among its category's prices is to what the customer paid elsewhere.

    1 less the distance of the two price levels; 0 where one of the two has no price.
    """
    levels = price_levels(case)
    evidence = np.zeros((len(case.candidates), len(case.history)), dtype=np.float32)
    for row, liked in enumerate(case.history):
        if liked.price_level is not None:
            evidence[:, row] = np.where(np.isnan(levels), 0, 1 - abs(levels - liked.price_level))
    evidence *= case.liking_share
    return evidence


def price_levels(case: RankingCase) -> Scores:
    """Price level of every candidate among those of its currency, shape (candidates,); NaN without a price."""
    prices: dict[str | None, list[float]] = {}
    for product in case.candidates:
        if product.price is not None:
            prices.setdefault(product.currency, []).append(product.price)
    for amounts in prices.values():
        amounts.sort()
    return np.array([np.nan if p.price is None else price_level(p.price, prices[p.currency]) for p in case.candidates])


def disliked(case: RankingCase) -> Scores:
    """Minus the share of what the customer disliked that is of the candidate's brand, shape (candidates,)."""
    share: Scores = -same_brand(case.candidates, case.disliked).mean(axis=1, dtype=np.float64)
    return share


def typical(case: RankingCase) -> NDArray[np.float64]:
    """How much a candidate is like the others of its category, which ranks for a customer without any history.

    Mean TF-IDF cosine to all of them, shape (candidates,).
    """
    rows = case.tf_idf.first
    return np.asarray(rows @ np.asarray(rows.mean(axis=0)).ravel(), dtype=np.float64)
