"""Opening SQLite files for one writer and many readers, with errors that name the next move."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import LedgerError


def connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    """Open a database in autocommit mode; a reader never writes to it. Wrap calls in `translated`."""
    if not writable:
        return _connect_reader(path)
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    # secure_delete overwrites deleted content with zeros, so that what is forgotten is gone from free pages too.
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;")
    return db


def _connect_reader(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A write-ahead log cannot be shared on a read-only disk; there nobody writes either.
        db.close()
        db = sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None)
    return db


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise LedgerError, with the next move, for what SQLite reports about the file at `path`."""
    try:
        yield
    except sqlite3.OperationalError as exc:
        reason = str(exc)
        if "full" in reason:
            raise LedgerError(f"the disk of {path.parent} is full: free some space and run it again") from exc
        if "locked" in reason:
            raise LedgerError(f"{path} is locked by another program: close it and run again") from exc
        if "readonly" in reason or "unable to open" in reason:
            raise LedgerError(f"cannot write to {path.parent}: check its permissions or choose --home") from exc
        raise LedgerError(f"{path}: {reason}: run `newaisle doctor`") from exc
    except sqlite3.DatabaseError as exc:
        raise LedgerError(f"{path} is damaged ({exc}): restore a copy, or ingest into another --home") from exc
