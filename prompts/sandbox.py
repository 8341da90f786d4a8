"""Renders template text with plain data, within bounds, keeping apart what came from the template and what from data.

The text that a Jinja output statement produces is data; the text between statements is the template's. A text put
together by a macro or a set block remembers its parts, and becomes data as a whole once a filter has changed it.
Grammar (`prompts.grammar`) refuses what is unsafe; the rest is metered here, since a harmless construct can still
be repeated without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from types import TracebackType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context
from jinja2.visitor import NodeTransformer

from newaisle.errors import PromptError, RenderError, TemplateError
from newaisle.prompts import grammar
from newaisle.prompts.limits import MAX_OUTPUT_CHARS, MAX_STEPS
from newaisle.prompts.messages import Part
from newaisle.prompts.shapes import Shape
from newaisle.prompts.source import TextPosition

# Names with a space cannot be written in a template, so only `_Meter` reaches these.
_BUDGET, _LOOP, _SIZED, _MACRO, _CONCAT = " budget", " loop", " sized", " macro", " concat"

_TEMPLATE_FAULTS = (
    jinja2.TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AssertionError,
    RecursionError,
)


class _Marked(str):
    """A text that knows which runs of it are data."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]


def _joined(pieces: Iterable[str]) -> _Marked:
    """Join what a template put out: marked pieces keep their marks, plain ones are the template's own text."""
    parts: list[Part] = []
    size = 0
    for piece in pieces:
        size = _bounded(size + len(piece))
        parts.extend(piece.parts if isinstance(piece, _Marked) else (Part(piece, False),))
    runs = groupby((part for part in parts if part.text), key=lambda part: part.is_data)
    merged = tuple(Part("".join(part.text for part in run), is_data) for is_data, run in runs)
    text = _Marked("".join(part.text for part in merged))
    text.parts = merged
    return text


def _bounded(size: int) -> int:
    if size > MAX_OUTPUT_CHARS:
        raise RenderError(f"the text grows beyond {MAX_OUTPUT_CHARS:,} characters: put fewer or shorter items into it")
    return size


def _as_text(value: Any) -> str:
    if isinstance(value, (str, int, float, Undefined)):
        return str(value)  # which raises for something undefined
    raise RenderError(f"only text and numbers can be put into text, not a {type(value).__name__}")


class _Budget:
    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = MAX_STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise RenderError(
                "the template repeats itself too often: use fewer loops inside each other, or fewer items"
            )


@pass_context
def _loop(context: Context, items: Any, weight: int) -> Any:
    if isinstance(items, (str, Mapping)):
        raise RenderError("only a list can be looped over")
    items = list(items)
    context.parent[_BUDGET].spend(weight * len(items))
    return items


@pass_context
def _sized(context: Context, value: Any) -> Any:
    """Charge an operation for the size of what it works on."""
    context.parent[_BUDGET].spend(len(value) // 20 if isinstance(value, (str, list)) else 1)
    return value


@pass_context
def _macro(context: Context, weight: int) -> None:
    context.parent[_BUDGET].spend(weight)


def _concat(pieces: list[Any]) -> str:
    texts = [_as_text(piece) for piece in pieces]
    _bounded(sum(map(len, texts)))
    return "".join(texts)


@jinja2.pass_environment
def _join(environment: jinja2.Environment, items: Iterable[Any], d: str = "", attribute: str | None = None) -> str:
    if attribute is not None:
        items = (environment.getitem(item, attribute) for item in items)
    texts = [_as_text(item) for item in items]
    _bounded(sum(map(len, texts)) + len(d) * len(texts))
    return d.join(texts)


def _replace(text: str, old: str, new: str) -> str:
    _bounded(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


class _MarkingGenerator(CodeGenerator):
    """Hands each output expression to the environment, where Jinja would call str()."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write("environment.marked(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write(")")


class _Environment(ImmutableSandboxedEnvironment):
    code_generator_class = _MarkingGenerator
    concat = staticmethod(_joined)
    intercepted_binops = frozenset(("+", "-"))

    @staticmethod
    def marked(value: Any) -> _Marked:
        """The value of an output expression as text: data, unless it is a text that knows better."""
        if isinstance(value, _Marked):
            return value
        text = _Marked(_as_text(value))
        text.parts = (Part(str(text), True),)
        return text

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a mapping, or a loop's counter; never an attribute of a Python object."""
        if isinstance(obj, LoopContext) and attribute in grammar.LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry of a mapping, or an item or slice of a list or text."""
        is_entry = isinstance(obj, dict) and isinstance(argument, str)
        if is_entry or (isinstance(obj, (list, str)) and isinstance(argument, (int, slice))):
            with suppress(LookupError):
                return obj[argument]
        return self.undefined(f"there is no {argument!r} here: guard it with an if")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            return super().call_binop(context, operator, left, right)
        raise RenderError(f"{operator} is for numbers: texts are put together with ~")


class _Meter(NodeTransformer):
    """Puts a charge on everything that can be repeated or grow."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        weight = _size(node)
        self.generic_visit(node)
        node.iter = _filter(node.iter, _LOOP, weight)  # type: ignore[arg-type]
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        weight = _size(node)
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_filter(nodes.Const(weight), _MACRO), lineno=node.lineno))
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if node.node is not None:
            node.node = _filter(node.node, _SIZED)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _filter(node.expr, _SIZED)
        for operand in node.ops:
            operand.expr = _filter(operand.expr, _SIZED)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), _CONCAT)


