"""newaisle and what people use today, side by side: LangChain with Chroma, ChatLlamaCpp and a JSON schema.

    python -m benchmarks.side_by_side FOLDER [--only PART] [--category NAME] [--requests N] [--out FOLDER] [--json]

FOLDER is as for `benchmarks.main_job`. Both sides sell the same products to the same customers, who choose among the
same 20 candidates; docs/benchmarks.md says how. Every step runs in a process of its own, one after the other.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks.bench_shop import BenchShop, make_shop
from benchmarks.speed import Figures, machine
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.screen import progress_bars
from newaisle.agent.settings.settings import Settings
from newaisle.progress import StageProgress

PARTS = ("ingest", "embed", "answers", "scoring", "prefix", "chat")
_STAGES = {"steps": "steps of both sides"}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Leave the rest out; may be given again.")
@click.option("--category", metavar="NAME", help="The new category. [default: the first case's]")
@click.option("--requests", type=click.IntRange(min=2), default=10, show_default=True, help="Answers of each side.")
@click.option("--products", type=click.IntRange(min=100), default=2_000, show_default=True, help="In the catalogue.")
@click.option("--threads", type=click.IntRange(min=1), help="Also run LangChain with the same file and N threads.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="bench", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@model_options
@pass_settings
def main(
    settings: Settings,
    /,
    folder: Path,
    only: tuple[str, ...],
    category: str | None,
    requests: int,
    products: int,
    threads: int | None,
    out: Path,
    as_json: bool,
) -> None:
    """Compare newaisle with LangChain on the data set in FOLDER; figures and plot go to --out too."""
    from benchmarks.comparison import compare, print_comparison
    from benchmarks.plots import plot_comparison
    from newaisle.agent.learn.split import DataFolder
    from newaisle.errors import ModelError, StoreError

    try:
        shop = make_shop(out, DataFolder.find(folder), category=category, cases=requests, products=products)
        with progress_bars(_STAGES) as progress:
            measured = measure(settings, shop, frozenset(only or PARTS), threads=threads, progress=progress)
    except (StoreError, ModelError) as exc:
        raise click.ClickException(str(exc)) from exc
    host = machine()
    figures: Figures = {
        "data": folder.resolve().name,
        "machine": host,
        "measured": measured,
        "rows": compare(measured),
    }
    (out / "side_by_side.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    plot_comparison(figures["rows"], out / "side_by_side.png", title=f"{figures['data']}, {host['processor']}")
    if as_json:
        click.echo(json.dumps(figures, indent=2))
    else:
        print_comparison(figures, out)


def measure(
    settings: Settings, shop: BenchShop, parts: frozenset[str], *, threads: int | None, progress: StageProgress
) -> Figures:
    """Run the steps that the parts need; the figures of each by its name."""
    steps = _steps(settings, shop, parts, threads)
    figures: Figures = {}
    for number, (name, step) in enumerate(steps.items()):
        progress("steps", number, len(steps))
        figures[name] = step()
    progress("steps", len(steps), len(steps))
    return figures


def _steps(
    settings: Settings, shop: BenchShop, parts: frozenset[str], threads: int | None
) -> dict[str, Callable[[], Any]]:
    from benchmarks.published import chroma_model, published_llm

    same = settings.model_cache.path(settings.language_models[0])
    as_published = published_llm(shop.published)
    chroma_model(shop.published)
    langchain = partial(_step, "langchain_way", shop)
    ours = partial(_step, "our_way", shop, models=settings.models)
    steps: dict[str, Callable[[], Any]] = {}
    if parts & {"ingest", "answers", "scoring", "prefix"}:
        steps["ingest, newaisle"] = partial(_ingest, settings, shop)
    if parts & {"ingest", "answers"}:
        steps["ingest, LangChain"] = partial(_fresh_ingest, shop, langchain)
    if "embed" in parts:
        steps["embed, newaisle"] = partial(ours, "embed")
        steps["embed, LangChain"] = partial(langchain, "embed")
    if "answers" in parts:
        steps["answers, newaisle"] = partial(ours, "answers")
        steps["answers, LangChain"] = partial(langchain, "answers", as_published)
        steps["answers, LangChain, same file"] = partial(langchain, "answers", same)
        if threads:
            steps[f"answers, LangChain, same file, {threads} threads"] = partial(langchain, "answers", same, threads)
    if "scoring" in parts:
        steps["scoring, newaisle"] = partial(ours, "score")
    if "prefix" in parts:
        steps["prefix, newaisle"] = partial(ours, "prefix")
    if "chat" in parts:
        steps["chat, newaisle"] = partial(ours, "chat")
        steps["chat, LangChain, same file"] = partial(langchain, "chat", same)
    return steps


def _step(module: str, shop: BenchShop, step: str, *values: object, models: Path | None = None) -> Figures:
    """Run one step of one side in a process of its own; raises ClickException where it fails."""
    arguments = [step, str(shop.folder), *([str(models)] if models else []), *map(str, values)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", f"benchmarks.{module}", *arguments], capture_output=True, text=True
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise click.ClickException(f"the step {step} of {module} failed: {reason}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _ingest(settings: Settings, shop: BenchShop) -> Figures:
    """`newaisle ingest` of the whole shop into a new home: reading, checking, embedding and the index."""
    from shutil import rmtree

    from benchmarks.speed import measure_ingest

    rmtree(shop.home, ignore_errors=True)
    settings.home = shop.home
    start = time.perf_counter()
    report = measure_ingest(settings, shop.items, shop.interactions)
    return {"rows": report["products"], "seconds": time.perf_counter() - start}


def _fresh_ingest(shop: BenchShop, langchain: Callable[[str], Figures]) -> Figures:
    from shutil import rmtree

    rmtree(shop.chroma, ignore_errors=True)
    return langchain("ingest")


if __name__ == "__main__":
    main()
