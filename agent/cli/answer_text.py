"""What people see of an answer: a line per product with its price, and the reason under it."""

from __future__ import annotations

from rich.console import Console

from newaisle.agent.cli.screen import VERBOSE, volume
from newaisle.agent.cli.tables import NUMBER, PLACE, REST, aside, escaped, grid, indented, stdout_console
from newaisle.agent.schema.answer import Claim, Recommendation, RecommendationSet


def print_table(answer: RecommendationSet) -> None:
    """A recommendation set for people: a line per product, its reason under it; with --verbose what moved its score."""
    console = stdout_console()
    _print_heading(console, answer)
    if not answer.recommendations:
        console.print("Nothing is left to recommend: loosen a constraint, or choose another category.")
    for recommendation in answer.recommendations:
        _print_recommendation(console, recommendation)
    for warning in answer.warnings:
        console.print(f"[yellow]note:[/] {escaped(warning)}")
    if answer.degraded:
        console.print("[yellow]degraded:[/] made without a part that failed; `newaisle doctor` says how to mend it")


def _print_heading(console: Console, answer: RecommendationSet) -> None:
    who = answer.request.user_id or "somebody without a history"
    new = " (new to the catalogue)" if answer.category.is_new_to_catalogue else ""
    console.print(f"[bold]{escaped(answer.category.name)}[/]{new} for [bold]{escaped(who)}[/]")
    if volume() >= VERBOSE and answer.category.nearest:
        nearest = ", ".join(category.name.split(" > ")[-1] for category in answer.category.nearest[:3])
        console.print(f"[dim]nearest known categories: {escaped(nearest)}[/]")
    console.print()


def _print_recommendation(console: Console, recommendation: Recommendation) -> None:
    line = grid(PLACE, REST, NUMBER, whole_width=True)
    line.add_row(
        f"[bold]{recommendation.rank}[/]",
        f"[bold]{escaped(recommendation.title)}[/] [dim]{escaped(recommendation.item_id)}[/]",
        price_of(recommendation),
    )
    console.print(line)
    console.print(indented(escaped(recommendation.explanation.text)))
    if volume() >= VERBOSE:
        console.print(aside(_score(recommendation)))
    console.print()


def _score(recommendation: Recommendation) -> str:
    """The history rows behind a recommendation, and the parts of its score."""
    rows = [_row(claim) for claim in recommendation.explanation.claims if claim.history_item_id]
    because = f"because of {', '.join(dict.fromkeys(rows))}; " if rows else ""
    moved = {name: round(value, 2) for name, value in recommendation.signals.items()}
    parts = "  ".join(f"{name} {value:+.2f}" for name, value in moved.items() if value)
    return f"{because}score {recommendation.score:.2f} = {parts}"


def _row(claim: Claim) -> str:
    """The history rows that a claim rests on, and where the product would be without them."""
    rows = f"{claim.history_item_id} and {len(claim.also)} more" if claim.also else f"{claim.history_item_id}"
    changed = claim.counterfactual
    if changed is None or changed.rank == changed.rank_now:
        return rows
    return f"{rows} (place {changed.rank_now}, without {'them' if claim.also else 'it'} {changed.rank})"


def price_of(recommendation: Recommendation) -> str:
    """The price as a table shows it; empty where it is not known."""
    if recommendation.price is None:
        return ""
    return f"{recommendation.price:,.2f} {recommendation.currency or ''}".rstrip()
