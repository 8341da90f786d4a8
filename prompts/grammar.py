"""What a template may say: the few Jinja constructs that are allowed, and the variables that exist.

Everything not named here is refused before anything is rendered: calls (but of the template's own macros),
attributes of anything but the inputs, arithmetic beyond + and -, other files. So nothing of Python is in reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from newaisle.errors import did_you_mean
from newaisle.prompts.limits import MAX_LOOP_DEPTH, MAX_SYNTAX_DEPTH
from newaisle.prompts.shapes import Shape, fields_of, is_list, items_of

FILTERS = frozenset(
    (
        *("capitalize", "lower", "title", "trim", "truncate", "upper", "replace"),
        *("count", "default", "first", "join", "last", "length", "map", "rejectattr", "selectattr"),
    )
)
TESTS = frozenset(
    (
        *("defined", "undefined", "none", "number", "string", "true", "false"),
        *("eq", "equalto", "ne", "in", "even", "odd"),
    )
)

LOOP = dict.fromkeys(("index", "index0", "length", "revindex", "revindex0"), int) | dict.fromkeys(
    ("first", "last"), bool
)
_OTHER_FILES = "a template stands alone in its file"
_NAMES = {"Scope": "autoescape", "NSRef": "namespace", "FilterBlock": "filter", "CallBlock": "call"}
_ARITHMETIC = "of arithmetic only + and - are allowed"
_REASONS = dict.fromkeys(("Include", "Import", "FromImport", "Extends", "Block"), _OTHER_FILES) | dict.fromkeys(
    ("Mul", "Div", "FloorDiv", "Mod", "Pow"), _ARITHMETIC
)


@dataclass(slots=True)
class Reading:
    """What one walk over a template's syntax found: problems as (line of the text, message), and inputs used."""

    inputs: Shape
    problems: list[tuple[int, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)


def read(tree: nodes.Template, inputs: Shape) -> Reading:
    """Check a parsed template against the model of its inputs (None: it may use none)."""
    walk = _Walk(inputs)
    walk.visit(tree)
    return walk.reading


class _Walk:
    """Walks over a template's syntax: a method per construct that is allowed, named after Jinja's node.

    Each returns the shape of its value.
    """

    def __init__(self, inputs: Shape) -> None:
        self.reading = Reading(inputs)
        self._scopes: list[dict[str, Shape]] = [{}]
        self._macros: set[str] = set()
        self._depth = self._loops = 0
        self._line = 1  # of the node last seen: some have none of their own

    def visit(self, node: nodes.Node) -> Shape:
        kind = type(node).__name__
        self._line = node.lineno or self._line
        method = getattr(self, f"_{kind.lower()}", None)
        if method is None:
            reason = _REASONS.get(kind, "templates keep to a few simple constructs")
            return self._problem(node, f"{_NAMES.get(kind, kind.lower())!r} is not allowed: {reason}")
        if self._depth >= MAX_SYNTAX_DEPTH:
            return self._problem(node, f"nested more than {MAX_SYNTAX_DEPTH} deep: make it simpler")
        self._depth += 1
        shape = method(node)
        self._depth -= 1
        return shape

    def _problem(self, node: nodes.Node, message: str) -> None:
        self.reading.problems.append((node.lineno or self._line, message))

    def _all(self, children: list[Any]) -> None:
        for child in children:
            self.visit(child)

    # Statements

    def _template(self, node: nodes.Template) -> None:
        self._all(node.body)

    def _output(self, node: nodes.Output) -> None:
        for child in node.nodes:
            shape = self.visit(child)
            if is_list(shape):
                self._problem(child, "a list cannot be put into text: loop over it, or join it with |join(', ')")
            elif fields_of(shape) is not None:
                self._problem(
                    child, f"needs one of its fields{did_you_mean('', fields_of(shape) or (), else_all=True)}"
                )

    def _if(self, node: nodes.If) -> None:
        self.visit(node.test)
        self._all([*node.body, *node.elif_, *node.else_])

    def _for(self, node: nodes.For) -> None:
        items = self.visit(node.iter)
        if isinstance(items, type) and not is_list(items):
            self._problem(node, "only a list can be looped over")
        if node.recursive or not isinstance(node.target, nodes.Name):
            return self._problem(node, "a loop has one variable and is not recursive")
        if self._loops >= MAX_LOOP_DEPTH:
            return self._problem(node, f"more than {MAX_LOOP_DEPTH} loops inside each other")
        self._loops += 1
        self._scopes.append({node.target.name: items_of(items), "loop": LOOP})
        self._all([*([node.test] if node.test else []), *node.body])
        self._scopes.pop()
        self._loops -= 1
        self._all(node.else_)
        return None

    def _assign(self, node: nodes.Assign) -> None:
        self._bind(node.target, self.visit(node.node))

    def _assignblock(self, node: nodes.AssignBlock) -> None:
        if node.filter is not None:
            self._problem(node, "a filter on a set block is not allowed: apply it where the text is used")
        self._all(node.body)
        self._bind(node.target, str)

    def _bind(self, target: nodes.Node, shape: Shape) -> None:
        if isinstance(target, nodes.Name):
            self._scopes[-1][target.name] = shape
        else:
            self._problem(target, "set gives a value to one variable")

    def _macro(self, node: nodes.Macro) -> None:
        if len(self._scopes) > 1 or node.name in self._macros:
            self._problem(node, f"the macro {node.name!r} must be defined once, and not inside a loop or macro")
        self._all(node.defaults)
        self._scopes.append({argument.name: None for argument in node.args})
        self._all(node.body)
        self._scopes.pop()
        self._macros.add(node.name)  # after its body, so that it cannot call itself

    # Expressions

    def _templatedata(self, _: nodes.TemplateData) -> Shape:
        return str

    def _const(self, node: nodes.Const) -> Shape:
        return type(node.value)

    def _name(self, node: nodes.Name) -> Shape:
        for scope in reversed(self._scopes):
            if node.name in scope:
                return scope[node.name]
        fields = fields_of(self.reading.inputs)
        if fields is None:
            return self._problem(node, f"uses {node.name!r}, but comes before all data: move it into `prompt`")
        if node.name not in fields:
            return self._problem(
                node, f"unknown variable {node.name!r}{did_you_mean(node.name, fields, else_all=True)}"
            )
        self.reading.used.add(node.name)
        return fields[node.name]

    def _getattr(self, node: nodes.Getattr) -> Shape:
        return self._field(node, self.visit(node.node), node.attr)

    def _getitem(self, node: nodes.Getitem) -> Shape:
        shape = self.visit(node.node)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._field(node, shape, node.arg.value)
        self.visit(node.arg)
        return shape if isinstance(node.arg, nodes.Slice) else items_of(shape)

    def _field(self, node: nodes.Node, shape: Shape, name: str) -> Shape:
        fields = fields_of(shape)
        if fields is not None:
            return (
                fields[name]
                if name in fields
                else self._problem(node, f"unknown field {name!r}{did_you_mean(name, fields, else_all=True)}")
            )
        if shape is not None or name.startswith("_"):
            return self._problem(node, f"{name!r} is not a field of the inputs, and nothing else can be reached")
        return None

    def _slice(self, node: nodes.Slice) -> None:
        self._all([bound for bound in (node.start, node.stop, node.step) if bound])

    def _filter(self, node: nodes.Filter) -> Shape:
        shape = None if node.node is None else self.visit(node.node)
        self._arguments(node)
        if node.name not in FILTERS:
            return self._problem(node, f"unknown filter {node.name!r}{did_you_mean(node.name, FILTERS, else_all=True)}")
        if node.name in ("map", "selectattr", "rejectattr", "join"):
            self._attribute_filter(node, items_of(shape))
        if node.name in ("default", "selectattr", "rejectattr"):
            return shape
        if node.name in ("first", "last"):
            return items_of(shape)
        if node.name in ("length", "count"):
            return int
        return list if node.name == "map" else str

    def _attribute_filter(self, node: nodes.Filter, item: Shape) -> None:
        keywords: list[Any] = node.kwargs  # typed as pairs in Jinja, but keywords
        named = {keyword.key: keyword.value for keyword in keywords}
        attribute = named.get("attribute") if node.name in ("map", "join") else next(iter(node.args), None)
        if attribute is None and node.name == "join":
            return
        if not isinstance(attribute, nodes.Const) or not isinstance(attribute.value, str):
            self._problem(node, f"{node.name} needs the name of a field, as in map(attribute='title')")
        elif node.name == "map" and node.args:
            self._problem(node, "map takes attribute='...' alone")
        else:
            for step in attribute.value.split("."):
                item = self._field(node, item, step)
        if node.name in ("selectattr", "rejectattr") and len(node.args) > 1:
            test = node.args[1]
            if not isinstance(test, nodes.Const) or test.value not in TESTS:
                self._problem(node, f"{node.name} takes one of these tests: {', '.join(sorted(TESTS))}")

    def _test(self, node: nodes.Test) -> Shape:
        self.visit(node.node)
        self._arguments(node)
        if node.name not in TESTS:
            self._problem(node, f"unknown test {node.name!r}{did_you_mean(node.name, TESTS, else_all=True)}")
        return bool

    def _call(self, node: nodes.Call) -> Shape:
        self._arguments(node)
        if isinstance(node.node, nodes.Name) and node.node.name in self._macros:
            return str
        return self._problem(
            node, "only a macro defined further up can be called; to repeat something, loop over a list"
        )

    def _arguments(self, node: nodes.Filter | nodes.Test | nodes.Call) -> None:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self._problem(node, "* and ** are not allowed: write the arguments out")
        self._all([*(node.args or []), *(argument.value for argument in node.kwargs or [])])

    def _list(self, node: nodes.List) -> Shape:
        if not all(isinstance(item, nodes.Const) for item in node.items):
            self._problem(node, "a list in a template may hold plain words and numbers only")
        return list

    def _compare(self, node: nodes.Compare) -> Shape:
        self._all([node.expr, *(operand.expr for operand in node.ops)])
        return bool

    def _condexpr(self, node: nodes.CondExpr) -> Shape:
        shapes = [self.visit(branch) for branch in (node.expr1, node.expr2) if branch is not None]
        self.visit(node.test)
        return shapes[0]

    def _concat(self, node: nodes.Concat) -> Shape:
        self._all(node.nodes)
        return str

    def _binary(self, node: nodes.BinExpr) -> Shape:
        self._all([node.left, node.right])
        return None

    def _unary(self, node: nodes.UnaryExpr) -> Shape:
        self.visit(node.node)
        return None

    _and = _or = _add = _sub = _binary
    _not = _neg = _unary
