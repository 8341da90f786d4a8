"""From the results of single cases to what an evaluation found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from newaisle.agent.evaluate.bench import ALL, CURVE, CaseResult
from newaisle.agent.evaluate.calibration import calibrated
from newaisle.agent.evaluate.category_map import category_map
from newaisle.agent.evaluate.data import Measured
from newaisle.agent.evaluate.measure import Results, summarise
from newaisle.agent.evaluate.methods import PLAIN, WARM
from newaisle.agent.evaluate.result import CurvePoint, Difference, Evaluation, Group, Method, Personal
from newaisle.agent.evaluate.statistics import mean_intervals, ratio_interval
from newaisle.agent.evaluate.wording import left_out
from newaisle.agent.rank.metrics import METRICS, standard_error

LENGTHS = ((5, 9), (10, 19), (20, 49), (50, None))  # of histories
_NDCG = METRICS.index("ndcg@10")
_USUAL_WARM = sorted(WARM - {"warm-blend"})


def evaluation(measured: Measured, results: Results, *, seconds: float) -> Evaluation:
    """Everything that is reported of the cases measured."""
    cases = list(results.values())
    counts = [case.calibration for case in cases if case.calibration is not None]
    weights = _weights(cases)
    return Evaluation(
        data=measured.name,
        cases=len(cases),
        candidates=float(np.mean([case.candidates for case in cases])),
        methods=_methods(measured, results, weights),
        differences=_differences(cases, weights),
        strongest=dict(Counter(case.strongest for case in cases).most_common()),
        personal=_personal(cases),
        by_category=_by_category(cases),
        by_history=_by_history(cases),
        calibration=calibrated(counts) if counts else None,
        learning_curve=_learning_curve(cases),
        category_map=category_map(measured.dataset, [fold.held_out for fold in measured.folds]),
        weights=weights,
        notes=_notes(measured, results),
        seconds=seconds,
    )


def _weights(cases: Sequence[CaseResult]) -> dict[str, float]:
    """Of every signal, how far it moves the blend's scores on average; it may be of use in some cases alone."""
    names = dict.fromkeys(name for case in cases for name in case.weights)
    return {name: float(np.mean([case.weights.get(name, 0.0) for case in cases])) for name in names}


def _methods(measured: Measured, results: Results, weights: Mapping[str, float]) -> dict[str, Method]:
    """All but those that leave out a signal that the blend never uses."""
    cases = list(results.values())
    every = measured.cases
    candidates = {item_id for number in results for item_id in every[number].candidates}
    return {
        name: Method(
            metrics=metrics,
            warm=name in WARM,
            coverage=len({product for case in cases for product in case.first[name]}) / len(candidates),
            diversity=float(np.mean([case.distance[name] for case in cases])),
            popularity_bias=float(np.mean([case.popularity[name] for case in cases])),
        )
        for name, metrics in summarise(results).items()
        if weights.get(left_out(name) or "", 1.0)
    }


def _differences(cases: Sequence[CaseResult], weights: Mapping[str, float]) -> list[Difference]:
    """Of the pairs that something is claimed of; each by its own bootstrap interval, with the same draws."""
    values = {name: np.array(_values(cases, name)) for name in cases[0].metrics}
    signals = [name for name in weights if name in values]
    best = max(signals, key=lambda name: values[name].mean())
    others = ["default", "untaught", PLAIN, "embedding", best, "random", "blend-swapped"]
    others += [f"blend-{name}" for name in signals if weights[name]]
    pairs = [("blend", other) for other in dict.fromkeys(others)]
    pairs += [
        ("diverse", "blend"),
        ("default", PLAIN),
        ("untaught", PLAIN),
        *(("warm-blend", other) for other in _USUAL_WARM),
    ]
    pairs += [("blend+likelihood", "blend")] if "blend+likelihood" in values else []
    intervals = mean_intervals(np.stack([values[one] - values[other] for one, other in pairs], axis=1))
    return [
        Difference(
            method=one,
            minus=other,
            ndcg_at_10=interval,
            ratio=ratio_interval(values[one], values[other]) if one in WARM else None,
        )
        for (one, other), interval in zip(pairs, intervals, strict=True)
    ]


