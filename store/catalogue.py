"""Makes products of the records of a catalogue."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from newaisle.store.category_cells import CategoryEvidence, CategoryPath, CategoryReading
from newaisle.store.cleaning import (
    BadValue,
    clean_id,
    clean_text,
    clean_title,
    flat_text,
    is_missing,
    known_text,
    parse_stock,
)
from newaisle.store.columns import Columns, Record
from newaisle.store.groups import NO_ID, Grouping, Part, join, parent_id, says_one_of
from newaisle.store.headers import (
    ATTRIBUTE_OBJECTS,
    CATALOGUE,
    HIDING,
    OPTION_COLUMNS,
    PLACEHOLDERS,
    SEVERAL_IN_A_CELL,
    SHOWING,
    VARIANT_COLUMNS,
    bare_name,
    normal_name,
)
from newaisle.store.paid import PriceReader
from newaisle.store.prices import Locale
from newaisle.store.report import ReadReport
from newaisle.store.rows import PATH_SEPARATOR, Product

_OPTIONS = 10  # numbered options of a variant
_MOST_VARIANTS = 1_000  # that are nested in a record
_PLACES = ("category", "other_category")
_SPOILT = re.compile(r"\d[.,]\d+e\+?\d+", re.I)


class ProductMaker:
    """Makes Products; `survey` sees every record once, then `settle`, then `make` for each, then `finish`."""

    def __init__(self, columns: Columns, locale: Locale | None, now: datetime | None = None) -> None:
        self.columns = columns
        self.used_ids: set[int] = set()  # what it makes uses no products
        self._variant_columns = Columns(CATALOGUE, {})
        self._grouping = Grouping(columns)
        self._prices = PriceReader(locale, now) if now else PriceReader(locale)
        self._categories: dict[str, CategoryEvidence] = defaultdict(CategoryEvidence)
        self._readings: dict[str, CategoryReading] = {}
        self._attributes: dict[str, str] = {}  # column -> clean name
        self._options: dict[str, str] = {}  # column with the name of an option -> with its value
        self._hiding: dict[str, frozenset[str]] = {}  # column -> its own words for what is hidden
        self._titles_are_ids = False
        self._held: dict[int, list[Part]] = {}
        self._option_names: dict[int, dict[str, str]] = {}  # of the groups that are held
        self._broken: set[int] = set()  # groups whose titled row was rejected
        self._made: Counter[str] = Counter()  # products that have a category, a price, a place on the list
        self._problems: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def expand(self, record: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """A record is a row."""
        return (record,)

    def survey(self, record: dict[str, Any]) -> None:
        if self._is_no_product(record):
            return
        title = "" if self._is_under(record) else self._joined("title", record)
        self._grouping.survey(record, "" if is_missing(title) else title)
        self._prices.survey(self.columns, record)
        self._prices.evidence.add_text(title)
        for name in _PLACES:
            for column in self.columns.of.get(name, ()):
                self._categories[column].add(record.get(column))
        for variant in self._variants(record):
            self._variant_columns.notice(variant)
            self._prices.survey(self._variant_columns, variant)

    def settle(self, report: ReadReport) -> None:
        form = self.columns.format
        report.notes += [form.note] if form and form.note else []
        self._grouping.settle()
        self._prices.settle(report, in_cents=bool(form and form.minor_units))
        for column, evidence in self._categories.items():
            is_main = column in self.columns.of.get("category", ())
            several = bare_name(column) in SEVERAL_IN_A_CELL
            self._readings[column] = evidence.reading(form.categories if form and is_main else None, several=several)
        self._categories.clear()
        self._titles_are_ids = self.columns.of.get("id") == self.columns.of.get("title")
        self._options = self._option_columns()
        hiding = form.hidden if form else {}
        self._hiding = {column: frozenset(map(str.casefold, words)) for column, words in hiding.items()}
        used = {*self._options, *self._options.values()}
        used |= {*form.pairs, *form.in_stock_anyway} if form else set()
        names = {column: clean_text(column) for column in self.columns.attributes() if column not in used}
        self._attributes = {column: name for column, name in names.items() if name}

    def make(self, record: dict[str, Any], report: ReadReport) -> Iterator[Product]:
        """A product is held back until the last row of it has come."""
        if self._is_no_product(record):
            report.ignored += 1
            return
        title = "" if self._is_under(record) else self._title(record)
        key, is_variant, coming = self._grouping.place(record, title)
        if (self._grouping.is_single(key) and not is_variant) or key == NO_ID:
            yield self._counted(self._whole(record, title))
            return
        try:
            self._hold(key, record, title, is_variant=is_variant)
        except BadValue:
            if not coming:
                yield from self._released(key, report)
            raise
        if not coming:
            yield from self._released(key, report)

    def _hold(self, key: int, record: Record, title: str, *, is_variant: bool) -> None:
        if not title and (key in self._broken or not self._grouping.has_title(key)):
            raise BadValue("the title is missing")
        try:
            item_id = self._id(record) if title else ""
            product = self._product(record, title, self._option_names.setdefault(key, {}), item_id)
        except BadValue:
            if title and not is_variant:
                self._broken.add(key)
            raise
        view = flat_text(self.columns.first("view", record)).strip()
        parent = parent_id(self.columns, record) if is_variant else ""
        self._held.setdefault(key, []).append(Part(product, is_variant, view, parent))

    def _released(self, key: int, report: ReadReport) -> Iterator[Product]:
        parts = self._held.pop(key, [])
        self._option_names.pop(key, None)
        if not any(part.product.title for part in parts):
            if parts:
                report.rejected += len(parts)
                self._problems["rows belong to a product that was rejected"] += len(parts)
            return
        made = join(parts)
        report.merged += made.same
        report.replaced += made.replaced
        report.joined += made.joined
        report.ignored += made.pictures
        yield self._counted(made.product)

    def finish(self, report: ReadReport) -> Iterator[Product]:
        for key in list(self._held):
            yield from self._released(key, report)
        if report.replaced:
            report.warnings.append(
                f"{report.replaced:,} products came again further down with other content: the last row counts"
            )
        for problem, count in self._problems.items():
            example = f", such as {self._examples[problem]!r}" if problem in self._examples else ""
            report.warnings.append(f"{count:,} {problem}{example}")
        report.warnings += self._missing()

    def _missing(self) -> Iterator[str]:
        """What no product has, though answers live on it."""
        for field, effect in (
            ("category", "nothing can be recommended from one"),
            ("price", "no price limit lets any through"),
        ):
            if self._made["products"] and not self._made[field]:
                columns = self.columns.of.get(field) or self.columns.of.get("sale_price")
                likely = self.columns.likely(field) or "COLUMN"
                hint = f"{columns[0]} has none" if columns else f"name the column with --map {field}={likely}"
                yield f"no product has a {field}, so {effect}: {hint}"
        if self._made["products"] and not self._made["listed"]:
            by = [*self.columns.of.get("listed", ()), *self.columns.of.get("hidden", ())]
            yield f"the shop hides every product, by {', '.join(by)}, so nothing can be recommended"

    def _counted(self, product: Product) -> Product:
        made = self._made
        made["products"] += 1
        made["category"] += bool(product.category)
        made["price"] += product.price is not None
        made["listed"] += product.listed
        return product

    def _is_no_product(self, record: Record) -> bool:
        form = self.columns.format
        return form is not None and says_one_of(record, form.no_product)

    def _is_under(self, record: Record) -> bool:
        """Whether its format marks a row as part of the product above it."""
        form = self.columns.format
        return form is not None and says_one_of(record, form.under)

    def _is_in_stock(self, record: Record) -> bool | None:
        form = self.columns.format
        anyway = form is not None and says_one_of(record, form.in_stock_anyway)
        return True if anyway else parse_stock(self.columns.first("in_stock", record))

    def _title(self, record: Record) -> str:
        try:
            return clean_title(self._joined("title", record))
        except BadValue:
            return ""

    def _id(self, record: Record) -> str:
        value = self.columns.first("id", record)
        return clean_id(clean_text(flat_text(value)) if self._titles_are_ids else value, "id")

    def _whole(self, record: Record, title: str) -> Product:
        """The product of a row that is all there is of it."""
        product = self._product(record, title, {}, self._id(record))
        if not title:
            raise BadValue("the title is missing")
        return product

    def _product(self, record: Record, title: str, option_names: dict[str, str], item_id: str = "") -> Product:
        """What a row says; of a part of a product that may be nearly nothing."""
        attributes = self._other_columns(record, option_names)
        paid = self._prices.read(self.columns, record)
        for problem, cell in paid.problems:
            self._count(problem, cell)
            if "range" in problem:
                attributes["price range"] = clean_text(flat_text(cell))
        category, *others = self._places(record) or [()]
        item_id = item_id or _one_id(self.columns.first("id", record))
        product = Product(
            item_id=item_id,
            title=title,
            category=category,
            brand=known_text(_named(self.columns.first("brand", record))),
            price=paid.amount,
            currency=paid.currency,
            # Exports write the end of a line as a backslash and an n.
            description=known_text(self._joined("description", record).replace("\\n", " ")) or "",
            in_stock=self._is_in_stock(record),
            attributes=attributes,
            other_categories=tuple(others),
            regular_price=paid.regular,
            listed=self._is_listed(record),
            ids=self._ids(self.columns, record, item_id),
        )
        nested = [Part(self._variant(one), is_variant=True) for one in self._variants(record)]
        return join([Part(product), *nested]).product if nested else product

    def _joined(self, name: str, record: Record) -> str:
        columns = self.columns.of.get(name, ())
        if len(columns) == 1:
            return flat_text(_named(record.get(columns[0])))
        return " ".join(text for column in columns if (text := flat_text(_named(record.get(column)))))

    def _places(self, record: Record) -> list[CategoryPath]:
        """The categories of a product, its main one first."""
        of, columns = self.columns.of, self.columns.of.get("category", ())
        if len(columns) == 1:
            paths = list(self._paths(columns[0], record))
        else:
            paths = [tuple(part for column in columns for path in self._paths(column, record)[:1] for part in path)]
        if "subcategory" in of and paths:
            below = known_text(self.columns.first("subcategory", record))
            if below and below not in paths[0]:
                paths[0] = (*paths[0], *below.split(PATH_SEPARATOR))
        for column in of.get("other_category", ()):
            paths += [path for path in self._paths(column, record) if not all(part.isdigit() for part in path)]
        return list(dict.fromkeys(path for path in paths if path))

    def _paths(self, column: str, record: Record) -> tuple[CategoryPath, ...]:
        return self._readings[column].paths(record.get(column)) if column in self._readings else ()

    def _is_listed(self, record: Record) -> bool:
        for column in self.columns.of.get("listed", ()):
            text = flat_text(record.get(column)).strip().casefold()
            words = self._hiding.get(column, HIDING)
            if text in words or (normal_name(text) in words and words is HIDING):
                return False
        return not any(
            normal_name(flat_text(record.get(column))) in SHOWING for column in self.columns.of.get("hidden", ())
        )

    def _ids(self, columns: Columns, record: Record, item_id: str) -> tuple[str, ...]:
        """The other ids of a row; a cell may hold several."""
        if "ids" not in columns.of:
            return ()
        cells = [record.get(column) for column in columns.of["ids"]]
        ids = [_one_id(part) for cell in cells for part in _parts(cell)]
        return tuple(dict.fromkeys(id for id in ids if id and id != item_id))

    def _variants(self, record: Record) -> list[dict[str, Any]]:
        if "variants" not in self.columns.of:
            return []
        cells = [record.get(column) for column in self.columns.of["variants"]]
        every = [one for cell in cells for one in (cell if isinstance(cell, list) else [cell])]
        return [one for one in every[:_MOST_VARIANTS] if isinstance(one, dict)]

    def _variant(self, record: dict[str, Any]) -> Product:
        """What a variant says that is nested in the record of its product."""
        columns = self._variant_columns
        paid = self._prices.read(columns, record)
        item_id = _one_id(columns.first("id", record))
        options = {name: known_text(value) for name, value in record.items() if bare_name(name) in VARIANT_COLUMNS}
        return Product(
            item_id=item_id,
            title="",
            price=paid.amount,
            regular_price=paid.regular,
            currency=paid.currency,
            in_stock=parse_stock(columns.first("in_stock", record)),
            attributes={clean_text(name): text for name, text in options.items() if text},
            ids=self._ids(columns, record, item_id),
        )

    def _count(self, problem: str, value: object) -> None:
        self._problems[problem] += 1
        self._examples.setdefault(problem, clean_text(flat_text(value)[:60]))

    def _other_columns(self, record: Record, option_names: dict[str, str]) -> dict[str, str]:
        attributes: dict[str, str] = {}
        for column, name in self._attributes.items():
            value = record.get(column)
            if isinstance(value, list) and (named := _named_values(value)):
                attributes |= named
            elif isinstance(value, dict) and normal_name(column) in ATTRIBUTE_OBJECTS:
                members = ((clean_text(key), known_text(member)) for key, member in value.items())
                attributes |= {key: text for key, text in members if key and text}
            elif text := known_text(value):
                attributes[name] = text
        for name_column, column in self._options.items():
            text = known_text(record.get(column))
            name = known_text(record.get(name_column)) or option_names.get(name_column) or clean_text(column)
            option_names[name_column] = name
            if text and normal_name(text) not in PLACEHOLDERS:
                attributes[name] = text
        if self.columns.format:
            for column, mark in self.columns.format.pairs.items():
                attributes |= dict(_pairs(flat_text(record.get(column)), mark))
        return attributes

    def _option_columns(self) -> dict[str, str]:
        by_name = {normal_name(name): name for name in self.columns.attributes()}
        wanted = list(self.columns.format.options.items()) if self.columns.format else []
        for name, value in OPTION_COLUMNS:
            wanted += [(name.replace("#", str(n)), value.replace("#", str(n))) for n in range(1, _OPTIONS + 1)]
        found = [(by_name.get(normal_name(name)), by_name.get(normal_name(value))) for name, value in wanted]
        return {name: value for name, value in found if name and value}


def _named(value: object) -> object:
    """The name in an object, or of the languages that it has the first; any other value as it is."""
    if not isinstance(value, dict) or not value:
        return value
    return next((value[key] for key in ("name", "title", "en") if value.get(key)), next(iter(value.values())))


def _one_id(value: object) -> str:
    """An id that need not be there; one that is none, or was spoilt by a spreadsheet (9.78E+12), is left out."""
    try:
        id = clean_id(value, "id")
    except BadValue:
        return ""
    return "" if is_missing(id) or _SPOILT.fullmatch(id) else id


def _parts(cell: object) -> Iterable[object]:
    if isinstance(cell, list):
        return cell
    parts = re.split(r"[,;|]", cell) if isinstance(cell, str) else [cell]
    return parts if all(not isinstance(part, str) or " " not in part.strip() for part in parts) else [cell]


def _named_values(value: list[Any]) -> dict[str, str]:
    """Attributes that are written as a list of names and values."""
    named = {}
    for one in value:
        name = known_text(one.get("name")) if isinstance(one, dict) else None
        values = (
            next((one[key] for key in ("value", "values", "option", "options") if one.get(key)), None) if name else None
        )
        text = known_text(values)
        if name and text:
            named[name] = text
    return named


def _pairs(text: str, mark: str) -> Iterator[tuple[str, str]]:
    """The pairs of `color=Red,size=M`; several values of one name stand between bars."""
    for pair in text.split(mark):
        name, _, value = pair.partition("=")
        if (known_name := clean_text(name)) and not is_missing(value):
            yield known_name, clean_text(value.replace("|", ", "))
