"""The ledger: one SQLite file that holds rows, text and vectors, and is the truth of the store.

The index (Chroma) is derived from it and can be rebuilt; nothing else is kept anywhere. Readers never wait for a
writer (write-ahead logging); a write transaction lasts one batch of rows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from store.errors import LedgerError
from store.rows import PATH_SEPARATOR, Event, Interaction, Product
from store.sqlite import connect, translated
from store.words import count_words

VERSION = 1
APPLICATION_ID = 0x6E657761  # "newa"
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE products (
    item_id TEXT PRIMARY KEY, title TEXT NOT NULL, category TEXT, brand TEXT, price REAL, currency TEXT,
    description TEXT NOT NULL, in_stock INTEGER, attributes TEXT NOT NULL,
    listed INTEGER NOT NULL DEFAULT 1, text_key BLOB NOT NULL, row_key BLOB NOT NULL
);
CREATE INDEX products_by_category ON products (category);
CREATE INDEX products_by_text ON products (text_key);
CREATE TABLE interactions (
    user_id TEXT NOT NULL, item_id TEXT NOT NULL, event TEXT NOT NULL, moment TEXT NOT NULL,
    liking REAL NOT NULL, rating REAL, time TEXT, position INTEGER NOT NULL,
    PRIMARY KEY (user_id, item_id, event, moment)
) WITHOUT ROWID;
CREATE INDEX interactions_by_item ON interactions (item_id);
CREATE TABLE vectors (
    text_key BLOB NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (text_key, embedder)
) WITHOUT ROWID;
CREATE TABLE words (word TEXT PRIMARY KEY, products INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE category_words (category TEXT PRIMARY KEY, words TEXT NOT NULL) WITHOUT ROWID;
"""
_PRODUCT_COLUMNS = "item_id, title, category, brand, price, currency, description, in_stock, attributes"
_INTERACTION_COLUMNS = "user_id, item_id, event, liking, rating, time, position"


