"""How well the methods find where a category, or a product, belongs, measured by leaving categories out.

A category is taken as new: its text is compared with the other categories, of which the words and products stay. The
truth is where its customers really are beyond chance: for categories c and d the logarithm of (C + k) / (E + k), where
C is the number of customers who liked something in both, k shrinks what rests on few customers, and E is how many there
would be if only the number of categories of each customer and of customers of each category counted: the expectation
under the random bipartite graph of greatest entropy with these degrees (Saracco et al. 2017, "Inferring monopartite
projections of bipartite networks", section 2). A plain lift does not do: whoever buys much is in all small categories,
and what it says then follows the sizes of the categories.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.categories.classify import LOOKS_NEW, Classifier
from newaisle.agent.retrieve.known import SAMPLE, KnownCategories
from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, METHODS, CategoryText, nearest_categories
from newaisle.agent.shop.parts import Parts
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Product

Numbers = NDArray[np.float64]
Summary = dict[str, dict[str, float]]
ASKED_BY = ("name", "10 products", "products")
_SHRINKAGE = 5.0  # customers
_FEWEST_CUSTOMERS, _FEWEST_PRODUCTS = 30, 5  # of a category that is taken as new
_ROUNDS = 300  # of the iteration that fits degrees: it changes nothing visible after a hundred
_CUT = 5  # neighbours that NDCG looks at
_BINS = 10
_MEASURED = 1_000  # products that are classified
_SEED = 20240229


@dataclass(frozen=True, slots=True)
class Truth:
    """Where customers of a category are beyond chance: `log_lift[c, d]`, and the customers of each category."""

    paths: Sequence[str]
    customers: NDArray[np.int64]
    log_lift: Numbers


def truth_of(bought: NDArray[np.bool_], paths: Sequence[str], *, shrinkage: float = _SHRINKAGE) -> Truth:
    """`bought[u, c]`: whether customer u liked something in category c."""
    both = bought.T.astype(np.float64) @ bought
    lift = (both + shrinkage) / (expected_together(bought) + shrinkage)
    return Truth(paths, bought.sum(axis=0), np.log(lift))


def expected_together(bought: NDArray[np.bool_]) -> Numbers:
    """Customers that each two categories would share by chance, shape (categories, categories).

    The chance that customer u is in category c is x_u y_c / (1 + x_u y_c), with x and y such that the expected degrees
    are the real ones; found by fixed-point iteration, once for all customers of one degree.
    """
    degrees, alike = np.unique(bought.sum(axis=1), return_counts=True)
    degrees, alike = degrees[degrees > 0].astype(np.float64), alike[degrees > 0]
    sizes = bought.sum(axis=0).astype(np.float64)
    scale = np.sqrt(max(sizes.sum(), 1.0))
    x, y = degrees / scale, sizes / scale
    for _ in range(_ROUNDS):
        x = degrees / np.maximum((y / (1 + np.outer(x, y))).sum(axis=1), 1e-12)
        y = sizes / np.maximum((alike[:, None] * x[:, None] / (1 + np.outer(x, y))).sum(axis=0), 1e-12)
    chance = np.outer(x, y) / (1 + np.outer(x, y))
    return np.asarray((chance * alike[:, None]).T @ chance, dtype=np.float64)


def bought_in(ledger: Ledger, paths: Sequence[str]) -> NDArray[np.bool_]:
    """Who liked something in which of these categories, shape (customers, categories)."""
    place = {path: number for number, path in enumerate(paths)}
    of_item = {product.item_id: place.get(PATH_SEPARATOR.join(product.category)) for product in ledger.listed()}
    found: dict[str, set[int]] = {}
    for row in ledger.interactions():
        number = of_item.get(row.item_id)
        if row.liking > 0 and number is not None:
            found.setdefault(row.user_id, set()).add(number)
    bought = np.zeros((len(found), len(paths)), dtype=np.bool_)
    for row_number, numbers in enumerate(found.values()):
        bought[row_number, list(numbers)] = True
    return bought


def compare_methods(
    parts: Parts,
    *,
    held_out: Collection[str] = (),
    on_held_out: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Summary]:
    """By what is asked by, then by method: NDCG@5 and rank correlation over categories left out, with standard errors.

    `held_out` are categories, by path or last part, that nothing may be chosen on: they are neither asked about nor
    compared with; with `on_held_out`, they alone are asked about, and compared with all others. `ndcg@5_gain` is the
    mean of what each category gains over the default method.
    """
    names = set(held_out)
    everything = list(parts.ledger.categories())
    paths = everything if on_held_out else [path for path in everything if not _is_in(path, names)]
    bought = bought_in(parts.ledger, paths)
    truth = truth_of(bought, paths)
    sizes = parts.ledger.categories()
    asked = [
        path
        for number, path in enumerate(paths)
        if truth.customers[number] >= _FEWEST_CUSTOMERS
        and sizes[path] >= _FEWEST_PRODUCTS
        and (_row(truth, path) > 0).any()
        and _is_in(path, names) == on_held_out
    ]
    compared = _Compared(parts, paths)
    halves = _halves(bought, paths)
    scores: dict[str, dict[str, list[tuple[float, float]]]] = {by: {} for by in ASKED_BY}
    for number, path in enumerate(asked):
        progress(number, len(asked))
        for by, results in compared.judge(path, truth, halves).items():
            for method, judged in results.items():
                scores[by].setdefault(method, []).append(judged)
    progress(len(asked), len(asked))
    return {by: _summarise(methods) for by, methods in scores.items()}


class _Compared:
    """Categories of a shop, each of which can be taken as new."""

    def __init__(self, parts: Parts, paths: Sequence[str]) -> None:
        ledger = parts.ledger
        self._ledger, self._paths = ledger, paths
        self._embedder, self._embedder_name = parts.embedder(), parts.embedder_name
        self._sizes, self._counts = ledger.categories(), ledger.category_words()
        self._samples = ledger.category_samples(SAMPLE)
        sampled = [item_id for path in paths for item_id in self._samples[path]]
        self._vectors = ledger.vectors(sampled, parts.embedder_name)

    def judge(self, path: str, truth: Truth, halves: tuple[Truth, Truth]) -> dict[str, dict[str, tuple[float, float]]]:
        """NDCG@5 and rank correlation of one category taken as new, by what is asked by and by method."""
        others = [other for other in self._paths if other != path]
        known = KnownCategories.of(
            {other: self._sizes[other] for other in others},
            self._counts,
            self._samples,
            {i: self._vectors[i] for other in others for i in self._samples[other] if i in self._vectors},
        )
        gains = _row(truth, path)
        baselines = {
            "random": _mean_of_random_orders(gains),
            "most customers": _judged(_without(truth.customers, truth.paths.index(path)), gains),
            "half of the customers": _judged(_row(halves[0], path), _row(halves[1], path)),
        }
        results = {}
        for by, text in self._texts(path).items():
            results[by] = dict(baselines)
            for method in METHODS:
                near = dict(nearest_categories(text, known, method=method))
                results[by][method] = _judged(np.array([near[other] for other in others]), gains)
        return results

    def _texts(self, path: str) -> dict[str, CategoryText]:
        name = path.replace(PATH_SEPARATOR, " ")
        (vector,) = self._embedder.embed_readable([name])
        products = self._ledger.candidates(path)
        products = [product for product in products if PATH_SEPARATOR.join(product.category) == path]
        few = products[:: max(1, len(products) // 10)][:10]
        many = products[:: -(-len(products) // 64)]
        return {
            "name": CategoryText(text=name, text_vector=vector),
            "10 products": CategoryText.of_products(few, self._of(few)),
            "products": replace(
                CategoryText(word_counts=self._counts.get(path, {})),
                vectors=self._of(many),
            ),
        }

    def _of(self, products: Sequence[Product]) -> NDArray[np.float32]:
        found = self._ledger.vectors([product.item_id for product in products], self._embedder_name)
        return np.array([found[p.item_id] for p in products if p.item_id in found], dtype=np.float32)


def measure_classification(parts: Parts, *, method: str = DEFAULT_METHOD) -> dict[str, float]:
    """Products of the shop classified as if it lacked them: accuracy, log loss, calibration, and what hiding does.

    They are drawn like those that the temperature is fitted on, and are others, but for a shop that has too few.
    """
    classifier = Classifier(parts, method=method)
    fitted = len(classifier.fit.nearest)
    sample = parts.ledger.product_sample(fitted + _MEASURED)
    products = sample[fitted:] or sample
    place = {path: number for number, path in enumerate(classifier.paths)}
    truth = np.array([place[PATH_SEPARATOR.join(product.category)] for product in products])
    similarity = classifier.similarity(products)
    hidden = similarity.copy()
    hidden[np.arange(len(truth)), truth] = -np.inf
    return {
        "products": float(len(products)),
        "categories": float(len(place)),
        "temperature": classifier.fit.temperature,
        "power": classifier.fit.power,
        **judge_probabilities(classifier.probabilities(similarity), truth),
        **_judge_hidden(classifier, similarity, hidden),
    }


def judge_probabilities(probabilities: Numbers, truth: NDArray[np.intp]) -> dict[str, float]:
    """Of each category for each product; expected calibration error of the first (Guo et al. 2017, section 2)."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    right = order[:, 0] == truth
    first = probabilities.max(axis=1)
    bins = np.minimum((first * _BINS).astype(int), _BINS - 1)
    apart = [abs(first[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean() for one in set(bins)]
    return {
        "accuracy@1": float(right.mean()),
        "accuracy@1_se": float(right.std() / np.sqrt(len(right))),
        "accuracy@3": float((order[:, :3] == truth[:, None]).any(axis=1).mean()),
        "log_loss": float(-np.log(probabilities[np.arange(len(truth)), truth] + 1e-12).mean()),
        "calibration_error": float(np.sum(apart)),
        "probability": float(first.mean()),
    }


def _judge_hidden(classifier: Classifier, similarity: Numbers, hidden: Numbers) -> dict[str, float]:
    """The same products with the category of each hidden: how much surer one is of those whose category is known."""
    from sklearn.metrics import roc_auc_score

    unsure = 1 - classifier.probabilities(hidden).max(axis=1)
    sure = 1 - classifier.probabilities(similarity).max(axis=1)
    is_new = np.repeat([0, 1], len(similarity))
    judged = {
        "probability_hidden": float(1 - unsure.mean()),
        "auc_probability": float(roc_auc_score(is_new, np.concatenate([sure, unsure]))),
        "auc_familiarity": float(roc_auc_score(is_new, -np.concatenate([similarity.max(axis=1), hidden.max(axis=1)]))),
    }
    known, new = classifier.familiarity(similarity), classifier.familiarity(hidden)
    if known is not None and new is not None:
        judged["false_alarms"] = float((known < LOOKS_NEW).mean())
        judged["found_new"] = float((new < LOOKS_NEW).mean())
    return judged


def ndcg(similarity: Numbers, gains: Numbers, *, k: int = _CUT) -> float:
    """NDCG at k with the log lift as gain, 0 where it is negative; 0 where no gain is positive."""
    gains = np.maximum(gains, 0)
    ideal = _discounted(np.sort(gains)[::-1], k)
    return _discounted(gains[np.argsort(-similarity, kind="stable")], k) / ideal if ideal else 0.0


def _discounted(gains: Numbers, k: int) -> float:
    return float((gains[:k] / np.log2(np.arange(2, len(gains[:k]) + 2))).sum())


def _judged(similarity: NDArray[np.generic], gains: Numbers) -> tuple[float, float]:
    from scipy.stats import rankdata

    values = np.asarray(similarity, dtype=np.float64)
    if not np.ptp(values):
        return _mean_of_random_orders(gains)  # and not the order of the alphabet
    ranks = rankdata(values), rankdata(gains)
    spread = min(float(np.std(rank)) for rank in ranks)
    return ndcg(values, gains), float(np.corrcoef(*ranks)[0, 1]) if spread else 0.0


def _mean_of_random_orders(gains: Numbers, orders: int = 50) -> tuple[float, float]:
    random = np.random.default_rng(_SEED)
    return float(np.mean([ndcg(random.random(len(gains)), gains) for _ in range(orders)])), 0.0


def _row(truth: Truth, path: str) -> Numbers:
    place = truth.paths.index(path)
    return np.asarray(_without(truth.log_lift[place], place), dtype=np.float64)


def _without(values: NDArray[np.generic], place: int) -> NDArray[np.generic]:
    return np.delete(values, place)


def _halves(bought: NDArray[np.bool_], paths: Sequence[str]) -> tuple[Truth, Truth]:
    """The truth by one half of the customers, and by the other: how far the truth itself can be told."""
    shuffled = np.random.default_rng(_SEED).permutation(len(bought))
    first, second = (truth_of(bought[shuffled[start::2]], paths, shrinkage=_SHRINKAGE / 2) for start in (0, 1))
    return first, second


def _is_in(path: str, names: Collection[str]) -> bool:
    return path in names or path.split(PATH_SEPARATOR)[-1] in names


def _summarise(methods: Mapping[str, Iterable[tuple[float, float]]]) -> Summary:
    """Means over categories with standard errors, and the paired difference in NDCG to the default method."""
    judged = {method: np.array(list(rows), dtype=np.float64) for method, rows in methods.items()}
    base = judged.get(DEFAULT_METHOD, np.zeros((1, 2)))[:, 0]
    summary = {}
    for method, rows in judged.items():
        columns = {f"ndcg@{_CUT}": rows[:, 0], "rank_correlation": rows[:, 1], f"ndcg@{_CUT}_gain": rows[:, 0] - base}
        summary[method] = {
            key: value
            for name, column in columns.items()
            for key, value in (
                (name, float(column.mean())),
                (f"{name}_se", float(column.std(ddof=1) / np.sqrt(len(column))) if len(column) > 1 else 0.0),
            )
        }
        summary[method]["categories"] = float(len(rows))
    return summary
