"""What a shop has learned from its own past, as it is kept in its data folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from newaisle.agent.rank.blend import DEFAULT_BLEND, MODEL_WEIGHT, Blend
from newaisle.agent.rank.expected_popularity import ExpectedPopularity
from newaisle.files import write_whole
from newaisle.store.earlier import read_model


class Judged(BaseModel):
    """NDCG@10 of weights learned on other categories, and of the default weights, on the same cases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: int
    cases: int
    default: FiniteFloat
    learned: FiniteFloat
    gain: FiniteFloat
    gain_se: FiniteFloat
    kept: bool


class JudgedLikelihood(BaseModel):
    """What a language model's likelihood added to NDCG@10 of the blend, by weights learned on other categories."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str  # its name: of another one nothing is known
    weight: FiniteFloat  # in the ranking
    cases: int
    asked: int  # of these; what is first in the others stays so
    gain: FiniteFloat
    gain_se: FiniteFloat
    seconds: FiniteFloat  # that asking takes in one answer
    kept: bool


_FILE = "learned.json"
_EARLIER_NAMES: Mapping[str, str] = {  # of parts of the file: see `read_model`
    "attraction": "expected_popularity",
    "blend.weights.attraction": "expected_popularity",
}


class Learned(BaseModel):
    """Expected popularity and blend; None where nothing was learned.

    revision: of the ledger that expected popularity was learned from. warnings: why what is kept cannot be used.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    revision: int = -1
    expected_popularity: ExpectedPopularity | None = None
    blend: Blend = DEFAULT_BLEND
    judged: Judged | None = None
    likelihood: JudgedLikelihood | None = None
    warnings: tuple[str, ...] = Field(default=(), exclude=True)

    def ranks(self, model: str) -> bool | None:
        """Whether it pays that this language model ranks; None where the shop has not learned that."""
        return self.likelihood.kept if self.likelihood and self.likelihood.model == model else None

    def weight_of(self, model: str) -> float:
        """Of the likelihood of this language model in a ranking."""
        return self.likelihood.weight if self.likelihood and self.ranks(model) else MODEL_WEIGHT


def read_learned(folder: Path) -> Learned:
    """What is kept in a data folder; nothing learned where there is nothing, or nothing that can be read.

    It can be learned again at any time, so that a damaged file is no reason to stop, but for a warning.
    """
    path = folder / _FILE
    try:
        return read_model(path, Learned, earlier_names=_EARLIER_NAMES)
    except FileNotFoundError:
        return Learned()
    except ValueError:
        warning = (
            f"what the shop has learned is left out, since {path} cannot be read: `newaisle calibrate` learns it anew"
        )
        return Learned(warnings=(warning,))


def learned_at(folder: Path) -> tuple[int, int]:
    """When something was learned last, by the disk's clock, and which file it is, as clocks may be coarse."""
    try:
        kept = (folder / _FILE).stat()
    except FileNotFoundError:
        return 0, 0
    return kept.st_mtime_ns, kept.st_ino


def keep_learned(folder: Path, learned: Learned) -> None:
    """Put what was learned into a data folder, in one step."""
    write_whole(folder / _FILE, learned.model_dump_json().encode())
