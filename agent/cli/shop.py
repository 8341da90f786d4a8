"""`newaisle ingest`, `reindex`, `forget` and `remove`: what writes to a shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_customer, complete_file, complete_product
from newaisle.agent.cli.opening import loaded, unseen
from newaisle.agent.cli.options import TEXT, home_option, model_options, pass_settings
from newaisle.agent.cli.reading import read_options, reading_options
from newaisle.agent.cli.screen import (
    error,
    progress_bars,
    rows,
    working,
)
from newaisle.agent.settings.settings import Settings
from newaisle.errors import BAD_INPUT
from newaisle.progress import StageProgress

if TYPE_CHECKING:
    from newaisle.agent.library.shop import Shop
    from newaisle.store.ingest import FileReport, IngestReport
    from newaisle.store.report import ReadReport

_SHOWN = 3  # products of a dry run

_STAGES = {
    "catalogue": "reading products",
    "histories": "reading histories",
    "embed": "embedding new texts",
    "index": "building the index",
    "expected_popularity": "learning what sells",
}


@click.command()
@click.argument("catalogue", required=False, shell_complete=complete_file)
@click.option(
    "--histories", metavar="FILE", shell_complete=complete_file, help="What customers did; in the same formats."
)
@reading_options
@click.option("--dry-run", is_flag=True, help="Show what would be stored, and how it was understood; store nothing.")
@click.option("--replace", is_flag=True, help="Also remove what the files no longer have.")
@click.option("--yes", "remove_most", is_flag=True, help="With --replace, even more than half of what there is.")
@click.option("--strict", is_flag=True, help="End with exit code 3 if any row was rejected; the rest is stored.")
@click.option("--rejects", metavar="FOLDER", type=click.Path(path_type=Path), help="Where rejected rows are written.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@home_option
@model_options
@pass_settings
def ingest(
    settings: Settings,
    /,
    catalogue: str | None,
    histories: str | None,
    dry_run: bool,
    replace: bool,
    remove_most: bool,
    strict: bool,
    rejects: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Read a catalogue, and what customers did, into the shop.

    CSV, TSV, JSON, JSON Lines or Parquet, each perhaps in gzip; `-` is standard input. Columns are found by their
    usual names. The same file again changes nothing, a changed row is updated, and after an interruption the same
    command goes on where it was. A row that cannot be used is written to a rejects file with its line and the reason.

    What counts as liking: purchases, likes, reviews without a rating, and ratings of at least 4/5 of the scale count
    fully, views a quarter; ratings of at most 2/5, returns and dislikes count against.

    \b
    Examples:
      newaisle ingest items.jsonl --histories interactions.csv
      newaisle ingest items.csv.gz --map title=product_name --locale de_DE --dry-run
      zcat orders.csv.gz | newaisle ingest --histories - --map-event buy=purchase
    """
    if catalogue is None and histories is None:
        raise click.UsageError("give a CATALOGUE, or --histories FILE, or both")
    if catalogue == "-" and histories == "-":
        raise click.UsageError("only one of the two files can come from standard input")
    if remove_most and not replace:
        raise click.UsageError("--yes is for what --replace removes: give --replace too")
    options = read_options(**reading)
    if dry_run:
        rejected = _preview(settings, catalogue, histories, options, as_json=as_json)
        _end(strict and rejected)
        return
    with _writing(settings) as (shop, progress):
        report = shop.ingest(
            _source(catalogue),
            histories=_source(histories),
            options=options,
            replace=replace,
            remove_most=remove_most,
            rejects_folder=rejects,
            progress=progress,
        )
    _print_summary(report, settings, as_json)
    if report.not_removed:
        error(report.not_removed)
        raise SystemExit(BAD_INPUT)
    _end(strict and report.rejected)


def _end(rejected: int) -> None:
    """End with an error where rows were rejected that should not be."""
    if rejected:
        error(f"{rows(rejected)} rejected and --strict allows none: mend them and run this again")
        raise SystemExit(BAD_INPUT)


@click.command()
@home_option
@model_options
@pass_settings
def reindex(settings: Settings) -> None:
    """Embed every text that the embedder in use has not seen, and build the index anew.

    This is how a filled shop changes its embedder; without --embedder it keeps the one that it has.

    \b
    Examples:
      newaisle reindex
      newaisle reindex --embedder hash
    """
    with _writing(settings) as (shop, progress):
        embedded, generation = shop.reindex(progress=progress)
    click.echo(f"{embedded:,} texts embedded; index {generation} built")


