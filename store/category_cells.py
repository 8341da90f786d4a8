"""Reads the categories in a cell: one path, or several, whose marks are found once from all cells of the column.

`A > B` is a path, `A; B` two categories. What a comma, a bar and a slash between letters mean, the column says: in
`Coats, Sale` and `Hats, Sale` the comma stands between two categories, as `Sale` comes with another one too, in
`Home, Garden & Tools` it belongs to the name. `Women/Tops` is a path where `Women/` begins other cells, `TV/Video` a
name. Lists whose names change their places (genres) are several categories, others (`Home|Kitchen`) one path.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from newaisle.store.cleaning import clean_text, flat_text, is_missing, written_list
from newaisle.store.formats import CategoryMarks
from newaisle.store.rows import PATH_SEPARATOR

CategoryPath = tuple[str, ...]

LONGEST_PATH = 10  # parts of a category path
MOST_PATHS = 30  # categories of a product
_MOST_CELLS = 20_000  # different ones that are looked at
_DEPTH = 4  # of nested values
_ARROW = r"\s*(?:-?>+|›|»|::)\s*"
_LEVEL = re.compile(rf"({_ARROW}|\s+/\s+)")
_BETWEEN = "\x1f"  # never in clean text
_CHANGES_PLACE = 0.3  # share of the names met again that change their place where they are no path
_IS_ENUMERATION = re.compile(r"[&＆]|\b(?:and|und|et|y|e|og|och|en)\b", re.I)


@dataclass(slots=True)
class CategoryEvidence:
    """What the cells of a file's category column look like."""

    cells: Counter[str] = field(default_factory=Counter)
    lists: set[CategoryPath] = field(default_factory=set)
    paths: bool = False  # whether lists hold objects with paths of their own

    def add(self, value: object) -> None:
        if isinstance(value, str):
            if len(self.cells) < _MOST_CELLS:
                self.cells[value] += 1
        elif isinstance(value, list) and len(self.lists) < _MOST_CELLS:
            self.paths = self.paths or any(isinstance(part, dict) and part.get("path") for part in value)
            self.lists.add(tuple(_names(value)))

    def reading(self, marks: CategoryMarks | None, *, several: bool = False) -> CategoryReading:
        """How to read the column; `marks`: as the file's format says; `several`: its name says that a cell has some."""
        if marks:
            return CategoryReading(split=lambda text: _by_marks(text, marks), is_list=bool(marks.between))
        texts = list(map(clean_text, self.cells))
        bars = [tuple(map(str.strip, text.split("|"))) for text in texts if "|" in text]
        paths = any(all("/" in part for part in bar) or any(re.search(_ARROW, part) for part in bar) for bar in bars)
        column = _Column(
            bar_between=paths or _change_places(bars), comma_between=several, dot_levels=_are_dotted(texts)
        )
        column.learn(texts)
        written = {tuple(_names(listed)) for text in texts if (listed := written_list(text)) is not None}
        return CategoryReading(split=column.split, is_list=self.paths or _change_places(self.lists | written))


@dataclass(slots=True)
class CategoryReading:
    """How one file writes categories. `is_list`: a list holds several of them, not the parts of one path."""

    split: Callable[[str], list[CategoryPath]] = lambda text: _Column().split(text)
    is_list: bool = False
    _read: dict[str, tuple[CategoryPath, ...]] = field(default_factory=dict)

    def paths(self, value: object) -> tuple[CategoryPath, ...]:
        """All categories of a cell, the deepest first and then the first; none that is part of another."""
        if isinstance(value, list | dict):
            return _ordered(self._of_nested(value))
        text = flat_text(value)
        known = self._read.get(text)
        if known is None:
            known = _ordered(self._of_text(text))
            if len(self._read) < _MOST_CELLS:
                self._read[text] = known
        return known

    def _of_text(self, text: str) -> list[CategoryPath]:
        listed = written_list(text)
        return self.split(clean_text(text)) if listed is None else self._of_nested(listed)

    def _of_nested(self, value: object) -> list[CategoryPath]:
        if isinstance(value, list) and not any(isinstance(part, list) for part in value):
            names = _names(value)
            if self.is_list or any(_LEVEL.search(name) for name in names):
                return [path for name in names for path in self.split(name)]
            return [tuple(names)]
        if isinstance(value, list):
            return [path for part in value for path in (self._of_nested(part) if part else [])][:MOST_PATHS]
        return [path for name in _names([value]) for path in self.split(name)]


