"""`newaisle profile`: what a customer's history says of their taste."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_customer
from newaisle.agent.cli.opening import opened
from newaisle.agent.cli.options import TEXT, answer_option, every_setting
from newaisle.agent.cli.screen import note, rows
from newaisle.agent.cli.tables import NUMBER, aside, escaped, grid, stdout_console
from newaisle.agent.settings.settings import Settings
from newaisle.languages import Language

if TYPE_CHECKING:
    from rich.console import Console

    from newaisle.agent.schema.profile import Profile
    from newaisle.agent.schema.style import Switch

_SHOWN = 5  # interests of a kind
_WEAKEST = 0.02  # weight that is shown
_ROWS = 3  # products named with an interest
_BAR = 10  # characters
_LEAST = 4  # of them, on a narrow screen
_PRICES = "Price level"


@click.command()
@click.argument("user_id", type=TEXT, metavar="USER", shell_complete=complete_customer)
@click.option("--json", "as_json", is_flag=True, help="Print the whole profile as JSON.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Of the paragraph. [default: the history's]")
@answer_option("wording")
@every_setting
def profile(settings: Settings, /, user_id: str, as_json: bool, language: Language | None, wording: Switch) -> None:
    """Show what a customer likes and dislikes, each with its weight and the products that it comes from.

    Brands, categories, attributes, words and price level, from the history alone. A weight is between -1 and 1; what
    the customer does no more often than the shop has it weighs nothing. The paragraph is the language model's where
    code finds every part of it among the interests, else it is made by code.

    \b
    Examples:
      newaisle profile mara
      newaisle profile mara --json --model none
    """
    with opened(settings) as shop:
        found = shop.profile(user_id, language=language, wording=wording)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        print_profile(stdout_console(), found)
    for warning in found.warnings:
        note(f"note: {warning}")


def print_profile(console: Console, found: Profile) -> None:
    """Who the customer is, the paragraph, and each kind of interest with its products."""
    told = found.interests
    span = f", {found.first:%Y-%m-%d} to {found.last:%Y-%m-%d}" if found.first and found.last else ""
    console.print(f"[bold]{escaped(found.user_id)}[/]: {rows(found.rows)} about {found.products:,} products{span}")
    console.print(f"[dim]a row weighs half after {told.half_life:g} {told.age_unit}[/]")
    console.print()
    console.print(escaped(found.paragraph.text))
    by = found.made_with.model if found.paragraph.source == "llm" else "code"
    console.print(f"[dim]written by {escaped(by or '')}[/]\n")
    _print_kind(console, found, "Brands", [(one.name, one) for one in told.brands])
    _print_kind(console, found, "Categories", [(_category(one), one) for one in told.categories])
    _print_kind(console, found, _PRICES, [(_price(one), one) for one in told.prices], weakest=0.0)
    _print_kind(console, found, "Attributes", [(one.name, one) for one in told.attributes])
    _print_kind(console, found, "Words", [(one.name, one) for one in told.words])
    _print_kind(console, found, "Bought again", [(f"{one.times} times", one) for one in told.again])
    _print_kind(console, found, "Last", [(_recent(one, told.age_unit), one) for one in told.recent], weakest=0.0)


def _category(one: Any) -> str:
    return f"{one.name} ({one.share:.0%} of the history, {one.lift:.1f} times the catalogue's share)"


def _price(one: Any) -> str:
    where = one.category or "all categories"
    currency = f", {one.currency}" if one.currency else ""
    return f"{where}{currency}: dearer than {one.level:.0%} of the products"


def _recent(one: Any, unit: str) -> str:
    days = round(one.age)
    age = f"{days:,} {unit if days > 1 else unit.removesuffix('s')} before the last" if days else "the last"
    return f"{one.event.value}, {age}"


def _print_kind(
    console: Console, found: Profile, heading: str, named: Sequence[tuple[str, Any]], *, weakest: float = _WEAKEST
) -> None:
    """Print one kind of interests: a bar, the weight and the name of each, under it the products that it comes from."""
    telling = [(name, one) for name, one in named if abs(one.weight) >= weakest]
    if not telling:
        return
    console.print(f"[bold]{heading}[/]")
    longest = max(abs(one.weight) for _, one in telling) or 1.0
    width = max(_LEAST, min(_BAR, console.width // 8))
    for name, one in telling[:_SHOWN]:
        line = grid({"width": width, "no_wrap": True}, {**NUMBER, "width": 5}, {})
        bar = "█" * max(1, round(width * abs(one.weight) / longest)) if one.weight else ""
        colour = "cyan" if heading == _PRICES else "green" if one.weight > 0 else "red"
        line.add_row(f"[{colour}]{bar}[/]", f"{one.weight:+.2f}", escaped(name))
        console.print(line)
        console.print(aside(_products(found, one.item_ids)))
    if len(telling) > _SHOWN:
        console.print(f"   [dim]and {len(telling) - _SHOWN:,} more: see --json[/]")
    console.print()


def _products(found: Profile, item_ids: Sequence[str]) -> str:
    from newaisle.agent.claims.sentences import short_title

    named = [f"{short_title(found.titles[item_id])} ({item_id})" for item_id in item_ids[:_ROWS]]
    more = [f"{len(item_ids) - _ROWS:,} more"] if len(item_ids) > _ROWS else []
    return "; ".join([*named, *more])
