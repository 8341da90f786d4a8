"""The ledger: one SQLite file that holds rows, text and vectors, and is the truth of the store.

The index (Chroma) is derived from it and can be rebuilt; nothing else is kept anywhere. Readers never wait for a
writer (write-ahead logging); a write transaction lasts one batch of rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newaisle.errors import LedgerError
from newaisle.store.report import Changes
from newaisle.store.rows import (
    FEEDBACK,
    INTERACTION_COLUMNS,
    PATH_SEPARATOR,
    PRODUCT_COLUMNS,
    Interaction,
    Product,
    embedding_text,
    interaction_of,
    interaction_record,
    product_of,
    product_record,
)
from newaisle.store.samples import count_customers, sample_categories, sample_products
from newaisle.store.sqlite import PLACES, open_reader, open_writer, translated
from newaisle.store.words import count_words

__all__ = ["Changes", "Ledger", "embedding_text"]

# Keys in `meta`, there while they are true.
_WORDS_COUNTED, _SIZES, _COUNT, _ERASING = "words_counted", "category_sizes", "product_count", "erasing"
_DONE = "event != 'impression'"  # what was only shown is nobody's doing
_AT_OR_BELOW = "(category = ?1 OR category >= ?2 AND category < ?3)"  # see `_range`
_ALSO_THERE = f"SELECT item_id FROM product_categories WHERE {_AT_OR_BELOW}"
_THERE = f"listed AND item_id IN (SELECT item_id FROM products WHERE {_AT_OR_BELOW} UNION {_ALSO_THERE})"
_SAMPLED_VECTORS = 1_000  # texts that the mean vector is taken over: with more of them rankings get no better


class Ledger:
    """Rows, texts and vectors of one shop. Open it with `Ledger.open`; one object is one thread's."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    @classmethod
    def open(cls, path: Path, *, writable: bool = False) -> Self:
        """Open the ledger at `path`; a writer creates it where there is none.

        Raises LedgerError when it is missing (for a reader), damaged, foreign, or written by a newer newaisle.
        """
        return cls(open_writer(path) if writable else open_reader(path), path)

    def close(self) -> None:
        self._db.close()

    def __del__(self) -> None:
        self.close()  # of a thread that ended

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put_products(self, products: Sequence[Product]) -> Changes:
        """Insert or update one batch of different products in one transaction; rows as stored already are left.

        One that was retired counts as added.
        """
        records = [product_record(product) for product in products]
        known = dict(
            self._in(
                "SELECT item_id, row_key FROM products WHERE row_key != x'' AND item_id IN ({})",
                [product.item_id for product in products],
            )
        )
        new = [record for record in records if record[0] not in known]
        other = [record for record in records if known.get(record[0], record[-1]) != record[-1]]
        changed = new + other
        written = {record[0] for record in changed}
        with self._writing():
            if changed:
                self._drop_counts()
            self._db.executemany(
                f"INSERT OR REPLACE INTO products ({PRODUCT_COLUMNS}, text_key, row_key)"
                f" VALUES ({', '.join('?' * 16)})",
                changed,
            )
            self._put_lookups([product for product in products if product.item_id in written])
        return Changes(added=len(new), updated=len(other), unchanged=len(records) - len(new) - len(other))

    def _put_lookups(self, products: Iterable[Product]) -> None:
        """What products are found by beside their own rows; that of the rows they replace is gone with those."""
        others = [
            (path, product.item_id)
            for product in products
            if product.other_categories
            for path in product.paths
            if path != PATH_SEPARATOR.join(product.category)
        ]
        ids = [(id, product.item_id) for product in products for id in product.ids if id != product.item_id]
        self._db.executemany("INSERT OR IGNORE INTO product_categories VALUES (?, ?)", others)
        self._db.executemany("INSERT OR IGNORE INTO product_ids VALUES (?, ?)", ids)

    def put_interactions(self, interactions: Sequence[Interaction], moments: Sequence[str]) -> Changes:
        """Insert or update one batch of interactions in one transaction.

        `moments` tells apart several rows of one customer, product and event: see `store.rows.Moments`.
        """
        records = [interaction_record(row, moment) for row, moment in zip(interactions, moments, strict=True)]
        updated = 0
        with self._writing():
            added = self._db.executemany(
                "INSERT OR IGNORE INTO interactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", records
            ).rowcount
            if added < len(records):
                updated = self._db.executemany(
                    "UPDATE interactions SET (liking, rating, time, position) = (?5, ?6, ?7, ?8)"
                    " WHERE (user_id, item_id, event, moment) = (?1, ?2, ?3, ?4)"
                    " AND (liking, rating, time, position) IS NOT (?5, ?6, ?7, ?8)",
                    records,
                ).rowcount
        return Changes(added=added, updated=updated, unchanged=len(records) - added - updated)

    def append(self, event: Interaction) -> tuple[Interaction, bool] | None:
        """Add what a customer just did, after everything else of theirs, as no row of any file.

        Its product may be named by another id that stands for it. Returns it with its position, and whether it is the
        first row of its customer; None, with nothing stored, where its product is unknown. The revision stays: an index
        holds products, and customers as they were when it was built.
        """
        event = replace(event, item_id=self.ids([event.item_id]).get(event.item_id, event.item_id))
        with self._writing(revise=False):
            (last,) = self._one(f"SELECT max(position) FROM interactions WHERE user_id = ? AND {_DONE}", event.user_id)
            placed = event if last is None else replace(event, position=max(event.position, last + 1))
            added = self._db.execute(
                "INSERT INTO interactions SELECT ?, ?, ?, ?, ?, ?, ?, ?"
                " WHERE EXISTS (SELECT 1 FROM products WHERE item_id = ?)",
                (*interaction_record(placed, f"{FEEDBACK}{placed.position}"), event.item_id),
            ).rowcount
        return (placed, last is None) if added else None

    def put_vectors(
        self, keys: Sequence[bytes], embedder: str, vectors: NDArray[np.float32], *, revise: bool = True
    ) -> None:
        """Store one vector per text key, as float32 of shape (keys, dimensions).

        A row of zeros says that the embedder cannot read the text; `vectors` leaves it out. The revision stays for
        vectors that no index is made of (`revise`).
        """
        rows = [
            (key, embedder, vector.astype("<f4").tobytes() if vector.any() else b"")
            for key, vector in zip(keys, vectors, strict=True)
        ]
        with self._writing(revise=revise):
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def recount_words(self) -> None:
        """Bring the counts of products and of words, over all and by category, up to date with the listed products."""
        if self.meta(_WORDS_COUNTED):
            return
        overall, by_category = count_words(self.listed())
        categories = [(path, json.dumps(counts, ensure_ascii=False)) for path, counts in by_category.items()]
        with self._writing(revise=False):
            self._db.execute("DELETE FROM words")
            self._db.execute("DELETE FROM category_words")
            self._db.executemany("INSERT INTO words VALUES (?, ?)", sorted(overall.items()))
            self._db.executemany("INSERT INTO category_words VALUES (?, ?)", categories)
            self._put_meta(_SIZES, json.dumps(self._count_categories(), ensure_ascii=False))
            self._put_meta(_COUNT, str(self.product_count()))
            self._put_meta(_WORDS_COUNTED, "yes")

    def retire_products(self, item_ids: Iterable[str]) -> None:
        """Take products off the list.

        One that customers have in their histories stays readable there (its text explains their taste) but is never
        a candidate again; the others are deleted.
        """
        with self._writing():
            self._drop_counts()
            self._db.executemany(
                "UPDATE products SET listed = 0, row_key = x'' WHERE item_id = ?", [(item_id,) for item_id in item_ids]
            )
            self._delete_unreachable()

    def retire_interactions(self, keys: Iterable[tuple[str, str, str, str]]) -> None:
        """Delete the interactions with these keys: user, item, event and moment."""
        with self._writing():
            self._db.executemany(
                "DELETE FROM interactions WHERE (user_id, item_id, event, moment) = (?, ?, ?, ?)", keys
            )
            self._delete_unreachable()

    def _delete_unreachable(self) -> None:
        """Delete the products that are retired and in no history; one that the shop only hides stays."""
        self._db.execute(
            "DELETE FROM products WHERE row_key = x'' AND item_id NOT IN (SELECT item_id FROM interactions)"
        )

    def drop_unused_vectors(self) -> None:
        """Delete the vectors of texts that no product has any more; no row and nothing in the index changes."""
        with self._writing(revise=False):
            self._db.execute("DELETE FROM vectors WHERE text_key NOT IN (SELECT text_key FROM products)")

    def drop_vectors_of_others(self, embedder: str) -> None:
        """Delete the vectors of every embedder but one: the shop was embedded anew."""
        with self._writing():
            self._db.execute("DELETE FROM vectors WHERE embedder != ?", (embedder,))

    def erase_user(self, user_id: str) -> int:
        """Delete a customer's rows; returns how many there were. `purge` then clears the bytes they leave behind."""
        with self._writing():
            count = self._db.execute("DELETE FROM interactions WHERE user_id = ?", (user_id,)).rowcount
            self._delete_unreachable()
            if count:
                self._put_meta(_ERASING, "yes")
        self.drop_unused_vectors()
        return count

    def erase_product(self, item_id: str) -> int:
        """Delete a product, its words and vector, and what customers did with it; as `erase_user`."""
        with self._writing():
            count = self._db.execute("DELETE FROM products WHERE item_id = ?", (item_id,)).rowcount
            count += self._db.execute("DELETE FROM interactions WHERE item_id = ?", (item_id,)).rowcount
            if count:
                self._drop_counts()
                self._put_meta(_ERASING, "yes")
        self.drop_unused_vectors()
        self.recount_words()
        return count

    @property
    def is_erasing(self) -> bool:
        """Whether something was erased and `purge` has not yet cleared the bytes it left behind."""
        return self.meta(_ERASING) is not None

    def purge(self) -> None:
        """Rewrite the file, so that neither free pages nor the write-ahead log still hold what was deleted."""
        with translated(self.path):
            self._db.execute("VACUUM")
            busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LedgerError(
                "the rows are deleted, but another program is reading and keeps their bytes in the write-ahead log:"
                " close it and run the same command again"
            )
        with self._writing(revise=False):
            self._drop_meta(_ERASING)

    @contextmanager
    def _writing(self, *, revise: bool = True) -> Iterator[None]:
        """One transaction. If it changes rows, it raises the revision, which tells readers that the index is behind."""
        with translated(self.path), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            before = self._db.total_changes
            yield
            if revise and self._db.total_changes > before:
                self._put_meta("revision", str(self.revision + 1))

    def _put_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _drop_meta(self, key: str) -> None:
        self._db.execute("DELETE FROM meta WHERE key = ?", (key,))

    def _drop_counts(self) -> None:
        """What is counted over all products does not hold any more."""
        self._drop_meta(_WORDS_COUNTED)
        self._drop_meta(_SIZES)
        self._drop_meta(_COUNT)

    def set_meta(self, key: str, value: str) -> None:
        with self._writing(revise=False):
            self._put_meta(key, value)

    def meta(self, key: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else None

    @property
    def revision(self) -> int:
        """Grows with every write that changes rows, but for `append`: see there."""
        return int(self.meta("revision") or 0)

    def counts(self) -> dict[str, int]:
        """Rows by kind: listed products, customers, interactions, categories."""
        queries = {
            "products": "SELECT count(*) FROM products WHERE listed",
            "customers": f"SELECT count(DISTINCT user_id) FROM interactions WHERE {_DONE}",
            "interactions": f"SELECT count(*) FROM interactions WHERE {_DONE}",
            "categories": f"SELECT count(DISTINCT category) FROM {PLACES}",
        }
        return {name: self._one(query)[0] for name, query in queries.items()}

    def ids(self, ids: Iterable[str] | None = None) -> dict[str, str]:
        """The product that each of `ids` (None: every one there is) stands for, if no product has it for its own.

        One that several products claim stands for none.
        """
        query = (
            "SELECT id, min(item_id) FROM product_ids"
            " WHERE id NOT IN (SELECT item_id FROM products WHERE row_key != x''){} GROUP BY id HAVING count(*) = 1"
        )
        if ids is None:
            return dict(self._all(query.format("")))
        return dict(self._in(query.format(" AND id IN ({})"), list(dict.fromkeys(ids))))

    def products(self, item_ids: Iterable[str]) -> dict[str, Product]:
        """The stored products among `item_ids`, in the order asked for; what is unknown is left out."""
        ids = list(dict.fromkeys(item_ids))
        rows = self._in(f"SELECT {PRODUCT_COLUMNS} FROM products WHERE item_id IN ({{}})", ids)
        found = {row[0]: product_of(row) for row in rows}
        return {item_id: found[item_id] for item_id in ids if item_id in found}

    def candidates(self, category: str) -> list[Product]:
        """Every listed product that has a category path, or one below it, among its categories."""
        query = f"SELECT {PRODUCT_COLUMNS} FROM products WHERE {_THERE} ORDER BY item_id"
        return [product_of(row) for row in self._all(query, *_range(category))]

    def candidate_count(self, category: str) -> int:
        """How many candidates a category path has."""
        return int(self._one(f"SELECT count(*) FROM products WHERE {_THERE}", *_range(category))[0])

    def also_in(self, category: str) -> list[str]:
        """Ids of the candidates of a category path that are in it, or below it, beside their main category."""
        query = f"SELECT item_id FROM products WHERE listed AND item_id IN ({_ALSO_THERE}) ORDER BY 1"
        return [item for (item,) in self._all(query, *_range(category))]

    def liking_pairs(self, item_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Who liked which of these products: pairs of customer and product, each once."""
        return ((user, item) for user, item, _ in self.likings(item_ids))

    def likings(self, item_ids: Sequence[str]) -> Iterator[tuple[str, str, int]]:
        """Who liked which of these products, each pair once, and whether they did more than look at it."""
        query = (
            "SELECT user_id, item_id, max(event <> 'view') FROM interactions"
            " WHERE liking > 0 AND item_id IN ({}) GROUP BY 1, 2"
        )
        return self._in(query, item_ids)

    def liked_counts(self, user_ids: Sequence[str]) -> dict[str, int]:
        """How many products each of these customers liked."""
        query = (
            "SELECT user_id, count(DISTINCT item_id) FROM interactions WHERE liking > 0 AND user_id IN ({}) GROUP BY 1"
        )
        return dict(self._in(query, user_ids))

    def prices(self, category: str) -> dict[str | None, list[float]]:
        """The prices of the listed products in one category path by currency, in ascending order."""
        prices: dict[str | None, list[float]] = {}
        query = (
            f"SELECT currency, price FROM products JOIN {PLACES} AS places ON products.rowid = place"
            " WHERE places.category = ? AND price IS NOT NULL ORDER BY price"
        )
        for currency, price in self._all(query, category):
            prices.setdefault(currency, []).append(price)
        return prices

    def currencies(self) -> set[str]:
        """The currencies that listed products are priced in."""
        query = "SELECT DISTINCT currency FROM products WHERE listed AND price IS NOT NULL AND currency IS NOT NULL"
        return {currency for (currency,) in self._all(query)}

    def product_count(self) -> int:
        """How many products are listed."""
        return int(self.meta(_COUNT) or self._one("SELECT count(*) FROM products WHERE listed")[0])

    def categories(self) -> dict[str, int]:
        """Category paths with the number of listed products in each; a product counts in each of its categories."""
        return {path: size for path, size in self._sizes().items() if path}

    def _sizes(self) -> dict[str, int]:
        """As kept by `recount_words`: counting them anew takes longer the more products there are."""
        kept = self.meta(_SIZES)
        return json.loads(kept) if kept else self._count_categories()

    def _count_categories(self) -> dict[str, int]:
        """The number of listed products by category path; those without a category under the empty text."""
        return dict(self._all(f"SELECT ifnull(category, ''), count(*) FROM {PLACES} GROUP BY 1 ORDER BY 1"))

    def history(self, user_id: str) -> list[Interaction]:
        """Everything a customer did, oldest first; empty for an unknown one."""
        query = (
            f"SELECT {INTERACTION_COLUMNS} FROM interactions WHERE user_id = ? AND {_DONE} ORDER BY position, item_id"
        )
        return [interaction_of(row) for row in self._all(query, user_id)]

    def interactions(self) -> Iterator[Interaction]:
        """All that was done, customer by customer, each customer's oldest first."""
        return self._interactions(_DONE)

    def impressions(self) -> Iterator[Interaction]:
        """All that was shown, likewise: nothing else here knows of it."""
        return self._interactions(f"NOT ({_DONE})")

    def _interactions(self, which: str) -> Iterator[Interaction]:
        with translated(self.path):
            query = f"SELECT {INTERACTION_COLUMNS} FROM interactions WHERE {which} ORDER BY user_id, position, item_id"
            for row in self._db.execute(query):
                yield interaction_of(row)

    def product_frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many listed products each of `words` occurs; a word that occurs in none is left out."""
        return dict(self._in("SELECT word, products FROM words WHERE word IN ({})", words))

    def category_words(self) -> dict[str, dict[str, int]]:
        """For each category path, in how many of its products each of its frequent words occurs."""
        return {path: json.loads(counts) for path, counts in self._all("SELECT category, words FROM category_words")}

    @property
    def catalogue_state(self) -> tuple[int, bool]:
        """What differs whenever the products, or the words counted of them, may differ."""
        return self.revision, self.meta(_WORDS_COUNTED) is not None

    def category_samples(self, count: int) -> dict[str, list[str]]:
        """Ids of `count` listed products of every category path, all where it has no more; always the same ones."""
        with translated(self.path):
            return sample_categories(self._db, self.categories(), count)

    def product_sample(self, count: int) -> list[Product]:
        """Up to `count` listed products that have a category, always the same ones, drawn evenly from all."""
        with translated(self.path):
            return sample_products(self._db, count)

    def customer_count(self, paths: Iterable[str]) -> int:
        """How many customers did something with a product of these category paths."""
        with translated(self.path):
            return count_customers(self._db, paths)

    def user_ids(self) -> list[str]:
        return [user for (user,) in self._all(f"SELECT DISTINCT user_id FROM interactions WHERE {_DONE} ORDER BY 1")]

    def item_ids(self) -> list[str]:
        return [item for (item,) in self._all("SELECT item_id FROM products ORDER BY 1")]

    def offered_ids(self) -> list[str]:
        """Ids of the products that a catalogue has brought and none has retired, hidden ones too."""
        return [item for (item,) in self._all("SELECT item_id FROM products WHERE row_key != x''")]

    def interaction_keys(self) -> list[tuple[str, str, str, str]]:
        """User, item, event and moment of every row but feedback, which came from no file, so that none can lack it."""
        query = "SELECT user_id, item_id, event, moment FROM interactions WHERE substr(moment, 1, ?) != ?"
        return self._all(query, len(FEEDBACK), FEEDBACK)

    def listed(self) -> Iterator[Product]:
        """All listed products, ordered by id."""
        with translated(self.path):
            for row in self._db.execute(f"SELECT {PRODUCT_COLUMNS} FROM products WHERE listed ORDER BY item_id"):
                yield product_of(row)

    def keys_without_vector(self, embedder: str) -> list[bytes]:
        """The key of every product text that `embedder` has not seen yet, each once, the shortest text first."""
        rows = self._all(
            "SELECT text_key FROM products WHERE text_key NOT IN (SELECT text_key FROM vectors WHERE embedder = ?)"
            " GROUP BY text_key ORDER BY length(title) + length(description)",
            embedder,
        )
        return [key for (key,) in rows]

    def texts(self, keys: Sequence[bytes]) -> list[str]:
        """The product texts with these keys, in their order."""
        rows = self._in(
            f"SELECT text_key, {PRODUCT_COLUMNS} FROM products WHERE text_key IN ({{}}) GROUP BY text_key", keys
        )
        found = {key: embedding_text(product_of(record)) for key, *record in rows}
        return [found[key] for key in keys]

    def text_sample(self, count: int) -> dict[bytes, int]:
        """Keys of product texts, always the same (see `mean_vector`), and what customers did with each, counted."""
        query = (
            "SELECT key, (SELECT count(*) FROM products JOIN interactions USING (item_id) WHERE text_key = key)"
            " FROM (SELECT DISTINCT text_key AS key FROM products ORDER BY key LIMIT ?)"
        )
        return dict(self._all(query, count))

    def vectors(self, item_ids: Sequence[str], embedder: str) -> dict[str, NDArray[np.float32]]:
        """The unit vector of each product that has one."""
        rows = self._in(
            "SELECT item_id, vector FROM products JOIN vectors USING (text_key)"
            " WHERE embedder = ? AND length(vector) > 0 AND item_id IN ({})",
            item_ids,
            embedder,
        )
        return {item_id: np.frombuffer(blob, dtype="<f4") for item_id, blob in rows}

    def mean_vector(self, embedder: str) -> NDArray[np.float32]:
        """Mean of the vectors of a fixed random sample of the texts, shape (dimensions,); empty where there is none.

        Keys of texts are hashes, so the first thousand of them are a random sample.
        """
        query = "SELECT vector FROM vectors WHERE embedder = ? AND length(vector) > 0 ORDER BY text_key LIMIT ?"
        rows = [np.frombuffer(blob, dtype="<f4") for (blob,) in self._all(query, embedder, _SAMPLED_VECTORS)]
        return np.mean(rows, axis=0) if rows else np.zeros(0, dtype=np.float32)

    def check(self) -> None:
        """Raise LedgerError if SQLite's own quick check finds damage."""
        (verdict,) = self._one("PRAGMA quick_check(1)")
        if verdict != "ok":
            reason = verdict.splitlines()[-1]
            raise LedgerError(f"{self.path} is damaged ({reason}): restore a copy, or ingest into another --home")

    def _all(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with translated(self.path):
            return self._db.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> tuple:  # type: ignore[type-arg]
        with translated(self.path):
            return self._db.execute(query, values).fetchone()  # type: ignore[no-any-return]

    def _in(self, query: str, ids: Sequence[str] | Sequence[bytes], *first: object) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Rows of a query with `IN ({})`, asked in chunks below SQLite's limit on variables."""
        for start in range(0, len(ids), 30_000):
            chunk = ids[start : start + 30_000]
            yield from self._all(query.format(",".join("?" * len(chunk))), *first, *chunk)


def _range(category: str) -> tuple[str, str, str]:
    """A category path, and between which texts all that are below it stand."""
    below = category + PATH_SEPARATOR
    return category, below, below[:-1] + chr(ord(below[-1]) + 1)
