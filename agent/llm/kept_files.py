"""What is worth keeping on disk from one process to the next: findings, and evaluated beginnings of templates.

Of a template only its own fixed beginning is ever kept, never what was put into it. Such a file is named by all that
its content depends on and begins with a digest of it: llama.cpp believes whatever it is given.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from newaisle.files import write_whole

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
            write_whole(self._path, self._findings.dump_json(self._recall_all() | {name: finding}, indent=1))

    def _recall_all(self) -> dict[str, Finding]:
        with suppress(OSError, ValidationError):
            return self._findings.validate_json(self._path.read_bytes())
        return {}


_DIGEST_BYTES = 32
_KEPT_FILES = 8  # a few templates and models; the least recently used go first


@dataclass(frozen=True, slots=True)
class StateFiles:
    """States by tokens, in a folder. `made_with` names model, build and processor."""

    folder: Path
    made_with: str

    def read_by(self, adapter: str) -> StateFiles:
        """The states that the model leaves with an adapter, which is named by its digest; empty for none."""
        return replace(self, made_with=f"{self.made_with} {adapter}") if adapter else self

    def load(self, tokens: Sequence[int]) -> bytes | None:
        """The state after `tokens`; None where there is none that is whole."""
        path = self._path(tokens)
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        digest, state = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        return state if digest == _digest(state) else None

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Keep the state after `tokens`, whole or not at all; a disk that refuses costs only the time it would save."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._path(tokens), _digest(state) + state)
            self._drop_oldest()

    def _path(self, tokens: Sequence[int]) -> Path:
        key = hashlib.sha256(f"{self.made_with} {list(tokens)}".encode()).hexdigest()[:32]
        return self.folder / f"{key}.state"

    def _drop_oldest(self) -> None:
        by_use = sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in by_use[:-_KEPT_FILES]:
            path.unlink()


def _digest(state: bytes) -> bytes:
    return hashlib.blake2b(state, digest_size=_DIGEST_BYTES).digest()
