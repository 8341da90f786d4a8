"""How far probabilities can be believed: Brier skill over the base rate, and reliability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from newaisle.agent.evaluate.result import Calibrated, Reliability
from newaisle.agent.evaluate.statistics import ratio_interval
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.leave_out import folds, leave_out

TOP = 5
# Of the bins, on a scale of ratios: among hundreds of candidates nearly every probability is far below a hundredth.
EDGES = (0.0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1.0)


class CalibrationCounts(BaseModel):
    """Sums over the candidates of one case; those of several cases add up."""

    model_config = ConfigDict(frozen=True)

    brier: float  # squared differences of probability and what happened
    base_brier: float  # the same of the base rate
    top_predicted: float
    top_taken: int
    top_count: int
    counts: list[int]  # by bin
    predicted: list[float]
    taken: list[int]


def usual_targets(allowed: Dataset) -> float:
    """How many products of a category a customer takes who enters it: the mean over what may be learned from.

    1, which is the fewest that a case can have, where there is nothing to learn from.
    """
    cases = [case for part in folds(allowed) for case in leave_out(allowed, held_out=part)]
    return float(np.mean([len(case.targets) for case in cases])) if cases else 1.0


def calibration_counts(
    probabilities: NDArray[np.float64], taken: NDArray[np.bool_], order: NDArray[np.intp], *, targets: float
) -> CalibrationCounts:
    """Counts of one case; `order` is from best to worst.

    The base rate gives every candidate the same: `targets`, the number that is usual in other categories, over the
    number of candidates. It knows nothing of this category but its size.
    """
    base = min(1.0, targets / len(probabilities))
    bins = np.clip(np.searchsorted(EDGES, probabilities, side="right") - 1, 0, len(EDGES) - 2)
    top = order[:TOP]
    return CalibrationCounts(
        brier=float(((probabilities - taken) ** 2).sum()),
        base_brier=float(((base - taken) ** 2).sum()),
        top_predicted=float(probabilities[top].sum()),
        top_taken=int(taken[top].sum()),
        top_count=len(top),
        counts=np.bincount(bins, minlength=len(EDGES) - 1).tolist(),
        predicted=np.bincount(bins, probabilities, minlength=len(EDGES) - 1).tolist(),
        taken=np.bincount(bins, taken, minlength=len(EDGES) - 1).astype(int).tolist(),
    )


def calibrated(cases: Sequence[CalibrationCounts]) -> Calibrated:
    """All cases together; intervals are by bootstrap over cases, since candidates of one case depend on each other."""
    brier, base = (np.array([getattr(case, name) for case in cases]) for name in ("brier", "base_brier"))
    top_count = np.array([case.top_count for case in cases], dtype=np.float64)
    top_taken = np.array([case.top_taken for case in cases], dtype=np.float64)
    skill = ratio_interval(brier, base, one_minus=True)
    return Calibrated(
        brier_skill=skill.mean,
        brier_skill_interval=skill,
        top5_predicted=float(sum(case.top_predicted for case in cases) / top_count.sum()),
        top5_taken=ratio_interval(top_taken, top_count),
        bins=[bin for number in range(len(EDGES) - 1) for bin in _bin(cases, number)],
    )


def _bin(cases: Sequence[CalibrationCounts], number: int) -> list[Reliability]:
    """One bin; none where no probability fell into it."""
    counts = np.array([case.counts[number] for case in cases], dtype=np.float64)
    if not counts.any():
        return []
    taken = np.array([case.taken[number] for case in cases], dtype=np.float64)
    predicted = sum(case.predicted[number] for case in cases) / counts.sum()
    return [Reliability(predicted=predicted, taken=ratio_interval(taken, counts), count=int(counts.sum()))]
