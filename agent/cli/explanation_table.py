"""What `newaisle eval --explanations` shows: a line for each figure, and what was not supported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from newaisle.agent.cli.screen import stdout_console

if TYPE_CHECKING:
    from newaisle.agent.evaluate.explanations import Explanations

_SHOWN = 10  # unsupported statements


def print_explanations(title: str, found: Mapping[str, Explanations]) -> None:
    """Figures side by side, a column for each way of explaining."""
    from rich.markup import escape
    from rich.table import Table

    console = stdout_console()
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name in found:
        table.add_column(escape(name), justify="right")
    for heading, cell in _LINES:
        table.add_row(heading, *(cell(one) for one in found.values()))
    console.print(table)
    for name, one in found.items():
        if not one.examples:
            continue
        refused = sum(one.unsupported_kinds.values())
        shown = f", the first {_SHOWN}" if refused > _SHOWN else ""
        console.print(f"\n[bold]Not supported, {escape(name)}[/]: {refused:,}{shown}")
        for example in one.examples[:_SHOWN]:
            console.print(f"  {escape(example)}", soft_wrap=True)


def _share(name: str) -> Callable[[Explanations], str]:
    def cell(one: Explanations) -> str:
        value = getattr(one, name)
        return "–" if value is None else f"{100 * value:.1f} %"

    return cell


def _lengths(one: Explanations) -> str:
    if one.words_mean is None or one.characters_mean is None:
        return "–"
    return f"{one.words_mean:.0f} / {one.words_most}, {one.characters_mean:.0f} / {one.characters_most}"


_LINES: tuple[tuple[str, Callable[[Explanations], str]], ...] = (
    ("explanations (customers)", lambda one: f"{one.explanations:,} ({one.customers:,})"),
    ("statements", lambda one: f"{one.statements:,}"),
    ("  supported", _share("precision")),
    ("  that nobody can look up", _share("opinions")),
    ("texts supported as a whole", _share("fully_supported")),
    ("with a claim about the product", _share("product_side")),
    ("with a claim on the history", _share("history_side")),
    ("  where a row of it counts", _share("history_side_where_it_counts")),
    ("  of which with a counterfactual", _share("counterfactual")),
    ("different texts", _share("distinct")),
    ("same text, different reasons", lambda one: f"{one.same_text:,}"),
    ("words mean / most, characters", _lengths),
    ("English ones worded by the model", _share("by_model")),
    ("  at the second try", _share("second_try")),
    ("seconds each", lambda one: "–" if one.seconds is None else f"{one.seconds:.2f}"),
    ("basis", lambda one: ", ".join(f"{name} {100 * share:.0f} %" for name, share in one.basis.items()) or "–"),
)
