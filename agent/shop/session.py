"""Makes the parts of an answer from the settings: each once, and only when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.settings import NO_MODEL, Settings, is_url
from newaisle.errors import LedgerError, RequestError
from newaisle.store.logs import Logs
from newaisle.store.opening import open_index

if TYPE_CHECKING:
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.llm.server.endpoint import Endpoint, Keys
    from newaisle.agent.shop.parts import Parts
    from newaisle.store.embedders import Embedder
    from newaisle.store.index import Index

SERVERS_FILE = "servers.json"  # in the folder of models: what each server can do


@contextmanager
def open_parts(settings: Settings, *, on_rebuild: Callable[[str], None] = lambda reason: None) -> Iterator[Parts]:
    """The parts for answering from the shop in `settings.home`; closes what was opened.

    `on_rebuild` is told why when the index is missing or damaged and is built anew. Raises RequestError without a shop.
    """
    from newaisle.agent.learn.learned import read_learned
    from newaisle.agent.shop.parts import Parts

    require_shop(settings)
    with ExitStack() as stack:
        ledger = stack.enter_context(settings.shop.reader())
        embedder_name = ledger.meta("embedder")
        if embedder_name is None:
            raise LedgerError("the shop was not read to its end: run the same `newaisle ingest` command again")

        @cache
        def index() -> Index:
            opened = open_index(settings.shop, embedder=embedder_name, on_rebuild=on_rebuild)
            stack.callback(opened.close)
            return opened

        @cache
        def embedder() -> Embedder:
            opened = load_embedder(settings)
            stack.callback(opened.close)
            return opened

        @cache
        def model() -> LanguageModel:
            return stack.enter_context(load_model(settings))

        yield Parts(
            ledger=ledger,
            embedder_name=embedder_name,
            embedder=embedder,
            index=index,
            model=None if settings.model == NO_MODEL else model,
            prompts_folder=settings.prompts_folder,
            learned=read_learned(settings.home),
            # One who is forgotten while the answer is made is not to come back in the log.
            log=partial(Logs(settings.shop.logs_path).write, is_known=lambda user_id: bool(ledger.history(user_id))),
        )


def require_shop(settings: Settings) -> None:
    """Raise RequestError where nothing was ever read into the data folder."""
    if not settings.shop.ledger_path.exists():
        raise RequestError(
            f"there is no shop in {settings.home}: run `newaisle ingest CATALOGUE --histories FILE`,"
            " or see the sample with `newaisle demo`"
        )


def load_embedder(settings: Settings) -> Embedder:
    """The embedder in use.

    Raises ModelError, EmbedderError, and RequestError for an address or a key file that makes no sense.
    """
    from newaisle.agent.embedders.opening import open_embedder

    return open_embedder(settings.embedder, cache=settings.model_cache, keys=_keys(settings))


def load_model(settings: Settings) -> LanguageModel:
    """The language model in use, and those that take over when it fails.

    Raises ModelError or LanguageModelError, and RequestError for an address or a key file that makes no sense, be it
    one that would be needed later.
    """
    from newaisle.agent.llm.fallback import Fallback

    openers = [model_opener(settings, spec) for spec in settings.language_models]
    return Fallback(openers) if settings.fallback else openers[0]()


def model_opener(settings: Settings, spec: str) -> Callable[[], LanguageModel]:
    """What opens one language model: of a server, `URL#MODEL` (`URL#` for its first), or of this machine by its name.

    Raises RequestError for an address or a key file that makes no sense.
    """
    if not is_url(spec):
        return partial(_open_local, settings, spec)
    from newaisle.agent.llm.server.endpoint import Endpoint

    endpoint = Endpoint.parse(spec, keys=_keys(settings))
    return partial(_open_server, endpoint, settings.models / SERVERS_FILE)


def _keys(settings: Settings) -> Keys:
    from newaisle.agent.llm.server.endpoint import Keys

    return Keys.from_environment(settings.api_key_file, base_url=settings.base_url)


def _open_local(settings: Settings, name: str) -> LanguageModel:
    from newaisle.agent.llm.trial import open_engine

    cache = settings.model_cache
    manifest = cache.manifest(name)
    manifest.require("llm")
    path = cache.path(name)
    return open_engine(path, state_folder=settings.models, name=manifest.name, sha256=manifest.files[0].sha256)


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