def _personal(cases: Sequence[CaseResult]) -> Personal:
    common = [len({*case.first["blend"]} & {*case.first["blend-swapped"]}) / len(case.first["blend"]) for case in cases]
    worth = np.array(_values(cases, "blend")) - np.array(_values(cases, "blend-swapped"))
    return Personal(
        overlap=float(np.mean(common)),
        by_chance=float(np.mean([len(case.first["blend"]) / case.candidates for case in cases])),
        own_history=mean_intervals(worth[:, None])[0],
    )


def _by_category(cases: Sequence[CaseResult]) -> list[Group]:
    names = dict.fromkeys(case.category for case in cases)
    return [_group(name, [case for case in cases if case.category == name]) for name in names]


def _by_history(cases: Sequence[CaseResult]) -> list[Group]:
    groups = []
    for low, high in ((1, LENGTHS[0][0] - 1), *LENGTHS):
        among = [case for case in cases if low <= case.history <= (high or case.history)]
        if among:
            groups.append(_group(f"{low}-{high}" if high else f"{low}+", among))
    return groups


def _group(name: str, cases: Sequence[CaseResult]) -> Group:
    means, errors = _columns({method: _values(cases, method) for method in cases[0].metrics})
    return Group(name=name, cases=len(cases), ndcg_at_10=means, ndcg_at_10_se=errors)


def _learning_curve(cases: Sequence[CaseResult]) -> list[CurvePoint]:
    """A point is over the cases whose category has had that many interactions; the zero-shot blend beside the rest."""
    points = []
    for count in CURVE:
        key = ALL if count is None else count
        among = [case for case in cases if key in case.curve]
        if among:
            warm = {method: [case.curve[key][method] for case in among] for method in among[0].curve[key]}
            means, errors = _columns({"blend": _values(among, "blend"), **warm})
            points.append(CurvePoint(interactions=count, cases=len(among), ndcg_at_10=means, ndcg_at_10_se=errors))
    return points


def _values(cases: Sequence[CaseResult], method: str) -> list[float]:
    return [case.metrics[method][_NDCG] for case in cases]


def _columns(values: Mapping[str, Sequence[float]]) -> tuple[dict[str, float], dict[str, float]]:
    """Means and standard errors by method."""
    means = {method: float(np.mean(column)) for method, column in values.items()}
    return means, {method: standard_error(column) for method, column in values.items()}


def _notes(measured: Measured, results: Results) -> list[str]:
    kinds = "made by leaving categories out of the shop's past" if measured.made_here else "taken as given"
    notes = [
        f"The cases are {kinds}; {len(results):,} of {len(measured.cases):,} were measured.",
        "Zero-shot methods see product texts, the case's history and, where they learn, what was done in categories"
        " that are not held out; warm ones also see all that other customers did in the case's category, later too.",
        "Expected popularity is learned from what sold in those categories, for the default blend too; the untaught"
        " blend is the default one without it, and learns nothing at all.",
        "The learning curve shows others' interactions "
        + (
            "in a fixed random order: the data have no dates."
            if _undated(measured)
            else "from before the case's customer came, the earliest first."
        ),
        "Plain words are the way to compare words, of ten, that ranks best on categories that are not held out; it is"
        " what the blend has to beat.",
        "A signal left out of the blend is taken out of the sum; nothing is learned again without it.",
        "Intervals are 95 %, by paired bootstrap over cases (10,000 draws); one customer may have several cases.",
    ]
    if measured.rejected:
        notes.append(f"{measured.rejected:,} rows of the files could not be used.")
    return notes


def _undated(measured: Measured) -> bool:
    return bool(np.isnan(measured.dataset.rows.time).any())
