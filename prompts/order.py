"""Advice on the order of a template: what lasts comes first, since a model reads again all that follows a change.

The walk goes over a prompt in the order in which its text is put out, and keeps in mind what of it changes most often.
The start of the answer is left out: it cannot stand anywhere else.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from jinja2 import nodes
from pydantic import BaseModel

from newaisle.prompts.inputs import INPUTS, Per
from newaisle.prompts.sandbox import parse
from newaisle.prompts.source import TextPosition
from newaisle.prompts.template import Template, inspect

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
    """Each input as a source of text."""
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
