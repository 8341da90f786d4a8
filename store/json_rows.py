"""Strict JSON, row by row: NaN, numbers beyond a double and repeated keys are refused, deep nesting is an error.

`json.loads` lets all of these through, or ends in a RecursionError.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile("[ \t\n\r\ufeff]*")


def parse_row(text: str) -> object:
    """The value of one line of JSON Lines, or a ValueError (returned, not raised) that says why there is none."""
    try:
        value, end = _STRICT.raw_decode(text, _skip_space(text, 0))
        _expect_end(text, end)
    except json.JSONDecodeError as exc:
        return ValueError(f"not valid JSON at column {exc.colno}: {exc.msg}")
    except RecursionError:
        return ValueError("it is nested too deeply")
    except ValueError as exc:
        return exc
    return value


def rows_of_document(text: str) -> Iterator[tuple[int, object]]:
    """The rows of a JSON document and where each begins: an array, an object's only array of objects, or one object.

    A row that is JSON but not acceptable comes as the ValueError that says why. Raises json.JSONDecodeError where the
    document is no JSON, RecursionError where it is nested too deeply.
    """
    begin = _skip_space(text, 0)
    if text[begin : begin + 1] == "[":
        end = begin + 1
        for start, value, end in _elements(text, begin):  # noqa: B007 - the last end is wanted
            yield start, value
        _expect_end(text, _expect(text, end, "]") + 1)
        return
    arrays, end = _arrays_of_objects(text, _expect(text, begin, "{"))
    _expect_end(text, end)
    if len(arrays) == 1:
        for start, value, _ in _elements(text, arrays[0]):
            yield start, value
    else:
        yield begin, _decode(text, begin)[0]


def _arrays_of_objects(text: str, begin: int) -> tuple[list[int], int]:
    """Where the arrays of objects directly inside the object at `begin` begin, and where that object ends."""
    arrays: list[int] = []
    position = _skip_space(text, begin + 1)
    if text[position : position + 1] == "}":
        return arrays, position + 1
    while True:
        name, end = _LAX.raw_decode(text, position)
        if not isinstance(name, str):
            raise json.JSONDecodeError("Expecting a key in double quotes", text, position)
        position = _skip_space(text, _expect(text, end, ":") + 1)
        if text[position : position + 1] == "[":
            first = _skip_space(text, position + 1)
            arrays += [position] if text[first : first + 1] == "{" else []
            end = position + 1
            for _, _, end in _elements(text, position):  # noqa: B007 - one by one, not all in memory
                pass
            end = _expect(text, end, "]") + 1
        else:
            _, end = _LAX.raw_decode(text, position)
        end = _expect(text, end, ",}")
        if text[end] == "}":
            return arrays, end + 1
        position = _skip_space(text, end + 1)


def _elements(text: str, begin: int) -> Iterator[tuple[int, object, int]]:
    """Start, value and end of each element of the array at `begin`."""
    start = _skip_space(text, begin + 1)
    if text[start : start + 1] == "]":
        return
    while True:
        value, end = _decode(text, start)
        yield start, value, end
        end = _expect(text, end, ",]")
        if text[end] == "]":
            return
        start = _skip_space(text, end + 1)


def _decode(text: str, start: int) -> tuple[object, int]:
    try:
        return _STRICT.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError as exc:
        return exc, _LAX.raw_decode(text, start)[1]


def _expect(text: str, position: int, marks: str) -> int:
    position = _skip_space(text, position)
    if position >= len(text) or text[position] not in marks:
        raise json.JSONDecodeError(f"Expecting {' or '.join(marks)}", text, position)
    return position


def _expect_end(text: str, position: int) -> None:
    position = _skip_space(text, position)
    if position < len(text):
        raise json.JSONDecodeError("Extra data", text, position)


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} occurs twice")
    return values


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


_STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite)
_LAX = json.JSONDecoder(parse_int=str, parse_float=str)
