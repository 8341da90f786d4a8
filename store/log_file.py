"""The log's file: its schema, opening it for a transaction, errors with the next move."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from newaisle.errors import DamagedLog, LogError
from newaisle.store.sqlite import Format, connect, make

PATIENCE = 5.0  # seconds that one process waits for another's transaction
LOG = Format(
    name="log",
    application_id=0x6E656C6F,  # "nelo"
    error=LogError,
    mend="move it away, a new one is then begun",
    schema=(
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        # messages: all that the prompts are made of, each once, as most prompts of an answer begin with the same ones.
        """CREATE TABLE answers (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, user_id TEXT,
            category TEXT NOT NULL, answer TEXT NOT NULL, messages TEXT NOT NULL
        )""",
        "CREATE INDEX answers_by_time ON answers (created_at)",
        "CREATE INDEX answers_by_user ON answers (user_id, created_at)",
        # prompt: the places of its messages among those of the answer.
        """CREATE TABLE exchanges (
            answer_number INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE, position INTEGER NOT NULL,
            purpose TEXT NOT NULL, template TEXT NOT NULL, template_hash TEXT NOT NULL, item_id TEXT,
            attempt INTEGER NOT NULL, prompt TEXT NOT NULL, answer TEXT NOT NULL, finish TEXT NOT NULL, refusal TEXT,
            PRIMARY KEY (answer_number, position)
        ) WITHOUT ROWID""",
    ),
)


@contextmanager
def open_reader(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state of the log at `path`; an empty log where there is none."""
    with translated(path):
        if path.exists():
            with closing(connect(path, mode="ro", patience=PATIENCE)) as db:
                db.execute("BEGIN")
                if LOG.can_read(db, path):
                    yield db
                    return
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            make(db, LOG.schema)
            yield db


@contextmanager
def open_writer(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in autocommit mode to the log at `path`, made where there is none, brought up where it is earlier.

    With the usual rollback journal, unlike the ledger: readers need no file beside it, and none stays that would hold
    what was deleted.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(connect(path, patience=PATIENCE)) as db:
            # As the ledger's. With this journal a power cut may, very rarely, damage the file: it is only the log.
            db.execute("PRAGMA synchronous=NORMAL")
            # Deleted content is overwritten with zeros; erasing also rewrites the file.
            db.execute("PRAGMA secure_delete=ON")
            db.execute("PRAGMA foreign_keys=ON")
            LOG.bring_up(db, path)
            yield db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that writes; undone where an error leaves it."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise LogError, with the next move, for what SQLite or the system reports about the file at `path`."""
    try:
        yield
    except sqlite3.DatabaseError as exc:
        if type(exc) not in (sqlite3.DatabaseError, sqlite3.OperationalError):
            raise  # a wrong use of the connection
        raise _error(path, exc) from exc
    except OSError as exc:
        raise LogError(f"{path} cannot be used ({exc.strerror}): mend that or choose another --home") from exc


def _error(path: Path, exc: sqlite3.DatabaseError) -> LogError:
    match exc.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_FULL:
            return LogError(f"the disk of {path.parent} is full: free some space and run it again")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LogError(f"{path} is locked by another program: close it and run again")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return LogError(f"{path} cannot be opened or written: check its permissions or choose another --home")
        case sqlite3.SQLITE_IOERR:
            return LogError(f"{path} cannot be read or written ({exc}): check that its disk is sound and not full")
        case _:
            return DamagedLog(f"{path} is damaged ({exc}): begin a new one with `newaisle logs clear`")
