"""Erasing a customer or a product for good: ledger, index and rejects, with the bytes that deletion leaves behind."""

from __future__ import annotations

from store import index
from store.errors import InputError
from store.home import Home
from store.ledger import Ledger


def forget_user(home: Home, user_id: str) -> int:
    """Erase everything a customer did; returns the number of rows. Raises InputError for an unknown customer."""
    with home.writer() as ledger:
        count = ledger.erase_user(user_id)
        scrubbed = _scrub_rejects(home, user_id)
        if not count and not scrubbed:
            raise InputError(f"no customer {user_id!r}: nothing was erased")
        _clear(home, ledger)
    return count + scrubbed


def remove_product(home: Home, item_id: str) -> int:
    """Erase a product and what customers did with it; returns the number of rows. Raises InputError if unknown."""
    with home.writer() as ledger:
        count = ledger.erase_product(item_id)
        scrubbed = _scrub_rejects(home, item_id)
        if not count and not scrubbed:
            raise InputError(f"no product {item_id!r}: nothing was erased")
        _clear(home, ledger)
    return count + scrubbed


def _clear(home: Home, ledger: Ledger) -> None:
    """Rewrite the ledger and drop every generation of the index: Chroma's files keep what was deleted from them."""
    embedder = ledger.meta("embedder")
    index.remove_generations(home.index_folder)
    ledger.purge()
    if embedder is not None:
        index.build(home.index_folder, ledger, embedder=embedder)


def _scrub_rejects(home: Home, id: str) -> int:
    """Take the lines that mention an id out of the rejects files; returns how many."""
    count = 0
    for path in home.rejects_folder.glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if id not in line]
        count += len(lines) - len(kept)
        if len(kept) < len(lines):
            path.write_text("".join(kept), encoding="utf-8")
    return count
