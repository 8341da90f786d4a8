"""Vector graphics for a page: SVG elements, with text shortened to the room there is and scales for the axes.

Everything is drawn 400 units wide, which is what a telephone shows at full size. Colours, dashes and patterns are
classes that the page styles, so that a drawing follows the page into the dark and onto paper.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import Markup

WIDTH = 400.0
_CHARACTER = 0.56  # mean width of a Latin character, in font sizes; a Chinese one is about 1
_MARKER = 4.0
_STYLES = 6  # that the page tells apart; further ones begin again


class Drawing:
    """One SVG picture. Coordinates are in units from the upper left."""

    def __init__(self, name: str, *, height: float, title: str, description: str) -> None:
        """`name` is the drawing's alone on its page; title and description are what a screen reader says."""
        self._svg = ElementTree.Element(
            "svg",
            {
                "viewBox": f"0 0 {WIDTH:g} {height:g}",
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-text",
            },
        )
        self._add("title", title, id=f"{name}-title")
        self._add("desc", description, id=f"{name}-text")

    def line(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
        (x1, y1), (x2, y2) = start, end
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, kind=kind)

    def polyline(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        self._add("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), kind=kind)

    def bar(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        self._add("rect", x=x, y=y, width=max(width, 0.0), height=height, kind=kind)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 11,
        anchor: str = "start",
        room: float = WIDTH,
        kind: str = "",
    ) -> None:
        """A line of text on the base line y, cut to `room` units; the whole of it is shown by the pointer."""
        fits = math.floor(room / (size * _CHARACTER))
        element = self._add("text", shorten(text, fits), x=x, y=y, font_size=size, kind=kind)
        if anchor != "start":
            element.set("text-anchor", anchor)
        if element.text != clean(text):
            ElementTree.SubElement(element, "title").text = clean(text)

    def marker(self, x: float, y: float, style: int, *, label: str = "", size: float = _MARKER, kind: str = "") -> None:
        """A point whose shape and colour say its series; the pointer shows the label."""
        shape = _SHAPES[style % _STYLES]
        points = " ".join(f"{x + size * dx:.1f},{y + size * dy:.1f}" for dx, dy in shape)
        element = self._add("polygon", points=points, kind=f"marker {series(style)} {kind}".strip())
        if label:
            ElementTree.SubElement(element, "title").text = clean(label)

    def error_bar(self, low: tuple[float, float], high: tuple[float, float], kind: str) -> None:
        """A line between two points, upright or level, with a stroke across each end."""
        self.line(low, high, f"error {kind}")
        across = (2.5, 0.0) if low[0] == high[0] else (0.0, 2.5)
        for x, y in (low, high):
            self.line((x - across[0], y - across[1]), (x + across[0], y + across[1]), f"error {kind}")

    def markup(self) -> Markup:
        """The picture, safe to put into a page: all text in it is escaped."""
        return Markup(ElementTree.tostring(self._svg, encoding="unicode"))

    def _add(self, tag: str, text: str | None = None, kind: str = "", **attributes: float | str) -> ElementTree.Element:
        written = {
            name.replace("_", "-"): value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
            for name, value in attributes.items()
        }
        element = ElementTree.SubElement(self._svg, tag, {"class": kind, **written} if kind else written)
        element.text = None if text is None else clean(text)
        return element


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` laid from `start` to `end`, evenly or by their square roots."""

    low: float
    high: float
    start: float
    end: float
    root: bool = False

    def __call__(self, value: float) -> float:
        share = (self._bend(value) - self._bend(self.low)) / (self._bend(self.high) - self._bend(self.low))
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def _bend(self, value: float) -> float:
        return math.sqrt(max(value, 0.0)) if self.root else value


def ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, at most so many of them: multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [round(number * step, 10) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def series(style: int) -> str:
    """The class of the series of that number."""
    return f"s{style % _STYLES}"


def clean(text: str) -> str:
    """The text with what no page may hold, or what would turn its neighbours around, shown as a replacement character.

    That is control characters, lone surrogates, noncharacters and marks of direction (Unicode Standard Annex 9).
    """
    return "".join("\ufffd" if _is_unfit(character) else character for character in text)


def shorten(text: str, most: int) -> str:
    """Clean text of at most so many columns, where wide characters take two; an ellipsis stands for what is cut."""
    text = clean(text)
    if _columns(text) <= most:
        return text
    while text and _columns(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _is_unfit(character: str) -> bool:
    kind = unicodedata.category(character)
    is_mark = unicodedata.bidirectional(character) in _DIRECTION_MARKS
    return kind in ("Cc", "Cs") or is_mark or (ord(character) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF


_DIRECTION_MARKS = frozenset("LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
_ROUND = [(math.cos(math.pi * k / 6), math.sin(math.pi * k / 6)) for k in range(12)]
_QUARTER = [(0.4, -0.4), (1.1, -0.4), (1.1, 0.4)]
_SHAPES = [
    _ROUND,
    [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)],
    [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
    [(0, 1.2), (1.1, -0.8), (-1.1, -0.8)],
    [*_QUARTER, *((-y, x) for x, y in _QUARTER), *((-x, -y) for x, y in _QUARTER), *((y, -x) for x, y in _QUARTER)],
]
