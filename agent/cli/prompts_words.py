"""`newaisle prompts words`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.screen import note

if TYPE_CHECKING:
    from newaisle.languages import Language


@click.command(name="words")
@click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Which language's words."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def words_command(language: Language, as_json: bool) -> None:
    """List the praise, promises and pressure that no text may have.

    A text of a model that has one of them is refused, but where the product's own fields or a claim say it. A * stands
    for any ending.

    \b
    Examples:
      newaisle prompts words
      newaisle prompts words --language zh --json
    """
    from newaisle.agent.wording.check.vocabulary import promises, words_file

    found, path = promises(language), words_file(language)
    if as_json:
        click.echo(json.dumps({"path": str(path), "words": found}, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(found))
    note(f"under `promises` in {path}")
