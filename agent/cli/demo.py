"""`newaisle demo`: the main job on the bundled sample shop."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from agent.cli.options import model_options
from agent.cli.screen import note
from agent.settings import NO_MODEL, Settings


@click.command()
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder for the sample shop.")
@model_options
@click.pass_context
def demo(context: click.Context, home: Path | None) -> None:
    """Fetch the default models, read the bundled sample shop, and recommend from its new category.

    The sample goes into a folder of its own, so that it never mixes with your shop.
    """
    from agent import sample
    from agent.cli.models import pull
    from agent.cli.recommend import recommend
    from agent.cli.shop import ingest

    settings = context.find_root().ensure_object(Settings)
    settings.home = home or settings.home / "sample"
    wanted = {entry.name for entry in settings.model_cache.entries() if entry.state != "present"}
    missing = tuple(name for name in (settings.embedder, settings.model) if name in wanted and name != NO_MODEL)
    if missing:
        context.invoke(pull, names=missing)
    context.invoke(ingest, catalogue=str(sample.CATALOGUE), histories=str(sample.HISTORIES))
    note("")
    context.invoke(recommend, user_id=sample.CUSTOMER, category=sample.NEW_CATEGORY, form="table")
    program, folder = context.find_root().info_name, shlex.quote(str(settings.home))
    shown = f"--user {sample.CUSTOMER} --category {shlex.quote(sample.NEW_CATEGORY)}"
    note(
        "Try next:\n"
        f"  {program} recommend --home {folder} {shown} --max-price 40 --exclude titanium\n"
        f"  {program} recommend --home {folder} --user 小雨 --category {shlex.quote(sample.NEW_CATEGORY)}\n"
        f"  {program} recommend --home {folder} {shown} --json"
    )
