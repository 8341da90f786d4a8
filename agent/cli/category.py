"""`newaisle category` and `newaisle classify`: where a category, or a product, belongs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_category, complete_file
from newaisle.agent.cli.files import read_products, text_of
from newaisle.agent.cli.opening import opened
from newaisle.agent.cli.options import (
    TEXT,
    amount_option,
    brief_option,
    candidates_option,
    home_option,
    model_options,
    pass_settings,
)
from newaisle.agent.cli.screen import counted, note, progress_bars, rows
from newaisle.agent.cli.tables import NUMBER, REST, escaped, grid, indented, print_json, stdout_console
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from newaisle.agent.categories.classify import Classified
    from newaisle.agent.categories.portrait import Neighbour, Portrait
    from newaisle.store.rows import Product

METHODS = (
    "words",
    "embedding",
    "prototype",
    "matching",
    "words+embedding",
    "words+matching",
)  # the last is the default
_SHOWN_FROM = 0.005  # what is less probable reads as 0 %

_method_option = click.option(
    "--method", type=click.Choice(METHODS), default=METHODS[-1], show_default=True, help="How likeness is measured."
)


@click.command()
@click.argument("name", type=TEXT, metavar="NAME", shell_complete=complete_category)
@brief_option("What it is about, where the catalogue lacks it.")
@candidates_option
@_method_option
@amount_option(5, "How many neighbours.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@home_option
@model_options
@pass_settings
def category(
    settings: Settings,
    /,
    name: str,
    brief: str | None,
    candidates: str | None,
    method: str,
    count: int,
    as_json: bool,
) -> None:
    """Show what a category is to the shop, and which known categories are nearest to it and why.

    A category that the catalogue does not know is compared by its name, by a brief, or by products that are brought.

    \b
    Examples:
      newaisle category "Camp Kitchen"
      newaisle category Hammocks --brief "Sleeping outdoors, hung between trees" -n 3
      newaisle category "Camp Kitchen" --method words --json
    """
    if not name.strip():
        raise click.UsageError("the name of the category is empty")
    products = read_products(candidates) if candidates is not None else []
    with opened(settings) as shop:
        portrait = shop.category(name, brief=text_of(brief or ""), candidates=products, method=method, count=count)
        if not (portrait.is_known or brief or products):
            _note_unknown(name, list(shop.parts.ledger.categories()))
    if as_json:
        print_json(portrait.as_json())
    else:
        _print_portrait(portrait)


@click.command()
@click.argument("file", metavar="FILE", shell_complete=complete_file)
@_method_option
@amount_option(3, "Categories per product.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@home_option
@model_options
@pass_settings
def classify(settings: Settings, /, file: str, method: str, count: int, as_json: bool) -> None:
    """Say to which known category each product of a file belongs, and how probably.

    FILE is in any format of the catalogue, `-` is standard input; nothing is stored. A category that a row has already
    plays no part: it is only compared with. Probabilities are calibrated on the shop's own products.

    \b
    Examples:
      newaisle classify new-products.csv
      newaisle classify new-products.jsonl -n 5 --json
      zcat feed.tsv.gz | newaisle classify - --json
    """
    products = read_products(file)
    stages = {"fit": "learning from the shop", "classify": "classifying"}
    with opened(settings) as shop, progress_bars(stages) as progress:
        classified = shop.classify(products, method=method, progress=progress)
    if as_json:
        for one in classified:
            click.echo(json.dumps(_line(one, count), ensure_ascii=False))
    else:
        console = stdout_console()
        for one in classified:
            _print_classified(console, one, count)
    _note_sum(classified)


def _note_unknown(name: str, known: list[str]) -> None:
    from newaisle.errors import did_you_mean
    from newaisle.store.rows import PATH_SEPARATOR

    parts = {part for path in known for part in path.split(PATH_SEPARATOR)}
    note(f"the catalogue has no category {name!r}{did_you_mean(name, parts)}: going by its name alone")


def _print_portrait(portrait: Portrait) -> None:
    console = stdout_console()
    name = f"[bold]{escaped(portrait.name)}[/]"
    if portrait.is_known:
        customers = counted(portrait.customers, "customer") if portrait.customers else "no customer yet"
        console.print(f"{name}: {counted(portrait.products, 'product')}, {customers}")
    else:
        console.print(f"{name}: new to the catalogue")
    if not portrait.nearest:
        console.print("No known category is near to it: give a --brief, or its products with --candidates.")
        return
    console.print(f"[dim]nearest known categories by {portrait.method} (1: alike, 0: unlike)[/]\n")
    for near in portrait.nearest:
        _print_neighbour(console, near)


def _print_neighbour(console: Console, near: Neighbour) -> None:
    line = grid(NUMBER, REST, NUMBER, whole_width=True)
    line.add_row(
        f"[bold]{near.similarity:.2f}[/]",
        f"[bold]{escaped(near.name)}[/]",
        f"[dim]{counted(near.products, 'product')}[/]",
    )
    console.print(line)
    reasons = [f"both say: {escaped(', '.join(near.shared_words))}"] if near.shared_words else []
    if near.theirs is not None:
        before = f"{escaped(near.ours.title)} [dim]is most like[/]" if near.ours else "such as"
        reasons.append(f"{before} {escaped(near.theirs.title)}")
    console.print(indented("\n".join(reasons), by=5, below=1 if reasons else 0))


def _print_classified(console: Console, one: Classified, count: int) -> None:
    best, *others = one.guesses[:count]
    console.print(f"[bold]{escaped(one.product.title)}[/] [dim]{escaped(one.product.item_id)}[/]")
    lines = [f"{best.probability:.0%} [bold]{escaped(best.category)}[/]"]
    named = [
        f"{guess.probability:.0%} {escaped(guess.category)}" for guess in others if guess.probability >= _SHOWN_FROM
    ]
    if named:
        lines.append(f"[dim]or {', '.join(named)}[/]")
    given = _given(one.product)
    if given and given != best.category:
        lines.append(f"[dim]the file says {escaped(given)}[/]")
    if one.looks_new:
        lines.append("[yellow]looks like a new category[/]")
    console.print(indented("\n".join(lines), below=1))


def _line(one: Classified, count: int) -> dict[str, Any]:
    best, *others = [
        {"category": guess.category, "probability": round(guess.probability, 4)} for guess in one.guesses[:count]
    ]
    return {
        "item_id": one.product.item_id,
        "title": one.product.title,
        **best,
        "runners_up": others,
        "given": _given(one.product),
        "familiarity": None if one.familiarity is None else round(one.familiarity, 4),
        "looks_new": one.looks_new,
    }


def _note_sum(classified: list[Classified]) -> None:
    """What became of the whole file."""
    given = [one for one in classified if one.product.category]
    agreeing = sum(_given(one.product) == one.guesses[0].category for one in given)
    new = sum(one.looks_new for one in classified)
    parts = [f"{rows(len(classified))} classified"]
    parts += [f"{agreeing:,} of {len(given):,} as the file says"] if given else []
    parts += [f"{new:,} that may be of a new category"] if new else []
    note(", ".join(parts))


def _given(product: Product) -> str | None:
    from newaisle.store.rows import PATH_SEPARATOR

    return PATH_SEPARATOR.join(product.category) or None
