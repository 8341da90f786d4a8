"""The report of an evaluation: one page of HTML that holds everything it shows and asks the network for nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from newaisle.agent.evaluate import plots, wording
from newaisle.agent.evaluate.drawing import clean
from newaisle.agent.evaluate.result import Evaluation, Group, Interval, Method

_TEMPLATE = "report.html"
_TOGETHER = 6  # categories in one plot, at most
_SHOWN_AT_ONCE = 2  # of these plots; the others are folded away


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal of the blend: its weight, what it does alone and what the blend does without it."""

    name: str
    weight: float
    alone: Method | None
    without: Method | None
    cost: Interval | None  # NDCG@10 of the blend minus that of the blend without it


def render_report(evaluation: Evaluation) -> str:
    """The whole page. It depends on the evaluation alone: the same one gives the same bytes."""
    pages = environment()
    for form in (wording.method_name, wording.number, wording.signed, wording.percent, wording.within):
        pages.filters[form.__name__] = form
    pages.filters["difference"] = wording.difference
    pages.filters["amount"] = plots.amount
    return pages.get_template(_TEMPLATE).render(
        evaluation=evaluation,
        verdict=wording.verdict(evaluation),
        learned=wording.what_was_learned(evaluation),
        personal=wording.how_personal(evaluation.personal),
        plain_words=wording.plain_words(evaluation),
        methods=_methods(evaluation),
        signals=signals(evaluation),
        **_plots(evaluation),
    )


def environment() -> jinja2.Environment:
    """What renders the pages of this folder."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_fit_for_a_page,
    )


def signals(evaluation: Evaluation) -> list[Signal]:
    """The signals of the blend, the heaviest first."""
    costs = {wording.left_out(row.minus): row.ndcg_at_10 for row in evaluation.differences if row.method == "blend"}
    without = {wording.left_out(name): method for name, method in evaluation.methods.items()}
    return [
        Signal(name, weight, evaluation.methods.get(name), without.get(name), costs.get(name))
        for name, weight in sorted(evaluation.weights.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    ]


def _methods(evaluation: Evaluation) -> list[tuple[str, Method]]:
    """The methods that are told first, the best before the others."""
    return sorted(wording.told_apart_from_signals(evaluation), key=lambda pair: (-pair[1].metrics["ndcg@10"], pair[0]))


def _plots(evaluation: Evaluation) -> dict[str, Any]:
    """The plots by the template's names for them; an empty one where there is nothing to draw."""
    compared = [
        (f"{wording.method_name(row.method)} minus {wording.method_name(row.minus)}", row.ndcg_at_10)
        for row in evaluation.differences
        if not wording.left_out(row.minus)
    ]
    costs = [(signal.name, signal.cost) for signal in signals(evaluation) if signal.cost]
    curve, calibrated, points = evaluation.learning_curve, evaluation.calibration, evaluation.category_map
    history = evaluation.by_history
    return {
        "differences_plot": compared and plots.forest("differences", "Differences in NDCG@10", compared),
        "costs_plot": costs and plots.forest("costs", "NDCG@10 lost without a signal", costs),
        "curve_plot": curve and plots.learning_curve("curve", "NDCG@10 as interactions arrive", curve),
        "curve_methods": plots.curve_methods(curve),
        "reliability_plot": calibrated and plots.reliability("reliability", "Predicted and taken", calibrated),
        "history_plot": history and plots.bars("history", "NDCG@10 by length of the history", history),
        "map_plot": points and plots.category_map("map", "Where the held-out categories fell", points),
        "map_names_all": sum(point.held_out for point in points) <= plots.LABELLED,
        **_category_plots(evaluation.by_category),
    }


def _category_plots(groups: Sequence[Group]) -> dict[str, Any]:
    """Bars of all categories on one scale, where the blend does best first; those after the first few apart."""
    ordered = sorted(groups, key=lambda group: (-group.ndcg_at_10.get("blend", 0.0), group.name))
    highest = plots.top_of(ordered)
    together = min(_TOGETHER, max(1, math.ceil(len(ordered) / _SHOWN_AT_ONCE)))
    drawn = [
        _bars(f"categories-{first}", ordered[first : first + together], highest)
        for first in range(0, len(ordered), together)
    ]
    return {
        "category_plots": drawn[:_SHOWN_AT_ONCE],
        "folded_category_plots": drawn[_SHOWN_AT_ONCE:],
        "folded": max(0, len(ordered) - _SHOWN_AT_ONCE * _TOGETHER),
    }


def _bars(name: str, groups: Sequence[Group], highest: float) -> Markup:
    title = f"NDCG@10 by category, from {groups[0].name} to {groups[-1].name}"
    return plots.bars(name, title, groups, highest=highest)


def _fit_for_a_page(value: Any) -> Any:
    """Text without what a page may not hold; a plot is already so."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
