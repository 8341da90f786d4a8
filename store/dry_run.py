"""Reads files as an ingest would, and keeps what it would store: nothing is written, nothing embedded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from newaisle.progress import StageProgress
from newaisle.store.home import Home
from newaisle.store.reading import Source
from newaisle.store.report import ReadReport, Reject
from newaisle.store.rows import PATH_SEPARATOR, Interaction, Product
from newaisle.store.shop import Reading, ReadOptions, open_catalogue, open_histories

_WHOLE = 1_000  # rows of a file that is shown whole
_FIRST = 100  # of each kind that are shown of a longer one


@dataclass(slots=True)
class Preview:
    """What an ingest of the files would store, and what reading them said."""

    reports: dict[str, ReadReport] = field(default_factory=dict)  # by file
    products: list[Product] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return sum(report.rejected for report in self.reports.values())

    def as_plain_data(self) -> dict[str, Any]:
        """For JSON: docs/data.md has the keys."""
        reports = self.reports.values()
        return {
            "columns": [
                {"column": one.column, "field": one.field, "why": one.why} for each in reports for one in each.columns
            ],
            "products": list(map(plain_product, self.products)),
            "interactions": list(map(_plain_interaction, self.interactions)),
            "notes": [note for each in reports for note in each.notes],
            "warnings": [warning for each in reports for warning in each.warnings],
            "rejected": [
                {"source": one.source, "line": one.line, "reason": one.reason, "row": one.row} for one in self.rejects
            ],
        }


def preview(
    home: Home,
    *,
    catalogue: Source | None = None,
    histories: Source | None = None,
    options: ReadOptions,
    progress: StageProgress = lambda stage, done, total: None,
) -> Preview:
    """What `store.ingest.ingest` would store. The shop in `home`, if there is one, is looked up and left alone.

    Raises InputError for a file that cannot be read.
    """
    made = Preview()
    with ExitStack() as stack:
        products = interactions = None
        if histories is not None:
            interactions = stack.enter_context(
                open_histories(
                    histories,
                    options,
                    on_reject=made.rejects.append,
                    on_progress=lambda done, total: progress("histories", done, total),
                    catalogue=catalogue,
                )
            )
        if catalogue is not None:
            products = stack.enter_context(
                open_catalogue(
                    catalogue,
                    options,
                    on_reject=made.rejects.append,
                    on_progress=lambda done, total: progress("catalogue", done, total),
                    used_ids=interactions.used_ids if interactions else frozenset(),
                )
            )
        known = _Known(home)
        if products is not None:
            made.products = _shown(map(known.add, products), products)
            made.reports[products.name] = products.report
        if interactions is not None:
            made.interactions = _shown(known.of(interactions, made.rejects), interactions)
            made.reports[interactions.name] = interactions.report
    if len(made.rejects) > _WHOLE or any(report.read > _WHOLE for report in made.reports.values()):
        made.rejects = made.rejects[:_FIRST]
    return made


def _shown(rows: Iterator[Any], reading: Reading[Any]) -> list[Any]:
    """All rows of a short file, the first of another; all of them are read, for what is said of the file."""
    kept = [row for number, row in enumerate(rows) if number < _WHOLE]
    return kept if reading.report.read <= _WHOLE else kept[:_FIRST]


class _Known:
    """The ids of the products that the shop has, or would have, and what else stands for them."""

    def __init__(self, home: Home) -> None:
        self._ids: set[str] = set()
        self._standing_for: dict[str, str | None] = {}
        if home.ledger_path.exists():
            with home.reader() as ledger:
                self._ids = set(ledger.item_ids())
                self._standing_for = dict(ledger.ids())

    def add(self, product: Product) -> Product:
        self._ids.add(product.item_id)
        for id in product.ids:
            known = self._standing_for.setdefault(id, product.item_id)
            if known != product.item_id:
                self._standing_for[id] = None  # what several claim stands for none
        return product

    def of(self, reading: Reading[Interaction], rejects: list[Reject]) -> Iterator[Interaction]:
        """The rows about products that are known; without any, all of them."""
        for row in reading:
            item_id = row.item_id if row.item_id in self._ids else self._standing_for.get(row.item_id)
            if item_id or not self._ids:
                yield replace(row, item_id=item_id or row.item_id)
                continue
            reading.report.rejected += 1
            reason = f"the catalogue has no product {row.item_id!r}"
            rejects.append(Reject(reading.name, reading.line, reason, {"user_id": row.user_id, "item_id": row.item_id}))


def plain_product(product: Product) -> dict[str, Any]:
    """A product as it would be stored; its categories as texts, the main one first."""
    paths = [product.category, *product.other_categories]
    return {
        "item_id": product.item_id,
        "title": product.title,
        "categories": [PATH_SEPARATOR.join(path) for path in paths if path],
        "brand": product.brand,
        "price": product.price,
        "regular_price": product.regular_price,
        "currency": product.currency,
        "in_stock": product.in_stock,
        "listed": product.listed,
        "attributes": product.attributes,
        "ids": list(product.ids),
    }


def _plain_interaction(row: Interaction) -> dict[str, Any]:
    return {
        "user_id": row.user_id,
        "item_id": row.item_id,
        "event": row.event.value,
        "liking": row.liking,
        "rating": row.rating,
        "time": row.time.isoformat() if row.time else None,
    }
