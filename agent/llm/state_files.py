"""Evaluated beginnings of templates on disk, so that no process evaluates again what an earlier one has.

Only a template's own fixed beginning is ever kept here, never what was put into it. A file is named by all that its
content depends on and begins with a digest of it: llama.cpp believes whatever it is given.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_DIGEST_BYTES = 32
_KEPT_FILES = 8  # a few templates and models; the least recently used go first


@dataclass(frozen=True, slots=True)
class StateFiles:
    """States by tokens, in a folder. `made_with` names model, build and processor."""

    folder: Path
    made_with: str

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
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".draft", delete=False) as draft:
                draft.write(_digest(state) + state)
            Path(draft.name).replace(self._path(tokens))
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
