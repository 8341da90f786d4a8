"""The doctor: looks at everything that has to be in place, and names the mend for what is not."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from agent.settings import HASH_EMBEDDER, NO_MODEL, Settings

Verdict = Literal["ok", "missing", "broken"]
_INSTALL = f"{sys.executable} -m agent.llm.build"
_INGEST = "newaisle ingest CATALOGUE --histories FILE"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; `mend` is the command that puts it right, empty where nothing is wrong."""

    name: str
    verdict: Verdict
    detail: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """One finding after another; of these only ledger and prompts are needed by every answer."""
    for look in (_interpreter, _llama, _model, _embedder, _ledger, _index, _prompts):
        yield look(settings)


def _interpreter(_: Settings) -> Finding:
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    # pip refuses an older interpreter, but a checkout can be run by any.
    old = sys.version_info < (3, 11)
    return Finding("interpreter", "broken" if old else "ok", where, "install Python 3.11 or newer" if old else "")


def _llama(_: Settings) -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    from agent.llm.build import pinned_version

    pinned = pinned_version()
    try:
        found = version("llama-cpp-python")
    except PackageNotFoundError:
        return Finding("llama.cpp", "missing", "llama-cpp-python is not installed", _INSTALL)
    if found != pinned:
        return Finding("llama.cpp", "broken", f"llama-cpp-python {found}, made for {pinned}", _INSTALL)
    return Finding("llama.cpp", "ok", f"llama-cpp-python {found}")


def _model(settings: Settings) -> Finding:
    if settings.model == NO_MODEL:
        return Finding("language model", "ok", "none wanted")

    def look() -> str:
        from agent.llm.trial import open_engine

        settings.model_cache.verify(settings.model)
        path = settings.model_cache.path(settings.model)
        with open_engine(path, state_folder=settings.models) as model:
            return f"{settings.model}: checksum right, {(model.parameters or 0) / 1e6:,.0f} M parameters, decodes here"

    return _examined("language model", f"newaisle models pull {settings.model}", look)


def _embedder(settings: Settings) -> Finding:
    def look() -> str:
        from agent.session import load_embedder
        from store.ingest import check_embedder

        if settings.embedder != HASH_EMBEDDER:
            settings.model_cache.verify(settings.embedder)
        embedder = load_embedder(settings)
        if settings.shop.ledger_path.exists():
            with settings.shop.reader() as ledger:
                check_embedder(ledger, embedder)
        checked = "words only, no model" if settings.embedder == HASH_EMBEDDER else "checksum right"
        return f"{embedder.name}: {checked}, {embedder.dimensions} dimensions"

    return _examined("embedder", f"newaisle models pull {settings.embedder}", look)


def _ledger(settings: Settings) -> Finding:
    if not settings.shop.ledger_path.exists():
        return Finding("ledger", "missing", f"there is no shop in {settings.home}", _INGEST)

    def look() -> str:
        with settings.shop.reader() as ledger:
            ledger.check()
            counts = ledger.counts()
        return ", ".join(f"{count:,} {name}" for name, count in counts.items())

    return _examined("ledger", "restore a copy, or ingest into another --home", look)


def _index(settings: Settings) -> Finding:
    if not settings.shop.ledger_path.exists():
        return Finding("index", "missing", "there is no ledger to build it from", _INGEST)

    def look() -> str:
        from store import index
        from store.errors import IndexDamaged

        with settings.shop.reader() as ledger:
            opened = index.Index.open(settings.shop.index_folder, embedder=ledger.meta("embedder") or "")
            opened.close()
            if opened.revision != ledger.revision:
                raise IndexDamaged(f"generation {opened.generation} is behind the ledger")
        return f"generation {opened.generation}, as the ledger is"

    return _examined("index", "newaisle reindex", look)


def _prompts(settings: Settings) -> Finding:
    from prompts.library import list_templates

    listed = list_templates(settings.shop.prompts_folder)
    problem = next((template.problem for template in listed if template.problem), None)
    if problem:
        return Finding("prompts", "broken", problem, "newaisle prompts check")
    own = sum(template.origin == "yours" for template in listed)
    return Finding("prompts", "ok", f"{len(listed)} templates, {own} of them yours")


def _examined(name: str, mend: str, look: Callable[[], str]) -> Finding:
    """What `look` found; where it failed, the mend for that failure, else the one given."""
    from agent.llm.errors import BackendMissing, LanguageModelError
    from agent.models.errors import ModelError, ModelMissing, UnknownModel
    from store.errors import InputError, StoreError

    mends = {BackendMissing: _INSTALL, UnknownModel: "newaisle models list", InputError: "newaisle reindex"}
    try:
        return Finding(name, "ok", look())
    except (ModelError, LanguageModelError, StoreError, OSError) as exc:
        verdict: Verdict = "missing" if isinstance(exc, ModelMissing) else "broken"
        return Finding(name, verdict, str(exc), mends.get(type(exc), mend))
