"""`newaisle prompts`: see, edit, check and render the templates that every prompt is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.cli.options import home_option, model_options, pass_settings
from agent.cli.recommend import asking, note_rebuild, query_from
from agent.cli.screen import note, print_messages
from agent.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.parts import Parts
    from prompts.errors import PromptError
    from prompts.library import Listed
    from prompts.messages import Message
    from prompts.order import Note

_language = click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Which language's template."
)


@click.group(name="prompts")
def prompts_group() -> None:
    """Look at the prompts, change them, and check the changes.

    Every prompt that reaches a model is a template file. Your own copies lie in the folder `prompts` of the data
    folder and win over the bundled ones.
    """


@prompts_group.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@home_option
def list_command(as_json: bool) -> None:
    """List the templates in use, and whose they are.

    \b
    Example:
      newaisle prompts list
    """
    from prompts.library import list_templates

    templates = list_templates(_folder())
    if as_json:
        click.echo(json.dumps([_row(template) for template in templates], ensure_ascii=False, indent=2))
        return
    for template in templates:
        about = template.description if template.problem is None else f"cannot be used: {template.problem}"
        click.echo(f"{template.name:<8} {template.language}  {template.origin:<8} {about}")


def _row(template: Listed) -> dict[str, str | None]:
    return {
        "name": template.name,
        "language": template.language,
        "origin": template.origin,
        "description": template.description,
        "path": str(template.path),
        "hash": template.hash,
        "problem": template.problem,
    }


@prompts_group.command(name="show")
@click.argument("name")
@_language
@home_option
def show_command(name: str, language: str) -> None:
    """Print the template in use, as it stands in its file.

    \b
    Example:
      newaisle prompts show explain --language zh
    """
    from prompts.library import find_template
    from prompts.source import read_text

    path, _ = find_template(name, language, _folder())
    click.echo(read_text(path), nl=False)


@prompts_group.command(name="path")
@click.argument("name")
@_language
@home_option
def path_command(name: str, language: str) -> None:
    """Print where the template in use lies.

    \b
    Example:
      newaisle prompts path explain
    """
    from prompts.library import find_template

    path, _ = find_template(name, language, _folder())
    click.echo(path)


@prompts_group.command(name="edit")
@click.argument("name")
@_language
@home_option
def edit_command(name: str, language: str) -> None:
    """Change a template in your editor ($VISUAL or $EDITOR), on a copy of your own.

    What you save is checked first. If something is wrong with it, the template in use stays as it was, and your
    text is kept for the next edit.

    \b
    Example:
      newaisle prompts edit explain
    """
    from prompts.editing import edit_template

    path = edit_template(name, language, _folder(), editor=_open_editor)
    click.echo(f"In use from now on: {path}" if path else "Nothing was changed.", err=True)


def _open_editor(draft: Path) -> None:
    from prompts.errors import PromptError

    try:
        click.edit(filename=str(draft))
    except click.ClickException as exc:
        raise PromptError(f"{exc.message}; set VISUAL or EDITOR to an editor that works here") from exc


@prompts_group.command(name="check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@home_option
def check_command(names: tuple[str, ...]) -> None:
    """Check the templates in use, or those of the NAMEs, in every language.

    Each problem is one line, PATH:LINE: what is wrong. Exits with 3 when there is any. A line with `note:` is advice
    on a template that works, but has a model read again what stays the same; it changes nothing about the exit code.

    \b
    Examples:
      newaisle prompts check
      newaisle prompts check explain
    """
    from prompts.check import check_names, check_template
    from prompts.errors import TemplateError
    from prompts.library import find_template, templates_in_use
    from prompts.order import order_notes

    for name in names:
        find_template(name, "en", _folder())
    paths = [path for _, path, _ in templates_in_use(_folder()) if not names or path.name.partition(".")[0] in names]
    found = sum(_report(path, check_template(path), order_notes(path)) for path in paths)
    if not names:
        found += sum(_report(problem.path, [problem]) for problem in check_names(_folder()))
    if found:
        raise TemplateError(
            f"{found} {'problem' if found == 1 else 'problems'} found; mend with `newaisle prompts edit NAME`"
        )


def _report(path: Path | None, problems: Sequence[PromptError], notes: Sequence[Note] = ()) -> int:
    click.echo("\n".join(map(str, [*problems, *notes])) or f"{path}: ok")
    return len(problems)


@prompts_group.command(name="render")
@click.argument("name")
@asking
@click.option(
    "-n", "place", type=click.IntRange(min=1), default=1, show_default=True, help="Which recommendation, for `explain`."
)
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON, with what is data in each.")
@home_option
@model_options
@pass_settings
def render_command(settings: Settings, /, name: str, place: int, as_json: bool, **asked: Any) -> None:
    """Print the exact messages that a model gets for a customer and a category; no model is asked.

    On a terminal, what was put into the template is coloured and underlined. The number of tokens goes to stderr if
    the language model is installed. Products are in the order they have without a model's likelihood.

    \b
    Examples:
      newaisle prompts render explain --user mara --category "Camp Kitchen"
      newaisle prompts render explain --user mara --category "Camp Kitchen" -n 3 --json
      newaisle prompts render rank --user mara --category "Camp Kitchen" --language zh
    """
    from agent.preview import preview
    from agent.session import open_parts

    with open_parts(settings, on_rebuild=note_rebuild) as parts:
        found = preview(name, query_from(**asked), parts, place=place)
        if as_json:
            click.echo(json.dumps([_message(message) for message in found.messages], ensure_ascii=False, indent=2))
        else:
            print_messages(found.messages)
        # A server would have to be sent the messages to count them.
        if settings.language_models and settings.language_models == settings.local_models:
            _note_tokens(parts, found.messages)


def _message(message: Message) -> dict[str, Any]:
    parts = [{"text": part.text, "is_data": part.is_data} for part in message.parts]
    return {"role": message.role, "text": message.text, "parts": parts}


def _note_tokens(parts: Parts, messages: Sequence[Message]) -> None:
    from agent.llm.errors import LanguageModelError
    from agent.models.errors import ModelError

    assert parts.model is not None
    try:
        model = parts.model()
    except (ModelError, LanguageModelError) as exc:
        note(f"tokens not counted: {exc}")
        return
    note(f"{model.count_tokens(messages):,} tokens of the {model.context_size:,} that {model.name} reads")


def _folder() -> Path:
    home: Path = click.get_current_context().obj.home
    return home / "prompts"
