"""Makes the parts of an answer from the settings: each once, and only when it is needed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from newaisle.agent.models.catalog import AUTO_EMBEDDER, HASH_EMBEDDER, MULTILINGUAL_EMBEDDER
from newaisle.agent.settings.settings import NO_MODEL, Settings
from newaisle.agent.shop.backends import has_to_be_filled, load_embedder, load_model, load_multilingual, wording_of
from newaisle.errors import LedgerError, RequestError
from newaisle.store.index import open_index
from newaisle.store.logs import Logs

if TYPE_CHECKING:
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.shop.parts import Parts
    from newaisle.store.embedders import Embedder
    from newaisle.store.index import Index
    from newaisle.store.ledger import Ledger

Opened = TypeVar("Opened")
_State = tuple[str, int, tuple[int, int]]  # of a shop: its embedder, the ledger's revision, `learned_at`


Loading = Callable[[str, Callable[[], Any]], Any]


def load(what: str, loader: Callable[[], Opened]) -> Opened:  # noqa: ARG001 - for those who say what is loaded
    return loader()


class Once(Generic[Opened]):
    """What is opened when it is first needed, by whatever thread, and is the same for all; `ready`: what is already."""

    def __init__(self, open: Callable[[], Opened], ready: Opened | None = None) -> None:
        self._open = open
        self._opened = ready
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._opened is not None

    def __call__(self) -> Opened:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened


class Session:
    """The parts for answering from the shop in `settings.home`; closes what it opened.

    Each thread has a ledger of its own, for as long as it lives; index, embedder and language model are opened once,
    when they are first needed, and serve all. What was ingested, learned or forgotten meanwhile is seen by the next
    `parts`.

    model, embedder: ready ones, instead of those of the settings; they stay open. loading: called with the name of what
    is slow to load and with what loads it. on_rebuild: told why when the index is missing or damaged and is built anew.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model: LanguageModel | None = None,
        embedder: Embedder | None = None,
        loading: Loading = load,
        on_rebuild: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.settings = settings
        self._loading = loading
        self._on_rebuild = on_rebuild
        self._has_model = model is not None or settings.model != NO_MODEL
        self._wording = partial(wording_of, settings, model)
        open_model = partial(_shared, model or partial(load_model, settings))
        self._model: Once[LanguageModel] = Once(partial(self._load, "language model", open_model))
        self._open_embedder = partial(self._load, "embedder", partial(load_embedder, settings))
        self._embedder: Once[Embedder] = Once(self._open_embedder, embedder)
        self._is_chosen = embedder is None and settings.embedder == AUTO_EMBEDDER
        self._multilingual: Once[Embedder] = Once(
            partial(self._load, "multilingual embedder", partial(load_multilingual, settings))
        )
        self._index: Index | None = None
        self._opening_index = threading.Lock()
        self._of_thread = threading.local()
        self._to_close = ExitStack()
        self._process = os.getpid()
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close everything; closing twice is fine. A thread that is making an answer keeps its ledger and its index."""
        self._is_closed = True
        if mine := getattr(self._of_thread, "ledger", None):
            mine.close()
        self._of_thread = threading.local()
        self._index = None
        self._to_close.close()

    def require_open(self) -> None:
        """Raise RuntimeError for a program that goes on with what it closed, or with what another process opened."""
        again = f"call newaisle.open_shop({str(self.settings.home)!r})"
        if self._is_closed:
            raise RuntimeError(f"this shop is closed: {again} again")
        if self._process != os.getpid():  # SQLite and threads do not survive a fork
            raise RuntimeError(f"this shop was opened by another process: {again} in each")

    def parts(self) -> Parts:
        """The parts for the calling thread, as the shop is now.

        Raises RequestError without a shop, and LedgerError for one that was not read to its end or is damaged.
        """
        self.require_open()
        require_shop(self.settings)
        mine = self._of_thread
        if not hasattr(mine, "ledger"):
            mine.ledger, mine.state = self.settings.shop.reader(), None
        state = self._state(mine.ledger)
        if state != mine.state:
            if self._is_chosen and self._embedder.is_open and self._embedder().name != state[0]:
                self._embedder = Once(self._open_embedder)  # the shop was embedded anew
            mine.state, mine.parts = state, self._made(mine.ledger, state)
        parts: Parts = mine.parts
        return parts

    def embedder(self) -> Embedder:
        """The embedder; raises ModelError, EmbedderError, or RequestError for an address that makes no sense."""
        self.require_open()
        return self._embedder()

    def embedder_to_fill(self) -> Embedder | Callable[[], Embedder]:
        """That of an ingest; what opens it where it waits for the texts, which choose it. Raises as `embedder`."""
        from newaisle.agent.embedders.auto import require_installed

        if not self._is_chosen or not has_to_be_filled(self.settings):
            return self.embedder()
        require_installed(self.settings.model_cache)
        return self.embedder

    def multilingual(self) -> Embedder | None:
        """What texts of several languages are compared by, where it is installed and the shop has an embedder by name.

        Whoever asks for words only has words only. Raises as `embedder`.
        """
        from newaisle.agent.embedders.auto import installed

        own = self.embedder()
        if own.spec == MULTILINGUAL_EMBEDDER:
            return own
        if own.spec in ("", HASH_EMBEDDER) or MULTILINGUAL_EMBEDDER not in installed(self.settings.model_cache):
            return None
        return self._multilingual()

    def model(self) -> LanguageModel:
        """The language model; raises ModelError, LanguageModelError, or RequestError."""
        self.require_open()
        return self._model()

    def index(self, embedder: str) -> Index:
        """The newest generation of the index; raises IndexDamaged.

        An older one is closed by the last thread that looks something up in it.
        """
        from newaisle.store.index import newest_generation

        self.require_open()
        home = self.settings.shop
        with self._opening_index:
            newest = newest_generation(home.index_folder)
            if self._index is None or newest is None or newest.name != self._index.generation:
                open_newest = partial(open_index, home, embedder=embedder, on_rebuild=self._on_rebuild)
                self._index = self._loading("index", open_newest)
            return self._index

    def _load(self, what: str, load: Callable[[], Any]) -> Any:
        loaded = self._loading(what, load)
        self._to_close.callback(loaded.close)
        return loaded

    def _state(self, ledger: Ledger) -> _State:
        from newaisle.agent.learn.learned import learned_at

        embedder = ledger.meta("embedder")
        if embedder is None:
            raise LedgerError("the shop was not read to its end: run the same `newaisle ingest` command again")
        return embedder, ledger.revision, learned_at(self.settings.home)

    def _made(self, ledger: Ledger, state: _State) -> Parts:
        from newaisle.agent.learn.learned import read_learned
        from newaisle.agent.shop.parts import Parts

        logs = Logs(self.settings.shop.logs_path)
        return Parts(
            ledger=ledger,
            embedder_name=state[0],
            embedder=self.embedder,
            multilingual=self.multilingual,
            index=partial(self.index, state[0]),
            model=self.model if self._has_model else None,
            prompts_folder=self.settings.prompts_folder,
            synonyms_file=self.settings.shop.synonyms_file,
            learned=read_learned(self.settings.home),
            # One who is forgotten while the answer is made is not to come back in the log.
            log=partial(logs.write, is_known=lambda user_id: bool(ledger.history(user_id))),
            wording=self._wording if self._has_model else None,
        )


@contextmanager
def open_parts(settings: Settings, **how: Any) -> Iterator[Parts]:
    """The parts for answering from the shop in `settings.home`, for one thread; `how` as for Session."""
    with Session(settings, **how) as session:
        yield session.parts()


def _shared(model: LanguageModel | Callable[[], LanguageModel]) -> LanguageModel:
    from newaisle.agent.llm.wrapping import SharedModel

    return SharedModel(model)


def require_shop(settings: Settings) -> None:
    """Raise RequestError where nothing was ever read into the data folder."""
    if not settings.shop.ledger_path.exists():
        raise RequestError(
            f"there is no shop in {settings.home}: run `newaisle ingest CATALOGUE --histories FILE`,"
            " or see the sample with `newaisle demo`"
        )
