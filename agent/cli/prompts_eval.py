"""`newaisle prompts eval`: two variants of a template on the same cases."""

from __future__ import annotations

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
from newaisle.agent.cli.screen import progress_bars
from newaisle.agent.cli.tables import escaped, stdout_console, table
from newaisle.agent.settings.settings import Settings
from newaisle.languages import Language
from newaisle.progress import Progress, StageProgress

if TYPE_CHECKING:
    from newaisle.agent.evaluate.data import Measured
    from newaisle.agent.evaluate.variants import Variant, VariantComparison
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.prompts.template import Template

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
    as_json: bool,
    language: Language,
) -> None:
    """Compare the template in use with another of the same prompt, or two models, on the same cases.

    The cases are customers of the shop, or of the data in FOLDER, in categories that are new to them. Templates that
    explain are compared by how many texts pass the check at the first try, those that rank by NDCG@10, `profile` by how
    many paragraphs are kept, and `turn` by the `tests` of both. The last line says which is better, if that can be
    said.

    \b
    Examples:
      newaisle prompts eval explain --vs bundled
      newaisle prompts eval rank --vs drafts/rank.en.yaml --cases 100 --json
      newaisle prompts eval rank data/movielens_small --vs-model qwen2.5-3b
    """
    if (vs is None) == (vs_model is None):
        raise click.UsageError("give what to compare with: --vs OTHER, or --vs-model NAME")
    from newaisle.agent.evaluate.variants import Variant

    templates = _templates(settings, name, language, vs)
    other = settings if vs_model is None else replace(settings, model=vs_model)
    with (
        progress_bars(_STAGES) as progress,
        needed_model(settings) as first,
        needed_model(other) if vs_model else nullcontext(first) as second,
    ):
        variants = (
            Variant(first.name if vs_model else templates[0].origin, templates[0], first),
            Variant(vs or second.name, templates[1], second),
        )
        for variant in variants:
            _require_asked(variant.template, variant.model)
        found = _compare(settings, data, variants, cases, progress)
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
    settings: Settings, data: Path | None, variants: tuple[Variant, Variant], cases: int, progress: StageProgress
) -> VariantComparison:
    from newaisle.agent.evaluate.variant_cases import own_tests
    from newaisle.agent.evaluate.variants import compare_variants

    name, each = variants[0].template.name, partial(progress, "cases")
    if name == "turn":
        return compare_variants(variants, own_tests(one.template for one in variants), each)
    if name in _RANKING:
        return _by_ranking(measured(settings, data, progress=progress), variants, cases, each)
    return _by_answers(with_shop_of(settings, data, progress=progress), variants, cases, each)


def _by_ranking(data: Measured, variants: tuple[Variant, Variant], cases: int, progress: Progress) -> VariantComparison:
    from newaisle.agent.evaluate.compare import Entrant, judge_both
    from newaisle.agent.evaluate.variants import of_rankings

    def entrant(variant: Variant) -> Entrant:
        return Entrant(lambda: nullcontext(variant.model), variant.template)

    first, second = map(entrant, variants)
    return of_rankings(variants, judge_both(data, (first, second), most=cases, progress=progress))


def _by_answers(
    settings: Settings, variants: tuple[Variant, Variant], cases: int, progress: Progress
) -> VariantComparison:
    from newaisle.agent.cli.opening import opened
    from newaisle.agent.evaluate.variant_cases import describing, explaining
    from newaisle.agent.evaluate.variants import compare_variants

    with opened(settings) as shop:
        parts, is_profile = shop.parts, variants[0].template.name == "profile"
        made = describing(parts, cases) if is_profile else explaining(parts, cases)
        return compare_variants(variants, made, progress)


def _require_asked(template: Template, model: LanguageModel) -> None:
    """Raise RequestError for a model that the prompt is never put to."""
    from newaisle.agent.evaluate.template_tests import why_not_asked
    from newaisle.errors import RequestError

    if reason := why_not_asked(template, model):
        raise RequestError(f"{reason}: choose another model with --model")


def _print(found: VariantComparison) -> None:
    from newaisle.agent.evaluate.wording import percent

    console, both = stdout_console(), (found.first, found.second)
    made = table("", *(escaped(one.name) for one in both), others={"overflow": "fold"})
    for name, cells in (
        (found.quality, [f"{one.quality:.3f}" for one in both]),
        (found.of_use, [percent(one.of_use) for one in both]),
        ("tokens read an answer", [f"{one.evaluated:.0f}" for one in both]),
        ("tokens written an answer", [f"{one.generated:.1f}" for one in both]),
        ("seconds an answer", [f"{one.seconds:.2f}" for one in both]),
    ):
        made.add_row(name, *cells)
    of_what = f"{found.answers:,} answers in {found.cases:,} cases"
    console.print(f"[bold]{found.prompt} {found.language}[/], {escaped(found.model)}: {of_what}")
    console.print(made)
    console.print(escaped(found.verdict), soft_wrap=True)
