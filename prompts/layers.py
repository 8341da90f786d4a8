"""Which text of a prompt a model reads once, and which it reads again for the next customer, category or product.

A model keeps what it has read up to the first difference. That is found by rendering once more with other inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from newaisle.prompts.inputs import Per
from newaisle.prompts.messages import Message, Part
from newaisle.prompts.template import Template

_OTHER = "\ue000"  # of the private use area: no text begins with it
_Place = tuple[int, int]  # of a message, and of a character in it


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one message's text; `message` is its number, from 0, and `begins` whether it is where that begins."""

    message: int
    begins: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """Text that is read again for every next `per`; None: the same in every prompt of the template."""

    per: Per | None
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        """What it changes with, as people and programs read it."""
        return self.per.name.lower() if self.per else "template"


def layers(template: Template, inputs: BaseModel, messages: Sequence[Message]) -> list[Layer]:
    """The layers of `messages`, which the template has made of the inputs, in their order: all the text, once."""
    found: dict[_Place, Per] = {}
    has_start = messages[-1].role == "assistant"
    for per in sorted(_levels(inputs)):
        place = _first_difference(messages, template.render(_differing(inputs, per), start=has_start))
        if place is not None:
            found[place] = per  # of those that begin in one place, what changes most often
    borders: list[tuple[_Place, Per | None]] = [((0, 0), None)]
    for place, per in sorted(found.items()):
        before = borders[-1][1]
        if before is None or per > before:  # what comes after a change is read again with it, however long it lasts
            borders.append((place, per))
    ends = [*borders, ((len(messages), 0), None)]
    made = [Layer(per, tuple(_cut(messages, start, end))) for (start, per), (end, _) in pairwise(ends)]
    return [layer for layer in made if layer.pieces]


def _levels(inputs: BaseModel) -> set[Per]:
    fields = type(inputs).model_fields.values()
    return {per for field in fields for per in field.metadata if isinstance(per, Per)}


def _differing(inputs: BaseModel, per: Per) -> dict[str, Any]:
    """Inputs that differ in everything that changes with `per` or more often."""
    fields = type(inputs).model_fields
    changing = {name for name, field in fields.items() if any(isinstance(p, Per) and p >= per for p in field.metadata)}
    return {name: _other(value) if name in changing else value for name, value in inputs.model_dump().items()}


def _other(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _other(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_other(one) for one in value]
    return _OTHER + value if value else value


def _first_difference(one: Sequence[Message], other: Sequence[Message]) -> _Place | None:
    for number, (message, changed) in enumerate(zip(one, other, strict=True)):
        a, b = message.text, changed.text
        if a != b:
            shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            return number, shared
    return None


def _cut(messages: Sequence[Message], start: _Place, end: _Place) -> Iterator[Piece]:
    """The text between two places, message by message."""
    for number, message in enumerate(messages):
        if start[0] <= number <= end[0]:
            first = start[1] if number == start[0] else 0
            last = end[1] if number == end[0] else len(message.text)
            if first < last or (first == 0 and number < end[0]):
                yield Piece(number, first == 0, tuple(_slice(message.parts, first, last)))


def _slice(parts: Sequence[Part], first: int, last: int) -> Iterator[Part]:
    """The characters from `first` to before `last` of a run of parts."""
    at = 0
    for part in parts:
        text = part.text[max(0, first - at) : max(0, last - at)]
        if text:
            yield Part(text, part.is_data)
        at += len(part.text)
