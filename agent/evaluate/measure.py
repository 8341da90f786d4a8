"""Measures ranking methods over cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from agent.evaluate.metrics import METRICS, judge
from agent.evaluate.split import Case
from agent.rank.blend import Scores

Results = Mapping[str, NDArray[np.float64]]  # by method: the METRICS of every case, shape (cases, metrics)


def measure(
    cases: Sequence[Case],
    methods: Callable[[Case], Mapping[str, Scores]],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Results:
    """Rank the candidates of every case by every method and judge the orders."""
    rows: defaultdict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for number, case in enumerate(cases):
        progress(number, len(cases))
        relevant = [item_id in case.targets for item_id in case.candidates]
        for name, scores in methods(case).items():
            rows[name].append(judge(scores, relevant, case=number))
    progress(len(cases), len(cases))
    return {name: np.array(judged) for name, judged in rows.items()}


def summarise(results: Results) -> dict[str, dict[str, float]]:
    """By method: the mean of every metric over the cases and, as `METRIC_se`, its standard error."""
    summary = {}
    for name, judged in results.items():
        means = judged.mean(axis=0)
        errors = judged.std(axis=0, ddof=1) / np.sqrt(len(judged)) if len(judged) > 1 else np.zeros(len(METRICS))
        summary[name] = {
            key: float(value)
            for metric, mean, error in zip(METRICS, means, errors, strict=True)
            for key, value in ((metric, mean), (f"{metric}_se", error))
        }
    return summary
