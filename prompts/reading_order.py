"""How often a model reads which text of a prompt, and advice on the order that has it read the least.

A model keeps what it has read up to the first difference, so what lasts comes first. Layers are found by rendering once
more with other inputs. For the advice a walk goes over a prompt in the order in which its text is put out, and keeps in
mind what of it changes most often. The start of the answer is left out: it cannot stand anywhere else.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import nodes
from pydantic import BaseModel

from newaisle.prompts.inputs import INPUTS, Per
from newaisle.prompts.messages import Message, Part
from newaisle.prompts.sandbox import parse
from newaisle.prompts.source import TextPosition
from newaisle.prompts.template import Template, inspect

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


_HEADING = 40  # bytes of UTF-8 (about ten tokens, Chinese or English) that fixed text between data may have


@dataclass(frozen=True, slots=True)
class Note:
    """Advice on a template that works: what makes it slower than it need be, and on which line (from 1)."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: note: {self.message}"


def order_notes(template: Path | Template) -> list[Note]:
    """What a template says too late, in the order of its lines; nothing for one that cannot be used at all."""
    read = template if isinstance(template, Template) else inspect(template, "yours")[0]
    if read is None:
        return []
    walk = _Walk(read.prompt.position, _lasting(INPUTS[read.name]))
    walk.block(parse(read.prompt.text).body, is_fixed=True)
    return sorted(walk.notes, key=lambda note: note.line)


class _Source(NamedTuple):
    """An input that text depends on; of two, the greater one changes more often."""

    per: Per
    name: str


def _lasting(inputs: type[BaseModel]) -> dict[str, _Source | None]:
    """Each input by name, as a source of text."""
    return {
        name: _Source(per, name)
        for name, field in inputs.model_fields.items()
        for per in field.metadata
        if isinstance(per, Per)
    }


class _Walk:
    def __init__(self, position: TextPosition, inputs: dict[str, _Source | None]) -> None:
        self.notes: list[Note] = []
        self._position = position
        self._scope = ChainMap(inputs)
        self._written: tuple[_Source, int] | None = None  # what changes most often of the text so far, and its line
        self._late: set[str] = set()

    def block(self, body: Iterable[nodes.Node], *, is_fixed: bool) -> None:
        """Follow a run of nodes; `is_fixed` where their plain text is the same for every product."""
        for node in body:
            if isinstance(node, nodes.Output):
                self._output(node, is_fixed=is_fixed)
            elif isinstance(node, nodes.If):
                self._if(node, is_fixed=is_fixed)
            elif isinstance(node, nodes.For):
                self._for(node)
            elif isinstance(node, (nodes.Assign, nodes.AssignBlock)) and isinstance(node.target, nodes.Name):
                self._scope[node.target.name] = self._source(
                    [node.node] if isinstance(node, nodes.Assign) else node.body
                )
            elif isinstance(node, nodes.Macro):
                self._macro(node)

    def _output(self, node: nodes.Output, *, is_fixed: bool) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                if is_fixed:
                    self._text(child)
            elif source := self._source([child]):
                self._data(source, child.lineno)

    def _if(self, node: nodes.If, *, is_fixed: bool) -> None:
        branches = [node, *node.elif_]
        source = self._source([branch.test for branch in branches])
        bodies = [*(branch.body for branch in branches), node.else_]
        self._alternatives(bodies, is_fixed=is_fixed and not (source and source.per is Per.PRODUCT))
        self._depends(source, node)

    def _for(self, node: nodes.For) -> None:
        source = self._source([node.iter, *([node.test] if node.test else [])])
        assert isinstance(node.target, nodes.Name)
        self._scope = self._scope.new_child({node.target.name: source, "loop": source})
        self._alternatives([node.body, node.else_], is_fixed=False)
        self._scope = self._scope.parents
        self._depends(source, node)

    def _alternatives(self, bodies: Iterable[list[nodes.Node]], *, is_fixed: bool) -> None:
        """Follow runs of which one is put out: none comes after another."""
        before, ends = self._written, []
        for body in bodies:
            self._written = before
            self.block(body, is_fixed=is_fixed)
            ends.append(self._written)
        self._written = max(filter(None, ends), key=lambda end: end[0].per, default=None)

    def _macro(self, node: nodes.Macro) -> None:
        self._scope = self._scope.new_child({argument.name: None for argument in node.args})
        source = self._source(node.body)
        self._scope = self._scope.parents
        self._scope[node.name] = source

    def _source(self, found_in: Sequence[nodes.Node]) -> _Source | None:
        """What changes most often of all that some nodes mention."""
        names = [name.name for node in found_in for name in _names(node) if name.ctx == "load"]
        return max(filter(None, map(self._scope.get, names)), default=None)

    def _depends(self, source: _Source | None, node: nodes.If | nodes.For) -> None:
        """What a condition or loop put out varies with what it asked."""
        if source and any(node.find_all(nodes.Output)):
            self._wrote(source, node.lineno)

    def _wrote(self, source: _Source, offset: int) -> None:
        if self._written is None or source.per > self._written[0].per:
            self._written = source, self._position.line(offset)

    def _data(self, source: _Source, offset: int) -> None:
        if self._written and source.per < self._written[0].per and source.name not in self._late:
            self._late.add(source.name)
            (other, above), per = self._written, self._written[0].per.name.lower()
            self._note(
                offset,
                f"`{source.name}` lasts longer than `{other.name}` on line {above}, but comes after it, so it is read "
                f"again for each {per}; move it before `{other.name}`",
            )
        self._wrote(source, offset)

    def _text(self, node: nodes.TemplateData) -> None:
        text = node.data.strip()
        if self._written and self._written[0].per is Per.PRODUCT and len(text.encode()) > _HEADING:
            blank = node.data[: node.data.index(text)].count("\n")
            self._note(
                node.lineno + blank,
                f"these {len(text)} characters are the same for every product, but are read again for each because "
                f"they come after its data on line {self._written[1]}; move them into `system`, which is read once, or "
                "at least above that line",
            )

    def _note(self, offset: int, message: str) -> None:
        self.notes.append(Note(self._position.path, self._position.line(offset), message))


def _names(node: nodes.Node) -> Iterable[nodes.Name]:
    return [node] if isinstance(node, nodes.Name) else node.find_all(nodes.Name)
