"""One evaluation from the data to what was found."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace

from newaisle.agent.evaluate.data import Fold, Measured
from newaisle.agent.evaluate.kept import code_version
from newaisle.agent.evaluate.learner import Learner
from newaisle.agent.evaluate.measure import measure
from newaisle.agent.evaluate.result import Evaluation
from newaisle.agent.evaluate.summary import evaluation
from newaisle.agent.learn.split import sample_cases
from newaisle.agent.llm.base import LanguageModel
from newaisle.errors import RequestError
from newaisle.progress import StageProgress

MOST_MADE = 2_000  # cases, unless somebody says otherwise: made ones may be tens of thousands
SAMPLED_CASES, SAMPLED_CANDIDATES = 150, 20  # where a language model ranks: it takes seconds a case


def evaluate(
    measured: Measured,
    learner: Learner,
    *,
    most: int | None = None,
    only: Sequence[str] = (),
    model: LanguageModel | None = None,
    progress: StageProgress = lambda stage, done, total: None,
) -> Evaluation:
    """Measure `most` cases of the categories `only`, or of all; with a model, fewer and with 20 candidates each.

    Results of single cases, and what was learned, are kept with the data, so that the same call goes on where it was
    stopped, and takes nothing of another version of the code. Raises RequestError for a category without cases.
    """
    start = time.perf_counter()
    if model is not None:
        measured = _sampled(measured, most or SAMPLED_CASES, only)
    numbers = measured.chosen(only=only, most=most or (MOST_MADE if measured.made_here else None))
    sample = f"{model.name}\n{model.sha256}\n{most}\n{only}" if model else ""
    what = f"{learner.__module__}.{learner.__qualname__}\n{sample}"
    kept = measured.kept / f"{code_version()}-{hashlib.sha256(what.encode()).hexdigest()[:12]}.jsonl"
    results = measure(
        measured.dataset, measured.folds, learner, numbers=numbers, model=model, kept=kept, progress=progress
    )
    return evaluation(measured, results, seconds=time.perf_counter() - start)


def _sampled(measured: Measured, most: int, only: Sequence[str]) -> Measured:
    """Fewer cases with fewer candidates: a fixed sample of every fold."""
    numbers = frozenset(measured.chosen(only=only, most=None))
    wanted: list[Fold] = []
    start = 0
    for fold in measured.folds:
        cases = [case for place, case in enumerate(fold.cases, start=start) if place in numbers]
        start += len(fold.cases)
        wanted += [Fold(fold.held_out, cases)] if cases else []
    each = -(-most // len(wanted))
    folds = [
        Fold(fold.held_out, sample_cases(fold.cases, cases_kept=each, candidates_kept=SAMPLED_CANDIDATES))
        for fold in wanted
    ]
    if not any(fold.cases for fold in folds):
        raise RequestError("no case has anything to rank: choose other categories")
    return replace(measured, folds=folds)
