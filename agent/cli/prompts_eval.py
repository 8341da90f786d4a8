"""`newaisle prompts eval`: a template by itself, or two variants of one, on cases of the shop."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.complete import complete_file, complete_language_model
from newaisle.agent.cli.opening import READING, measured, with_shop_of
from newaisle.agent.cli.options import TEXT, model_options, pass_settings
from newaisle.agent.cli.prompts_check import needed_model
from newaisle.agent.cli.prompts_options import folder_options, language_option, name_argument
from newaisle.agent.cli.screen import note, progress_bars
from newaisle.agent.cli.tables import escaped, stdout_console, table
from newaisle.agent.cli.worded_text import print_texts
from newaisle.agent.settings.settings import Settings
from newaisle.languages import Language
from newaisle.progress import Progress, StageProgress

if TYPE_CHECKING:
    from newaisle.agent.evaluate.data import Measured
    from newaisle.agent.evaluate.variants import Variant, VariantComparison, VariantMeasured
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.prompts.template import Template

    Found = VariantComparison | VariantMeasured

_ON_A_PAGE = 40  # texts, where nobody says how many
_CASES = 40  # some minutes for a small model on two cores
_RANKING = ("rank", "listwise")
_STAGES = {**READING, "cases": "comparing"}


@click.command(name="eval")
@name_argument
@click.argument("data", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--vs", metavar="OTHER", shell_complete=complete_file, help="`bundled`, `yours`, a file, or a folder of templates."
)
@click.option(
    "--vs-model",
    type=TEXT,
    metavar="NAME",
    shell_complete=complete_language_model,
    help="Instead, compare --model with this one by the same template.",
)
@click.option("--cases", type=click.IntRange(min=2), default=_CASES, show_default=True, help="About so many answers.")
@click.option(
    "--show", type=click.IntRange(min=1), metavar="N", help="Also so many texts beside the claims' own sentences."
)
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@language_option
@folder_options
@model_options
@pass_settings
def eval_command(
    settings: Settings,
    /,
    name: str,
    data: Path | None,
    vs: str | None,
    vs_model: str | None,
    cases: int,
    show: int | None,
    html: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Measure the template in use; or compare it with another of the same prompt, or two models, on the same cases.

    The cases are customers of the shop, or of the data in FOLDER, in categories that are new to them. Templates that
    explain are compared by how many texts pass the check at the first try, those that rank by NDCG@10, `profile` by how
    many paragraphs are kept, and `turn` by the `tests` of both. The last line says which is better, if that can be
    said.

    Of texts that explain it also says what they add to the claims' own sentences, which can be measured of one template
    without --vs too, and is what `--wording auto` goes by from then on. --show N puts both side by side.

    \b
    Examples:
      newaisle prompts eval explain --show 10 --html texts.html
      newaisle prompts eval explain --vs bundled
      newaisle prompts eval rank --vs drafts/rank.en.yaml --cases 100 --json
      newaisle prompts eval rank data/movielens_small --vs-model qwen2.5-3b
    """
    from newaisle.agent.wording.phrase import STYLES

    is_worded = name in STYLES
    if (vs and vs_model) or not (vs or vs_model or is_worded):
        raise click.UsageError("give what to compare with: --vs OTHER, or --vs-model NAME")
    if (show or html) and not is_worded:
        raise click.UsageError("--show and --html are for the prompts that explain")
    from newaisle.agent.evaluate.variants import Variant

    templates = _templates(settings, name, language, vs)
    other = settings if vs_model is None else replace(settings, model=vs_model)
    with (
        progress_bars(_STAGES) as progress,
        needed_model(settings) as first,
        needed_model(other) if vs_model else nullcontext(first) as second,
    ):
        variants = [Variant(first.name if vs_model else templates[0].origin, templates[0], first)]
        variants += [Variant(vs or second.name, templates[1], second)] if vs or vs_model else []
        for variant in variants:
            _require_asked(variant.template, variant.model)
        found = _compare(settings, data, variants, cases, show or (_ON_A_PAGE if html else 0), progress)
    if html is not None:
        from newaisle.agent.evaluate.text_page import render_texts

        html.write_text(render_texts(found), encoding="utf-8")
        note(f"the texts are in {html}")
        found = found if show else found.model_copy(update={"shown": []})
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        _print(found)


