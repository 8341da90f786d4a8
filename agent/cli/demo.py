"""`newaisle demo`: the main job on the bundled sample shop."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from newaisle.agent.cli.options import model_options, prompts_option
from newaisle.agent.cli.screen import note
from newaisle.agent.settings.settings import Settings

_WORDED = 2  # products whose texts are shown in both ways


@click.command()
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder for the sample shop.")
@prompts_option
@model_options
@click.pass_context
def demo(context: click.Context, home: Path | None) -> None:
    """Fetch the default models, read the bundled sample shop, and recommend from its new category.

    Below the answer stands how the language model words its first reasons, beside the claims' own sentences.

    The sample goes into a folder of its own, so that it never mixes with your shop.

    \b
    Examples:
      newaisle demo
      newaisle demo --home .demo --model none
    """
    from newaisle.agent import sample
    from newaisle.agent.cli.models import pull
    from newaisle.agent.cli.recommend import recommend
    from newaisle.agent.cli.shop import ingest
    from newaisle.agent.models.catalog import AUTO_EMBEDDER, EMBEDDERS

    settings = context.find_root().ensure_object(Settings)
    settings.home = home or settings.home / "sample"
    wanted = {entry.name for entry in settings.model_cache.entries() if entry.state != "present"}
    embedders = EMBEDDERS if settings.embedder == AUTO_EMBEDDER else (settings.embedder,)
    missing = tuple(name for name in (*embedders, *settings.local_models) if name in wanted)
    if missing:
        context.invoke(pull, names=missing)
    context.invoke(ingest, catalogue=_from_here(sample.CATALOGUE), histories=_from_here(sample.HISTORIES))
    click.echo()
    context.invoke(recommend, user_id=sample.CUSTOMER, category=sample.NEW_CATEGORY, form="table")
    if settings.language_models:
        _print_worded(settings)
    where = f"--home {shlex.quote(str(settings.home))}"
    command = f"{_program()} recommend {where}"
    category = f"--category {shlex.quote(sample.NEW_CATEGORY)}"
    note(
        "Try next:\n"
        f"  {_program()} chat {where} --user {sample.CUSTOMER}\n"
        f"  {command} --user {sample.CUSTOMER} {category} --max-price 40 --exclude titanium\n"
        f"  {command} --user 小雨 {category}\n"
        f"  {_program()} why {where} {sample.CUSTOMER} {sample.FIRST_CHOICE}\n"
        f"  {command} --user {sample.CUSTOMER} {category} --json"
    )


def _print_worded(settings: Settings) -> None:
    """How the language model words an answer, whether or not it adds anything, beside the claims' own sentences."""
    from newaisle.agent import sample
    from newaisle.agent.cli.opening import opened
    from newaisle.agent.cli.tables import stdout_console
    from newaisle.agent.cli.worded_text import print_texts
    from newaisle.agent.evaluate.variants import Shown
    from newaisle.agent.recommend import recommend
    from newaisle.agent.schema.gain import Worded
    from newaisle.agent.schema.query import Query

    texts: list[Worded] = []
    with opened(settings) as shop:
        parts = replace(shop.parts, log=None, wording=None, on_worded=texts.extend)
        query = Query(user_id=sample.CUSTOMER, category=sample.NEW_CATEGORY, k=_WORDED, language="en")
        answer = recommend(query, parts, llm_rank="off", wording="on")
    model, seconds = answer.made_with.model, answer.timings_ms["explain"] / 1000
    if texts:
        click.echo(f"The claims' own sentences, and how {model} words them ({seconds:.1f} s):")
        print_texts(stdout_console(), [Shown(title=one.title, own=one.own, by={str(model): one}) for one in texts])


def _from_here(path: Path) -> str:
    """The path as a person would type it from where they are."""
    return min(str(path), os.path.relpath(path), key=len)


def _program() -> str:
    """How this program was called, where its name alone would not find it."""
    found, called = shutil.which("newaisle"), sys.argv[0]
    own = shutil.which(called)
    return "newaisle" if own is None or (found and Path(found).samefile(own)) else shlex.quote(called)
