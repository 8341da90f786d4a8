"""`newaisle prompts test`: a template's own tests, with the language model in use."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.prompts_options import folder_options, language_option, name_argument
from newaisle.agent.cli.screen import note
from newaisle.agent.settings.settings import NO_MODEL, Settings

if TYPE_CHECKING:
    from newaisle.agent.evaluate.template_tests import Tested
    from newaisle.agent.llm.base import LanguageModel


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
                    _print(template.path, tested)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    failed = sum(bool(one.unmet) for one in found)
    if failed:
        raise UselessAnswer(
            f"{failed} of {len(found)} tests failed: mend the template with `newaisle prompts edit {name}`,"
            " or try a stronger model"
        )


def needed_model(settings: Settings) -> LanguageModel:
    """The language model in use; raises BackendDown where none is to be."""
    from newaisle.agent.cli.opening import loaded
    from newaisle.agent.shop.backends import load_model
    from newaisle.errors import BackendDown

    if settings.model == NO_MODEL:
        raise BackendDown("this needs a language model: give --model NAME; `newaisle models list` has names")
    return loaded("language model", partial(load_model, settings))


def _print(path: Path, tested: Tested) -> None:
    if not tested.unmet:
        click.echo(f"{path}:{tested.line}: passed in {tested.seconds:.1f} s")
        return
    click.echo(f"{path}:{tested.line}: failed: {'; '.join(tested.unmet)}")
    for line in tested.answer.splitlines() or [""]:
        click.echo(f"    {line}".rstrip())
