"""The ledger's file: its schema, opening it for one writer and many readers, errors with the next move."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newaisle.errors import LedgerError
from newaisle.store.versions import Format

PATIENCE = 10.0  # seconds that one connection waits for another's transaction
LEDGER = Format(
    name="ledger",
    application_id=0x6E657761,  # "newa"
    error=LedgerError,
    mend="move it away or choose another --home",
    schema=(
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE products (
            item_id TEXT PRIMARY KEY, title TEXT NOT NULL, category TEXT, brand TEXT, price REAL, currency TEXT,
            description TEXT NOT NULL, in_stock INTEGER, attributes TEXT NOT NULL,
            listed INTEGER NOT NULL DEFAULT 1, text_key BLOB NOT NULL, row_key BLOB NOT NULL
        )""",
        "CREATE INDEX products_by_category ON products (category, listed)",
        "CREATE INDEX products_by_text ON products (text_key)",
        """CREATE TABLE interactions (
            user_id TEXT NOT NULL, item_id TEXT NOT NULL, event TEXT NOT NULL, moment TEXT NOT NULL,
            liking REAL NOT NULL, rating REAL, time TEXT, position INTEGER NOT NULL,
            PRIMARY KEY (user_id, item_id, event, moment)
        ) WITHOUT ROWID""",
        "CREATE INDEX interactions_by_item ON interactions (item_id)",
        # With rowids: in a table without them a vector would take a page of its own, which doubles the file.
        """CREATE TABLE vectors (
            text_key BLOB NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (text_key, embedder)
        )""",
        "CREATE TABLE words (word TEXT PRIMARY KEY, products INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE category_words (category TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID",
    ),
)
# What SQLite reports when it may not write beside the file: a write-ahead log cannot be shared on a read-only disk.
_READ_ONLY = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that never writes to the ledger at `path`; raises LedgerError where there is none it can read."""
    missing = LedgerError(f"there is no shop in {path.parent}: run `newaisle ingest CATALOG --histories FILE`")
    if not path.exists():
        raise missing
    with translated(path):
        db = _readable(f"{path.absolute().as_uri()}?mode=ro")
        with _closing_on_error(db):
            if not LEDGER.can_read(db, path):
                raise missing
    return db


def open_writer(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode to the ledger at `path`, made where there is none.

    One of an earlier version is brought up to this one. Anything else is left as it is: LedgerError.
    """
    with translated(path):
        # One thread uses a connection, but another may close it: the one that looks at what the first failed with.
        db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE, check_same_thread=False)
        with _closing_on_error(db):
            LEDGER.version_of(db, path)  # before anything is changed
            # Deleted content is overwritten with zeros, so that what is forgotten is gone from free pages too.
            db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;")
            LEDGER.bring_up(db, path)
    return db


def _readable(uri: str) -> sqlite3.Connection:
    # One thread uses a connection, but another may close it.
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=PATIENCE, check_same_thread=False)
    with _closing_on_error(db):
        try:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
            return db
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF not in _READ_ONLY:
                raise
    db.close()
    immutable = f"{uri}&immutable=1"  # nobody writes there either
    return sqlite3.connect(immutable, uri=True, isolation_level=None, check_same_thread=False)


@contextmanager
def _closing_on_error(db: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        db.close()
        raise


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
            raise LedgerError(f"{path} cannot be opened: check its permissions or choose another --home") from exc
        raise LedgerError(f"{path}: {reason}: run `newaisle doctor`") from exc
    except sqlite3.DatabaseError as exc:
        if type(exc) is not sqlite3.DatabaseError:
            raise  # a wrong use of the connection
        raise LedgerError(f"{path} is damaged ({exc}): restore a copy, or ingest into another --home") from exc
