"""Reads what an earlier newaisle wrote as JSON, under the names that things have now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

Model = TypeVar("Model", bound=BaseModel)
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


def read_model(path: Path, kind: type[Model], *, earlier_names: Mapping[str, str]) -> Model:
    """The model in a file; what the file has and the model does not is passed over.

    earlier_names: what parts were called, each as its place in the file ("blend.weights.popular"), and what they are
    called now, in the order in which they were renamed. Raises OSError, and ValueError for a file that does not fit.
    """
    content = path.read_bytes()
    if any(f'"{place.rpartition(".")[-1]}"'.encode() in content for place in earlier_names):  # not in one of now
        found = _JSON.validate_json(content)
        for place, name in earlier_names.items():
            _rename(found, place.split("."), name)
        content = _JSON.dump_json(found)
    return kind.model_validate_json(content, extra="ignore")


def _rename(found: Any, place: Sequence[str], name: str) -> None:
    """Give the part at a place its name, in every element of the lists on the way."""
    if isinstance(found, list):
        for one in found:
            _rename(one, place, name)
    elif isinstance(found, dict) and place[0] in found:
        if len(place) > 1:
            _rename(found[place[0]], place[1:], name)
        else:
            found[name] = found.pop(place[0])
