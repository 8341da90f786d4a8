"""Files with a name: the exports of shops, product feeds and public data sets, each described by a small table.

A table (`formats/*.yaml`, or a user's own with `--format-file`) says by which headers a file is recognised and how it
is read. What it leaves open goes by the usual names of columns, as in any other file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from newaisle.errors import InputError, did_you_mean
from newaisle.store.headers import CATALOGUE, HISTORIES, normal_name
from newaisle.store.rows import Event
from newaisle.tables import read_yaml

_FOLDER = Path(__file__).parent / "formats"
Kind = Literal["catalogue", "histories"]


def _several(value: Any) -> Any:
    """One text stands for a list of one, and what YAML reads as a truth value or a number for its text."""
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)


def _known(fields: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    for field in fields:
        if field not in CATALOGUE and field not in HISTORIES:
            raise ValueError(f"there is no field {field!r}{did_you_mean(field, [*CATALOGUE, *HISTORIES])}")
    return fields


def _compiled(patterns: dict[str, str]) -> dict[str, str]:
    for pattern in patterns.values():
        try:
            re.compile(pattern)
        except re.error as exc:
            raise ValueError(f"{pattern!r} is no regular expression ({exc})") from exc
    return patterns


Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]
Values = dict[str, Texts]  # column -> values of it


class CategoryMarks(BaseModel):
    """The marks between the categories of one cell, each a character, and that between the levels of a path."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    between: str = ""
    levels: str = ""
    none: Texts = ()  # what a cell says that has no category


class Format(BaseModel):
    """How the files of one format are recognised and read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str  # as the summary says it
    kind: Kind
    headers: Annotated[Texts, Field(min_length=1)]  # a file that has all of them is of this format,
    without: Texts = ()  # if it has none of these
    fields: Annotated[Values, AfterValidator(_known)] = {}  # field -> its columns; none: the file does not have it
    categories: CategoryMarks | None = None
    options: dict[str, str] = {}  # column with the name of an option -> column with its value
    pairs: dict[str, str] = {}  # column of `name=value` pairs -> what stands between two
    hidden: Values = {}  # column -> values by which the shop hides a product; any other shows it
    in_stock_anyway: Values = {}  # column -> values by which a product can be bought though none is left
    under: Values = {}  # column -> values that mark a row as part of the product above it
    no_product: Values = {}  # column -> values that mark a row as none
    children: Annotated[dict[str, str], AfterValidator(_compiled)] = {}  # column -> expression that finds variants' ids
    unused: Texts = ()  # columns that say nothing about a product
    minor_units: bool = False  # prices are in cents
    events: dict[str, Event | Literal["ignore"]] = {}  # value -> what it means, before the usual words
    note: str = ""  # what the summary says besides
    refused: str = ""  # why no such file can be read, and the next step

    def fits(self, kind: Kind, names: set[str]) -> bool:
        """Whether a file of this kind with columns of these normal names is of this format."""
        has = {normal_name(name) for name in self.headers}
        return kind == self.kind and has <= names and not {normal_name(name) for name in self.without} & names

    def with_columns(self, by_name: Mapping[str, str]) -> Format:
        """The format with the columns of a file as the file spells them; `by_name`: normal name -> column."""

        def spelled(by_column: Mapping[str, Any]) -> dict[str, Any]:
            return {by_name[normal_name(key)]: value for key, value in by_column.items() if normal_name(key) in by_name}

        return self.model_copy(
            update={
                name: spelled(getattr(self, name)) for name in ("pairs", "hidden", "under", "no_product", "children")
            }
        )


def recognised(own: Sequence[Format], kind: Kind, columns: Iterable[str]) -> Format | None:
    """The format of a file by its columns: one of the user's own, else the one with the most headers in common."""
    names = {normal_name(column) for column in columns}
    for formats in (own, bundled()):
        fitting = [one for one in formats if one.fits(kind, names)]
        if fitting:
            return max(fitting, key=lambda one: len(one.headers))
    return None


@cache
def bundled() -> tuple[Format, ...]:
    """The formats that newaisle knows."""
    return tuple(read_format(path) for path in sorted(_FOLDER.glob("*.yaml")))


def read_format(path: Path) -> Format:
    """The format that a file describes; raises InputError, one line, where it does not."""
    try:
        return Format.model_validate(read_yaml(path))
    except OSError as exc:
        missing = isinstance(exc, FileNotFoundError)
        said = f"there is no file {path}" if missing else f"{path} cannot be read ({exc.strerror or exc})"
        raise InputError(f"{said}: give a format as a file of YAML") from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        reason = " ".join(str(exc).split())[:200]
        raise InputError(f"the format {path} is no YAML ({reason}): mend it there") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        reason = first["msg"].removeprefix("Value error, ")
        raise InputError(f"the format {path} cannot be used: {where}: {reason}; docs/data.md shows one") from exc
