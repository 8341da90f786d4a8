"""What `newaisle eval` shows: tables that fit 80 columns, and in words what can be claimed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from newaisle.agent.cli.screen import stdout_console

if TYPE_CHECKING:
    from rich.table import Table

    from newaisle.agent.evaluate.result import Calibrated, CurvePoint, Evaluation, Group

_STYLES = {"better": "green", "worse": "red", "open": "default"}
_OF_GROUPS = ("blend", "plain-words", "random", "popularity")


def print_evaluation(found: Evaluation) -> None:
    """All that was found, for people."""
    from rich.markup import escape

    from newaisle.agent.evaluate.wording import how_personal, verdict, what_was_learned

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


def _table(*headings: str, title: str | None = None) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(headings[0], overflow="fold", max_width=24)
    for heading in headings[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _methods(found: Evaluation) -> Table:
    from rich.markup import escape

    from newaisle.agent.evaluate.wording import marked_name, told_apart_from_signals

    metrics = ("hr@1", "hr@3", "hr@10", "mrr", "recall@10")
    table = _table("", "NDCG@10", *(name.upper() if name != "recall@10" else "recall" for name in metrics))
    for name, method in told_apart_from_signals(found):
        values = method.metrics
        table.add_row(
            escape(marked_name(name, warm=method.warm)),
            f"{values['ndcg@10']:.4f}±{values['ndcg@10_se']:.4f}",
            *(f"{values[metric]:.4f}" for metric in metrics),
            style="bold" if name == "blend" else "",
        )
    return table


def _plain_words(found: Evaluation) -> Table:
    """The ways to compare words, and which of them other categories made the one to beat."""
    from newaisle.agent.evaluate.wording import method_name, plain_words

    table = _table("words alone", "NDCG@10", "to beat in cases")
    for name, method, cases in plain_words(found):
        values = method.metrics
        table.add_row(method_name(name), f"{values['ndcg@10']:.4f}±{values['ndcg@10_se']:.4f}", f"{cases:,}")
    return table


def _signals(found: Evaluation) -> Table:
    """How far each signal moves the blend, and what the blend has from it that it would not have without."""
    from rich.markup import escape

    from newaisle.agent.evaluate.wording import difference, left_out

    table = _table("signal", "weight", "NDCG@10 that it adds")
    for row in found.differences:
        if signal := left_out(row.minus):
            table.add_row(escape(signal), f"{found.weights[signal]:.2f}", difference(row.ndcg_at_10))
    return table


def _lists(found: Evaluation) -> Table:
    from rich.markup import escape

    from newaisle.agent.evaluate.wording import marked_name, told_apart_from_signals

    table = _table("the first ten", "coverage", "diversity", "popularity")
    for name, method in told_apart_from_signals(found):
        table.add_row(
            escape(marked_name(name, warm=method.warm)),
            f"{method.coverage:.3f}",
            f"{method.diversity:.3f}",
            f"{method.popularity_bias:.3f}",
        )
    return table


def _groups(heading: str, groups: Iterable[Group]) -> Table:
    from rich.markup import escape

    from newaisle.agent.evaluate.wording import method_name

    table = _table(heading, "cases", *map(method_name, _OF_GROUPS))
    for group in groups:
        cells = (_with_error(group.ndcg_at_10, group.ndcg_at_10_se, name) for name in _OF_GROUPS)
        table.add_row(escape(group.name), f"{group.cases:,}", *cells)
    return table


def _curve(points: list[CurvePoint]) -> Table:
    from newaisle.agent.evaluate.wording import method_name

    names = list(points[0].ndcg_at_10) if points else []
    table = _table("others' interactions", "cases", *map(method_name, names))
    for point in points:
        cells = (_with_error(point.ndcg_at_10, point.ndcg_at_10_se, name) for name in names)
        table.add_row("all" if point.interactions is None else f"{point.interactions:,}", f"{point.cases:,}", *cells)
    return table


def _with_error(means: dict[str, float], errors: dict[str, float], name: str) -> str:
    return f"{means[name]:.3f}±{errors[name]:.3f}"


def _calibration(found: Calibrated) -> Table:
    skill, top = found.brier_skill_interval, found.top5_taken
    table = _table(
        "probability",
        "candidates",
        "predicted",
        "taken",
        title=f"Brier skill {found.brier_skill:+.4f} [{skill.low:+.4f}, {skill.high:+.4f}]; first five: predicted"
        f" {found.top5_predicted:.4f}, taken {top.mean:.4f} [{top.low:.4f}, {top.high:.4f}]",
    )
    for number, bin in enumerate(found.bins, start=1):
        taken = f"{bin.taken.mean:.4f} [{bin.taken.low:.4f}, {bin.taken.high:.4f}]"
        table.add_row(str(number), f"{bin.count:,}", f"{bin.predicted:.4f}", taken)
    return table
