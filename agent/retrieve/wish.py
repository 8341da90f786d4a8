"""How near products are to a wish that somebody typed, in whatever language either is written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newaisle.agent.rank.case import Matrix, stack
from newaisle.agent.shop.parts import Parts
from newaisle.store.rows import Product


def wish_similarity(parts: Parts, wish: str, products: Sequence[Product]) -> Matrix | None:
    """Cosine of a wish and each product's text without what all products have in common, shape (products,).

    0 for a product without a vector. None where the shop has no vectors of a multilingual embedder, or this is not
    installed. One mean is taken away and not one of each language: in a shop of two languages either ranks as well, but
    with the latter no language comes first (see docs/quality.md).
    """
    embedder = parts.multilingual()
    if embedder is None:
        return None
    vectors = stack(parts.ledger.vectors([product.item_id for product in products], embedder.name), products)
    if not vectors.any():
        return None
    mean = parts.ledger.mean_vector(embedder.name)
    apart = (vectors - mean) * vectors.any(axis=1, keepdims=True)
    (asked,) = embedder.embed([wish]) - mean
    lengths = np.linalg.norm(apart, axis=1) * np.linalg.norm(asked)
    return np.asarray(apart @ asked / np.maximum(lengths, 1e-12), dtype=np.float32)
