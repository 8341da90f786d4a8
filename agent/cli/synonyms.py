"""`newaisle synonyms`: what words mean the same in this shop, and what a wider word covers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from newaisle.agent.cli.options import Group, home_option, pass_settings
from newaisle.agent.cli.screen import note
from newaisle.agent.cli.tables import print_json
from newaisle.agent.settings.settings import Settings


@click.group(name="synonyms", cls=Group)
def synonyms_group() -> None:
    """See what words mean the same, and check a file of your own.

    A text may say "metal" of what the catalogue calls titanium. Your own words are the file `synonyms.txt` of the data
    folder, beside the bundled ones: a line of words with commas between them, or `wide => narrow, narrow`.

    \b
    Example:
      newaisle synonyms check
    """


@click.command(name="check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--word", "words", multiple=True, metavar="WORD", help="Show what serves whoever asks for it. Repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@home_option
@pass_settings
def check_command(settings: Settings, /, file: Path | None, words: tuple[str, ...], as_json: bool) -> None:
    """Check FILE, or the shop's own `synonyms.txt`, and show what a word is served by.

    Exits with 3 at the first line that is wrong, and says which.

    \b
    Examples:
      newaisle synonyms check --word metal
      newaisle synonyms check drafts/synonyms.txt --json
    """
    from newaisle.store.synonyms import BUNDLED, Synonyms

    own = file or settings.shop.synonyms_file
    found = Synonyms.read([own] if file or own.exists() else [], str.casefold)
    all_found = Synonyms.read([*BUNDLED, *([own] if found.serving else [])], str.casefold)
    served = {word: _serving(all_found.serving, word) for word in words}
    if as_json:
        result = {"path": str(own) if found.serving else None, "words": len(found.serving), "served_by": served}
        print_json(result)
        return
    if found.serving:
        click.echo(f"{own}: ok, {len(found.serving)} words that others serve")
    else:
        note(f"no words in {own}; the bundled ones are used alone")
    for word, serving in served.items():
        click.echo(f"{word}: {', '.join(serving) or 'nothing but itself'}")


def _serving(serving: Mapping[str, frozenset[str]], word: str) -> list[str]:
    """What serves a word as the check of texts compares it: `metals` as `metal`."""
    from newaisle.store.stems import norm

    wanted = norm(word)
    return sorted(
        {one for key, found in serving.items() if norm(key) == wanted for one in found if norm(one) != wanted}
    )


synonyms_group.add_command(check_command)
