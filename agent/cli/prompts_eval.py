"""`newaisle prompts eval`: two variants of a template on the same cases."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.complete import complete_file
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.prompts_options import folder_options, language_option, name_argument
from newaisle.agent.cli.prompts_tests import needed_model
from newaisle.agent.cli.screen import progress_bars, stdout_console
from newaisle.agent.settings.settings import Settings
from newaisle.languages import Language
from newaisle.progress import Progress

if TYPE_CHECKING:
    from newaisle.agent.evaluate.variants import Variant, VariantComparison
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.prompts.template import Template

_CASES = 40  # some minutes for a small model on two cores
_RANKING = ("rank", "listwise")
_TRUE = "statements of the first texts that hold"


@click.command(name="eval")
@name_argument
@click.option(
    "--vs",
    required=True,
    metavar="OTHER",
    shell_complete=complete_file,
    help="`bundled`, `yours`, a file, or a folder of templates.",
)
@click.option("--cases", type=click.IntRange(min=2), default=_CASES, show_default=True, help="About so many answers.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@language_option
@folder_options
@model_options
@pass_settings
def eval_command(settings: Settings, /, name: str, vs: str, cases: int, as_json: bool, language: Language) -> None:
    """Compare the template in use with another of the same prompt, on the same cases, by the model in use.

    The cases are customers of the shop in categories that are new to them. Templates that explain are compared by how
    many texts pass the check at the first try, those that rank by NDCG@10, `profile` by how many paragraphs are kept,
    and `turn` by the `tests` of both. The last line says which is better, if that can be said.

    \b
    Examples:
      newaisle prompts eval explain --vs bundled
      newaisle prompts eval rank --vs drafts/rank.en.yaml --cases 100 --json
    """
    from newaisle.agent.evaluate.variants import Variant
    from newaisle.errors import TemplateError
    from newaisle.prompts.library import load_template
    from newaisle.prompts.own import variant

    folder = settings.prompts_folder
    used, other = load_template(name, language=language, folder=folder), variant(vs, name, language, folder)
    if other.language != used.language:
        raise TemplateError(
            f"is in another language than the one in use: give one in {used.language!r}", path=other.path
        )
    if other.hash == used.hash:
        raise TemplateError(f"is what the template in use ({used.path}) says too: change one first", path=other.path)
    variants = Variant(used.origin, used), Variant(vs, other)
    with progress_bars({"cases": "comparing"}) as progress:
        ways = _by_ranking if name in _RANKING else _by_answers
        found = ways(settings, variants, cases, partial(progress, "cases"))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        _print(found)


def _by_ranking(
    settings: Settings, variants: tuple[Variant, Variant], cases: int, progress: Progress
) -> VariantComparison:
    """Templates that rank are compared as `newaisle eval --prompt` compares them."""
    from newaisle.agent.evaluate.compare import Entrant, judge_both
    from newaisle.agent.evaluate.data import read_shop
    from newaisle.agent.evaluate.variants import of_rankings
    from newaisle.agent.shop.session import require_shop

    require_shop(settings)
    with needed_model(settings) as model:
        _require_asked(variants[0].template, model)
        entrants = [Entrant(one.name, lambda: nullcontext(model), one.template) for one in variants]
        judged = judge_both(read_shop(settings.shop), (entrants[0], entrants[1]), most=cases, progress=progress)
        return of_rankings(variants, judged, model.name)


def _by_answers(
    settings: Settings, variants: tuple[Variant, Variant], cases: int, progress: Progress
) -> VariantComparison:
    from newaisle.agent.cli.opening import opened
    from newaisle.agent.evaluate.shop_facts import ShopFacts
    from newaisle.agent.evaluate.variant_cases import describing, explaining, own_tests
    from newaisle.agent.evaluate.variants import compare_variants

    template = variants[0].template
    if template.name == "turn":
        with needed_model(settings) as model:
            _require_asked(template, model)
            return compare_variants(variants, own_tests(one.template for one in variants), model, progress)
    with opened(settings) as shop, needed_model(settings) as model:
        parts = shop.parts
        facts = ShopFacts(parts.ledger)
        _require_asked(template, model)
        made = describing(parts, cases) if template.name == "profile" else explaining(parts, facts, cases)
        return compare_variants(variants, made, model, progress)


def _require_asked(template: Template, model: LanguageModel) -> None:
    """Raise RequestError for a model that the prompt is never put to."""
    from newaisle.agent.evaluate.template_tests import why_not_asked
    from newaisle.errors import RequestError

    if reason := why_not_asked(template, model):
        raise RequestError(f"{reason}: choose another model with --model")


def _print(found: VariantComparison) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from newaisle.agent.evaluate.wording import percent

    console, both = stdout_console(), (found.first, found.second)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for one in both:
        table.add_column(escape(one.name), justify="right", overflow="fold")
    for name, cells in (
        (found.quality, [f"{one.quality:.3f}" for one in both]),
        (found.of_use, [percent(one.of_use) for one in both]),
        (_TRUE, [percent(one.supported) for one in both if one.supported is not None]),
        ("tokens read an answer", [f"{one.evaluated:.0f}" for one in both]),
        ("tokens written an answer", [f"{one.generated:.1f}" for one in both]),
        ("seconds an answer", [f"{one.seconds:.2f}" for one in both]),
    ):
        if len(cells) == len(both):
            table.add_row(name, *cells)
    of_what = f"{found.answers:,} answers in {found.cases:,} cases"
    console.print(f"[bold]{found.prompt} {found.language}[/], {escape(found.model)}: {of_what}")
    console.print(table)
    console.print(escape(found.verdict), soft_wrap=True)
