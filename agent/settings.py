"""Settings: where things are and which models are used; set once by the entry point and handed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, DEFAULT_LLM

if TYPE_CHECKING:
    from newaisle.agent.models.cache import ModelCache
    from newaisle.store.home import Home

Backend = Literal["local", "http"]

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
    backend: Backend = "local"
    base_url: str | None = None  # of the server, with "http"
    api_key_file: Path | None = None  # JSON: keys of servers by host
    model: str | None = None  # NO_MODEL: no language model takes part; None: the usual one, or a server's first
    fallback: tuple[str, ...] = ()  # what takes over when a model fails, in order: names of local models, or URL#MODEL
    embedder: str = DEFAULT_EMBEDDER  # HASH_EMBEDDER: words only, no model needed
    prompts: Path | None = None  # folder of templates that win over the bundled ones; None: `prompts` in the home

    @property
    def language_models(self) -> tuple[str, ...]:
        """All language models in the order they are asked: names of local ones, or URL#MODEL; empty for NO_MODEL."""
        if self.model == NO_MODEL:
            return ()
        if self.backend == "http":
            return (f"{self.base_url}#{self.model or ''}", *self.fallback)
        return (self.model or DEFAULT_LLM, *self.fallback)

    @property
    def local_models(self) -> tuple[str, ...]:
        """Those of the language models that have to be on this machine."""
        return tuple(spec for spec in self.language_models if not is_url(spec))

    @property
    def prompts_folder(self) -> Path:
        """Where the user's own templates lie."""
        return self.prompts or self.shop.prompts_folder

    @property
    def shop(self) -> Home:
        from newaisle.store.home import Home

        return Home(self.home)

    @property
    def model_cache(self) -> ModelCache:
        from newaisle.agent.models.cache import ModelCache

        return ModelCache(self.models)


def is_url(spec: str) -> bool:
    """Whether a model is one of a server, `URL#MODEL`, and not the name of a local one."""
    return spec.startswith(("http://", "https://"))


def is_loopback(url: str) -> bool:
    """Whether a server is on this machine, going by its address."""
    import re
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # no address at all
        return False
    return host in ("localhost", "::1") or host.endswith(".localhost") or bool(re.fullmatch(r"127(\.\d+){3}", host))
