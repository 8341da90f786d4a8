"""To which known category a product belongs, how sure that is, and whether it may belong to none.

The probability of a category is the softmax of its similarity (see `agent.retrieve.nearest`) over a temperature,
times a power of the number of its products: a priori a product is where the others are. Temperature and power are those
of least log loss on a sample of the shop's own products (temperature scaling, Guo et al. 2017, arXiv 1706.04599), each
judged by a shop that does not have it and embedded without the name of its category.

What looks like a new category is judged on the same sample: a product that is less near to its nearest category than
all but one in twenty of them (a conformal p-value, Vovk et al. 2005; so one in twenty is a false alarm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product as pairs

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import Matrix
from newaisle.agent.retrieve.known import known_categories
from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, METHODS, CategoryText
from newaisle.agent.shop.parts import Parts
from newaisle.errors import RequestError
from newaisle.progress import Progress, silent
from newaisle.store.ingest import check_embedder
from newaisle.store.ledger import embedding_text
from newaisle.store.rows import PATH_SEPARATOR, Product

Scores = NDArray[np.float64]  # of products, or (products, categories)
SUPPORT = 100  # products per category to match with: with 24, accuracy is 1 to 4 points lower
LOOKS_NEW = 0.05  # below this familiarity
_TEMPERATURES = np.geomspace(0.005, 0.5, 41).tolist()
_POWERS = [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0]
_FITTED = 300  # products of the shop that probabilities are fitted on
_LEAST_FITTED = 20
_FOLDS = 10
_USUAL_TEMPERATURE = 0.03  # for a shop too small to fit one; what data sets of several trades have in the middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A category that a product may belong to."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """A product with the categories it may belong to, the most probable first.

    `familiarity` is the share of the shop's own products that are no nearer to any category than this one; None where
    the shop has too few to tell.
    """

    product: Product
    guesses: list[Guess]
    familiarity: float | None

    @property
    def looks_new(self) -> bool:
        """Whether it may well belong to a category that the shop does not have."""
        return self.familiarity is not None and self.familiarity < LOOKS_NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was learned on the shop's own products."""

    temperature: float
    power: float
    nearest: Scores  # ascending: the similarity of each of them to its nearest category; empty where there are too few


class Classifier:
    """Assigns products to the categories of one shop. Raises RequestError where the shop knows none."""

    def __init__(
        self,
        parts: Parts,
        *,
        method: str = DEFAULT_METHOD,
        progress: Progress = silent,
    ) -> None:
        self._parts = parts
        self._method = METHODS[method]
        self._known = known_categories(parts.ledger, parts.embedder_name, sample=SUPPORT)
        if not self._known.sizes:
            raise RequestError("the shop has no categories: ingest a catalogue that has a category column")
        self.paths = self._known.paths
        self.fit = self._fitted(progress)

    def classify(self, products: Sequence[Product], *, progress: Progress = silent) -> list[Classified]:
        """The likely categories of each product, by its text alone, whatever category it is in.

        A product of the shop is judged as if the shop lacked it.
        """
        similarity = self.similarity(products, progress=progress)
        probabilities = self.probabilities(similarity)
        familiarity = self.familiarity(similarity)
        # Of each product all categories, the most probable first.
        return [
            Classified(
                product=product,
                guesses=[
                    Guess(category=self.paths[place], probability=float(row[place]))
                    for place in np.argsort(-row, kind="stable")
                ],
                familiarity=None if familiarity is None else float(familiarity[number]),
            )
            for number, (product, row) in enumerate(zip(products, probabilities, strict=True))
        ]

    def similarity(self, products: Sequence[Product], *, progress: Progress = silent) -> Scores:
        """How alike every product and every category are, shape (products, categories)."""
        embedder = self._parts.embedder()
        check_embedder(self._parts.ledger, embedder)
        vectors = embedder.embed_readable([embedding_text(replace(product, category=())) for product in products])
        stored = self._parts.ledger.products(product.item_id for product in products)
        own = {item_id: number % _FOLDS for number, item_id in enumerate(stored)}
        folds = [own.get(product.item_id) for product in products]
        scores = np.zeros((len(products), len(self.paths)))
        done = 0
        for fold in dict.fromkeys(folds):
            hidden = [product for item_id, product in stored.items() if own[item_id] == fold]
            known = self._known.without(hidden) if hidden else self._known
            for row in [row for row, of in enumerate(folds) if of == fold]:
                scores[row] = self._method(_alone(products[row], vectors[row]), known)
                done += 1
                progress(done, len(products))
        return scores

    def probabilities(self, similarity: Scores) -> Scores:
        """How probable every category is for every product, shape (products, categories); each row sums to 1."""
        return _softmax(similarity / self.fit.temperature + self.fit.power * self._log_sizes)

    def familiarity(self, similarity: Scores) -> Scores | None:
        """The conformal p-value of every product, shape (products,); None where nothing was fitted."""
        nearest = self.fit.nearest
        if not len(nearest):
            return None
        no_nearer = np.searchsorted(nearest, similarity.max(axis=1), side="right")
        return np.asarray((1 + no_nearer) / (1 + len(nearest)), dtype=np.float64)

    @property
    def _log_sizes(self) -> Scores:
        return np.log1p(np.array(list(self._known.sizes.values()), dtype=np.float64))

    def _fitted(self, progress: Progress) -> Fit:
        """Temperature and power learned on a sample of the shop's products."""
        products = self._parts.ledger.product_sample(_FITTED)
        if len(products) < _LEAST_FITTED or len(self.paths) < 2:
            return Fit(temperature=_USUAL_TEMPERATURE, power=1.0, nearest=np.zeros(0))
        similarity = self.similarity(products, progress=progress)
        place = {path: number for number, path in enumerate(self.paths)}
        truth = np.array([place[PATH_SEPARATOR.join(product.category)] for product in products])
        temperature, power = _of_least_loss(similarity, self._log_sizes, truth)
        return Fit(temperature=temperature, power=power, nearest=np.sort(similarity.max(axis=1)))


def _alone(product: Product, vector: Matrix) -> CategoryText:
    return CategoryText.of_products([product], vector[np.newaxis])


def _of_least_loss(similarity: Scores, log_sizes: Scores, truth: NDArray[np.intp]) -> tuple[float, float]:
    """The temperature and the power that make the true categories most probable."""
    rows = np.arange(len(truth))

    def log_loss(fit: tuple[float, float]) -> float:
        temperature, power = fit
        chances = _softmax(similarity / temperature + power * log_sizes)
        return -float(np.log(chances[rows, truth] + 1e-12).mean())

    return min(pairs(_TEMPERATURES, _POWERS), key=log_loss)


def _softmax(logits: Scores) -> Scores:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)
