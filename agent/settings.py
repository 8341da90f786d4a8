"""Settings: where things are and which models are used; set once by the entry point and handed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.models.catalog import DEFAULT_EMBEDDER, DEFAULT_LLM

if TYPE_CHECKING:
    from agent.models.cache import ModelCache
    from store.home import Home

NO_MODEL = "none"
HASH_EMBEDDER = "hash"


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("newaisle", appauthor=False)


def _default_models() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("newaisle", appauthor=False) / "models"


@dataclass(slots=True, kw_only=True)
class Settings:
    """Folders default to the platform's usual places for a program's data and for what it can fetch again."""

    home: Path = field(default_factory=_default_home)
    models: Path = field(default_factory=_default_models)
    model: str = DEFAULT_LLM  # NO_MODEL: no language model takes part
    embedder: str = DEFAULT_EMBEDDER  # HASH_EMBEDDER: words only, no model needed

    @property
    def shop(self) -> Home:
        from store.home import Home

        return Home(self.home)

    @property
    def model_cache(self) -> ModelCache:
        from agent.models.cache import ModelCache

        return ModelCache(self.models)
