"""Learns a shop's blend from its own past, by meeting each of its categories as if it were new.

One category after the other is left out: nothing that was done there is known, expected popularity is learned from the
others, and the customers who did enter it are the cases. Weights are then learned on some categories and judged on
others, and replace the default only where that ranks better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.cold_start import learn_cold_start
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.learned import Judged, JudgedLikelihood
from newaisle.agent.learn.leave_out import eligible, leave_out
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.learn.probability import learn_odds
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.weights import Choice, Trial, learn_weights
from newaisle.agent.rank.blend import BY_ROW, DEFAULT_BLEND, Blend, rank
from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.metrics import METRICS, judge, standard_error
from newaisle.progress import Progress, silent

# Whose weights are learned; of dislikes and co-interactions there are too few.
SIGNALS = (*BY_ROW, "expected_popularity")
MOST_CATEGORIES = 48
MOST_CASES = 60  # of a category
FEWEST_CATEGORIES = 5  # below that, what is learned on some says nothing about others
FEWEST_CASES = 100
_PARTS = 8  # in which categories are judged by what was learned on the rest
_PULLS = (0.3, 0.1, 0.03, 0.01)
_SURE = 2.0  # standard errors: from 0 that a weight has to be, and that the learned weights have to gain
_NDCG = METRICS.index("ndcg@10")
_ALL = dict.fromkeys(SIGNALS, 1.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A blend, and what it was judged by; `judged` is None where the data set is too small to learn from."""

    blend: Blend
    judged: Judged | None
    likelihood: JudgedLikelihood | None = None  # None where none was to be weighed, or too little is known


Weigh = Callable[[Sequence[Trial], Sequence[Scores], NDArray[np.intp]], JudgedLikelihood | None]


def calibrate(
    dataset: Dataset,
    learner: PopularityLearner,
    cases: CaseMaker,
    *,
    progress: Progress = silent,
    weigh: Weigh | None = None,
) -> Calibration:
    """The best blend for categories that this shop has not had; the default where nothing better can be learned.

    `dataset` may lack rows of the data set that `cases` was made of. `weigh`: says what a language model adds.
    """
    trials = _trials(dataset, learner, cases, progress)
    if len(trials) < FEWEST_CASES or len({trial.category for trial in trials}) < FEWEST_CATEGORIES:
        return Calibration(DEFAULT_BLEND, None)
    start = np.array([DEFAULT_BLEND.weights.get(name, 0.0) for name in SIGNALS])
    start = np.where(_varying(trials), start, 0.0)
    weights, scores = _learned(trials, start)
    default = [trial.choice.signals @ start for trial in trials]
    by_learned, by_default = _ndcg(trials, scores), _ndcg(trials, default)
    gains = by_learned - by_default
    judged = Judged(
        categories=len({trial.category for trial in trials}),
        cases=len(trials),
        default=float(by_default.mean()),
        learned=float(by_learned.mean()),
        gain=float(gains.mean()),
        gain_se=standard_error(gains),
        kept=bool(gains.mean() > _SURE * standard_error(gains)),
    )
    blend = _with_weights(DEFAULT_BLEND, weights) if judged.kept else DEFAULT_BLEND
    used = scores if judged.kept else default
    odds = learn_odds(used, [trial.choice.taken for trial in trials])
    weight = blend.weights.get("expected_popularity", 0.0)
    expected_popularity = [
        weight * trial.choice.signals[:, SIGNALS.index("expected_popularity")].astype(float) for trial in trials
    ]
    cold_start = learn_cold_start(dataset, trials, used, expected_popularity)
    warm = {} if cold_start is None else cold_start._asdict()
    likelihood = weigh(trials, used, _parts(trials)) if weigh else None
    return Calibration(replace(blend, **odds._asdict(), **warm), judged, likelihood)


