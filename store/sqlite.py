"""The files that SQLite holds: how they are opened, their versions, and the ledger's schema and errors.

What an earlier newaisle wrote goes on working. A writer brings an earlier file up, step by step, in one transaction. A
reader leaves it as it is, and is given what it lacks: a new column as its default, a new table empty. So a column that
is added has a default that is true of the rows there are, or none, which says that it is not known of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newaisle.errors import LedgerError, StoreError

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


# What products are looked up by beside their own row, which has it too; it goes with the row.
_OF_PRODUCTS = (
    "CREATE TABLE product_categories (category TEXT, item_id TEXT, PRIMARY KEY (category, item_id)) WITHOUT ROWID",
    "CREATE INDEX product_categories_by_item ON product_categories (item_id)",
    "CREATE TABLE product_ids (id TEXT, item_id TEXT, PRIMARY KEY (id, item_id)) WITHOUT ROWID",
    "CREATE INDEX product_ids_by_item ON product_ids (item_id)",
    """CREATE TRIGGER product_gone AFTER DELETE ON products BEGIN
        DELETE FROM product_categories WHERE item_id = old.item_id;
        DELETE FROM product_ids WHERE item_id = old.item_id;
    END""",
)

# Every category of every listed product, with the row of the product; NULL for one that has none.
PLACES = """(
    SELECT category, rowid AS place FROM products WHERE listed = 1
    UNION ALL SELECT more.category, products.rowid
    FROM product_categories AS more JOIN products USING (item_id) WHERE listed = 1
)"""


def _several_categories(db: sqlite3.Connection) -> None:
    """Version 2: further categories, prices and ids of a product; what is retired has no key, what is hidden has."""
    for column in ("other_categories TEXT", "regular_price REAL", "highest_price REAL", "ids TEXT"):
        db.execute(f"ALTER TABLE products ADD COLUMN {column}")
    make(db, _OF_PRODUCTS)
    db.execute("UPDATE products SET row_key = x'' WHERE NOT listed")


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
            listed INTEGER NOT NULL DEFAULT 1, text_key BLOB NOT NULL, row_key BLOB NOT NULL,
            other_categories TEXT, regular_price REAL, highest_price REAL, ids TEXT
        )""",
        "CREATE INDEX products_by_category ON products (category, listed)",
        "CREATE INDEX products_by_text ON products (text_key)",
        *_OF_PRODUCTS,
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
    steps=(_several_categories,),
)
# What SQLite reports when it may not write beside the file: a write-ahead log cannot be shared on a read-only disk.
_READ_ONLY = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


def connect(
    path: Path, *, mode: Literal["ro", "rw", "rwc"] = "rwc", patience: float | None = None, immutable: bool = False
) -> sqlite3.Connection:
    """A connection in autocommit mode; one thread uses it at a time, and another may close it.

    patience: seconds to wait for another's transaction, else PATIENCE. immutable: nobody writes there, so that nothing
    is locked.
    """
    timeout = PATIENCE if patience is None else patience
    uri = f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout, check_same_thread=False)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that never writes to the ledger at `path`; raises LedgerError where there is none it can read."""
    missing = LedgerError(f"there is no shop in {path.parent}: run `newaisle ingest CATALOG --histories FILE`")
    if not path.exists():
        raise missing
    with translated(path):
        db = _readable(path)
        with _closing_on_error(db):
            if not LEDGER.can_read(db, path):
                raise missing
    return db


def open_writer(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode to the ledger at `path`, made where there is none.

    One of an earlier version is brought up to this one. Anything else is left as it is: LedgerError.
    """
    with translated(path):
        db = connect(path)
        with _closing_on_error(db):
            LEDGER.version_of(db, path)  # before anything is changed
            # Deleted content is overwritten with zeros, so that what is forgotten is gone from free pages too.
            db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;")
            db.execute("PRAGMA recursive_triggers=ON")  # a row that is replaced is deleted too
            LEDGER.bring_up(db, path)
    return db


def _readable(path: Path) -> sqlite3.Connection:
    db = connect(path, mode="ro")
    with _closing_on_error(db):
        try:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
            return db
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF not in _READ_ONLY:
                raise
    db.close()
    return connect(path, mode="ro", immutable=True)


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
