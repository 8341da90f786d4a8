"""Records on their way into a Chroma collection, piled up on disk until it is known how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray

Metadata = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are added in one go: ids, vectors of shape (records, dimensions), metadata of all or None."""

    ids: list[str]
    vectors: NDArray[np.float32]
    metadatas: list[Metadata] | None


class SpillBuffer:
    """The records of one collection. Memory holds their ids, a file without a name in `folder` their vectors."""

    def __init__(self, folder: Path) -> None:
        self._ids: list[str] = []
        self._metadatas: list[Metadata] = []
        self._dimensions = 0
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - `close` closes it

    def __len__(self) -> int:
        return len(self._ids)

    def close(self) -> None:
        self._file.close()

    def add(self, id: str, vector: NDArray[np.float32], metadata: Metadata | None = None) -> None:
        """Put a record on the pile; all of a pile have metadata, or none has."""
        self._ids.append(id)
        if metadata is not None:
            self._metadatas.append(metadata)
        self._dimensions = len(vector)
        self._file.write(vector.astype(np.float32, copy=False).tobytes())

    def batches(self, *, rounds: int, largest: int) -> Iterator[Batch]:
        """All records in their order: in equal rounds, and each round in equal batches of at most `largest`."""
        self._file.seek(0)
        for first, last in pairwise(_bounds(0, len(self), rounds)):
            for start, end in pairwise(_bounds(first, last, -(-(last - first) // largest))):
                vectors = np.frombuffer(self._file.read((end - start) * self._dimensions * 4), np.float32)
                metadatas = self._metadatas[start:end] or None
                yield Batch(self._ids[start:end], vectors.reshape(end - start, self._dimensions), metadatas)


def _bounds(first: int, last: int, parts: int) -> list[int]:
    """Where equal parts of a range begin, and its end; they differ by one at most. No parts have no bounds."""
    return [first + (last - first) * part // parts for part in range(parts + 1)] if parts else []
