"""`newaisle eval`."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from newaisle.agent.cli.complete import complete_category, complete_file, complete_language_model
from newaisle.agent.cli.opening import loaded, opened
from newaisle.agent.cli.options import TEXT, home_option, is_flag, model_options, pass_settings, prompts_option
from newaisle.agent.cli.screen import (
    note,
    progress_bars,
    rows,
    working,
)
from newaisle.agent.schema.style import STYLES
from newaisle.agent.settings.settings import NO_MODEL, Settings
from newaisle.progress import StageProgress

if TYPE_CHECKING:
    from newaisle.agent.evaluate.compare import Comparison, Entrant
    from newaisle.agent.evaluate.data import Measured
    from newaisle.agent.evaluate.result import Evaluation
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.schema.style import Style
    from newaisle.prompts.template import Template
    from newaisle.store.embedders import Embedder

_STAGES = {
    "catalogue": "reading products",
    "histories": "reading histories",
    "embed": "embedding texts",
    "learn": "learning",
    "model": "loading the language model",
    "cases": "measuring",
}


@click.command(name="eval")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
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
@click.option(
    "--prompt",
    metavar="A",
    shell_complete=complete_file,
    help="Compare two `rank` templates: a file, `bundled` or `yours`.",
)
@click.option("--vs", metavar="B", shell_complete=complete_file, help="The other template.")
@click.option(
    "--vs-model",
    type=TEXT,
    metavar="NAME",
    shell_complete=complete_language_model,
    help="Compare --model with this one on the same cases.",
)
@click.option("--explanations", is_flag=True, help="Check the explanations of 200 recommendations, or --cases N.")
@click.option("--style", type=click.Choice(STYLES), help="With --explanations, whose texts. [default: short]")
@click.option("--fresh", is_flag=True, help="Forget what was kept of this data, and start again.")
@home_option
@prompts_option
@model_options
@pass_settings
def evaluate(
    settings: Settings,
    /,
    folder: Path | None,
    as_json: bool,
    html: Path | None,
    most: int | None,
    only: tuple[str, ...],
    llm_rank: Literal["on", "off"],
    prompt: str | None,
    vs: str | None,
    vs_model: str | None,
    explanations: bool,
    style: Style | None,
    fresh: bool,
) -> None:
    """Measure how well customers' choices in a category that is new to them are foretold.

    On the shop itself, each category is taken for new once. FOLDER is other data: `items.jsonl`, `interactions.csv`
    and, where the cases are given, `split.jsonl`, each perhaps in gzip; it is read into a cache, and your own shop is
    left alone. The blend stands beside every one of its signals, random, popularity, TF-IDF, embedding, nearest
    customers, and itself with somebody else's history. A stopped run goes on where it was.

    With --explanations, instead: five products are recommended to each of some customers, and every statement of every
    explanation is looked up in the shop, by code that shares nothing with what wrote it.

    \b
    Examples:
      newaisle eval
      newaisle eval --explanations --style seller
      newaisle eval --only "Camp Kitchen" --html report.html
      newaisle eval data/movielens_small --json
      newaisle eval data/movielens_small --prompt bundled --vs drafts/rank.en.yaml --cases 40
    """
    _check_usage(
        settings,
        comparison=(prompt, vs, vs_model),
        explained=(explanations, style),
        others=bool(html or llm_rank == "on"),
        only=bool(only),
    )
    if explanations:
        _explanations(settings, folder, most, style or "short", fresh=fresh, as_json=as_json)
        return
    with working("reading the shop"), progress_bars(_STAGES) as progress:
        measured = _read(settings, folder, fresh, progress)
        if measured.rejected:
            note(f"{rows(measured.rejected)} cannot be used; `newaisle ingest` of the same files says which and why")
        entrants = _entrants(settings, (prompt, vs), vs_model)
        if entrants is None:
            found = _evaluate(settings, measured, llm_rank == "on", most=most, only=only, progress=progress)
        else:
            compared = _compare(measured, entrants, most=most, only=only, progress=partial(progress, "cases"))
    if entrants is None:
        _print(found, as_json, html)
    else:
        _print_comparison(compared, as_json)


def _check_usage(
    settings: Settings,
    *,
    comparison: tuple[str | None, str | None, str | None],
    explained: tuple[bool, Style | None],
    others: bool,
    only: bool,
) -> None:
    """Raise UsageError for options that do not go together; `others`: --html or --llm-rank on."""
    (prompt, vs, vs_model), (explanations, style) = comparison, explained
    if (prompt is None) != (vs is None):
        raise click.UsageError("--prompt A and --vs B go together: give both")
    if explanations and (prompt or vs_model or others or only):
        raise click.UsageError("--explanations goes with FOLDER, --cases, --style, --json and --fresh alone")
    if style and not explanations and is_flag("style"):
        raise click.UsageError("--style is whose explanations are checked: give --explanations too")
    if prompt and vs_model:
        raise click.UsageError("compare two prompts or two models, not both at once")
    if (prompt or vs_model) and others:
        raise click.UsageError("--html and --llm-rank do not go with a comparison: leave them out")
    if (prompt or vs_model) and settings.model == NO_MODEL:
        raise click.UsageError("a comparison needs a language model: give --model NAME")


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
        "brier_skill": found.calibration.brier_skill if found.calibration else None,
    }


def _read(settings: Settings, folder: Path | None, fresh: bool, progress: StageProgress) -> Measured:
    from newaisle.agent.evaluate.data import read_folder, read_shop
    from newaisle.agent.shop.session import require_shop

    if folder is None:
        require_shop(settings)
        return read_shop(settings.shop, fresh=fresh)
    return read_folder(
        folder,
        embedder=settings.embedder,
        open_embedder=lambda: closing(_embedder(settings)),
        fresh=fresh,
        progress=progress,
    )


def _explanations(
    settings: Settings, folder: Path | None, most: int | None, style: Style, *, fresh: bool, as_json: bool
) -> None:
    """Measure the explanations of the shop, or of a folder of data, and print what was found."""
    from newaisle.agent.evaluate.data import read_into_cache
    from newaisle.agent.evaluate.explanations import RECOMMENDATIONS, explain_cases, summary

    with progress_bars(_STAGES) as progress:
        if folder is not None:
            home, _ = read_into_cache(
                folder,
                embedder=settings.embedder,
                open_embedder=lambda: closing(_embedder(settings)),
                fresh=fresh,
                progress=progress,
            )
            settings = replace(settings, home=home.folder)
        with opened(settings) as shop:
            explained, _ = explain_cases(
                shop.parts, recommendations=most or RECOMMENDATIONS, style=style, progress=progress
            )
    found = summary(explained)
    name = (folder or settings.home).resolve().name
    if as_json:
        click.echo(json.dumps({"data": name, "style": style, **found.model_dump()}, ensure_ascii=False, indent=2))
        return
    from newaisle.agent.cli.explanation_table import print_explanations

    print_explanations(f"{name}, {style}", {"newaisle": found})


def _evaluate(
    settings: Settings, measured: Measured, with_model: bool, progress: StageProgress, **more: Any
) -> Evaluation:
    from newaisle.agent.evaluate.learner import calibrated_blend
    from newaisle.agent.evaluate.run import evaluate as run

    if with_model and settings.model == NO_MODEL:
        raise click.UsageError("--llm-rank on needs a language model: give --model NAME")
    with ExitStack() as stack:
        model = None
        if with_model:
            progress("model", 0, 1)
            model = stack.enter_context(_model(settings))
            progress("model", 1, 1)
        return run(measured, calibrated_blend, model=model, progress=progress, **more)


def _entrants(
    settings: Settings, templates: tuple[str | None, str | None], vs_model: str | None
) -> tuple[Entrant, Entrant] | None:
    """What is to be compared, if anything is."""
    from newaisle.agent.evaluate.compare import Entrant

    first, second = templates
    if first and second:
        return (
            Entrant(first, lambda: _model(settings), _template(settings, first)),
            Entrant(second, lambda: _model(settings), _template(settings, second)),
        )
    if vs_model:
        other = replace(settings, model=vs_model)
        return (
            Entrant(settings.language_models[0], lambda: _model(settings), None),
            Entrant(other.language_models[0], lambda: _model(other), None),
        )
    return None


def _embedder(settings: Settings) -> Embedder:
    from newaisle.agent.shop.backends import load_embedder

    return loaded("embedder", partial(load_embedder, settings))


def _model(settings: Settings) -> LanguageModel:
    from newaisle.agent.shop.backends import load_model

    return loaded("language model", partial(load_model, settings))


def _template(settings: Settings, name: str) -> Template:
    """A `rank` template: the bundled one, the user's own, or a file called rank.LANGUAGE.yaml."""
    from newaisle.prompts.own import variant

    return variant(name, "rank", "en", settings.prompts_folder)


def _compare(measured: Measured, entrants: tuple[Entrant, Entrant], **more: Any) -> Comparison:
    from newaisle.agent.evaluate.compare import CANDIDATES, CASES, compare

    note(
        f"comparing on {more['most'] or CASES} cases of {CANDIDATES} candidates: one to four seconds a case and"
        " contestant for a small model on two cores, more for a larger one"
    )
    return compare(measured, entrants, **more)


def _print(found: Evaluation, as_json: bool, html: Path | None) -> None:
    if html is not None:
        from newaisle.agent.evaluate.report import render_report

        html.write_text(render_report(found), encoding="utf-8")
        note(f"the report is in {html}")
    if as_json:
        click.echo(json.dumps(as_plain_data(found), ensure_ascii=False, indent=2))
        return
    from newaisle.agent.cli.evaluation_table import print_evaluation

    print_evaluation(found)


def _print_comparison(compared: Comparison, as_json: bool) -> None:
    if as_json:
        click.echo(compared.model_dump_json(indent=2))
        return
    from newaisle.agent.cli.evaluation_table import print_comparison

    print_comparison(compared)
