"""A map of the categories: the first two principal components of the mean vectors of their products."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.evaluate.result import MapPoint
from newaisle.agent.learn.dataset import Dataset
from newaisle.store.words import product_text, words

NEAREST = 3
_DIMENSIONS = 100  # of the space that words are brought into where there are no vectors
_SEED = 20240229


def category_map(dataset: Dataset, held_out: Sequence[Collection[str]]) -> list[MapPoint]:
    """Every category that has a name; `held_out` are the sets of those that were held out together.

    The nearest of a category that was held out are those whose mean vectors, taken from their common mean, have the
    greatest cosine to its own, among those that were not held out with it.
    """
    named = [number for number, path in enumerate(dataset.categories) if path]
    if len(named) < 2:
        return []
    means = _means(dataset, named)
    centred = means - means.mean(axis=0)
    left, spread, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(named), 2))
    plane[:, : min(2, len(spread))] = (left * spread)[:, :2]
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(lengths > 0, lengths, 1)
    cosine = unit @ unit.T
    sizes = np.bincount(dataset.category, minlength=len(dataset.categories))
    paths = [dataset.categories[number] for number in named]
    return [
        MapPoint(
            category=path,
            x=float(plane[row, 0]),
            y=float(plane[row, 1]),
            products=int(sizes[named[row]]),
            held_out=any(path in part for part in held_out),
            nearest=_nearest(paths, row, cosine[row], held_out),
        )
        for row, path in enumerate(paths)
    ]


def _nearest(
    paths: Sequence[str], row: int, cosine: NDArray[np.float64], held_out: Sequence[Collection[str]]
) -> list[str]:
    together = next((part for part in held_out if paths[row] in part), None)
    if together is None:
        return []
    order = np.argsort(-cosine, kind="stable")
    return [paths[other] for other in order if other != row and paths[other] not in together][:NEAREST]


def _means(dataset: Dataset, categories: Sequence[int]) -> NDArray[np.float64]:
    """The mean vector of each category's products, of those that have one; shape (categories, dimensions)."""
    vectors = dataset.vectors if dataset.vectors.any() else _from_words(dataset)
    has_vector = vectors.any(axis=1)
    return np.array(
        [
            rows.mean(axis=0) if len(rows) else np.zeros(vectors.shape[1])
            for rows in (vectors[(dataset.category == number) & has_vector] for number in categories)
        ],
        dtype=np.float64,
    )


def _from_words(dataset: Dataset) -> NDArray[np.float64]:
    """Latent semantic analysis (Deerwester et al. 1990) of the products' words: for shops without vectors."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer(analyzer=words, sublinear_tf=True).fit_transform(map(product_text, dataset.products))
    dimensions = min(_DIMENSIONS, min(rows.shape) - 1)
    if dimensions < 1:
        return np.asarray(rows.toarray(), dtype=np.float64)
    return np.asarray(TruncatedSVD(dimensions, random_state=_SEED).fit_transform(rows), dtype=np.float64)
