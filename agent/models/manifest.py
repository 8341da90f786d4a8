"""What the cache writes down about each model it holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from newaisle.agent.models.catalog import Kind
from newaisle.agent.models.measurement import EmbedderMeasurement, Measurement
from newaisle.errors import WrongKind
from newaisle.store.embedders import hash_file

FILE_NAME = "manifest.json"
_IN_WORDS: dict[Kind, str] = {"llm": "a language model", "embedder": "an embedder"}


class FileRecord(BaseModel):
    """One file: its path (relative to the model's folder, absolute where it lies elsewhere), bytes and checksum."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size: int
    sha256: str
    mtime_ns: int | None = None  # None where the file is no longer kept

    @classmethod
    def of(cls, path: Path, name: str, *, kept: bool = True) -> FileRecord:
        """Describe a file as it is now."""
        status = path.stat()
        return cls(
            path=name,
            size=status.st_size,
            sha256=hash_file(path),
            mtime_ns=status.st_mtime_ns if kept else None,
        )


class Manifest(BaseModel):
    """A model in the cache. The first of `files` is the one that is loaded.

    measurements: of each variant, what the choice at its pull rested on; none for a model that is used as it came.
    llama_cpp: the build of llama.cpp that they were made with, where that is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    source: str
    variant: str
    files: tuple[FileRecord, ...]
    converted_from: FileRecord | None = None
    note: str = ""
    measurements: tuple[Measurement, ...] | tuple[EmbedderMeasurement, ...] = ()
    llama_cpp: str = ""
    made_at: datetime
    made_on: str  # processor and operating system, on which a choice by speed depends

    @property
    def sha256(self) -> str:
        """The checksum of the file that is loaded."""
        return self.files[0].sha256

    @property
    def measured(self) -> Measurement | EmbedderMeasurement | None:
        """What was measured of the variant in use; None where nothing was."""
        return next((one for one in self.measurements if one.variant == self.variant), None)

    def require(self, kind: Kind) -> None:
        """Raise WrongKind unless the model is of this kind."""
        if self.kind != kind:
            is_what, wanted = _IN_WORDS[self.kind], _IN_WORDS[kind]
            raise WrongKind(f"{self.name} is {is_what}, not {wanted}: see `newaisle models list` for those that are")

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """The manifest in a model's folder, None where there is none. Raises ValueError where it is unreadable."""
        try:
            return cls.model_validate_json((folder / FILE_NAME).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, folder: Path) -> None:
        """Write the manifest into a model's folder, whole or not at all."""
        scratch = folder / f".{FILE_NAME}"
        scratch.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
        scratch.replace(folder / FILE_NAME)
