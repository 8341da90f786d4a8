"""A LoRA adapter: small matrices beside a model's own that make it better at some templates (Hu et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A GGUF adapter in the format of llama.cpp, for the answers to those `templates` alone."""

    name: str
    path: Path
    sha256: str
    templates: tuple[str, ...]
