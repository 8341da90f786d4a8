"""Makes the parts of an answer from the settings: each once, and only when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from agent.errors import RequestError
from agent.recommend import Parts
from agent.settings import HASH_EMBEDDER, NO_MODEL, Settings
from store.errors import LedgerError
from store.opening import open_index

if TYPE_CHECKING:
    from agent.llm.base import LanguageModel
    from store.embedders import Embedder
    from store.index import Index


@contextmanager
def open_parts(settings: Settings, *, on_rebuild: Callable[[str], None] = lambda reason: None) -> Iterator[Parts]:
    """The parts for answering from the shop in `settings.home`; closes what was opened.

    `on_rebuild` is told why when the index is missing or damaged and is built anew. Raises RequestError without a shop.
    """
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
        def model() -> LanguageModel:
            return stack.enter_context(load_model(settings))

        yield Parts(
            ledger=ledger,
            embedder_name=embedder_name,
            embedder=cache(lambda: load_embedder(settings)),
            index=index,
            model=None if settings.model == NO_MODEL else model,
            prompts_folder=settings.shop.prompts_folder,
        )


def require_shop(settings: Settings) -> None:
    """Raise RequestError where nothing was ever read into the data folder."""
    if not settings.shop.ledger_path.exists():
        raise RequestError(
            f"there is no shop in {settings.home}: run `newaisle ingest CATALOGUE --histories FILE`,"
            " or see the sample with `newaisle demo`"
        )


def load_embedder(settings: Settings) -> Embedder:
    """The embedder in use; raises ModelError or EmbedderError."""
    from agent.models.errors import ModelMissing
    from store.embedders import HashEmbedder, OnnxEmbedder

    if settings.embedder == HASH_EMBEDDER:
        return HashEmbedder()
    try:
        return OnnxEmbedder(settings.model_cache.path(settings.embedder))
    except ModelMissing as exc:
        mend = f"run `newaisle models pull {settings.embedder}`, or compare words only with --embedder {HASH_EMBEDDER}"
        raise ModelMissing(f"the embedder {settings.embedder} is not installed: {mend}") from exc


def load_model(settings: Settings) -> LanguageModel:
    """The language model in use, after its trial; raises ModelError or LanguageModelError."""
    from agent.llm.trial import open_engine

    cache = settings.model_cache
    manifest = cache.manifest(settings.model)
    path = cache.path(settings.model)
    return open_engine(path, state_folder=settings.models, name=manifest.name, sha256=manifest.files[0].sha256)