@click.command()
@click.argument("user_id", type=TEXT, metavar="USER", shell_complete=complete_customer)
@home_option
@pass_settings
def forget(settings: Settings, user_id: str) -> None:
    """Erase a customer for good: rows, index, rejects, logged answers, and the bytes that deletion leaves behind.

    \b
    Example:
      newaisle forget mara
    """
    with working("erasing"), unseen(settings) as shop:
        count = shop.forget(user_id)
    click.echo(f"{rows(count)} of {user_id} erased")


@click.command()
@click.argument("item_id", type=TEXT, metavar="ITEM", shell_complete=complete_product)
@home_option
@pass_settings
def remove(settings: Settings, item_id: str) -> None:
    """Erase a product for good, with what customers did with it and the logged answers that name it.

    \b
    Example:
      newaisle remove ck-01
    """
    with working("erasing"), unseen(settings) as shop:
        count = shop.remove(item_id)
    click.echo(f"{rows(count)} of {item_id} erased")


@contextmanager
def _writing(settings: Settings) -> Iterator[tuple[Shop, StageProgress]]:
    """The shop, and the bars of what is done to it."""
    with (
        working("loading the embedder"),
        unseen(settings, loading=loaded) as shop,
        progress_bars(_STAGES) as progress,
    ):
        yield shop, progress


def _source(file: str | None) -> Any:
    return file if file in (None, "-") else Path(str(file))


def _preview(settings: Settings, catalogue: str | None, histories: str | None, options: Any, *, as_json: bool) -> int:
    """Print what an ingest would store; returns how many rows it would reject."""
    from newaisle.store.dry_run import plain_product, preview

    with progress_bars(_STAGES) as progress:
        found = preview(
            settings.shop,
            catalogue=_source(catalogue),
            histories=_source(histories),
            options=options,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(found.as_plain_data(), ensure_ascii=False, indent=2))
        return found.rejected
    for name, report in found.reports.items():
        click.echo(", ".join(filter(None, (f"{name}: {rows(report.read)}", _what_became(report)))))
        _print_read(report)
    for reject in found.rejects[:_SHOWN]:
        click.echo(f"  {reject.source}, line {reject.line} would be rejected: {reject.reason}")
    for product in found.products[:_SHOWN]:
        click.echo(json.dumps(plain_product(product), ensure_ascii=False))
    click.echo("nothing was stored")
    return found.rejected


def _print_summary(report: IngestReport, settings: Settings, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_summary(report), ensure_ascii=False, indent=2))
        return
    for file in report.files:
        _print_file(file)
    if report.embedder_why:
        click.echo(report.embedder_why)
    for text in report.warnings:
        click.echo(text)
    click.echo(
        "{embedded:,} new texts embedded; the shop in {home} now has {products:,} products in {categories:,} categories"
        " and {interactions:,} interactions of {customers:,} customers (index {generation})".format(
            embedded=report.embedded, home=settings.home, generation=report.generation, **report.counts
        )
    )


def _print_file(file: FileReport) -> None:
    changes, read = file.changes, file.read
    parts = [f"{changes.added:,} added", f"{changes.updated:,} updated", f"{changes.unchanged:,} unchanged"]
    parts += [f"{changes.removed:,} removed"] if changes.removed else []
    parts += [beside] if (beside := _what_became(read)) else []
    click.echo(f"{file.source}: {rows(read.read)}, {', '.join(parts)}")
    if read.rejected:
        click.echo(f"  {rows(read.rejected)} rejected, with line and reason in {file.rejects_file}")
    _print_read(read)


def _what_became(read: ReadReport) -> str:
    """What became of the rows that were not kept as they are."""
    counts = {
        "joined to their product": read.joined,
        "exact duplicates merged": read.merged,
        "replaced by a later row": read.replaced,
        "ignored": read.ignored,
    }
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)


def _print_read(read: ReadReport) -> None:
    for text in (read.understood(), *read.notes, *read.warnings):
        click.echo(f"  {text}")


def _summary(report: IngestReport) -> dict[str, Any]:
    from dataclasses import asdict

    files = [
        {**asdict(file), "rejects_file": str(file.rejects_file) if file.read.rejected else None}
        for file in report.files
    ]
    return {
        "files": files,
        "embedder_why": report.embedder_why,
        "embedded": report.embedded,
        "generation": report.generation,
        "shop": report.counts,
        "warnings": [*report.warnings, *filter(None, [report.not_removed])],
    }
