"""Opens models by what the settings call them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newaisle.agent.llm.server.address import is_url
from newaisle.agent.models.catalog import AUTO_EMBEDDER, MULTILINGUAL_EMBEDDER
from newaisle.agent.settings.settings import Settings
from newaisle.errors import ModelError

if TYPE_CHECKING:
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.llm.server.endpoint import Endpoint, Keys
    from newaisle.agent.shop.wording import Wording
    from newaisle.store.embedders import Embedder

Opener = Callable[[], "LanguageModel"]

_LARGE = 750_000_000  # bytes: three billion parameters, from which a model ranks, take no fewer
SERVERS_FILE = "servers.json"  # in the folder of models: what each server can do


def load_embedder(settings: Settings) -> Embedder:
    """The embedder in use, which AUTO_EMBEDDER leaves to the shop.

    Raises ModelError, EmbedderError, and RequestError for an address or a key file that makes no sense.
    """
    from newaisle.agent.embedders.auto import choose_embedder
    from newaisle.agent.embedders.opening import open_embedder

    how: Any = {"cache": settings.model_cache, "keys": _keys(settings)}
    if settings.embedder != AUTO_EMBEDDER:
        return open_embedder(settings.embedder, **how)
    if not settings.shop.ledger_path.exists():
        return choose_embedder(None, **how)
    with settings.shop.reader() as ledger:
        return choose_embedder(ledger, **how)


def has_to_be_filled(settings: Settings) -> bool:
    """Whether no embedder has filled the shop."""
    if not settings.shop.ledger_path.exists():
        return True
    with settings.shop.reader() as ledger:
        return ledger.meta("embedder") is None


def load_multilingual(settings: Settings) -> Embedder:
    """What texts of several languages are compared by, beside the shop's own embedder; raises as `load_embedder`."""
    return load_embedder(replace(settings, embedder=MULTILINGUAL_EMBEDDER))


def load_model(settings: Settings) -> LanguageModel:
    """The language model in use, and those that take over when it fails.

    Raises ModelError or LanguageModelError, and RequestError for an address or a key file that makes no sense, be it
    one that would be needed later.
    """
    from newaisle.agent.llm.wrapping import Fallback

    openers = [model_opener(settings, spec) for spec in settings.language_models]
    return Fallback(openers) if settings.fallback else openers[0]()


def wording_of(settings: Settings, model: LanguageModel | None = None) -> Wording:
    """What the shop has found of the texts of the model in use, which is not loaded for that; model: a ready one."""
    from newaisle.agent.models.adapters.known import adapter_for, known_adapters
    from newaisle.agent.shop.wording import Wording

    spec, may_rank, disliked = (settings.language_models or ("",))[0], True, ""
    if model is not None:
        spec = f"{model.name}@{(model.sha256 or '')[:12]}"
    elif spec and not is_url(spec):
        with suppress(ModelError):
            file = settings.model_cache.manifest(spec).files[0]
            adapter = adapter_for(spec, settings.adapter)
            bundled = {one.sha256: one.disliked for one in known_adapters().values()}
            disliked = bundled.get(adapter.sha256, "") if adapter else ""
            may_rank, digests = file.size >= _LARGE, [file.sha256, *([adapter.sha256] if adapter else [])]
            spec = f"{spec}{f' with {adapter.name}' if adapter else ''}@{'+'.join(one[:12] for one in digests)}"
    return Wording(
        file=settings.shop.wording_file,
        model=spec,
        prompts_folder=settings.prompts_folder,
        may_rank=may_rank,
        disliked=disliked,
    )


def model_opener(settings: Settings, spec: str) -> Opener:
    """What opens one language model: of a server, `URL#MODEL` (`URL#` for its first), or of this machine by its name.

    Raises RequestError for an address or a key file that makes no sense.
    """
    if not is_url(spec):
        return partial(_open_local, settings, spec)
    from newaisle.agent.llm.server.endpoint import Endpoint

    return partial(_open_server, Endpoint.parse(spec, keys=_keys(settings)), settings.models / SERVERS_FILE)


def _keys(settings: Settings) -> Keys:
    from newaisle.agent.llm.server.endpoint import Keys

    return Keys.from_environment(settings.api_key_file, base_url=settings.base_url)


def _open_local(settings: Settings, name: str) -> LanguageModel:
    from newaisle.agent.llm.trial import open_engine
    from newaisle.agent.models.adapters.known import adapter_for

    cache = settings.model_cache
    manifest = cache.manifest(name)
    manifest.require("llm")
    path = cache.path(name)
    return open_engine(
        path,
        state_folder=settings.models,
        name=manifest.name,
        sha256=manifest.files[0].sha256,
        adapter=adapter_for(manifest.name, settings.adapter),
    )


def _open_server(endpoint: Endpoint, memory: Path) -> LanguageModel:
    """A server's model; raises ServerError where it does not answer, before anything waits for that."""
    from newaisle.agent.llm.server.client import Client
    from newaisle.agent.llm.server.model import ServerModel
    from newaisle.errors import RequestRejected, ServerLacksModel

    with Client(endpoint) as client:
        if endpoint.model is None:
            # By its name, what is found out is remembered of this model and not of another that comes first one day.
            endpoint = replace(endpoint, model=client.run(client.api.model()))
        else:
            with suppress(RequestRejected, ServerLacksModel):  # some have no list of models, and answer all the same
                client.models()
    return ServerModel(endpoint, memory=memory)
