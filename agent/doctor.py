"""The doctor: looks at everything that has to be in place, and names the mend for what is not."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from agent.settings import HASH_EMBEDDER, NO_MODEL, Settings

Verdict = Literal["ok", "missing", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; `mend` is the command that puts it right, empty where nothing is wrong."""

    name: str
    verdict: Verdict
    detail: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """One finding after another; only ledger and index are needed by every answer."""
    for look in (_interpreter, _llama, _model, _embedder, _ledger, _index):
        yield look(settings)


def _interpreter(_: Settings) -> Finding:
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    # pip refuses an older interpreter, but a checkout can be run by any.
    old = tuple(map(int, platform.python_version_tuple()[:2])) < (3, 11)
    return Finding("interpreter", "broken" if old else "ok", where, "install Python 3.11 or newer" if old else "")


def _llama(_: Settings) -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Finding("llama.cpp", "ok", f"llama-cpp-python {version('llama-cpp-python')}")
    except PackageNotFoundError:
        return Finding("llama.cpp", "missing", "llama-cpp-python is not installed", "pip install 'newaisle[local]'")


def _model(settings: Settings) -> Finding:
    if settings.model == NO_MODEL:
        return Finding("language model", "ok", "none wanted")

    def look() -> str:
        from agent.llm.trial import open_engine

        settings.model_cache.verify(settings.model)
        path = settings.model_cache.path(settings.model)
        with open_engine(path, state_folder=settings.models) as model:
            return f"{settings.model}: checksum right, {model.parameters / 1e6:,.0f} M parameters, decodes here"

    return _examined("language model", f"newaisle models pull {settings.model}", look)


def _embedder(settings: Settings) -> Finding:
    if settings.embedder == HASH_EMBEDDER:
        return Finding("embedder", "ok", "words only, no model")

    def look() -> str:
        from store.embedders import OnnxEmbedder

        settings.model_cache.verify(settings.embedder)
        embedder = OnnxEmbedder(settings.model_cache.path(settings.embedder))
        return f"{embedder.name}: checksum right, {embedder.dimensions} dimensions"

    return _examined("embedder", f"newaisle models pull {settings.embedder}", look)


def _ledger(settings: Settings) -> Finding:
    if not settings.shop.ledger_path.exists():
        return Finding("ledger", "missing", f"no shop in {settings.home}", "newaisle ingest CATALOGUE --histories FILE")

    def look() -> str:
        with settings.shop.reader() as ledger:
            ledger.check()
            counts = ledger.counts()
        return ", ".join(f"{count:,} {name}" for name, count in counts.items())

    return _examined("ledger", "restore a copy, or ingest into another --home", look)


def _index(settings: Settings) -> Finding:
    if not settings.shop.ledger_path.exists():
        return Finding("index", "missing", "there is no ledger to build it from", "see above")

    def look() -> str:
        from store import index

        with settings.shop.reader() as ledger:
            embedder = ledger.meta("embedder") or ""
            opened = index.Index.open(settings.shop.index_folder, embedder=embedder)
            opened.close()
            behind = "" if opened.revision == ledger.revision else ", behind the ledger: run `newaisle reindex`"
        return f"generation {opened.generation}{behind}"

    return _examined("index", "newaisle reindex", look)


def _examined(name: str, mend: str, look: Callable[[], str]) -> Finding:
    from agent.llm.errors import LanguageModelError
    from agent.models.errors import ModelError, ModelMissing
    from store.errors import StoreError

    try:
        return Finding(name, "ok", look())
    except ModelMissing as exc:
        return Finding(name, "missing", str(exc), mend)
    except (ModelError, LanguageModelError, StoreError) as exc:
        return Finding(name, "broken", str(exc), mend)
