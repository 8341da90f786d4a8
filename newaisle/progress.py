"""How long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]  # done, total
StageProgress = Callable[[str, int, int], None]  # stage, done, total


def silent(*_: object) -> None:
    """Progress that nobody looks at."""