def _templates(settings: Settings, name: str, language: Language, vs: str | None) -> tuple[Template, Template]:
    """The template in use, and the one that it is compared with: itself where it is models that are compared."""
    from newaisle.errors import TemplateError
    from newaisle.prompts.library import load_template
    from newaisle.prompts.own import variant

    folder = settings.prompts_folder
    used = load_template(name, language=language, folder=folder)
    if vs is None:
        return used, used
    other = variant(vs, name, language, folder)
    if other.language != used.language:
        raise TemplateError(
            f"is in another language than the one in use: give one in {used.language!r}", path=other.path
        )
    if other.hash == used.hash:
        raise TemplateError(f"is what the template in use ({used.path}) says too: change one first", path=other.path)
    return used, other


def _compare(
    settings: Settings, data: Path | None, variants: Sequence[Variant], cases: int, show: int, progress: StageProgress
) -> Found:
    from newaisle.agent.evaluate.variant_cases import own_tests
    from newaisle.agent.evaluate.variants import answer_cases

    name, each = variants[0].template.name, partial(progress, "cases")
    if name == "turn":
        return answer_cases(variants, own_tests(one.template for one in variants), each).compared()
    if name in _RANKING:
        return _by_ranking(measured(settings, data, progress=progress), variants, cases, each)
    return _by_answers(with_shop_of(settings, data, progress=progress), variants, cases, show, each)


def _by_ranking(data: Measured, variants: Sequence[Variant], cases: int, progress: Progress) -> VariantComparison:
    from newaisle.agent.evaluate.compare import Entrant, judge_both
    from newaisle.agent.evaluate.variants import of_rankings

    def entrant(variant: Variant) -> Entrant:
        return Entrant(lambda: nullcontext(variant.model), variant.template)

    first, second = map(entrant, variants)
    return of_rankings(variants, judge_both(data, (first, second), most=cases, progress=progress))


def _by_answers(settings: Settings, variants: Sequence[Variant], cases: int, show: int, progress: Progress) -> Found:
    from newaisle.agent.cli.opening import opened
    from newaisle.agent.evaluate.variant_cases import answer_enough, describing, explaining
    from newaisle.agent.evaluate.variants import answer_cases
    from newaisle.agent.shop.backends import wording_of

    with opened(settings) as shop:
        parts, is_profile = shop.parts, variants[0].template.name == "profile"
        if len(variants) == 1:
            answered = answer_enough(variants[0], parts, cases, progress)
        else:
            made = describing(parts, cases) if is_profile else explaining(parts, cases)
            answered = answer_cases(variants, made, progress)
    told = ""
    if answered.texts(0) and not variants[0].model.given_up:
        told = wording_of(settings).put(variants[0].template, answered.texts(0)).told
    return answered.compared(show=show) if len(variants) > 1 else answered.measured(told, show=show)


def _require_asked(template: Template, model: LanguageModel) -> None:
    """Raise RequestError for a model that the prompt is never put to."""
    from newaisle.agent.evaluate.template_tests import why_not_asked
    from newaisle.errors import RequestError

    if reason := why_not_asked(template, model):
        raise RequestError(f"{reason}: choose another model with --model")


def _print(found: Found) -> None:
    from newaisle.agent.evaluate.text_page import figures

    console, each = stdout_console(), found.contestants
    made = table("", *(escaped(one.name) for one in each), others={"overflow": "fold"})
    for name, cells in figures(found):
        made.add_row(name, *cells)
    of_what = f"{found.answers:,} answers in {found.cases:,} cases"
    console.print(f"[bold]{found.prompt} {found.language}[/], {escaped(found.model)}: {of_what}")
    console.print(made)
    for one in each:
        for kind, count in (one.gain.refusals if one.gain else {}).items():
            console.print(f"{escaped(one.name)}, refused {count} times: {escaped(kind)}", soft_wrap=True)
    print_texts(console, found.shown)
    console.print(escaped(found.verdict), soft_wrap=True)