@dataclass(slots=True)
class Changes:
    """How many rows a write added, changed, left as they were and removed."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.added or self.updated or self.removed)

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
        )


def embedding_text(product: Product) -> str:
    """The text that stands for a product in the vector space."""
    parts = (product.title, product.brand, product.category_name, product.description)
    return ". ".join(part for part in parts if part)


class Ledger:
    """Rows, texts and vectors of one shop. Open it with `Ledger.open`; one object is one thread's."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    @classmethod
    def open(cls, path: Path, *, writable: bool = False) -> Self:
        """Open the ledger at `path`; a writer creates it where there is none.

        Raises LedgerError when it is missing (for a reader), damaged, or written by a newer newaisle.
        """
        if not writable and not path.exists():
            raise LedgerError(f"there is no shop in {path.parent}: run `newaisle ingest CATALOG --histories FILE`")
        with translated(path):
            ledger = cls(connect(path, writable=writable), path)
            try:
                ledger._check_version(writable=writable)
            except BaseException:
                ledger.close()
                raise
            return ledger

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_version(self, *, writable: bool) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and writable and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
            with self._db:
                self._db.executescript(
                    f"BEGIN; {_SCHEMA} PRAGMA user_version={VERSION}; PRAGMA application_id={APPLICATION_ID};"
                )
        elif version > VERSION:
            raise LedgerError(
                f"{self.path} was written by a newer newaisle (ledger version {version}, this one reads"
                f" {VERSION}): upgrade newaisle"
            )
        elif version != VERSION:
            raise LedgerError(f"{self.path} is not a ledger of newaisle: move it away or choose another --home")

    def put_products(self, products: Sequence[Product]) -> Changes:
        """Insert or update one batch of products in one transaction; rows equal to what is stored are left."""
        known = self._row_keys([product.item_id for product in products])
        changes = Changes()
        rows = []
        for product in products:
            row = _product_row(product)
            if product.item_id not in known:
                changes.added += 1
            elif known[product.item_id] == row[-1]:
                changes.unchanged += 1
                continue
            else:
                changes.updated += 1
            rows.append(row)
        with self._writing(changed=changes.any):
            self._db.executemany(
                f"INSERT OR REPLACE INTO products ({_PRODUCT_COLUMNS}, text_key, row_key)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        return changes

    def _row_keys(self, item_ids: Sequence[str]) -> dict[str, bytes]:
        """The content key of every stored, listed product among `item_ids`."""
        rows = self._in("SELECT item_id, row_key FROM products WHERE listed AND item_id IN ({})", item_ids)
        return dict(rows)

    def put_interactions(self, interactions: Sequence[Interaction], moments: Sequence[str]) -> Changes:
        """Insert or update one batch of interactions in one transaction.

        `moments` tells apart several rows of one customer, product and event: see `Moments`.
        """
        changes = Changes()
        with self._writing() as changed:
            for row, moment in zip(interactions, moments, strict=True):
                key = (row.user_id, row.item_id, row.event.value, moment)
                values = (row.liking, row.rating, row.time.isoformat() if row.time else None, row.position)
                old = self._db.execute(
                    "SELECT liking, rating, time, position FROM interactions"
                    " WHERE (user_id, item_id, event, moment) = (?, ?, ?, ?)",
                    key,
                ).fetchone()
                if old == values:
                    changes.unchanged += 1
                    continue
                changes.added += old is None
                changes.updated += old is not None
                self._db.execute("INSERT OR REPLACE INTO interactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", key + values)
            changed(changes.any)
        return changes

    def put_vectors(self, keys: Sequence[bytes], embedder: str, vectors: NDArray[np.float32]) -> None:
        """Store one vector per text key, as float32 of shape (keys, dimensions).

        A row of zeros says that the embedder cannot read the text; `vectors` leaves it out.
        """
        rows = [
            (key, embedder, vector.astype("<f4").tobytes() if vector.any() else b"")
            for key, vector in zip(keys, vectors, strict=True)
        ]
        with self._writing():
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def recount_words(self) -> None:
        """Bring the word counts, over all products and by category, up to date with the listed products."""
        overall, by_category = count_words(self.listed())
        categories = [
            (PATH_SEPARATOR.join(path), json.dumps(counts, ensure_ascii=False)) for path, counts in by_category.items()
        ]
        with self._writing(changed=False):
            self._db.execute("DELETE FROM words")
            self._db.execute("DELETE FROM category_words")
            self._db.executemany("INSERT INTO words VALUES (?, ?)", overall.items())
            self._db.executemany("INSERT INTO category_words VALUES (?, ?)", categories)

    def retire_products(self, keep: Callable[[str], bool]) -> int:
        """Take every product off the list that `keep` refuses; returns how many.

        One that customers have in their histories stays readable there (its text explains their taste) but is never
        a candidate again; the others are deleted.
        """
        gone = [(i,) for (i,) in self._db.execute("SELECT item_id FROM products WHERE listed") if not keep(i)]
        with self._writing(changed=bool(gone)):
            self._db.executemany("UPDATE products SET listed = 0 WHERE item_id = ?", gone)
            self._db.execute(
                "DELETE FROM products WHERE NOT listed AND item_id NOT IN (SELECT item_id FROM interactions)"
            )
        return len(gone)

    def retire_interactions(self, keep: Callable[[tuple[str, str, str, str]], bool]) -> int:
        """Delete every interaction whose key (user, item, event, moment) `keep` refuses; returns how many."""
        keys = self._db.execute("SELECT user_id, item_id, event, moment FROM interactions")
        gone = [key for key in keys if not keep(key)]
        with self._writing(changed=bool(gone)):
            self._db.executemany(
                "DELETE FROM interactions WHERE (user_id, item_id, event, moment) = (?, ?, ?, ?)", gone
            )
        return len(gone)

    def drop_unused_vectors(self) -> None:
        """Delete the vectors of texts that no product has any more; no row and nothing in the index changes."""
        with self._writing(changed=False):
            self._db.execute("DELETE FROM vectors WHERE text_key NOT IN (SELECT text_key FROM products)")

    def drop_vectors_of_others(self, embedder: str) -> None:
        """Delete the vectors of every embedder but one: the shop was embedded anew."""
        with self._writing():
            self._db.execute("DELETE FROM vectors WHERE embedder != ?", (embedder,))

    def erase_user(self, user_id: str) -> int:
        """Delete a customer's rows for good; returns how many there were. Call `purge` when done erasing."""
        with self._writing():
            return self._db.execute("DELETE FROM interactions WHERE user_id = ?", (user_id,)).rowcount

    def erase_product(self, item_id: str) -> int:
        """Delete a product, its words and vector, and what customers did with it; as `erase_user`."""
        with self._writing():
            count = self._db.execute("DELETE FROM products WHERE item_id = ?", (item_id,)).rowcount
            count += self._db.execute("DELETE FROM interactions WHERE item_id = ?", (item_id,)).rowcount
        self.drop_unused_vectors()
        self.recount_words()
        return count

    def purge(self) -> None:
        """Rewrite the file, so that neither free pages nor the write-ahead log still hold what was deleted."""
        with translated(self.path):
            self._db.execute("VACUUM")
            busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LedgerError(
                "the rows are deleted, but a reader keeps the old write-ahead log open:"
                " close it and run the same command again to clear the log"
            )

    @contextmanager
    def _writing(self, *, changed: bool = True) -> Iterator[Callable[[bool], None]]:
        """One transaction. Raises the revision, which tells readers that the index is behind, if rows changed."""
        state = {"changed": changed}
        with translated(self.path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield lambda value: state.update(changed=value)
            if state["changed"]:
                self._db.execute(
                    "INSERT INTO meta VALUES ('revision', '1')"
                    " ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1"
                )

    def set_meta(self, key: str, value: str) -> None:
        with self._writing(changed=False):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def meta(self, key: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else None

    @property
    def revision(self) -> int:
        """Grows with every write that changes rows."""
        return int(self.meta("revision") or 0)

    def counts(self) -> dict[str, int]:
        """Rows by kind: listed products, customers, interactions, categories."""
        queries = {
            "products": "SELECT count(*) FROM products WHERE listed",
            "customers": "SELECT count(DISTINCT user_id) FROM interactions",
            "interactions": "SELECT count(*) FROM interactions",
            "categories": "SELECT count(DISTINCT category) FROM products WHERE listed",
        }
        return {name: self._one(query)[0] for name, query in queries.items()}

    def products(self, item_ids: Iterable[str]) -> dict[str, Product]:
        """The stored products among `item_ids`, in the order asked for; what is unknown is left out."""
        ids = list(dict.fromkeys(item_ids))
        rows = self._in(f"SELECT {_PRODUCT_COLUMNS} FROM products WHERE item_id IN ({{}})", ids)
        found = {row[0]: _product(row) for row in rows}
        return {item_id: found[item_id] for item_id in ids if item_id in found}

    def candidates(self, category: str) -> list[Product]:
        """Every listed product of a category path or of one below it."""
        rows = self._all(
            f"SELECT {_PRODUCT_COLUMNS} FROM products WHERE listed AND (category = ? OR category LIKE ? ESCAPE '\\')"
            " ORDER BY item_id",
            category,
            _like_prefix(category + PATH_SEPARATOR),
        )
        return [_product(row) for row in rows]

    def categories(self) -> dict[str, int]:
        """Category paths with the number of listed products in each."""
        return dict(
            self._all(
                "SELECT category, count(*) FROM products WHERE listed AND category IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
        )

    def history(self, user_id: str) -> list[Interaction]:
        """Everything a customer did, oldest first; empty for an unknown one."""
        rows = self._all(
            f"SELECT {_INTERACTION_COLUMNS} FROM interactions WHERE user_id = ? ORDER BY position, item_id",
            user_id,
        )
        return [_interaction(row) for row in rows]

    def interactions(self) -> Iterator[Interaction]:
        """All interactions, customer by customer, each customer's oldest first."""
        with translated(self.path):
            query = f"SELECT {_INTERACTION_COLUMNS} FROM interactions ORDER BY user_id, position, item_id"
            for row in self._db.execute(query):
                yield _interaction(row)

    def product_frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many listed products each of `words` occurs; a word that occurs in none is left out."""
        return dict(self._in("SELECT word, products FROM words WHERE word IN ({})", words))

    def category_words(self) -> dict[str, dict[str, int]]:
        """For each category path, in how many of its products each of its frequent words occurs."""
        return {path: json.loads(counts) for path, counts in self._all("SELECT category, words FROM category_words")}

    def has_user(self, user_id: str) -> bool:
        return self._one("SELECT 1 FROM interactions WHERE user_id = ? LIMIT 1", user_id) is not None

    def has_product(self, item_id: str) -> bool:
        return self._one("SELECT 1 FROM products WHERE item_id = ?", item_id) is not None

    def user_ids(self) -> list[str]:
        return [user for (user,) in self._all("SELECT DISTINCT user_id FROM interactions ORDER BY 1")]

    def item_ids(self) -> list[str]:
        return [item for (item,) in self._all("SELECT item_id FROM products ORDER BY 1")]

    def listed(self) -> Iterator[Product]:
        """All listed products, ordered by id."""
        with translated(self.path):
            for row in self._db.execute(f"SELECT {_PRODUCT_COLUMNS} FROM products WHERE listed ORDER BY item_id"):
                yield _product(row)

    def texts_without_vector(self, embedder: str) -> list[tuple[bytes, str]]:
        """Key and text of every product text that `embedder` has not seen yet, each once."""
        rows = self._all(
            f"SELECT text_key, {_PRODUCT_COLUMNS} FROM products"
            " WHERE text_key NOT IN (SELECT text_key FROM vectors WHERE embedder = ?) GROUP BY text_key",
            embedder,
        )
        return [(key, embedding_text(_product(row))) for key, *row in rows]

    def vectors(self, item_ids: Sequence[str], embedder: str) -> dict[str, NDArray[np.float32]]:
        """The unit vector of each product that has one."""
        rows = self._in(
            "SELECT item_id, vector FROM products JOIN vectors USING (text_key)"
            " WHERE embedder = ? AND length(vector) > 0 AND item_id IN ({})",
            item_ids,
            embedder,
        )
        return {item_id: np.frombuffer(blob, dtype="<f4") for item_id, blob in rows}

    def has_vectors(self, embedder: str) -> bool:
        return self._one("SELECT 1 FROM vectors WHERE embedder = ? LIMIT 1", embedder) is not None

    def check(self) -> None:
        """Raise LedgerError if SQLite's own quick check finds damage."""
        (verdict,) = self._one("PRAGMA quick_check(1)")
        if verdict != "ok":
            raise LedgerError(f"{self.path} is damaged ({verdict}): restore a copy, or ingest into another --home")

    def _all(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with translated(self.path):
            return self._db.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> tuple:  # type: ignore[type-arg]
        with translated(self.path):
            return self._db.execute(query, values).fetchone()  # type: ignore[no-any-return]

    def _in(self, query: str, ids: Sequence[str], *first: object) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Rows of a query with `IN ({})`, asked in chunks below SQLite's limit on variables."""
        for start in range(0, len(ids), 30_000):
            chunk = ids[start : start + 30_000]
            yield from self._all(query.format(",".join("?" * len(chunk))), *first, *chunk)


class Moments:
    """Tells apart several rows of one customer, product and event, the same way at every reading of a file.

    By their time, and where that is equal or unknown by which of them came first. A position would not do: it changes
    for every row after an inserted line.
    """

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()  # hashes: a file may have millions of rows

    def __call__(self, row: Interaction) -> str:
        time = row.time.isoformat() if row.time else ""
        key = hash((row.user_id, row.item_id, row.event, time))
        self._seen[key] += 1
        return time if self._seen[key] == 1 else f"{time}#{self._seen[key]}"


def _like_prefix(prefix: str) -> str:
    return prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _key(*parts: object) -> bytes:
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).digest()


def _product_row(product: Product) -> tuple[object, ...]:
    fields = (
        product.item_id,
        product.title,
        PATH_SEPARATOR.join(product.category) or None,
        product.brand,
        product.price,
        product.currency,
        product.description,
        product.in_stock,
        json.dumps(product.attributes, ensure_ascii=False),
    )
    return (*fields, _key(embedding_text(product)), _key(*fields))


def _product(row: Sequence[object]) -> Product:
    item_id, title, category, brand, price, currency, description, in_stock, attributes = row
    return Product(
        item_id=item_id,  # type: ignore[arg-type]
        title=title,  # type: ignore[arg-type]
        category=tuple(str(category).split(PATH_SEPARATOR)) if category else (),
        brand=brand,  # type: ignore[arg-type]
        price=price,  # type: ignore[arg-type]
        currency=currency,  # type: ignore[arg-type]
        description=description,  # type: ignore[arg-type]
        in_stock=None if in_stock is None else bool(in_stock),
        attributes=json.loads(attributes),  # type: ignore[arg-type]
    )


def _interaction(row: Sequence[object]) -> Interaction:
    user_id, item_id, event, liking, rating, time, position = row
    return Interaction(
        user_id=user_id,  # type: ignore[arg-type]
        item_id=item_id,  # type: ignore[arg-type]
        event=Event(str(event)),
        liking=liking,  # type: ignore[arg-type]
        rating=rating,  # type: ignore[arg-type]
        time=datetime.fromisoformat(str(time)) if time else None,
        position=position,  # type: ignore[arg-type]
    )
