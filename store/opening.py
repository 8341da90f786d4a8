"""Opening the index for reading, and making it anew from the ledger where it is missing or damaged."""

from __future__ import annotations

from collections.abc import Callable

from newaisle.errors import IndexDamaged, LedgerError, LockedError
from newaisle.store import index
from newaisle.store.home import Home
from newaisle.store.index import Index


def open_index(home: Home, *, embedder: str, on_rebuild: Callable[[str], None] = lambda reason: None) -> Index:
    """The newest sound generation. One that is not sound is rebuilt first, and `on_rebuild` told why.

    Raises IndexDamaged where it cannot be rebuilt now: another process writes, or the disk refuses.
    """
    try:
        return Index.open(home.index_folder, embedder=embedder)
    except IndexDamaged as exc:
        reason = str(exc).rpartition(": ")[0]
        on_rebuild(reason)
        try:
            with home.writer() as ledger:
                index.build(home.index_folder, ledger, embedder=embedder)
        except (LockedError, LedgerError) as refusal:
            raise IndexDamaged(f"{reason}, and it is not rebuilt because {refusal}") from refusal
    return Index.open(home.index_folder, embedder=embedder)
