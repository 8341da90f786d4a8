"""Measures one case by every method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from newaisle.agent.evaluate.calibration import CalibrationCounts, calibration_counts, usual_targets
from newaisle.agent.evaluate.data import Fold
from newaisle.agent.evaluate.methods import SIGNALS, Methods
from newaisle.agent.evaluate.plain_words import PlainWords
from newaisle.agent.evaluate.warm import popularity
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.visibility import arrivals, rows_at, rows_of_others, training_dataset
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.blend import Blend, Ranking
from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.metrics import SEED, judge, order_by_score

CURVE = (0, 10, 100, 1000, None)  # interactions of other customers in the category; None: all that may be seen
ALL = -1  # None, as a key
FIRST = 10  # products of a list that are looked at
_GROUPS = 5  # of customers, for each of which expected popularity is learned from what all others did


class CaseResult(BaseModel):
    """What was measured on one case; everything else is worked out from these."""

    model_config = ConfigDict(frozen=True)

    case: int  # its number among all cases
    category: str
    candidates: int
    history: int
    metrics: dict[str, list[float]]  # by method, the METRICS in their order
    first: dict[str, list[int]]  # by method, the numbers of its first ten products
    distance: dict[str, float]  # by method, mean cosine distance of two of these
    popularity: dict[str, float]  # by method, mean percentile of popularity of these
    strongest: str  # of the ways to compare words and nothing else
    weights: dict[str, float]  # by signal, how far it spreads the blend's scores
    curve: dict[int, dict[str, float]]  # by number of interactions of others and method: NDCG@10
    calibration: CalibrationCounts | None


class Bench:
    """What is the same for all cases of a shop."""

    def __init__(self, dataset: Dataset, *, model: LanguageModel | None = None) -> None:
        self.dataset = dataset
        self.model = model
        self.cases = CaseMaker(dataset)
        self.expected_popularity = PopularityLearner(self.cases, embedder="")
        self.plain = PlainWords(dataset.products)
        self._has_vectors = bool(dataset.vectors.any())

    def fold(self, fold: Fold, learn: Callable[[Dataset], Blend]) -> FoldBench:
        """What is the same for the cases of one fold; `learn` is given all that may be learned from."""
        return FoldBench(self, fold, learn)

    def mean_distance(self, products: Sequence[int]) -> float:
        """Of two of these products, by the embedder, or by their words where it reads nothing of the shop."""
        if len(products) < 2:
            return 0.0
        if self._has_vectors:
            total = self.dataset.vectors[products].sum(axis=0)
            own = float((self.dataset.vectors[products] ** 2).sum())
        else:
            rows = self.cases.texts[products]
            total, own = np.asarray(rows.sum(axis=0)).ravel(), float(rows.multiply(rows).sum())
        return float(1 - (total @ total - own) / (len(products) * (len(products) - 1)))


class FoldBench:
    """What is the same for the cases of one fold."""

    def __init__(self, bench: Bench, fold: Fold, learn: Callable[[Dataset], Blend]) -> None:
        self._bench = bench
        self._fold = fold
        self._allowed = training_dataset(bench.dataset, fold.cases, fold.held_out)
        self._expected_popularities: dict[int, Scores | None] = {}
        self._group = {user: place % _GROUPS for place, user in enumerate(dict.fromkeys(c.user_id for c in fold.cases))}
        self._swapped = _swapped(fold.cases)
        self._strongest = bench.plain.strongest(self._allowed)
        self._methods = Methods(
            bench.dataset,
            cases=bench.cases,
            plain=bench.plain,
            strongest=self._strongest,
            blend=learn(self._allowed),
            expected_popularity=self._expected_popularity,
            # Whoever may see what others did in the category may see all that they did elsewhere.
            others=bench.dataset.without(fold.held_out),
        )

    def _expected_popularity(self, user_id: str) -> Scores | None:
        """The expected popularity of all products, learned without what this customer did later.

        What other customers of cases did may be learned from, but learning once a customer would take long.
        """
        group = self._group[user_id]
        if group not in self._expected_popularities:
            together = [case for case in self._fold.cases if self._group[case.user_id] == group]
            allowed = training_dataset(self._bench.dataset, together, self._fold.held_out)
            coefficients = self._bench.expected_popularity.learn(allowed)
            self._expected_popularities[group] = (
                None if coefficients is None else self._bench.expected_popularity.of_all(coefficients)
            )
        return self._expected_popularities[group]

    @cached_property
    def _usual_targets(self) -> float:
        return usual_targets(self._allowed)

    def measure(self, number: int, case: Case) -> CaseResult:
        """Measure a case of this fold, whose number among all is `number`, by every method."""
        taken = np.array([item_id in case.targets for item_id in case.candidates])
        candidates = np.array(self._bench.cases.numbers(case.candidates))
        scores, ranking = self._methods(
            case, swapped=self._swapped[case.user_id, case.category], model=self._bench.model
        )
        orders = {name: order_by_score(values, seed=(SEED, number)) for name, values in scores.items()}
        first = {name: candidates[order[:FIRST]].tolist() for name, order in orders.items()}
        percentile = _percentiles(popularity(self._bench.dataset, case, rows_of_others(self._bench.dataset, case)))
        return CaseResult(
            case=number,
            category=case.category,
            candidates=len(case.candidates),
            history=len(set(case.history)),
            metrics={name: judge(values, taken).tolist() for name, values in scores.items()},
            first=first,
            distance={name: self._bench.mean_distance(products) for name, products in first.items()},
            popularity={name: float(percentile[order[:FIRST]].mean()) for name, order in orders.items()},
            strongest=self._strongest,
            weights={
                **dict.fromkeys(SIGNALS, 0.0),
                **{name: float(np.std(part)) for name, part in ranking.parts.items()},
            },
            curve=self._curve(case, taken),
            calibration=self._calibration(ranking, taken, orders["blend"]),
        )

    def _curve(self, case: Case, taken: NDArray[np.bool_]) -> dict[int, dict[str, float]]:
        """NDCG@10 after so many interactions of others, as far as there are that many."""
        come = arrivals(self._bench.dataset, case)
        points = {}
        for count in CURVE:
            if count is None or count <= len(come):
                scores = self._methods.after(case, rows_at(self._bench.dataset, come[:count]))
                points[ALL if count is None else count] = {n: float(judge(s, taken)[0]) for n, s in scores.items()}
        return points

    def _calibration(
        self, ranking: Ranking, taken: NDArray[np.bool_], order: NDArray[np.intp]
    ) -> CalibrationCounts | None:
        if ranking.probabilities is None:
            return None
        return calibration_counts(ranking.probabilities, taken, order, targets=self._usual_targets)


def _swapped(cases: Sequence[Case]) -> Mapping[tuple[str, str], Case]:
    """Every case, by customer and category, with the history of the next other customer of its category.

    A customer who is alone there keeps their own.
    """
    by_category: dict[str, list[Case]] = {}
    for case in cases:
        by_category.setdefault(case.category, []).append(case)
    swapped = {}
    for group in by_category.values():
        for place, case in enumerate(group):
            turned = (*group[place + 1 :], *group[:place])
            other = next((one for one in turned if one.user_id != case.user_id), case)
            swapped[case.user_id, case.category] = case.model_copy(update={"history": other.history})
    return swapped


def _percentiles(values: Scores) -> NDArray[np.float64]:
    """Where each value stands among all, from 0 to 1; 0.5 on average, equal ones the same."""
    from scipy.stats import rankdata

    return np.asarray((rankdata(values) - 0.5) / len(values), dtype=np.float64)