@dataclass(slots=True)
class _Column:
    """What the names of a column tell about its marks."""

    bar_between: bool = False
    comma_between: bool = False
    dot_levels: bool = False  # as in `electronics.audio.headphone`
    slash_levels: bool = False  # where most cells with slashes begin as others do
    firsts: Counter[str] = field(default_factory=Counter)  # first parts of paths, by how many cells begin with them
    contexts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # name -> what it stands in

    def learn(self, texts: Sequence[str]) -> None:
        pieces = [piece for text in texts for piece in self._pieces(text)]
        parts = {part.strip() for piece in pieces for part in piece.split(",")}
        self.firsts.update(map(_first, parts))
        slashed = [_first(part) for part in parts if "/" in part.strip("/") and not _LEVEL.search(part)]
        self.slash_levels = 2 * sum(self.firsts[first] > 1 for first in slashed) >= len(slashed)
        for piece in pieces:
            for segment in self._segments(piece)[::2]:
                for name in segment.split(","):
                    self.contexts[name.strip()].add(segment)

    def split(self, text: str) -> list[CategoryPath]:
        parts = [part for piece in self._pieces(text) for part in self._at_commas(piece).split(_BETWEEN)]
        return [_path(self._segments(part)[::2]) for part in parts[:MOST_PATHS]]

    def _pieces(self, text: str) -> list[str]:
        marks = r"\s*(?:[;\n|]|&&)\s*" if self.bar_between else r"\s*(?:[;\n]|&&)\s*"
        return [piece for piece in re.split(marks, text) if piece]

    def _segments(self, piece: str) -> list[str]:
        """Names and, between them, the marks of levels."""
        if self.dot_levels:
            return re.split(r"(\.)", piece)
        if piece.startswith("/"):
            return re.split("(/)", piece)
        if _LEVEL.search(piece):
            return _LEVEL.split(piece)
        if "|" in piece:
            return re.split(r"(\|)", piece)
        if "/" in piece and self.slash_levels and self.firsts[_first(piece)] > 1:
            return re.split("(/)", piece)
        return [piece]

    def _at_commas(self, piece: str) -> str:
        """The piece, with its commas that stand between categories replaced."""
        if "," not in piece:
            return piece
        segments = self._segments(piece)
        for place in range(0, len(segments), 2):
            inside = 0 < place < len(segments) - 1
            segments[place] = _BETWEEN.join(self._names_of(segments[place], inside=inside))
        return "".join(segments)

    def _names_of(self, segment: str, *, inside: bool) -> list[str]:
        names = [name.strip() for name in segment.split(",")]
        if len(names) == 1:
            return [segment]
        if self.comma_between or all(name.isdigit() for name in names if name):
            return names
        elsewhere = [bool(self.contexts.get(name, set()) - {segment}) for name in names]
        is_name = _IS_ENUMERATION.search(names[-1]) and not elsewhere[-1]
        return names if not is_name and (any(elsewhere) or inside) else [segment]


def _are_dotted(texts: Sequence[str]) -> bool:
    """Whether points stand between the levels of paths: in words without spaces, most of which have some."""
    dotted = [text for text in texts if re.fullmatch(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+", text)]
    return len(dotted) > 1 and 2 * len(dotted) >= len(texts) and not any(" " in text for text in texts)


def _first(piece: str) -> str:
    return re.split(rf"{_ARROW}|\s*[/|,]\s*", piece, maxsplit=1)[0]


def _path(parts: Iterable[str]) -> CategoryPath:
    names = (name.strip() for part in parts for name in part.split(PATH_SEPARATOR))
    return tuple(name for name in names if not is_missing(name))[:LONGEST_PATH]


def _by_marks(text: str, marks: CategoryMarks) -> list[CategoryPath]:
    cells = re.split(rf"(?<!\\)[{re.escape(marks.between)}]", text) if marks.between else [text]
    cells = [clean_text(cell.replace("\\,", ",")) for cell in cells]
    if any(cell in marks.none for cell in cells):
        return []
    return [_path(cell.split(marks.levels) if marks.levels else [cell]) for cell in cells][:MOST_PATHS]


def _ordered(paths: Iterable[CategoryPath]) -> tuple[CategoryPath, ...]:
    different = sorted(dict.fromkeys(path for path in paths if path), key=len, reverse=True)
    return tuple(
        path
        for place, path in enumerate(different)
        if not any(other[: len(path)] == path for other in different[:place])
    )


def _change_places(lists: Iterable[CategoryPath]) -> bool:
    """Whether the names of lists stand now here, now there, as the parts of a path do not."""
    places: dict[str, set[int]] = defaultdict(set)
    times: Counter[str] = Counter()
    for names in lists:
        times.update(set(names))
        for place, name in enumerate(names):
            places[name].add(place)
    again = [name for name, count in times.items() if count > 1]
    return bool(again) and sum(len(places[name]) > 1 for name in again) >= _CHANGES_PLACE * len(again)


def _names(value: object, depth: int = _DEPTH) -> list[str]:
    """The names in a nested category."""
    if isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str) and "/" in path and not _LEVEL.search(path):
            value = {"path": PATH_SEPARATOR.join(path.strip("/").split("/"))}
        value = next((value[key] for key in ("path", "name", "title") if value.get(key)), None)
        if isinstance(value, dict):  # in several languages
            value = value.get("en") or next(iter(value.values()), None)
    if isinstance(value, list):
        return [name for part in value for name in _names(part, depth - 1)] if depth else []
    text = clean_text(flat_text(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return [] if is_missing(text) else [text]