def _trials(dataset: Dataset, learner: PopularityLearner, cases: CaseMaker, progress: Progress) -> list[Trial]:
    """Cases of every category, with the signals as they are where nothing of it is known."""
    categories = eligible(dataset)
    if len(categories) > MOST_CATEGORIES:
        drawn = np.random.default_rng(0).choice(len(categories), size=MOST_CATEGORIES, replace=False)
        categories = [categories[number] for number in np.sort(drawn)]
    trials = []
    for number, category in enumerate(categories):
        progress(number, len(categories))
        left_out = leave_out(dataset, held_out=[category], most_per_category=MOST_CASES)
        coefficients = learner.learn(dataset.without([category]))
        expected_popularity = None if coefficients is None else learner.of_all(coefficients)
        trials += [Trial(category, case, _choice(cases, case, expected_popularity)) for case in left_out]
    progress(len(categories), len(categories))
    return trials


def _choice(cases: CaseMaker, case: Case, expected_popularity: Scores | None) -> Choice:
    parts = rank(cases.make(case, expected_popularity=expected_popularity), Blend(weights=_ALL)).parts
    nothing = np.zeros(len(case.candidates))
    return Choice(
        np.stack([parts.get(name, nothing) for name in SIGNALS], axis=1).astype(np.float32),
        np.array([item_id in case.targets for item_id in case.candidates]),
    )


def _varying(trials: Sequence[Trial]) -> NDArray[np.bool_]:
    """Which signals ever tell candidates apart in this shop."""
    seen: NDArray[np.bool_] = np.any([trial.choice.signals.any(axis=0) for trial in trials], axis=0)
    return seen


def _learned(trials: Sequence[Trial], start: Scores) -> tuple[Scores, list[Scores]]:
    """Weights from all trials, and the scores of each trial by weights learned on other categories.

    How hard weights are drawn to the start is chosen by how well they rank categories they were not learned on. A
    signal stays where its weight is surely above 0, by the jackknife over categories (Efron and Stein 1981).
    """
    parts = _parts(trials)
    by_pull = {pull: _judged_apart(trials, parts, start, pull) for pull in _PULLS}
    pull = max(by_pull, key=lambda pull: _ndcg(trials, by_pull[pull][1]).mean())
    each = np.array(by_pull[pull][0])
    error = np.sqrt((len(each) - 1) * each.var(axis=0))
    kept = (each.mean(axis=0) > _SURE * error) & (each.mean(axis=0) > 0)
    reduced = [replace(trial, choice=replace(trial.choice, signals=trial.choice.signals * kept)) for trial in trials]
    _, scores = _judged_apart(reduced, parts, start * kept, pull)
    return learn_weights([trial.choice for trial in reduced], start=start * kept, pull=pull) * kept, scores


def _parts(trials: Sequence[Trial]) -> NDArray[np.intp]:
    """The part that the category of each trial belongs to."""
    _, number = np.unique([trial.category for trial in trials], return_inverse=True)
    part: NDArray[np.intp] = number % _PARTS
    return part


def _judged_apart(
    trials: Sequence[Trial], parts: NDArray[np.intp], start: Scores, pull: float
) -> tuple[list[Scores], list[Scores]]:
    """The weights learned without each part of the categories, and the scores of all trials by such weights."""
    found = []
    scores: list[Scores] = [np.zeros(0)] * len(trials)
    for part in np.unique(parts):
        rest = [trials[number].choice for number in np.flatnonzero(parts != part).tolist()]
        weights = learn_weights(rest, start=start, pull=pull)
        found.append(weights)
        for number in np.flatnonzero(parts == part).tolist():
            scores[number] = trials[number].choice.signals @ weights
    return found, scores


def _ndcg(trials: Sequence[Trial], scores: Sequence[Scores]) -> Scores:
    return np.array([judge(score, trial.choice.taken)[_NDCG] for trial, score in zip(trials, scores, strict=True)])


def _with_weights(blend: Blend, learned: Scores) -> Blend:
    weights: Mapping[str, float] = {
        **blend.weights,
        **{name: round(float(weight), 4) for name, weight in zip(SIGNALS, learned, strict=True)},
    }
    return replace(blend, weights={name: weight for name, weight in weights.items() if weight})
