"""`newaisle eval`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal

import click

from newaisle.agent.cli.complete import complete_category
from newaisle.agent.cli.opening import READING, loaded_model, measured, opened, with_shop_of
from newaisle.agent.cli.options import TEXT, every_setting, is_flag
from newaisle.agent.cli.reading import read_options, reading_options
from newaisle.agent.cli.screen import note, progress_bars, rows, working
from newaisle.agent.cli.tables import print_json
from newaisle.agent.schema.style import STYLES
from newaisle.agent.settings.settings import NO_MODEL, Settings
from newaisle.progress import StageProgress

if TYPE_CHECKING:
    from newaisle.agent.evaluate.data import Measured
    from newaisle.agent.evaluate.result import Evaluation
    from newaisle.agent.schema.style import Style

_STAGES = {**READING, "learn": "learning", "model": "loading the language model", "cases": "measuring"}


def _moved(context: click.Context, option: click.Parameter, given: str | None) -> None:
    """Comparisons have one command now: an option that asks for one says which, for one release."""
    if given is not None:
        folder = f"{quote(str(context.params['folder']))} " if context.params.get("folder") else ""
        vs = f"--vs-model {quote(given)}" if option.name == "vs_model" else "--vs OTHER"
        raise click.UsageError(f"templates and models are compared by `newaisle prompts eval rank {folder}{vs}`")


@click.command(name="eval")
@click.argument("folder", required=False, is_eager=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Also write a report.")
@click.option(
    "--cases", "most", type=click.IntRange(min=1), metavar="N", help="Measure so many cases, spread over all."
)
@click.option(
    "--only",
    type=TEXT,
    multiple=True,
    metavar="CATEGORY",
    shell_complete=complete_category,
    help="Cases of this one; may be given again.",
)
@click.option(
    "--llm-rank",
    type=click.Choice(["on", "off"]),
    default="off",
    show_default=True,
    help="Also the language model's likelihood, on 150 cases of 20 candidates.",
)
@click.option("--prompt", hidden=True, expose_value=False, callback=_moved, help="See `newaisle prompts eval`.")
@click.option("--vs", hidden=True, expose_value=False, callback=_moved, help="See `newaisle prompts eval`.")
@click.option("--vs-model", hidden=True, expose_value=False, callback=_moved, help="See `newaisle prompts eval`.")
@click.option("--explanations", is_flag=True, help="Check the explanations of 200 recommendations, or --cases N.")
@click.option("--style", type=click.Choice(STYLES), help="With --explanations, whose texts. [default: short]")
@click.option("--fresh", is_flag=True, help="Forget what was kept of this data, and start again.")
@reading_options
@every_setting
def evaluate(
    settings: Settings,
    /,
    folder: Path | None,
    as_json: bool,
    html: Path | None,
    most: int | None,
    only: tuple[str, ...],
    llm_rank: Literal["on", "off"],
    explanations: bool,
    style: Style | None,
    fresh: bool,
    **reading: Any,
) -> None:
    """Measure how well customers' choices in a category that is new to them are foretold.

    On the shop itself, each category is taken for new once. FOLDER is other data: `items.jsonl`, `interactions.csv`
    and, where the cases are given, `split.jsonl`, each perhaps in gzip; it is read into a cache, as the options of
    `ingest` say, and your own shop is left alone. The blend stands beside every one of its signals, random, popularity,
    the best of ten ways to compare words, embedding, nearest customers, and itself with somebody else's history. A
    stopped run goes on where it was.

    With --explanations, instead: five products are recommended to each of some customers, and every explanation is put
    to the check of texts, which says how many are supported, how many the model worded, and what was refused.

    \b
    Examples:
      newaisle eval
      newaisle eval --explanations --style seller
      newaisle eval --only "Camp Kitchen" --html report.html
      newaisle eval data/movielens_small --json
    """
    if explanations and (html or llm_rank == "on" or only):
        raise click.UsageError("--explanations goes with FOLDER, --cases, --style, --json and --fresh alone")
    if style and not explanations and is_flag("style"):
        raise click.UsageError("--style is whose explanations are checked: give --explanations too")
    if folder is None and any(reading.values()):
        raise click.UsageError("how files are to be read is for those of a FOLDER: give one too")
    how = {} if folder is None else {"options": read_options(**reading)}
    if explanations:
        _explanations(settings, folder, most, style or "short", fresh=fresh, as_json=as_json, **how)
        return
    with working("reading the shop"), progress_bars(_STAGES) as progress:
        data = measured(settings, folder, fresh=fresh, progress=progress, **how)
        if data.rejected:
            note(f"{rows(data.rejected)} cannot be used; `newaisle ingest` of the same files says which and why")
        found = _evaluate(settings, data, llm_rank == "on", most=most, only=only, progress=progress)
    _print(found, as_json, html)


def as_plain_data(found: Evaluation) -> dict[str, Any]:
    """What `--json` prints."""
    wanted = ("ndcg@10", "ndcg@10_se", "hr@1", "hr@3", "hr@10", "mrr", "recall@10")
    return {
        "data": found.data,
        "cases": found.cases,
        "methods": {
            name: {**{metric: method.metrics[metric] for metric in wanted}, "warm": method.warm}
            for name, method in found.methods.items()
        },
        "plain_words": found.strongest,
        "personal": found.personal.model_dump(),
        "brier_skill": found.calibration.brier_skill if found.calibration else None,
    }


def _explanations(
    settings: Settings, folder: Path | None, most: int | None, style: Style, *, as_json: bool, **how: Any
) -> None:
    """Measure the explanations of the shop, or of a folder of data, and print what was found."""
    from newaisle.agent.evaluate.explained_cases import RECOMMENDATIONS
    from newaisle.agent.evaluate.explanations import explain_cases, summary

    with progress_bars(_STAGES) as progress:
        settings = with_shop_of(settings, folder, progress=progress, **how)
        with opened(settings) as shop:
            explained = explain_cases(
                shop.parts, recommendations=most or RECOMMENDATIONS, style=style, progress=progress
            )
    found = summary(explained)
    name = (folder or settings.home).resolve().name
    if as_json:
        print_json({"data": name, "style": style, **found.model_dump()})
        return
    from newaisle.agent.cli.measured_text import EXPLAINED, print_explanations

    print_explanations(f"{name}, {style}", {"newaisle": found}, EXPLAINED)


def _evaluate(settings: Settings, data: Measured, with_model: bool, progress: StageProgress, **more: Any) -> Evaluation:
    from newaisle.agent.evaluate.learner import calibrated_blend
    from newaisle.agent.evaluate.run import evaluate as run

    if with_model and settings.model == NO_MODEL:
        raise click.UsageError("--llm-rank on needs a language model: give --model NAME")
    with ExitStack() as stack:
        model = None
        if with_model:
            progress("model", 0, 1)
            model = stack.enter_context(loaded_model(settings))
            progress("model", 1, 1)
        return run(data, calibrated_blend, model=model, progress=progress, **more)


def _print(found: Evaluation, as_json: bool, html: Path | None) -> None:
    if html is not None:
        from newaisle.agent.evaluate.report import render_report

        html.write_text(render_report(found), encoding="utf-8")
        note(f"the report is in {html}")
    if as_json:
        print_json(as_plain_data(found))
        return
    from newaisle.agent.cli.measured_text import print_evaluation

    print_evaluation(found)
