"""What `newaisle eval` shows: tables that fit 80 columns, and in words what can be claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from rich.markup import escape
from rich.table import Table

from newaisle.agent.cli.tables import stdout_console, table
from newaisle.agent.evaluate.result import Calibrated, CurvePoint, Evaluation, Group
from newaisle.agent.evaluate.wording import (
    difference,
    how_personal,
    left_out,
    marked_name,
    method_name,
    plain_words,
    told_apart_from_signals,
    verdict,
    what_was_learned,
)

_STYLES = {"better": "green", "worse": "red", "open": "default"}
_OF_GROUPS = ("blend", "plain-words", "random", "popularity")
_table = partial(
    table, padding=(0, 1, 0, 0), first={"overflow": "fold", "max_width": 24}, others={"no_wrap": True}
)  # fits 80 columns


def print_evaluation(found: Evaluation) -> None:
    """Print all that was measured, for people."""
    console = stdout_console()
    console.print(
        f"[bold]{escape(found.data)}[/]: {found.cases:,} cases, {found.candidates:,.0f} candidates on average,"
        f" {found.seconds:,.0f} s\n"
    )
    for sentence in verdict(found):
        console.print(f"[{_STYLES[sentence.finding]}]{escape(sentence.text)}[/]")
    console.print(f"\n{escape(what_was_learned(found))}\n{escape(how_personal(found.personal))}\n")
    console.print(_methods(found))
    console.print(_plain_words(found))
    console.print(_signals(found))
    console.print(_lists(found))
    console.print(_groups("category", found.by_category))
    console.print(_groups("liked before", found.by_history))
    console.print(_curve(found.learning_curve))
    if found.calibration:
        console.print(_calibration(found.calibration))
    for text in found.notes:
        console.print(f"[dim]{escape(text)}[/]")


def _methods(found: Evaluation) -> Table:
    metrics = ("hr@1", "hr@3", "hr@10", "mrr", "recall@10")
    made = _table("", "NDCG@10", *(name.upper() if name != "recall@10" else "recall" for name in metrics))
    for name, method in told_apart_from_signals(found):
        values = method.metrics
        made.add_row(
            escape(marked_name(name, warm=method.warm)),
            f"{values['ndcg@10']:.4f}±{values['ndcg@10_se']:.4f}",
            *(f"{values[metric]:.4f}" for metric in metrics),
            style="bold" if name == "blend" else "",
        )
    return made


def _plain_words(found: Evaluation) -> Table:
    """The ways to compare words, and which of them other categories made the one to beat."""
    made = _table("words alone", "NDCG@10", "to beat in cases")
    for name, method, cases in plain_words(found):
        values = method.metrics
        made.add_row(method_name(name), f"{values['ndcg@10']:.4f}±{values['ndcg@10_se']:.4f}", f"{cases:,}")
    return made


def _signals(found: Evaluation) -> Table:
    """How far each signal moves the blend, and what the blend has from it that it would not have without."""
    made = _table("signal", "weight", "NDCG@10 that it adds")
    for row in found.differences:
        if signal := left_out(row.minus):
            made.add_row(escape(signal), f"{found.weights[signal]:.2f}", difference(row.ndcg_at_10))
    return made


def _lists(found: Evaluation) -> Table:
    made = _table("the first ten", "coverage", "diversity", "popularity")
    for name, method in told_apart_from_signals(found):
        made.add_row(
            escape(marked_name(name, warm=method.warm)),
            f"{method.coverage:.3f}",
            f"{method.diversity:.3f}",
            f"{method.popularity_bias:.3f}",
        )
    return made


def _groups(heading: str, groups: Iterable[Group]) -> Table:
    made = _table(heading, "cases", *map(method_name, _OF_GROUPS))
    for group in groups:
        cells = (_with_error(group.ndcg_at_10, group.ndcg_at_10_se, name) for name in _OF_GROUPS)
        made.add_row(escape(group.name), f"{group.cases:,}", *cells)
    return made


def _curve(points: list[CurvePoint]) -> Table:
    names = list(points[0].ndcg_at_10) if points else []
    made = _table("others' interactions", "cases", *map(method_name, names))
    for point in points:
        cells = (_with_error(point.ndcg_at_10, point.ndcg_at_10_se, name) for name in names)
        made.add_row("all" if point.interactions is None else f"{point.interactions:,}", f"{point.cases:,}", *cells)
    return made


def _with_error(means: dict[str, float], errors: dict[str, float], name: str) -> str:
    return f"{means[name]:.3f}±{errors[name]:.3f}"


def _calibration(found: Calibrated) -> Table:
    skill, top = found.brier_skill_interval, found.top5_taken
    made = _table(
        "probability",
        "candidates",
        "predicted",
        "taken",
        title=f"Brier skill {found.brier_skill:+.4f} [{skill.low:+.4f}, {skill.high:+.4f}]; first five: predicted"
        f" {found.top5_predicted:.4f}, taken {top.mean:.4f} [{top.low:.4f}, {top.high:.4f}]",
    )
    for number, bin in enumerate(found.bins, start=1):
        taken = f"{bin.taken.mean:.4f} [{bin.taken.low:.4f}, {bin.taken.high:.4f}]"
        made.add_row(str(number), f"{bin.count:,}", f"{bin.predicted:.4f}", taken)
    return made


_SHOWN = 10  # refused texts
Line = tuple[str, Callable[[Any], str]]


def print_explanations(
    title: str, found: Mapping[str, Any], lines: Sequence[Line], refused: str = "Refused by the check"
) -> None:
    """Print figures of explanations side by side, a column for each way of explaining."""
    console = stdout_console()
    made = table("", *map(escape, found), title=escape(title), lines="none", first={"no_wrap": True})
    for heading, cell in lines:
        made.add_row(heading, *(cell(one) for one in found.values()))
    console.print(made)
    for name, one in found.items():
        if not one.examples:
            continue
        count = len(one.examples)
        shown = f", the first {_SHOWN}" if count > _SHOWN else ""
        console.print(f"\n[bold]{refused}, {escape(name)}[/]: {count:,}{shown}")
        for example in one.examples[:_SHOWN]:
            console.print(f"  {escape(example)}", soft_wrap=True)


def share(name: str) -> Callable[[Any], str]:
    """A cell for the share of this name."""

    def cell(one: Any) -> str:
        value = getattr(one, name)
        return "–" if value is None else f"{100 * value:.1f} %"

    return cell


def lengths(one: Any) -> str:
    """A cell for the lengths of texts."""
    if one.words_mean is None or one.characters_mean is None:
        return "–"
    return f"{one.words_mean:.0f} / {one.words_most}, {one.characters_mean:.0f} / {one.characters_most}"


COUNTED: Line = ("explanations (customers)", lambda one: f"{one.explanations:,} ({one.customers:,})")
TEXTS: tuple[Line, ...] = (
    ("different texts", share("distinct")),
    ("same text, different reasons", lambda one: f"{one.same_text:,}"),
    ("words mean / most, characters", lengths),
)
TIMES: tuple[Line, ...] = (
    ("seconds each", lambda one: "–" if one.seconds is None else f"{one.seconds:.2f}"),
    ("basis", lambda one: ", ".join(f"{name} {100 * share:.0f} %" for name, share in one.basis.items()) or "–"),
)
EXPLAINED: tuple[Line, ...] = (
    COUNTED,
    ("texts supported by the check", share("supported")),
    ("worded by the model", share("by_model")),
    ("  at the second try", share("second_try")),
    ("a claim's sentence word for word", share("only_claim")),
    ("no more than the category", share("only_category")),
    ("with a claim on the history", share("history_side")),
    ("  of which with a counterfactual", share("counterfactual")),
    *TEXTS,
    *TIMES,
    ("refused", lambda one: "\n".join(f"{kind}: {count:,}" for kind, count in one.refused.items()) or "–"),
)
