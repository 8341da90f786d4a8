"""The variables that a template may use, as its author reads of them: name, type, meaning and an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from newaisle.errors import TemplateError, did_you_mean
from newaisle.prompts.inputs import INPUTS, Most, Per
from newaisle.prompts.shapes import Shape, fields_of, is_list, items_of


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable, or one field of it (`product.title`; `history[0].title`, for the rows of a list).

    changes_with: what it changes with, the name of a `prompts.inputs.Per` in lower case.
    """

    name: str
    type: str
    description: str
    is_required: bool
    changes_with: str
    example: Any


def variables_of(name: str) -> list[Variable]:
    """What the template `name` may use, in the order of its input model; TemplateError where there is none."""
    if name not in INPUTS:
        raise TemplateError(
            f"no prompt is called {name!r}{did_you_mean(name, INPUTS)}: take one of {', '.join(INPUTS)}"
        )
    return [variable for field in INPUTS[name].model_fields.items() for variable in _with_fields(*field)]


def _with_fields(name: str, field: FieldInfo) -> Iterator[Variable]:
    """A variable and, where it is a product or a list of them, the fields of one."""
    changes_with = next(per.name.lower() for per in field.metadata if isinstance(per, Per))
    example = field.examples[0] if field.examples else None
    yield Variable(name, _type(field), field.description or "", field.is_required(), changes_with, example)
    is_rows = is_list(field.annotation)
    model = items_of(field.annotation) if is_rows else field.annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        within, one = (f"{name}[0]", example[0]) if is_rows and example else (name, example or {})
        for key, part in model.model_fields.items():
            about = part.description or ""
            yield Variable(f"{within}.{key}", "text", about, part.is_required(), changes_with, one.get(key, ""))


def _type(field: FieldInfo) -> str:
    shape: Shape = field.annotation
    if not is_list(shape):
        return "product" if fields_of(shape) else "text"
    most = next((f"up to {most} " for most in field.metadata if isinstance(most, Most)), "")
    return f"list of {most}{'products' if fields_of(items_of(shape)) else 'texts'}"
