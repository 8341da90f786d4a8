"""What the products of a ledger are called: their brands, titles and attributes, read from its file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from newaisle.store.sqlite import open_reader, translated


class Titled(NamedTuple):
    """A product by what people call it."""

    item_id: str
    title: str
    brand: str | None
    category: str


class Row(NamedTuple):
    """What is read of a sampled product; its attributes are JSON."""

    title: str
    category: str
    attributes: str


def brands(path: Path, *, among: int) -> list[str]:
    """The brands of the first `among` products."""
    query = """
        SELECT DISTINCT brand FROM (SELECT brand, listed FROM products LIMIT ?) WHERE listed AND brand IS NOT NULL
    """
    return [name for (name,) in _read(path, query, among)]


def sampled_rows(path: Path, most: int) -> list[Row]:
    """A random sample of the products, the same at every call."""
    # Keys of texts are hashes, so the first of them are a random sample; the index has them in order.
    query = "SELECT title, ifnull(category, ''), attributes FROM products WHERE listed ORDER BY text_key LIMIT ?"
    return [Row(*row) for row in _read(path, query, most)]


def titles_with(path: Path, said: Sequence[str], *, limit: int) -> list[Titled]:
    """The products with the most of these words in their titles or brands, the most first."""
    if not said:
        return []
    has = " + ".join("(title LIKE ? ESCAPE '\\' OR ifnull(brand, '') LIKE ? ESCAPE '\\')" for _ in said)
    query = f"""
        SELECT item_id, title, brand, ifnull(category, ''), {has} AS found FROM products
        WHERE listed AND found > 0 ORDER BY found DESC, item_id LIMIT ?
    """
    return [Titled(*row[:-1]) for row in _read(path, query, *_patterns(said), limit)]


def _patterns(said: Sequence[str]) -> list[str]:
    """For LIKE, twice each: of the title and of the brand."""
    escaped = [word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in said]
    return [f"%{word}%" for word in escaped for _ in range(2)]


def _read(path: Path, query: str, *values: str | int) -> list[tuple[Any, ...]]:
    with translated(path), closing(open_reader(path)) as db:
        return db.execute(query, values).fetchall()