def _size(node: nodes.Node) -> int:
    return sum(1 for _ in node.find_all(nodes.Node))


def _filter(node: nodes.Expr, name: str, *arguments: int) -> nodes.Filter:
    constants = [nodes.Const(argument) for argument in arguments]
    return nodes.Filter(node, name, constants, [], None, None, lineno=node.lineno)


@cache
def _environment() -> _Environment:
    environment = _Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.globals.clear()
    own = {_LOOP: _loop, _SIZED: _sized, _MACRO: _macro, _CONCAT: _concat, "join": _join, "replace": _replace}
    environment.filters = {name: environment.filters[name] for name in grammar.FILTERS} | own
    environment.tests = {name: environment.tests[name] for name in grammar.TESTS}
    return environment


@dataclass(frozen=True, slots=True)
class Compiled:
    """A text of a template, checked and ready to be rendered any number of times, by any thread."""

    text: str
    position: TextPosition
    used: frozenset[str]
    _code: jinja2.Template

    def render(self, variables: dict[str, Any]) -> tuple[Part, ...]:
        """Fill in plain data; RenderError, with the template's line, if it does not fit or exceeds a limit."""
        context = self._code.new_context({**variables, _BUDGET: _Budget()})
        try:
            return _joined(self._code.root_render_func(context)).parts
        except (RenderError, *_TEMPLATE_FAULTS) as exc:
            line = _line_of(exc.__traceback__, self._code)
            message = "the template is nested too deeply" if isinstance(exc, RecursionError) else _one_line(exc)
            raise RenderError(message, path=self.position.path, line=self.position.line(line)) from exc


def _line_of(traceback: TracebackType | None, code: jinja2.Template) -> int:
    line = 1
    while traceback is not None:
        if traceback.tb_frame.f_globals.get("__jinja_template__") is code:
            line = code.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line


def _one_line(exc: Exception) -> str:
    message = exc.message if isinstance(exc, (PromptError, jinja2.TemplateError)) else str(exc)
    return " ".join((message or type(exc).__name__).split())


def parse(text: str) -> nodes.Template:
    """The syntax of a template's text, unchecked; jinja2.TemplateSyntaxError where it has none."""
    return _environment().parse(text)


def compile_text(text: str, position: TextPosition, inputs: Shape) -> tuple[Compiled | None, list[TemplateError]]:
    """Check and compile a template's text; what is wrong comes back as errors that know their lines."""

    def problem(message: str, offset: int = 1) -> TemplateError:
        return TemplateError(message, path=position.path, line=position.line(offset))

    environment = _environment()
    try:
        tree = parse(text)
        reading = grammar.read(tree, inputs)
        if reading.problems:
            return None, [problem(message, offset) for offset, message in reading.problems]
        _Meter().visit(tree)
        tree.set_environment(environment)
        return Compiled(text, position, frozenset(reading.used), environment.from_string(tree)), []
    except jinja2.TemplateSyntaxError as exc:
        return None, [problem(_one_line(exc), exc.lineno)]
    except (RecursionError, SyntaxError):  # Python too has a limit for the code that Jinja makes
        return None, [problem("nested too deeply: make it simpler")]
    except ValueError:
        return None, [problem("has a number of too many digits")]
