"""Names of a shop that begin with what was typed: a few of them, as quickly in a shop of millions as in a small one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from newaisle.store.rows import PATH_SEPARATOR
from newaisle.store.sqlite import open_reader

_MOST = 100  # names that anybody could choose among
_LAST = "\U0010ffff"
# Goes from each name to the next one in the index, so that a customer of a thousand rows is one step.
_DISTINCT = """
WITH RECURSIVE found(name) AS (
    SELECT min({column}) FROM {table} WHERE {column} >= ?1
    UNION ALL SELECT (SELECT min({column}) FROM {table} WHERE {column} > name) FROM found WHERE name IS NOT NULL
)
SELECT name FROM found WHERE name < ?2 LIMIT ?3
"""
_MOST_CATEGORIES = 10_000


def customers(ledger: Path, beginning: str) -> list[str]:
    """Ids of customers in their order; LedgerError where there is no ledger that can be read."""
    return list(_names(ledger, "interactions", "user_id", beginning, _MOST))


def products(ledger: Path, beginning: str) -> list[tuple[str, str]]:
    """Ids and titles of products in the order of their ids; LedgerError where no ledger can be read."""
    query = "SELECT item_id, title FROM products WHERE item_id >= ? AND item_id < ? ORDER BY item_id LIMIT ?"
    with closing(open_reader(ledger)) as db:
        return db.execute(query, (beginning, beginning + _LAST, _MOST)).fetchall()


def categories(ledger: Path, beginning: str) -> list[str]:
    """Categories by their name or, where that begins so or two have one name, by their path; case does not matter.

    Raises LedgerError where there is no ledger that can be read.
    """
    tables = ("products", "product_categories")
    paths = sorted({path for one in tables for path in _names(ledger, one, "category", "", _MOST_CATEGORIES)})
    names = [path.split(PATH_SEPARATOR)[-1] for path in paths]
    named = [name if names.count(name) == 1 else path for name, path in zip(names, paths, strict=True)]
    wanted = beginning.casefold()
    found = [name for name in named if name.casefold().startswith(wanted)]
    if beginning:
        found += [path for path in paths if path.casefold().startswith(wanted)]
    return sorted(set(found))[:_MOST]


def _names(ledger: Path, table: str, column: str, beginning: str, most: int) -> Iterator[str]:
    with closing(open_reader(ledger)) as db:
        query = _DISTINCT.format(table=table, column=column)
        for (name,) in db.execute(query, (beginning, beginning + _LAST, most)):
            yield name
