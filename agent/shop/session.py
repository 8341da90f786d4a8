"""Makes the parts of an answer from the settings: each once, and only when it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import WeakSet

from newaisle.agent.settings.settings import NO_MODEL, Settings
from newaisle.agent.shop.backends import load_embedder, load_model
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
_State = tuple[str, int, int]  # of a shop: its embedder, the ledger's revision, when something was learned last


def _load(what: str, load: Callable[[], Opened]) -> Opened:  # noqa: ARG001 - for those who say what is loaded
    return load()


class Session:
    """The parts for answering from the shop in `settings.home`; closes what it opened.

    Each thread has a ledger of its own; index, embedder and language model are opened once, when they are first needed,
    and serve all. What was ingested, learned or forgotten meanwhile is seen by the next `parts`.

    model, embedder: ready ones, instead of those of the settings. loading: called with the name of what is slow to load
    and with what loads it. on_rebuild: told why when the index is missing or damaged and is built anew.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model: LanguageModel | None = None,
        embedder: Embedder | None = None,
        loading: Callable[[str, Callable[[], Any]], Any] = _load,
        on_rebuild: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.settings = settings
        self._loading = loading
        self._on_rebuild = on_rebuild
        self._has_model = model is not None or settings.model != NO_MODEL
        self._open_model = partial(load_model, settings) if model is None else lambda: model
        self._open_embedder = partial(load_embedder, settings) if embedder is None else lambda: embedder
        self._lock = threading.RLock()
        self._of_thread = threading.local()
        self._ledgers: WeakSet[Ledger] = WeakSet()
        self._stack = ExitStack()
        self._model: LanguageModel | None = None
        self._embedder: Embedder | None = None
        self._index: Index | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close everything; closing twice is fine."""
        with self._lock:
            for ledger in self._ledgers:
                ledger.close()
            self._ledgers.clear()
            self._of_thread = threading.local()
            self._stack.close()
            self._model = self._embedder = self._index = None

    def parts(self) -> Parts:
        """Those of the calling thread, as the shop is now.

        Raises RequestError without a shop, and LedgerError for one that was not read to its end or is damaged.
        """
        require_shop(self.settings)
        mine = self._of_thread
        if not hasattr(mine, "ledger"):
            mine.ledger, mine.state = self.settings.shop.reader(), None
            with self._lock:
                self._ledgers.add(mine.ledger)
        state = self._state(mine.ledger)
        if state != mine.state:
            mine.state, mine.parts = state, self._made(mine.ledger, state)
        parts: Parts = mine.parts
        return parts

    def embedder(self) -> Embedder:
        """The embedder; raises ModelError, EmbedderError, or RequestError for an address that makes no sense."""
        with self._lock:
            if self._embedder is None:
                self._embedder = self._loading("embedder", self._open_embedder)
                self._stack.callback(self._embedder.close)
            return self._embedder

    def model(self) -> LanguageModel:
        """The language model; raises ModelError, LanguageModelError, or RequestError."""
        from newaisle.agent.llm.shared import SharedModel

        with self._lock:
            if self._model is None:
                self._model = self._loading("language model", lambda: SharedModel(self._open_model))
                self._stack.callback(self._model.close)
            return self._model

    def index(self, embedder: str) -> Index:
        """The newest generation of the index; raises IndexDamaged."""
        from newaisle.store.index import newest_generation

        with self._lock:
            newest = newest_generation(self.settings.shop.index_folder)
            if self._index is None or newest is None or newest.name != self._index.generation:
                self._index = self._loading(
                    "index", partial(open_index, self.settings.shop, embedder=embedder, on_rebuild=self._on_rebuild)
                )
                self._stack.callback(self._index.close)
            return self._index

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
            index=partial(self.index, state[0]),
            model=self.model if self._has_model else None,
            prompts_folder=self.settings.prompts_folder,
            learned=read_learned(self.settings.home),
            # One who is forgotten while the answer is made is not to come back in the log.
            log=partial(logs.write, is_known=lambda user_id: bool(ledger.history(user_id))),
        )


@contextmanager
def open_parts(settings: Settings, **how: Any) -> Iterator[Parts]:
    """The parts for answering from the shop in `settings.home`, for one thread; `how` as for Session."""
    with Session(settings, **how) as session:
        yield session.parts()


def require_shop(settings: Settings) -> None:
    """Raise RequestError where nothing was ever read into the data folder."""
    if not settings.shop.ledger_path.exists():
        raise RequestError(
            f"there is no shop in {settings.home}: run `newaisle ingest CATALOGUE --histories FILE`,"
            " or see the sample with `newaisle demo`"
        )
