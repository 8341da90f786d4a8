"""Expected popularity: how many customers a product will find, predicted from its text by what sold elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, FiniteFloat

from newaisle.agent.rank.case import RankingCase, Scores
from newaisle.store.rows import Product

BRAND_WEIGHT = 0.7  # of a brand's name among the words: it says less than they do together
VECTOR_WEIGHT = 2.0


class ExpectedPopularity(BaseModel):
    """A linear model of the logarithm of the number of customers, learned by `agent.learn.popularity_learner`.

    words: what a word's TF-IDF weight in a unit row counts for; brands: what being of a brand does.
    vector: coefficients of the embedding by `embedder`.
    numbers: the numeric attributes that `agent.rank.features` uses; features: coefficients of its columns.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    embedder: str
    words: dict[str, FiniteFloat]
    brands: dict[str, FiniteFloat]
    vector: list[FiniteFloat]
    numbers: list[str]
    features: list[FiniteFloat]

    def of(self, case: RankingCase) -> Scores:
        """The expected popularity of each candidate, up to a constant, shape (candidates,).

        Its vectors must be of the same embedder.
        """
        if not case.candidates:
            return np.zeros(0)
        words = np.array([self.words.get(word, 0.0) for word in case.tf_idf.words])
        total = case.tf_idf.first @ words + self._of_brands(case.candidates)
        total += features(case.candidates, self.numbers) @ np.array(self.features)
        if case.candidate_vectors.shape[1] == len(self.vector):
            has_vector = case.candidate_vectors.any(axis=1)
            by_vector = case.candidate_vectors @ np.array(self.vector)
            # One without a vector counts as the mean of the others.
            total += np.where(has_vector, by_vector, by_vector[has_vector].mean() if has_vector.any() else 0.0)
        expected_popularity: Scores = np.asarray(total, dtype=np.float64)
        return expected_popularity

    def _of_brands(self, candidates: Sequence[Product]) -> Scores:
        return np.array([self.brands.get((product.brand or "").casefold(), 0.0) for product in candidates])


Features = NDArray[np.float64]
PRICE = "price"
_KNOTS = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])  # standard deviations from the category's mean
_DECADES = np.arange(1900, 2040, 10)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19\d\d|20[0-3]\d)(?!\d)")


def features(products: Sequence[Product], numbers: Sequence[str]) -> Features:
    """Features of the products of one category, shape (products, features); `numbers` name numeric attributes.

    Each quantity is compared with the category's others and spread over knots (piecewise linear, de Boor 1978), so that
    its effect need not be linear; so are years, over decades. All columns have the mean 0.
    """
    columns = [_lengths(products), *(_quantity(products, name)[:, None] for name in numbers)]
    spread = [_spline_basis(column) for column in _standard(np.hstack(columns)).T]
    seen = np.hstack([*spread, _years(products)])
    centred: Features = seen - seen.mean(axis=0)
    return centred


def number(product: Product, name: str) -> float:
    """A numeric attribute, or the price, of a product; NaN where it has none."""
    if name == PRICE:
        return np.nan if product.price is None else product.price
    try:
        value = float(product.attributes.get(name, "nan"))
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _lengths(products: Sequence[Product]) -> Features:
    title = np.array([len(product.title) for product in products])
    in_words = [len(product.title.split()) for product in products]
    description = [len(product.description) for product in products]
    attributes = [len(product.attributes) for product in products]
    digits = [len(_DIGIT.findall(product.title)) for product in products]
    columns = (np.log1p(title), np.log1p(in_words), np.log1p(description), attributes, digits / np.maximum(title, 1))
    return np.stack(columns, axis=1)


def _quantity(products: Sequence[Product], name: str) -> Scores:
    """Logarithms, for quantities differ by factors; the mean where one is missing."""
    values = np.array([number(product, name) for product in products])
    logs = np.sign(values) * np.log1p(np.abs(values))
    known = ~np.isnan(logs)
    filled: Scores = np.where(known, logs, logs[known].mean() if known.any() else 0.0)
    return filled


def _standard(columns: Features) -> Features:
    spread = columns.std(axis=0)
    standard: Features = (columns - columns.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    return standard


def _spline_basis(values: Scores) -> Features:
    return np.stack([np.interp(values, _KNOTS, hat) for hat in np.eye(len(_KNOTS))], axis=1)


def _years(products: Sequence[Product]) -> Features:
    found = [_YEAR.findall(product.title) for product in products]
    years = np.array([float(years[-1]) if years else np.nan for years in found])
    near = np.maximum(0.0, 1 - np.abs(years[:, None] - _DECADES) / 10)
    return np.hstack([np.nan_to_num(near), np.isnan(years)[:, None].astype(np.float64)])
