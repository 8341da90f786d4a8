"""What is known of a file's rows before they are read, and what was found out about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

_FEWEST = 3  # fields that tell a row of names
_LONGEST_NAME = 100  # characters: longer texts are none


@dataclass(slots=True)
class Hints:
    """Which field a column of some name usually holds (None: none), and the fields that every row needs.

    By them a row of names is told from a row of values, and rows from what stands around them. `notes` are what readers
    have to say about the file, each once.
    """

    field_of: Callable[[str], str | None] = lambda name: None
    needed: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()  # of the columns, where the file has no header
    notes: dict[str, None] = field(default_factory=dict)
    word_field: Callable[[str], str | None] = lambda name: (
        None
    )  # the field that a column holds by the words of its name

    def fields(self, names: Iterable[str]) -> set[str]:
        """The fields that columns of these names hold."""
        return {found for name in names if len(name) <= _LONGEST_NAME and (found := self.field_of(name))}

    def are_names(self, cells: Sequence[str]) -> bool:
        """Whether most of some cells are names of columns by their words, each of another field."""
        fields = {self.word_field(cell) for cell in cells if cell.strip() and len(cell) <= _LONGEST_NAME} - {None}
        return len(fields) >= max(_FEWEST, len(cells) / 2)

    def rank(self, names: Iterable[str]) -> tuple[bool, int]:
        """How much names look like those of a row: whether every needed field is there, and how many fields are."""
        fields = self.fields(names)
        return bool(self.needed) and self.needed <= fields, len(fields)

    def rank_of_keys(self, names: Iterable[str]) -> tuple[bool, int]:
        """As `rank`, for the keys of an object, which are names for sure, so that their words tell as well."""
        known = [name for name in names if len(name) <= _LONGEST_NAME]
        fields = {self.field_of(name) or self.word_field(name) for name in known} - {None}
        return bool(self.needed) and self.needed <= fields, len(fields)

    def note(self, text: str) -> None:
        self.notes[text] = None
