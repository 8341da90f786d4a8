"""Measures ranking methods over cases, one record a case, which may be kept so that a stopped run can go on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from newaisle.agent.evaluate.bench import Bench, CaseResult
from newaisle.agent.evaluate.data import Fold
from newaisle.agent.evaluate.kept import Kept
from newaisle.agent.evaluate.learner import Learner
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.blend import Blend
from newaisle.agent.rank.metrics import METRICS, standard_error
from newaisle.progress import StageProgress

Results = Mapping[int, CaseResult]  # by the number of the case


class FoldBlend(BaseModel):
    """What was learned for the cases of one fold."""

    model_config = ConfigDict(frozen=True)

    fold: int  # its place among all
    blend: Blend


def measure(
    dataset: Dataset,
    folds: Sequence[Fold],
    learner: Learner,
    *,
    numbers: Collection[int] | None = None,
    model: LanguageModel | None = None,
    kept: Path | None = None,
    progress: StageProgress = lambda stage, done, total: None,
) -> Results:
    """Measure the cases with these numbers, counted over all folds (all where None is given), by every method.

    Results go to the file `kept` as they come, and what was learned to one beside it; what these have is neither
    measured nor learned again.
    """
    wanted = sorted(range(sum(len(fold.cases) for fold in folds)) if numbers is None else numbers)
    learned = kept and kept.with_name(f"{kept.stem}-learned.jsonl")
    with Kept(kept, CaseResult) as file, Kept(learned, FoldBlend) as blends:
        done = {result.case: result for result in file.read()}
        missing = frozenset(number for number in wanted if number not in done)
        bar = partial(progress, "cases")
        bar(len(wanted) - len(missing), len(wanted))
        learning = _Learning(learner, blends, partial(progress, "learn"))
        for count, result in enumerate(_measured(dataset, folds, learning, missing, model), start=1):
            file.write(result)
            done[result.case] = result
            bar(len(wanted) - len(missing) + count, len(wanted))
    return {number: done[number] for number in wanted}


class _Learning:
    """Learns the blend of each fold, once."""

    def __init__(self, learner: Learner, file: Kept[FoldBlend], progress: Callable[[int, int], None]) -> None:
        self._learner = learner
        self._file = file
        self._blends = {one.fold: one.blend for one in file.read()}
        self._progress = progress

    def blend(self, bench: Bench, fold: int, folds: int, allowed: Dataset) -> Blend:
        """Of the fold that is in this place among so many, from what is allowed."""
        if fold not in self._blends:

            def show(done: int, total: int) -> None:
                self._progress(fold * total + done, folds * total)

            self._blends[fold] = self._learner(allowed, bench.expected_popularity, bench.cases, show)
            self._file.write(FoldBlend(fold=fold, blend=self._blends[fold]))
        return self._blends[fold]


def _measured(
    dataset: Dataset, folds: Sequence[Fold], learning: _Learning, numbers: Collection[int], model: LanguageModel | None
) -> Iterator[CaseResult]:
    if not numbers:
        return
    bench = Bench(dataset, model=model)
    start = 0
    for place, fold in enumerate(folds):
        chosen = [(number, case) for number, case in enumerate(fold.cases, start=start) if number in numbers]
        start += len(fold.cases)
        if chosen:
            fold_bench = bench.fold(fold, partial(learning.blend, bench, place, len(folds)))
            for number, case in chosen:
                yield fold_bench.measure(number, case)


def summarise(results: Results) -> dict[str, dict[str, float]]:
    """By method: the mean of every metric over the cases and, as `METRIC_se`, its standard error."""
    every = list(results.values())
    summary: dict[str, dict[str, float]] = {}
    for name in every[0].metrics:
        summary[name] = {}
        for column, metric in enumerate(METRICS):
            values = [result.metrics[name][column] for result in every]
            summary[name] |= {metric: float(np.mean(values)), f"{metric}_se": standard_error(values)}
    return summary
