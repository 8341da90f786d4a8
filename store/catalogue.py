"""Makes products of the records of a catalogue."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from newaisle.store.cleaning import (
    BadValue,
    category_path,
    clean_id,
    clean_text,
    clean_title,
    flat_text,
    known_text,
    parse_stock,
)
from newaisle.store.columns import Columns
from newaisle.store.prices import Locale, Price, PriceConvention, PriceEvidence, read_price
from newaisle.store.report import ReadReport
from newaisle.store.rows import Product


class ProductMaker:
    """Makes Products; `survey` sees every record once, then `settle`, then `make` for each, then `finish`."""

    def __init__(self, columns: Columns, locale: Locale | None) -> None:
        self.columns = columns
        self._locale = locale
        self._evidence = PriceEvidence()
        self._convention = PriceConvention()
        self._attributes: dict[str, str] = {}  # column -> clean name
        self._ids: set[int] = set()
        self._coming: Counter[int] = Counter()  # ids that come more than once, and how often they will still come
        self._held: dict[int, Product] = {}
        self._problems: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def expand(self, record: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """A record is a row."""
        return (record,)

    def survey(self, record: dict[str, Any]) -> None:
        key = self._key(record)
        if key in self._ids:
            self._coming[key] += 1 if key in self._coming else 2
        self._ids.add(key)
        self._evidence.add_price(self.columns.first("price", record))
        self._evidence.add_currency(self.columns.first("currency", record))
        self._evidence.add_text(flat_text(self.columns.first("title", record)))

    def settle(self, report: ReadReport) -> None:
        self._ids.clear()
        self._convention = self._evidence.convention(self._locale)
        names = {column: clean_text(column) for column in self.columns.attributes()}
        self._attributes = {column: name for column, name in names.items() if name}
        report.notes += self._evidence.notes(self._locale)
        report.warnings += self._evidence.warnings(self._locale)

    def make(self, record: dict[str, Any], report: ReadReport) -> Iterator[Product]:
        """A product whose id will come again is held back until it has come for the last time."""
        key = self._key(record)
        if key not in self._coming:
            yield self._product(record)
            return
        self._coming[key] -= 1
        try:
            self._hold(key, self._product(record), report)
        except BadValue:
            yield from self._released(key)
            raise
        yield from self._released(key)

    def _hold(self, key: int, product: Product, report: ReadReport) -> None:
        held = self._held.get(key)
        if held is not None:
            report.merged += held == product
            report.replaced += held != product
        self._held[key] = product

    def _released(self, key: int) -> Iterator[Product]:
        if not self._coming[key] and key in self._held:
            yield self._held.pop(key)

    def finish(self, report: ReadReport) -> Iterator[Product]:
        yield from self._held.values()
        if report.replaced:
            report.warnings.append(
                f"{report.replaced:,} products came again further down with other content: the last row counts"
            )
        for problem, count in self._problems.items():
            report.warnings.append(f"{count:,} {problem}, such as {self._examples[problem]!r}")

    def _key(self, record: dict[str, Any]) -> int:
        return hash(unicodedata.normalize("NFC", flat_text(self.columns.first("id", record)).strip()))

    def _product(self, record: dict[str, Any]) -> Product:
        item_id = clean_id(self.columns.first("id", record), "id")
        title = clean_title(self._joined("title", record))
        attributes = self._other_columns(record)
        price, currency = self._price(record, attributes)
        return Product(
            item_id=item_id,
            title=title,
            category=self._category(record),
            brand=known_text(self.columns.first("brand", record)),
            price=price,
            currency=currency,
            description=known_text(self._joined("description", record)) or "",
            in_stock=parse_stock(self.columns.first("in_stock", record)),
            attributes=attributes,
        )

    def _joined(self, name: str, record: dict[str, Any]) -> str:
        columns = self.columns.of.get(name, ())
        if len(columns) == 1:
            return flat_text(record.get(columns[0]))
        return " ".join(text for column in columns if (text := flat_text(record.get(column))))

    def _category(self, record: dict[str, Any]) -> tuple[str, ...]:
        columns = self.columns.of.get("category", ())
        return tuple(part for column in columns for part in category_path(record.get(column)))

    def _price(self, record: dict[str, Any], attributes: dict[str, str]) -> tuple[float | None, str | None]:
        value = self.columns.first("price", record)
        price = read_price(value, self._convention) if value is not None else Price()
        if price.problem == "range":
            attributes["price range"] = clean_text(flat_text(value))
            self._count("prices are a range, so unknown", value)
        elif price.problem:
            self._count("prices are not one plain number, so unknown", value)
        written = known_text(self.columns.first("currency", record))
        currency = self._convention.currency(written) if written else None
        if written and not currency:
            self._count("currencies are not known", written)
        return price.amount, currency or price.currency

    def _count(self, problem: str, value: object) -> None:
        self._problems[problem] += 1
        self._examples.setdefault(problem, clean_text(flat_text(value)[:60]))

    def _other_columns(self, record: dict[str, Any]) -> dict[str, str]:
        attributes = {}
        for column, name in self._attributes.items():
            text = known_text(record.get(column))
            if text:
                attributes[name] = text
        return attributes
