"""What options name files for: a brief, products that are brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.cli.screen import note, rows

if TYPE_CHECKING:
    from newaisle.store.rows import Product


def text_of(file_or_text: str) -> str:
    """The contents of the file of that name, or the text itself."""
    from newaisle.errors import InputError
    from newaisle.store.cleaning import clean_text

    try:
        is_file = Path(file_or_text).is_file()
    except (OSError, ValueError):  # a text too long, or with characters no path may have
        is_file = False
    if not is_file:
        return clean_text(file_or_text)
    try:
        return clean_text(Path(file_or_text).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot read the brief {file_or_text} ({exc}): give a UTF-8 text file, or the text") from exc


def read_products(file: str) -> list[Product]:
    """The products of a file, `-` being standard input; says how many rows cannot be used.

    Raises InputError where none can.
    """
    from newaisle.errors import InputError
    from newaisle.store.shop import Reject, open_catalogue

    rejects: list[Reject] = []
    with open_catalogue("-" if file == "-" else Path(file), on_reject=rejects.append) as reading:
        products = list(reading)
    if rejects:
        first = f"the first, line {rejects[0].line}: {rejects[0].reason}"
        note(f"{rows(len(rejects))} of {reading.name} cannot be used, {first}")
    if not products:
        raise InputError(f"nothing in {reading.name} can be used: give a catalogue with ids and titles")
    return products
