"""Ledger and log as a later newaisle might have them: a column more, and a table more."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from newaisle.store import log_file, sqlite

_ORIGIN = "origin TEXT NOT NULL DEFAULT 'not said'"
_PICTURES = "CREATE TABLE pictures (item_id TEXT PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID"
_SEEN = "CREATE TABLE seen (number INTEGER PRIMARY KEY)"


def add_origin(db: sqlite3.Connection) -> None:
    db.execute(f"ALTER TABLE products ADD COLUMN {_ORIGIN}")


def add_pictures(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE products ADD COLUMN length REAL")
    db.execute(_PICTURES)


def add_seen(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE answers ADD COLUMN shown TEXT")
    db.execute(_SEEN)


def _with(schema: tuple[str, ...], after: str, columns: str, *tables: str) -> tuple[str, ...]:
    return (*(statement.replace(after, f"{after}, {columns}") for statement in schema), *tables)


LEDGER = replace(
    sqlite.LEDGER,
    schema=_with(sqlite.LEDGER.schema, "ids TEXT", f"{_ORIGIN}, length REAL", _PICTURES),
    steps=(*sqlite.LEDGER.steps, add_origin, add_pictures),
)
LOG = replace(
    log_file.LOG,
    schema=_with(log_file.LOG.schema, "messages TEXT NOT NULL", "shown TEXT", _SEEN),
    steps=(add_seen,),
)


def come(patch: pytest.MonkeyPatch) -> None:
    """From now on this process is the later newaisle."""
    patch.setattr(sqlite, "LEDGER", LEDGER)
    patch.setattr(log_file, "LOG", LOG)


def tables(db: sqlite3.Connection) -> dict[str, list[tuple]]:  # type: ignore[type-arg]
    """The columns of every table and index, by its name."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
    return {name: db.execute(f"SELECT * FROM pragma_table_xinfo('{name}')").fetchall() for name in names}
