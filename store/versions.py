"""Versions of the files that SQLite holds: what an earlier newaisle wrote goes on working.

A writer brings an earlier file up, step by step, in one transaction. A reader leaves it as it is, and is given what it
lacks: a new column as its default, a new table empty. So a column that is added has a default that is true of the rows
there are, or none, which says that it is not known of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from newaisle.errors import StoreError

Step = Callable[[sqlite3.Connection], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file: its mark, the statements that make a new one, and the steps from each version to the next.

    The first step makes version 2 out of version 1; none of them may end the transaction that it is taken in. `error`
    is raised for a file of another kind or of a newer version; `mend`: what to do with one of another kind.
    """

    name: str
    application_id: int
    schema: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    error: type[StoreError]
    mend: str

    @property
    def version(self) -> int:
        """The present one."""
        return len(self.steps) + 1

    def version_of(self, db: sqlite3.Connection, path: Path) -> int:
        """The version of a file, up to the present one; 0 of an empty file."""
        # In one statement: another process may be making it.
        marks = "SELECT user_version, application_id, EXISTS (SELECT 1 FROM sqlite_master)"
        version, mark, has_tables = db.execute(f"{marks} FROM pragma_user_version, pragma_application_id").fetchone()
        if mark == self.application_id and version > self.version:
            raise self.error(
                f"{path} was written by a newer newaisle ({self.name} version {version}, this one reads"
                f" {self.version}): upgrade newaisle"
            )
        if mark == self.application_id and version > 0:
            return int(version)
        if mark or version or has_tables:
            raise self.error(f"{path} is not a {self.name} of newaisle: {self.mend}")
        return 0

    def bring_up(self, db: sqlite3.Connection, path: Path) -> None:
        """Make an empty file, or one of an earlier version, one of the present version: whole or not at all."""
        if self.version_of(db, path) == self.version:
            return
        with db:
            db.execute("BEGIN IMMEDIATE")
            version = self.version_of(db, path)  # another process may have been faster
            if version:
                for step in self.steps[version - 1 :]:
                    step(db)
            else:
                make(db, self.schema)
            db.execute(f"PRAGMA user_version={self.version}")
            db.execute(f"PRAGMA application_id={self.application_id}")

    def can_read(self, db: sqlite3.Connection, path: Path) -> bool:
        """Whether there is anything in the file; one of an earlier version looks like one of now from here on."""
        version = self.version_of(db, path)
        if 0 < version < self.version:
            _supply(db, self.schema)
        return version > 0


def make(db: sqlite3.Connection, schema: tuple[str, ...]) -> None:
    for statement in schema:
        db.execute(statement)


def _supply(db: sqlite3.Connection, schema: tuple[str, ...]) -> None:
    """Put a temporary view, which wins over the table of its name, where a table lacks anything of the schema."""
    with closing(sqlite3.connect(":memory:")) as new:
        make(new, schema)
        for table, sql in new.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            wanted = {name: default for _, name, _, _, default, _ in new.execute(f"PRAGMA table_info({table})")}
            there = {name for _, name, *_ in db.execute(f"PRAGMA main.table_info({table})")}
            if wanted.keys() <= there:
                continue
            columns = [name if name in there else f"{default or 'NULL'} AS {name}" for name, default in wanted.items()]
            if there and "WITHOUT ROWID" not in sql:
                columns.append("rowid AS rowid")
            source = f"main.{table}" if there else "(SELECT 1) WHERE FALSE"
            db.execute(f"CREATE TEMP VIEW {table} AS SELECT {', '.join(columns)} FROM {source}")
