"""Samples of a ledger's products, cheap in a shop of any size."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from newaisle.store.rows import PRODUCT_COLUMNS, Product, product_of

# Multiplying by the golden ratio times 2^32 scatters row numbers evenly (Knuth, The Art of Computer Programming, 6.4).
# They are all in the index over category and listed, so that no row is read but those drawn.
_SCATTERED = "products.rowid * 2654435761 & 4294967295"
_DRAWN = f"""
SELECT bounds.key, item_id, {_SCATTERED} AS draw FROM json_each(?1) AS bounds CROSS JOIN products
WHERE category = bounds.key AND listed = 1 AND draw < bounds.value
UNION ALL SELECT bounds.key, item_id, {_SCATTERED} AS draw
FROM json_each(?1) AS bounds CROSS JOIN product_categories AS more CROSS JOIN products USING (item_id)
WHERE more.category = bounds.key AND listed = 1 AND draw < bounds.value
ORDER BY 1, 3
"""


def sample_categories(db: sqlite3.Connection, sizes: Mapping[str, int], count: int) -> dict[str, list[str]]:
    """Ids of `count` listed products of each category path, all where it has no more; the same ones every time.

    sizes: how many each has.
    """
    # Twice as many pass as are wanted, so that it is next to never too few.
    bounds = {path: 2**32 * 2 * count // max(size, 1) for path, size in sizes.items()}
    found: dict[str, list[str]] = {path: [] for path in sizes}
    for path, item_id, _ in db.execute(_DRAWN, (json.dumps(bounds),)):
        if len(found[path]) < count:
            found[path].append(item_id)
    return found


def sample_products(db: sqlite3.Connection, count: int) -> list[Product]:
    """Up to `count` listed products that have a category: a fixed random sample, for keys of texts are hashes."""
    query = (
        f"SELECT {PRODUCT_COLUMNS} FROM products WHERE listed = 1 AND category IS NOT NULL ORDER BY text_key LIMIT ?"
    )
    return [product_of(row) for row in db.execute(query, (count,))]


def count_customers(db: sqlite3.Connection, paths: Iterable[str]) -> int:
    """How many customers did something with a product of these category paths."""
    query = """
        SELECT count(DISTINCT user_id) FROM (
            SELECT item_id FROM products WHERE category IN (SELECT value FROM json_each(?1))
            UNION SELECT item_id FROM product_categories WHERE category IN (SELECT value FROM json_each(?1))
        ) CROSS JOIN interactions USING (item_id) WHERE event != 'impression'
    """
    (count,) = db.execute(query, (json.dumps(list(paths)),)).fetchone()
    return int(count)
