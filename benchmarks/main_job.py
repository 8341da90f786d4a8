"""The figures of the main job on one data set: reading a shop, answering from it, and how good the answers are.

    python -m benchmarks.main_job FOLDER [--only ingest|speed|quality] [--json]

FOLDER has `items.jsonl`, `interactions.csv` and `split.jsonl`, each perhaps in gzip; docs/benchmarks.md says what is
measured and how. The shop is read into a temporary folder, or into --home, and nobody's own shop is touched.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from benchmarks.speed import Figures, machine, measure_answers, measure_ingest
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.screen import progress_bars
from newaisle.agent.settings.settings import NO_MODEL, Settings
from newaisle.progress import StageProgress

if TYPE_CHECKING:
    from newaisle.agent.learn.split import Case
    from newaisle.store.ledger import Ledger

PARTS = ("ingest", "speed", "quality")
_SAMPLED_CASES, _SAMPLED_CANDIDATES = 150, 20  # for methods that need the language model
_STAGES = {
    "process": "answers, a process each",
    "loaded": "answers, once loaded",
    "cases": "all cases",
    "sample": "cases with the language model",
}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Leave the rest out; may be given again.")
@click.option("--user", metavar="ID", help="The customer of the timed answers. [default: the first case's]")
@click.option("--category", metavar="NAME", help="The category of the timed answers. [default: the first case's]")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Answers by a process each.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Keep the shop here, and use it again.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@model_options
@pass_settings
def main(
    settings: Settings,
    /,
    folder: Path,
    only: tuple[str, ...],
    user: str | None,
    category: str | None,
    runs: int,
    home: Path | None,
    as_json: bool,
) -> None:
    """Measure the main job on the data set in FOLDER."""
    from newaisle.errors import LanguageModelError, ModelError, StoreError

    try:
        with ExitStack() as stack:
            settings.home = home or Path(stack.enter_context(TemporaryDirectory(prefix="newaisle-benchmark-")))
            progress = stack.enter_context(progress_bars(_STAGES))
            figures = measure_all(
                settings, folder, frozenset(only or PARTS), asked=(user, category), runs=runs, progress=progress
            )
    except (StoreError, ModelError, LanguageModelError) as exc:
        raise click.ClickException(str(exc)) from exc
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        from benchmarks.tables import print_figures

        print_figures(figures)


def measure_all(
    settings: Settings,
    folder: Path,
    parts: frozenset[str],
    *,
    asked: tuple[str | None, str | None],
    runs: int,
    progress: StageProgress,
) -> Figures:
    """Read the shop, then measure the parts asked for; `asked` is customer and category of the timed answers."""
    from newaisle.agent.learn.split import DataFolder, read_cases

    data = DataFolder.find(folder)
    figures: Figures = {"data": folder.resolve().name, "machine": machine()}
    # First, while this process is small: a child's peak of memory never reads less than its parent's size at the start.
    ingest = measure_ingest(settings, data.items, data.interactions)
    if "ingest" in parts:
        figures["ingest"] = ingest
    with settings.shop.reader() as ledger:
        cases = read_cases(data.split, known=frozenset(ledger.item_ids()))
        if "speed" in parts:
            user, category = asked
            first = (user or cases[0].user_id, category or cases[0].category)
            figures["speed"] = measure_answers(settings, first, _spread(cases), ledger, runs=runs, progress=progress)
        if "quality" in parts:
            figures |= measure_quality(settings, cases, ledger, progress)
    return figures


def measure_quality(settings: Settings, cases: list[Case], ledger: Ledger, progress: StageProgress) -> Figures:
    """Every method on all cases, and on a fixed sample together with those that need the language model."""
    from newaisle.agent.evaluate.data import Fold
    from newaisle.agent.evaluate.learner import default_blend
    from newaisle.agent.evaluate.measure import measure, summarise
    from newaisle.agent.learn.dataset import Dataset
    from newaisle.agent.learn.split import sample_cases
    from newaisle.agent.learn.visibility import category_paths
    from newaisle.agent.shop.backends import load_model

    dataset = Dataset.read(ledger)
    held_out = frozenset(category_paths(dataset, cases))
    results = measure(dataset, [Fold(held_out, cases)], default_blend, progress=progress)
    figures: Figures = {"cases": len(cases), "methods": summarise(results), "sample": None}
    if settings.model != NO_MODEL:
        sample = sample_cases(cases, cases_kept=_SAMPLED_CASES, candidates_kept=_SAMPLED_CANDIDATES)
        with load_model(settings) as model:
            results = measure(
                dataset,
                [Fold(held_out, sample)],
                default_blend,
                model=model,
                progress=lambda _, done, total: progress("sample", done, total),
            )
        figures["sample"] = {
            "cases": len(sample),
            "candidates": _SAMPLED_CANDIDATES,
            "model": model.name,
            "methods": summarise(results),
        }
    return figures


def _spread(cases: list[Case], wanted: int = 20) -> list[tuple[str, str]]:
    """Customers and categories of some cases, spread evenly over all."""
    return [(case.user_id, case.category) for case in cases[:: max(1, len(cases) // wanted)][:wanted]]


if __name__ == "__main__":
    main()
