"""What a language model made of some products' claims, beside the claims' own sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newaisle.agent.cli.tables import Column, escaped, grid

if TYPE_CHECKING:
    from rich.console import Console

    from newaisle.agent.evaluate.variants import Shown
    from newaisle.agent.schema.gain import Worded

_NAME: Column = {"justify": "right", "max_width": 24, "overflow": "fold"}  # a variant may be called by a long path


def print_texts(console: Console, shown: Sequence[Shown]) -> None:
    """The claims' own sentences for each product, and below them what each model wrote."""
    for one in shown:
        console.print(f"\n[bold]{_plain(one.title)}[/]")
        made = grid(_NAME, {"overflow": "fold"})
        made.add_row("[dim]claims[/]", _plain(one.own))
        for name, worded in one.by.items():
            made.add_row(f"[dim]{_plain(name)}[/]", _worded(worded))
        console.print(made)
    if shown:
        console.print()


def _worded(one: Worded) -> str:
    if one.refusal is not None:
        return f"[yellow]refused[/] ({_plain(one.refusal)}): [dim]{_plain(one.text)}[/]"
    return f"{_plain(one.text)}{' [dim](the same again)[/]' if one.again else ''}"


def _plain(text: str) -> str:
    """A text that neither marks anything up nor steers the terminal."""
    from newaisle.agent.evaluate.drawing import clean

    return escaped(clean(text))
