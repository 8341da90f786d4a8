"""The shapes of a template's inputs, read off pydantic models: a model, `list[...]`, `str`, `int` or unknown."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

Shape = Any  # an annotation, a mapping of field names to shapes, or None where nothing is known


def fields_of(shape: Shape) -> dict[str, Shape] | None:
    """The fields of a model (or of a mapping of fields); None for anything else."""
    if isinstance(shape, dict):
        return shape
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return {name: field.annotation for name, field in shape.model_fields.items()}
    return None


def is_list(shape: Shape) -> bool:
    """Whether the shape is a list."""
    return list in (shape, typing.get_origin(shape))


def items_of(shape: Shape) -> Shape:
    """The shape of a list's items, None where unknown."""
    return next(iter(typing.get_args(shape)), None) if is_list(shape) else None


def shape_at(shape: Shape, path: Iterable[str | int]) -> Shape:
    """The shape found by following field names and list positions."""
    for step in path:
        shape = items_of(shape) if isinstance(step, int) else (fields_of(shape) or {}).get(step)
    return shape
