"""Reads the YAML of a template file: text, lists and mappings only, with the line each value stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from newaisle.errors import TemplateError
from newaisle.prompts.limits import MAX_FILE_BYTES, MAX_YAML_DEPTH

Place = tuple[str | int, ...]

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


@dataclass(frozen=True, slots=True)
class TextPosition:
    """Where a text of the file begins: its first line, and whether its lines are the file's lines."""

    path: Path
    first_line: int
    is_literal: bool

    def line(self, offset: int) -> int:
        """The file's line for the text's line `offset`, both from 1."""
        return self.first_line + offset - 1 if self.is_literal else self.first_line


@dataclass(frozen=True, slots=True)
class Source:
    """What a template file says, before anything is made of it."""

    path: Path
    content: bytes
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    positions: dict[Place, TextPosition] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest thing around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_source(path: Path, keys: str = "`description`, `language` and `prompt`") -> Source:
    """Read a file of texts; TemplateError, with its line where it has one, if it is no plain YAML mapping of `keys`."""
    content = _read(path)
    source = Source(path, content)
    root = _compose(_decode(content, path), path)
    if not isinstance(root, yaml.MappingNode):
        raise TemplateError(f"must be a mapping with {keys}", path=path, line=1)
    source.values.update(_value(root, (), source))
    return source


def read_text(path: Path) -> str:
    """The text of a template file as it stands, right or wrong; TemplateError if it is no readable text."""
    return _decode(_read(path), path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as exc:
        raise TemplateError(f"cannot be read ({exc.strerror}): mend that, or name another file", path=path) from exc
    if len(content) > MAX_FILE_BYTES:
        raise TemplateError(f"is larger than the {MAX_FILE_BYTES:,} bytes a template may have: shorten it", path=path)
    return content


def _decode(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise TemplateError("is not UTF-8 text: save it as UTF-8", path=path, line=line) from exc


class _Loader(yaml.BaseLoader):
    """Takes every scalar as the text it is, and neither aliases (which can multiply without end) nor tags."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases (*name) are not allowed: write the text out", event)
        if self.depth >= MAX_YAML_DEPTH:
            raise _refusal("the YAML is nested too deeply", event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and node.tag not in _PLAIN_TAGS:
            raise _refusal(f"the tag {node.tag} is not allowed: take it out", event)
        return node


def _refusal(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]


def _compose(text: str, path: Path) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        raise TemplateError(
            f"has the character U+{exc.character:04X}, which YAML forbids: take it out", path=path, line=line
        ) from exc
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        at = mark.line + 1 if mark else None
        raise TemplateError(str(exc.problem or exc.context), path=path, line=at) from exc


def _value(node: yaml.Node, place: Place, source: Source) -> Any:
    line = node.start_mark.line + 1
    source.lines.setdefault(place, line)
    if isinstance(node, yaml.ScalarNode):
        is_literal = node.style == "|"
        source.positions[place] = TextPosition(source.path, line + is_literal, is_literal)
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, at), source) for at, item in enumerate(node.value)]
    return _mapping(node, place, source)


def _mapping(node: yaml.Node, place: Place, source: Source) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise TemplateError("a key must be a plain word", path=source.path, line=line)
        if key.value in values:
            raise TemplateError(f"the key {key.value!r} stands here twice: take one out", path=source.path, line=line)
        source.lines[(*place, key.value)] = line
        values[key.value] = _value(value, (*place, key.value), source)
    return values
