"""Records kept in a file as they come, one JSON line each, so that a run that was stopped can go on."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Generic, Self, TextIO, TypeVar

from pydantic import BaseModel, ValidationError

from newaisle import agent, prompts, store

Record = TypeVar("Record", bound=BaseModel)


class Kept(Generic[Record]):
    """The records of one file; with no path, nothing is kept."""

    def __init__(self, path: Path | None, kind: type[Record]) -> None:
        self._path = path
        self._kind = kind
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def read(self) -> list[Record]:
        """What is there; a line that was not written to its end is left out."""
        if self._path is None or not self._path.exists():
            return []
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(self._kind.model_validate_json(line))
            except ValidationError:
                continue
        return found

    def write(self, record: Record) -> None:
        """Add a record; it is in the file when this returns."""
        if self._path is None:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="utf-8")
            self._file.write("\n")  # ends a line that was not written to its end
        self._file.write(record.model_dump_json() + "\n")
        self._file.flush()


@cache
def code_version() -> str:
    """A hash of all code and templates: what was measured by another version is measured anew."""
    digest = sha256()
    for package in (agent, prompts, store):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]
