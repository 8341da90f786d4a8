"""Findings that are worth keeping from one process to the next, by name in a JSON file."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

Finding = TypeVar("Finding")


class Memory(Generic[Finding]):
    """A file of findings of one kind: a pydantic model or a dataclass."""

    def __init__(self, path: Path, kind: type[Finding]) -> None:
        self._path = path
        self._findings: TypeAdapter[dict[str, Finding]] = TypeAdapter(dict[str, kind])  # type: ignore[valid-type]

    def recall(self, name: str) -> Finding | None:
        """What was remembered under the name; nothing from a file that is missing or damaged."""
        return self._recall_all().get(name)

    def remember(self, name: str, finding: Finding) -> None:
        """Put one finding into the file, whole or not at all; a disk that refuses only costs finding it out again."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            content = self._findings.dump_json(self._recall_all() | {name: finding}, indent=1)
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                Path(temporary).replace(self._path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def _recall_all(self) -> dict[str, Finding]:
        with suppress(OSError, ValidationError):
            return self._findings.validate_json(self._path.read_bytes())
        return {}
