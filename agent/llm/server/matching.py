"""Which of a fixed list of strings a free text means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence


def match_choice(text: str, choices: Sequence[str]) -> str:
    """The choice that the text is, begins with, is the beginning of, or contains, in this order.

    "" where that is none, or not just one.
    Case, spaces and punctuation do not count. "1" is not found in "10", but "one" is in "the one, I think".
    """
    said = _words(text)
    tests: tuple[Callable[[str], bool], ...] = (
        lambda choice: choice == said,
        lambda choice: _find(choice, said) == 0,
        lambda choice: choice.startswith(said),
        lambda choice: _find(choice, said) >= 0,
    )
    if text in choices:
        return text
    if not said:
        return ""
    for test in tests:
        found = {choice for choice in choices if (words := _words(choice)) and test(words)}
        if len(found) == 1:
            return found.pop()
    return ""


def _words(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _find(choice: str, said: str) -> int:
    """Where the choice stands in the text, letters and digits of ASCII not running on at its ends; -1 for nowhere."""
    before = r"(?<![a-z0-9])" if choice[0].isascii() else ""
    after = r"(?![a-z0-9])" if choice[-1].isascii() else ""
    found = re.search(f"{before}{re.escape(choice)}{after}", said)
    return found.start() if found else -1
