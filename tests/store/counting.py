"""For tests of writing to a shop: an embedder that notes what it embeds, and everything a ledger holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from newaisle.progress import Progress
from newaisle.store.embedders import HashEmbedder, Vectors
from newaisle.store.home import Home


class CountingEmbedder(HashEmbedder):
    """Notes every text that it embeds; `before` is called first, with the number of earlier calls."""

    def __init__(self, before: Callable[[int], None] = lambda calls: None) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._calls = 0
        self._before = before

    def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self._before(self._calls)
        self._calls += 1
        self.texts += texts
        return super().embed(texts, progress=progress)


def stored(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the ledger by table, but for its notes about itself."""
    db = sqlite3.connect(f"{home.ledger_path.as_uri()}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in tables if name != "meta"}
    finally:
        db.close()
