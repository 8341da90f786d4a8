"""The doctor: looks at everything that has to be in place, and names the mend for what is not."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newaisle import errors
from newaisle.agent.llm.server.address import is_url
from newaisle.agent.models.catalog import AUTO_EMBEDDER, DEFAULT_EMBEDDER, HASH_EMBEDDER
from newaisle.agent.settings.settings import Settings
from newaisle.child import python_child

if TYPE_CHECKING:
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.models.manifest import Manifest

Verdict = Literal["ok", "missing", "broken"]
_INSTALL = shlex.join(python_child("newaisle.agent.llm.build"))
_REBUILD = shlex.join(python_child("pip", "uninstall", "--yes", "llama-cpp-python")) + f" && {_INSTALL}"
_START = "start the server, or choose another"
_SERVER_DEADLINE = 60.0  # seconds for a few words: a server may have to load its model first
_INGEST = "newaisle ingest CATALOGUE --histories FILE"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing; `mend` is the command that puts it right, empty where nothing is to be done."""

    name: str
    verdict: Verdict
    detail: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after another; of these only ledger and prompts are needed by every answer."""
    yield _interpreter(settings)
    yield _llama(settings)
    if not settings.language_models:
        yield Finding("language model", "ok", "none wanted")
    _forget_servers(settings)
    for place, spec in enumerate(settings.language_models):
        yield _model(settings, spec, "fallback" if place else "language model")
    for look in (_embedder, _ledger, _index, _prompts):
        yield look(settings)
    if settings.language_models and settings.shop.ledger_path.exists():
        yield _wording(settings)


def _interpreter(_: Settings) -> Finding:
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    # pip refuses an older interpreter, but a checkout can be run by any.
    old = sys.version_info < (3, 11)
    return Finding("interpreter", "broken" if old else "ok", where, "install Python 3.11 or newer" if old else "")


def _llama(settings: Settings) -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    from newaisle.agent.llm import installed
    from newaisle.agent.llm.build import pinned_version
    from newaisle.agent.llm.installed import processor

    pinned = pinned_version()
    try:
        found = version("llama-cpp-python")
    except PackageNotFoundError:
        if settings.language_models and not settings.local_models:
            return Finding("llama.cpp", "ok", "llama-cpp-python is not installed, and a server does not need it")
        return Finding("llama.cpp", "missing", "llama-cpp-python is not installed", _INSTALL)
    if found != pinned:
        return Finding("llama.cpp", "broken", f"llama-cpp-python {found}, made for {pinned}", _INSTALL)
    if not installed.features():
        return Finding("llama.cpp", "broken", f"llama-cpp-python {found} crashes when it is loaded", _REBUILD)
    if "amx_int8" not in processor().split() or "AMX_INT8" in installed.features():
        return Finding("llama.cpp", "ok", installed.description())
    could_be_faster = "" if installed.compiler() else _REBUILD  # the set-up had its reasons
    return Finding("llama.cpp", "ok", f"{installed.description()}, and not this processor's AMX", could_be_faster)


def _forget_servers(settings: Settings) -> None:
    """What servers can do is found out anew, and remembered from now on."""
    from newaisle.agent.shop.backends import SERVERS_FILE

    with suppress(OSError):
        (settings.models / SERVERS_FILE).unlink(missing_ok=True)


def _model(settings: Settings, spec: str, name: str) -> Finding:
    if is_url(spec):
        return _examined(name, _START, lambda: _look_at_server(settings, spec))
    return _examined(name, f"newaisle models pull {spec}", lambda: _look_at_file(settings, spec))


def _look_at_file(settings: Settings, name: str) -> str:
    from newaisle.agent.shop.backends import model_opener

    settings.model_cache.verify(name)
    with model_opener(settings, name)() as model:
        speed = _speed(settings.model_cache.manifest(name))
        return f"{name}: checksum right, {_size(model)}, decodes here{speed}"


def _speed(manifest: Manifest) -> str:
    """How fast a model was when it was pulled; nothing where that was not measured."""
    from newaisle.agent.llm.installed import description
    from newaisle.agent.models.manifest import Measurement

    measured = manifest.measured
    if not isinstance(measured, Measurement) or measured.prompt_tokens_s is None:
        return ""
    build = "" if manifest.llama_cpp in ("", description()) else " with another build of llama.cpp"
    tokens = f"{measured.prompt_tokens_s:,.0f} prompt and {measured.written_tokens_s:,.0f} written tokens/s"
    return f", {tokens} when it was pulled{build}"


def _look_at_server(settings: Settings, spec: str) -> str:
    from newaisle.agent.llm.base import Ask
    from newaisle.agent.shop.backends import model_opener
    from newaisle.prompts.messages import Message, Part

    with model_opener(settings, spec)() as model:
        prompt = [Message("user", (Part("Say yes.", is_data=False),))]
        model.generate([Ask(prompt=prompt, max_tokens=4)], deadline=_SERVER_DEADLINE)
        ranks = "likelihoods of titles" if model.can_score else "ordered lists, as it gives no likelihoods"
        return f"{model.name} on {spec.partition('#')[0]}: {_size(model)}, answers here, can rank by {ranks}"


def _size(model: LanguageModel) -> str:
    return "size unknown" if model.parameters is None else f"{model.parameters / 1e6:,.0f} M parameters"


def _embedder(settings: Settings) -> Finding:
    def look() -> str:
        from newaisle.agent.shop.backends import load_embedder
        from newaisle.store.ingest import check_embedder

        with closing(load_embedder(settings)) as embedder:
            checked = "words only, no model" if embedder.spec == HASH_EMBEDDER else "answers here"
            if embedder.spec != HASH_EMBEDDER and not is_url(embedder.spec):
                settings.model_cache.verify(embedder.spec)
                checked = "checksum right"
            if settings.shop.ledger_path.exists():
                with settings.shop.reader() as ledger:
                    check_embedder(ledger, embedder)
            return f"{embedder.name}: {checked}, {embedder.dimensions} dimensions"

    named = DEFAULT_EMBEDDER if settings.embedder == AUTO_EMBEDDER else settings.embedder
    mend = _START if is_url(settings.embedder) else f"newaisle models pull {named}"
    return _examined("embedder", mend, look)


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
        from newaisle.store import index

        with settings.shop.reader() as ledger:
            with closing(
                index.Index.open(settings.shop.index_folder, embedder=ledger.meta("embedder") or "")
            ) as opened:
                opened.check()
            if opened.revision != ledger.revision:
                raise errors.IndexDamaged(f"generation {opened.generation} is behind the ledger")
        return f"generation {opened.generation}, as the ledger is"

    return _examined("index", "newaisle reindex", look)


def _prompts(settings: Settings) -> Finding:
    from newaisle.prompts.library import list_templates

    listed = list_templates(settings.prompts_folder)
    problem = next((template.problem for template in listed if template.problem), None)
    if problem:
        return Finding("prompts", "broken", problem, "newaisle prompts check")
    own = sum(template.origin == "yours" for template in listed)
    return Finding("prompts", "ok", f"{len(listed)} templates, {own} of them yours")


def _wording(settings: Settings) -> Finding:
    from newaisle.agent.shop.backends import wording_of

    nothing = "no text of the model in this shop yet: its first ones say whether it adds something"
    return Finding("wording", "ok", "; ".join(wording_of(settings).told) or nothing)


def _examined(name: str, mend: str, look: Callable[[], str]) -> Finding:
    """What `look` found; where it failed, the mend for that failure, else the one given."""
    mends = {
        errors.BackendMissing: _INSTALL,
        errors.UnknownModel: "newaisle models list",
        errors.WrongKind: "newaisle models list",
        errors.InputError: "newaisle reindex",
        errors.RequestError: "give another address or key file",
        errors.ServerRefused: "put its key into NEWAISLE_API_KEY, or into the --api-key-file under its host",
        errors.ServerLacksModel: "choose one of the server's models with --model",
    }
    try:
        return Finding(name, "ok", look())
    except (errors.ModelError, errors.LanguageModelError, errors.RequestError, errors.StoreError, OSError) as exc:
        verdict: Verdict = "missing" if isinstance(exc, errors.ModelMissing) else "broken"
        return Finding(name, verdict, str(exc), mends.get(type(exc), mend))
