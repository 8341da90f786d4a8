"""`newaisle prompts check` and `test`: whether templates are right, and what a model makes of one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_template
from newaisle.agent.cli.opening import loaded_model
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.prompts_options import counting_model, folder_options, language_option, name_argument
from newaisle.agent.cli.screen import note
from newaisle.agent.cli.tables import print_json
from newaisle.agent.settings.settings import NO_MODEL, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newaisle.agent.evaluate.template_check import Checked
    from newaisle.agent.evaluate.template_tests import Tested
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.errors import PromptError


@click.command(name="check")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_template)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, a template each.")
@folder_options
@model_options
@pass_settings
def check_command(settings: Settings, /, names: tuple[str, ...], as_json: bool) -> None:
    """Check the templates in use, or those of the NAMEs, in every language, and your own phrases.

    Looks at syntax, variables, limits and the worked examples, whose answers have to be of use, and at whether the
    prompt fits into what the model reads, with lists as long as they get; tokens are estimated where no local model is
    installed. Each problem is one line, PATH:LINE: what is wrong. Exits with 3 when there is any. A line with `note:`
    is advice on a template that works: what is read again though it stays the same, or an example that the check of
    explanations refuses; it changes nothing about the exit code.

    \b
    Examples:
      newaisle prompts check
      newaisle prompts check explain --json
    """
    from newaisle.agent.evaluate.template_check import check, check_phrases
    from newaisle.errors import TemplateError
    from newaisle.prompts.check import check_names
    from newaisle.prompts.library import find_template, templates_in_use

    folder = settings.prompts_folder
    for name in names:
        find_template(name, "en", folder)
    paths = [path for _, path, _ in templates_in_use(folder) if not names or path.name.partition(".")[0] in names]
    with counting_model(settings) as model:
        found = [check(path, model) for path in paths]
    found += [] if names else check_phrases(folder)
    strays = [] if names else check_names(folder)
    _print_json(found, strays) if as_json else _print(found, strays)
    count = sum(len(one.problems) for one in found) + len(strays)
    if count:
        raise TemplateError(
            f"{count} {'problem' if count == 1 else 'problems'} found; mend with `newaisle prompts edit NAME`"
        )


def _print(found: Sequence[Checked], strays: Sequence[PromptError]) -> None:
    for one in found:
        for line in [*one.problems, *one.notes]:
            click.echo(line)
        if not one.problems:
            click.echo(f"{one.path}: ok{f', {one.size}' if one.size else ''}")
    for problem in strays:
        click.echo(problem)


def _print_json(found: Sequence[Checked], strays: Sequence[PromptError]) -> None:
    rows = [_row(one.path, one.problems, one) for one in found]
    rows += [_row(problem.path, [problem], None) for problem in strays]
    print_json(rows)


def _row(path: Path | None, problems: Sequence[PromptError], checked: Checked | None) -> dict[str, Any]:
    size = checked.size if checked else None
    return {
        "path": str(path),
        "problems": [{"line": one.line, "message": one.message} for one in problems],
        "notes": [{"line": one.line, "message": one.message} for one in (checked.notes if checked else [])],
        "tokens": size and size.tokens,
        "context": size and size.context,
        "counted_by": size and size.model,
    }


@click.command(name="test")
@name_argument
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, a test each.")
@language_option
@folder_options
@model_options
@pass_settings
def test_command(settings: Settings, /, name: str, as_json: bool, language: str) -> None:
    """Run the `tests` of the template in use with the language model in use.

    Each test is one line, PATH:LINE: passed, or what the answer lacks; then the answer follows. Exits with 5 where one
    fails, with 4 where there is no model. A model that this prompt is never put to, as in a language that it does not
    master, is not asked here either.

    \b
    Examples:
      newaisle prompts test explain
      newaisle prompts test rank --prompts drafts --json
    """
    from newaisle.agent.evaluate.template_tests import run_tests, why_not_asked
    from newaisle.errors import UselessAnswer
    from newaisle.prompts.library import load_template

    template = load_template(name, language=language, folder=settings.prompts_folder)
    found: list[Tested] = []
    with needed_model(settings) as model:
        if reason := why_not_asked(template, model):
            note(f"not run: {reason}; choose another model with --model")
        elif not template.tests:
            note(f"{template.path} has no tests: write some under `tests`")
        else:
            for tested in run_tests(template, template.tests, model):
                found.append(tested)
                if not as_json:
                    _print_tested(template.path, tested)
    if as_json:
        print_json([asdict(one) for one in found])
    failed = sum(bool(one.unmet) for one in found)
    if failed:
        raise UselessAnswer(
            f"{failed} of {len(found)} tests failed: mend the template with `newaisle prompts edit {name}`,"
            " or try a stronger model"
        )


def needed_model(settings: Settings) -> LanguageModel:
    """The language model in use; raises BackendDown where none is to be."""
    from newaisle.errors import BackendDown

    if settings.model == NO_MODEL:
        raise BackendDown("this needs a language model: give --model NAME; `newaisle models list` has names")
    return loaded_model(settings)


def _print_tested(path: Path, tested: Tested) -> None:
    if not tested.unmet:
        click.echo(f"{path}:{tested.line}: passed in {tested.seconds:.1f} s")
        return
    click.echo(f"{path}:{tested.line}: failed: {'; '.join(tested.unmet)}")
    for line in tested.answer.splitlines() or [""]:
        click.echo(f"    {line}".rstrip())
