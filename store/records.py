"""What every file is read into: its records, and the parts of it that are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One row as the file has it. `line` is its first physical line (in Parquet: its row), from 1."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A part of the file that is no record, and why."""

    line: int
    reason: str
    text: str
