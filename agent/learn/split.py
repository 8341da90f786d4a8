"""Reads a folder of evaluation data: `items.jsonl`, `interactions.csv` and `split.jsonl`, each perhaps in gzip.

A line of `split.jsonl` is one case of a new category: a customer's history before they entered it, the candidates,
and the targets among them that the customer took.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from newaisle.errors import InputError
from newaisle.store.reading import Record, RecordFile

SAMPLE_SEED = 20240229


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The three files of a data set."""

    items: Path
    interactions: Path
    split: Path

    @classmethod
    def find(cls, folder: Path) -> DataFolder:
        """The files in a folder; raises InputError where one is missing."""
        return cls(*(require_file(folder, name) for name in ("items.jsonl", "interactions.csv", "split.jsonl")))


class Case(BaseModel):
    """One customer entering one category. Ids are those of the catalogue."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    user_id: str
    category: str
    history: tuple[str, ...] = Field(min_length=1)  # oldest first
    targets: frozenset[str] = Field(min_length=1)
    candidates: tuple[str, ...] = Field(min_length=1)


def read_cases(file: Path, *, known: Container[str]) -> list[Case]:
    """All cases of a `split.jsonl`; raises InputError, with the line, for one that cannot be measured.

    `known` are the item ids of the catalogue.
    """
    return list(_cases(file, known))


def sample_cases(
    cases: Sequence[Case], *, cases_kept: int, candidates_kept: int, seed: int = SAMPLE_SEED
) -> list[Case]:
    """A fixed sample for methods that are too slow for all cases: fewer cases, each with fewer candidates.

    All targets are kept and the other candidates drawn; a case with as many targets as that has nothing to rank and is
    left out. The same cases and seed give the same sample.
    """
    random = np.random.default_rng(seed)
    rankable = [case for case in cases if len(case.targets) < min(candidates_kept, len(case.candidates))]
    chosen = np.sort(random.choice(len(rankable), size=min(cases_kept, len(rankable)), replace=False))
    return [_with_fewer_candidates(rankable[number], candidates_kept, random) for number in chosen]


def _with_fewer_candidates(case: Case, kept: int, random: np.random.Generator) -> Case:
    others = [item_id for item_id in case.candidates if item_id not in case.targets]
    drawn = random.choice(others, size=min(kept - len(case.targets), len(others)), replace=False)
    chosen = {*case.targets, *drawn.tolist()}
    return case.model_copy(update={"candidates": tuple(i for i in case.candidates if i in chosen)})


def _cases(file: Path, known: Container[str]) -> Iterator[Case]:
    records = RecordFile(file, file_format="jsonl")
    try:
        for record in records.records():
            where = f"{records.name}, line {record.line}"
            if not isinstance(record, Record):
                raise InputError(f"{where}: {record.reason}: mend the line")
            yield _case(record, known, where)
    finally:
        records.close()


def _case(record: Record, known: Container[str], where: str) -> Case:
    try:
        case = Case.model_validate(record.values)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {field}: {first['msg'].lower()}: mend the line") from exc
    unknown = [item_id for item_id in (*case.history, *case.candidates) if item_id not in known]
    if unknown:
        raise InputError(
            f"{where}: the catalogue has no product {unknown[0]!r}: take split and items from one data set"
        )
    if len(set(case.candidates)) < len(case.candidates):
        raise InputError(f"{where}: a candidate occurs twice: mend the line")
    if not case.targets <= set(case.candidates):
        raise InputError(f"{where}: a target is not among the candidates: mend the line")
    return case


def find_file(folder: Path, name: str) -> Path | None:
    """A file of a data set, as it is or in gzip."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def require_file(folder: Path, name: str) -> Path:
    """A file of a data set, as it is or in gzip; raises InputError where there is none."""
    path = find_file(folder, name)
    if path is None:
        raise InputError(f"{folder} has no {name}: give a folder with items.jsonl, interactions.csv and split.jsonl")
    return path
