"""What the cache writes down about a model: its files, what was measured of its variants, and which was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from newaisle.agent.models.catalog import Kind
from newaisle.agent.schema.gain import Gain
from newaisle.errors import WrongKind
from newaisle.files import write_whole
from newaisle.store.embedders import hash_file

MOST_LOSS = 0.02  # nats a token: what a variant's log-likelihood of product texts may be below the published file's
MOST_FEWER_PASSED = 0.05  # of all explanations: by how much its share that passes the check may be below
SLOWER = "slower than what was chosen"
_ROUNDING = 1e-9

# One typical answer: five sentences, each with so many tokens of a prompt of its own, and so many written.
ANSWER_SENTENCES = 5
OWN_TOKENS = 75
WRITTEN_TOKENS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A file of a `model` to be measured, and what its trial found out (see `agent.llm.trial`)."""

    name: str
    model: str = ""
    path: Path
    use_extra_bufts: bool
    can_fork: bool


VARIANTS = TypeAdapter(tuple[Variant, ...])


class Measurement(BaseModel):
    """One variant of a language model; what was not measured is None.

    answer_s: seconds for one typical answer at these speeds.
    loss: nats a token by which product texts are less likely than with the published file; loss_se: its standard error.
    passed_share: of a fixed set of explanations, how many pass their check; gain: what they add to the claims' own
    sentences.
    why: in a few words why it was chosen, or not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: str
    bytes: int
    prompt_tokens_s: float | None = None
    written_tokens_s: float | None = None
    answer_s: float | None = None
    loss: float | None = None
    loss_se: float | None = None
    passed_share: float | None = None
    gain: Gain | None = None
    chosen: bool = False
    why: str = ""


MEASUREMENTS = TypeAdapter(tuple[Measurement, ...])


class EmbedderMeasurement(BaseModel):
    """One variant of an embedder. `cosine` is the mean cosine of its vectors to those of fp32, where that is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: str
    bytes: int
    texts_s: float
    cosine: float | None = None
    chosen: bool = False
    why: str = ""


Measured = TypeVar("Measured", Measurement, EmbedderMeasurement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants(Generic[Measured]):
    """All variants of a model that were made and measured, the file as published first, and where each lies.

    problem: why nothing was measured, in a few words; empty where it was.
    """

    measurements: tuple[Measured, ...]
    paths: dict[str, Path]
    problem: str = ""

    @property
    def chosen(self) -> Measured:
        """The variant to be used."""
        return next(measurement for measurement in self.measurements if measurement.chosen)


def answer_seconds(prompt_tokens_s: float, written_tokens_s: float) -> float:
    """Seconds for one typical answer at these speeds."""
    return ANSWER_SENTENCES * (OWN_TOKENS / prompt_tokens_s + WRITTEN_TOKENS / written_tokens_s)


def choose(measurements: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Choose one of the variants: all measurements with `chosen` and `why`; the first is of the file as published.

    Chosen is the fastest whose loss is small (MOST_LOSS, MOST_FEWER_PASSED), the file as published where none is.
    """
    published, *others = measurements
    objections = {other.variant: objection(other, published) for other in others}
    best = min(
        (other for other in others if objections[other.variant] is None),
        key=lambda other: (other.answer_s, other.bytes),
        default=published,
    )
    objections[published.variant] = SLOWER if best is not published else None
    return tuple(
        measurement.model_copy(
            update={
                "chosen": measurement is best,
                "why": objections[measurement.variant] or _reason(measurement, best, published),
            }
        )
        for measurement in measurements
    )


def objection(measurement: Measurement, published: Measurement) -> str | None:
    """Why a variant may not take the place of the published file, in a few words; None where it may."""
    if measurement.loss is not None and not measurement.loss <= MOST_LOSS:
        return f"loses more than {MOST_LOSS} nats a token"
    if measurement.loss is None or measurement.answer_s is None:
        return measurement.why or "does not run here"
    if published.answer_s is None or measurement.answer_s >= published.answer_s:
        return "no faster than the file as published"
    if measurement.passed_share is None or published.passed_share is None:
        return SLOWER
    if measurement.passed_share < published.passed_share - MOST_FEWER_PASSED - _ROUNDING:
        return f"over {100 * MOST_FEWER_PASSED:.0f} points fewer of its explanations pass their check"
    return None


def _reason(measurement: Measurement, best: Measurement, published: Measurement) -> str:
    if measurement is not best:
        return SLOWER
    if best.answer_s is None or published.answer_s is None or best is published:
        return "nothing faster keeps within the limits of loss"
    speedup = published.answer_s / best.answer_s
    return f"{speedup:.2f} times as fast as published, with a loss within the limits"


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
        write_whole(folder / FILE_NAME, f"{self.model_dump_json(indent=2)}\n".encode())
