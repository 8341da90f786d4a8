"""The options that say how the files of a shop are to be read, and what they come to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.options import Command

if TYPE_CHECKING:
    from newaisle.store.shop import ReadOptions

_OPTIONS = (
    click.option(
        "--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Where a column is not found by its name."
    ),
    click.option(
        "--map-event", multiple=True, metavar="VALUE=EVENT", help="What an event of the file means, or `ignore`."
    ),
    click.option("--locale", metavar="de_DE", help="How numbers and dates are written. [default: found once per file]"),
    click.option("--encoding", metavar="NAME", help="Of the text files. [default: UTF-8]"),
    click.option("--format", "file_format", help="csv, tsv, json, jsonl or parquet. [default: found]"),
    click.option("--format-file", multiple=True, metavar="FILE", help="A format of your own, described in YAML."),
    click.option(
        "--columns",
        multiple=True,
        metavar="NAME,NAME",
        help="The columns of a file without a header, in their order; those with a user_id are the histories'.",
    ),
)


def reading_options(command: Command) -> Command:
    """Options for what reads files of a shop; `read_options` takes them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_options(
    *,
    mapping: tuple[str, ...],
    map_event: tuple[str, ...],
    format_file: tuple[str, ...],
    columns: tuple[str, ...],
    **rest: Any,
) -> ReadOptions:
    """What the options say; raises InputError for a pair or a format that makes no sense."""
    from newaisle.store.columns import parse_mapping
    from newaisle.store.formats import read_format
    from newaisle.store.liking import parse_event_map
    from newaisle.store.shop import ReadOptions

    return ReadOptions(
        mapping=parse_mapping(mapping),
        event_map=parse_event_map(map_event),
        formats=[read_format(Path(file)) for file in format_file],
        columns=tuple(tuple(map(str.strip, given.split(","))) for given in columns),
        **rest,
    )
