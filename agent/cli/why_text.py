"""What people see of `why` and `why-not`."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from newaisle.agent.claims.sentences import short_title
from newaisle.agent.cli.screen import note, rows
from newaisle.agent.cli.tables import NUMBER, PLACE, TEXT, Column, aside, grid, stdout_console
from newaisle.agent.schema.answer import Basis, Claim
from newaisle.agent.schema.why import Compared, HeldBackBy, Why, WhyNot

_ROWS = 5  # of the history that are shown
_HELD_BACK = 3
_WIDEST = 15  # characters of a bar to either side
_UNBROKEN: Column = {"no_wrap": True}
_AMOUNT: Column = {**NUMBER, "min_width": 5}
_SMALLEST = 0.005  # shown with two digits, it would be 0
_BASIS: dict[Basis, str] = {
    "history": "the customer's history",
    "category": "what is known of the category",
    "general": "what holds for every customer",
}


def print_why(found: Why) -> None:
    """Place, signals, claims, rows and the text of one product."""
    console = stdout_console()
    product = found.product
    console.print(f"[bold]{escape(product.title)}[/] [dim]{escape(product.item_id)}[/]")
    where = f"{_who(found)} in {escape(found.request.category)}"
    if found.rank is None:
        console.print(f"not among the {found.request.k:,} for {where}: see `newaisle why-not`")
    else:
        console.print(f"place {found.rank:,} in the answer for {where}")
    console.print(f"place {found.rank_by_score:,} of {found.candidates:,} by score: {found.score:.2f}")
    if found.probability is not None:
        console.print(f"chosen with a probability of {found.probability:.1%} by who enters the category")
    _heading(console, f"Signals: what each adds over the mean of the {found.candidates:,}, which is 0")
    _bars(console, [(signal.name, signal.contribution) for signal in found.signals])
    _print_claims(console, found)
    _print_rows(console, found)
    _heading(console, "As `recommend` says it where no language model phrases it")
    console.print(escape(found.explanation.text))
    _print_warnings(found.warnings)


def print_why_not(found: WhyNot, command: str | None) -> None:
    """What keeps a product out, what would have to change, and the command with which it is there."""
    console = stdout_console()
    product, where = found.product, f"{_who(found)} in {escape(found.request.category)}"
    console.print(f"[bold]{escape(product.title)}[/] [dim]{escape(product.item_id)}[/]")
    if found.rank is not None:
        console.print(f"is recommended to {where}, in place {found.rank:,}: `newaisle why` says why")
    else:
        count = "1 reason" if len(found.obstacles) == 1 else f"{len(found.obstacles)} reasons"
        console.print(f"is not recommended to {where}, for {count}")
        console.print()
    for number, one in enumerate(found.obstacles, start=1):
        _item(console, number, one.text)
        console.print(aside(one.change.text))
    if found.obstacles and found.rank_after is not None:
        reasons = "that" if len(found.obstacles) == 1 else "them"
        console.print(
            f"\nWere it not for {reasons}: place {found.rank_after:,} in the answer,"
            f" place {found.rank_by_score:,} of {found.candidates:,} by score"
        )
    if command is not None:
        console.print(escape(command), style="cyan", soft_wrap=True)
    if found.compared is not None:
        _print_compared(console, found.compared)
        _print_held_back(console, found.held_back_by, found.rows_tried)
    _print_warnings(found.warnings)


def _who(found: Why | WhyNot) -> str:
    return escape(found.request.user_id) if found.request.user_id is not None else "somebody without a history"


def _heading(console: Console, text: str) -> None:
    console.print(f"\n[bold]{escape(text)}[/]")


def _bars(console: Console, named: Iterable[tuple[str, float]]) -> None:
    """A line for each number: its name, the number, and a bar to the right above 0, to the left below."""
    shown = list(named)
    name_width, longest = max((len(name) for name, _ in shown), default=0), _longest(value for _, value in shown)
    half = max(1, min(_WIDEST, (console.width - name_width - 10) // 2))
    table = grid(_UNBROKEN, _AMOUNT, _UNBROKEN)
    for name, value in shown:
        table.add_row(name, f"{value:+.2f}", _bar(value, longest, half))
    console.print(table)


def _longest(values: Iterable[float]) -> float:
    return max((abs(value) for value in values), default=0.0) or 1.0


def _bar(value: float, longest: float, half: int) -> str:
    """A bar to the left or to the right of its middle, `half` characters to either side."""
    filled = "█" * (max(1, round(half * abs(value) / longest)) if abs(value) >= _SMALLEST else 0)
    left, right = (filled, "") if value < 0 else ("", filled)
    return f"[red]{left:>{half}}[/]│[green]{right:<{half}}[/]"


def _item(console: Console, number: int, text: str) -> None:
    line = grid(PLACE, TEXT)
    line.add_row(str(number), escape(text))
    console.print(line)


def _print_claims(console: Console, found: Why) -> None:
    _heading(console, f"Claims: it is there mostly for {_BASIS[found.explanation.score_basis]}")
    titles = {row.item_id: row.title for row in found.rows}
    for number, claim in enumerate(found.explanation.claims, start=1):
        _item(console, number, claim.text)
        worth = f"adds {claim.contribution:.2f}: " if claim.contribution else ""
        said = [f"{worth}{claim.kind.replace('_', ' ')}: {claim.value} ({claim.item_field})"]
        said += [_without(claim, found.score, titles)] if claim.counterfactual else []
        for line in said:
            console.print(aside(line))


def _without(claim: Claim, score: float, titles: dict[str, str]) -> str:
    """What would be without the rows of a claim."""
    assert claim.counterfactual is not None
    assert claim.history_item_id is not None
    would_be = claim.counterfactual
    row = f"{short_title(titles.get(claim.history_item_id, ''))} ({claim.history_item_id})".strip()
    named = f"the {row}" if not claim.also else f"these {1 + len(claim.also)} products, {row} first"
    return (
        f"without {named}: place {would_be.rank:,} instead of {would_be.rank_now:,} by score,"
        f" score {would_be.score:.2f} instead of {score:.2f}"
    )


def _print_rows(console: Console, found: Why) -> None:
    shown = [row for row in found.rows[:_ROWS] if abs(row.contribution) >= _SMALLEST]
    if not shown:
        return
    _heading(console, f"What {rows(len(found.rows))} of the history add, over what they add to the mean")
    longest, half = _longest(row.contribution for row in shown), max(2, min(_WIDEST, console.width // 10))
    table = grid(_UNBROKEN, _AMOUNT, TEXT)
    for row in shown:
        title = f"{escape(row.title)} [dim]{row.event.value}, {escape(row.item_id)}[/]"
        table.add_row(_bar(row.contribution, longest, half), f"{row.contribution:+.2f}", title)
    console.print(table)
    if len(found.rows) > len(shown):
        console.print(f"[dim]and {len(found.rows) - len(shown):,} more: see --json[/]")


def _print_compared(console: Console, other: Compared) -> None:
    """Signal by signal against the product that it would have to overtake."""
    title = f"{escape(other.title)} ({escape(other.item_id)})"
    behind = f"{other.gap:.2f} more" if other.gap >= 0 else f"{-other.gap:.2f} less"
    console.print(f"\n[bold]Against {title}[/], place {other.rank:,}: it scores {behind}")
    _bars(console, [(gap.name, gap.difference) for gap in other.signals])
    console.print("[dim]to the left: what would have to rise[/]")


def _print_held_back(console: Console, held: list[HeldBackBy], tried: int) -> None:
    if not tried:
        return
    if not held:
        note_text = f"Of {rows(tried)} of the history, none holds it back: without any one it would be no further up"
        console.print(f"\n{note_text}")
        return
    _heading(console, f"Rows that hold it back, of {tried:,} that were left out one at a time")
    for number, one in enumerate(held[:_HELD_BACK], start=1):
        would_be = one.counterfactual
        _item(
            console,
            number,
            f"without {one.title} ({one.item_id}): place {would_be.rank:,} instead of {would_be.rank_now:,} by score",
        )


def _print_warnings(warnings: list[str]) -> None:
    for warning in warnings:
        note(f"note: {warning}")
