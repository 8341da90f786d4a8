"""What reading and storing a file says beside its rows: the rejected ones, and what became of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_NAMED = 12  # columns named in the line of a file


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be used: first line (in Parquet: row), reason, and the row itself, cut to 2,000 characters."""

    source: str
    line: int
    reason: str
    row: dict[str, Any] | str


@dataclass(frozen=True, slots=True)
class Understood:
    """The field that a column of a file was found to hold, and why; None where it is not used."""

    column: str
    field: str | None
    why: str


@dataclass(slots=True)
class ReadReport:
    """What became of a file's rows: read = kept + joined + merged + replaced + ignored + rejected."""

    read: int = 0
    kept: int = 0
    joined: int = 0  # variants, translations and parts of a product, which is kept once
    merged: int = 0  # exact duplicates of another row
    replaced: int = 0  # products whose id came again further down with other content
    ignored: int = 0  # interactions whose event means "ignore"; rows of a product that only show a picture
    rejected: int = 0
    warnings: list[str] = field(default_factory=list)  # what the user may want to settle
    notes: list[str] = field(default_factory=list)  # what was found about the file
    format: str | None = None  # the name of the file's format, where it has one
    columns: list[Understood] = field(default_factory=list)

    def understood(self) -> str:
        """One line: which column is which field, and why where neither its name nor the format says so."""
        format_and_name = ("its name", self.format)
        fields: dict[str, list[str]] = {}
        for one in self.columns:
            if one.field not in (None, "attributes"):
                why = "" if one.why in format_and_name else f" ({one.why})"
                fields.setdefault(str(one.field), []).append(one.column + why)
        parts = [
            f"read as {self.format}" if self.format else "",
            ", ".join(f"{field} = {' + '.join(columns)}" for field, columns in fields.items()),
        ]
        parts += [
            f"{what}: {_some([one.column for one in self.columns if one.field == field])}"
            for what, field in (("attributes", "attributes"), ("left out", None))
            if any(one.field == field for one in self.columns)
        ]
        return "; ".join(filter(None, parts))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


@dataclass(slots=True)
class Changes:
    """How many rows a write added, changed, left as they were and removed."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.added or self.updated or self.removed)

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
        )
