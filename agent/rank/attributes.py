"""Attributes signal: how many attributes of a candidate are those of what the customer liked: its colour, its wool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from newaisle.agent.rank.case import Matrix, RankingCase
from newaisle.store.rows import Product

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_Key = tuple[str, str]  # name and value


def attributes(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): sum over shared attributes, times liking.

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


def _having(products: Sequence[Product], number: Mapping[_Key, int]) -> csr_matrix:
    """1 where a product has an attribute, shape (products, attributes)."""
    from scipy.sparse import csr_matrix

    found = [[number[key] for key in _keys(product) if key in number] for product in products]
    columns = np.array([column for row in found for column in row], dtype=np.int64)
    ends = np.cumsum([0, *map(len, found)])
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(products), len(number)))


def _keys(product: Product) -> list[_Key]:
    return [(name, value.casefold()) for name, value in product.attributes.items() if any(map(str.isalpha, value))]
