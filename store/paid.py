"""The price that is paid today: the sale price within its dates, else the price; and the regular one beside it.

A price may be nested (`{"amount": 12.5, "currency": "EUR"}`, a list of such). In cents it is where its column or format
says so, and where all nested amounts of the file are whole numbers of three digits and more, which is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from newaisle.store.cleaning import BadValue, flat_text, is_missing, known_text
from newaisle.store.columns import Columns, Record
from newaisle.store.headers import (
    AMOUNTS,
    CURRENCIES,
    HIDING,
    MINOR_AMOUNTS,
    REGULAR_AMOUNTS,
    currency_in,
    normal_name,
)
from newaisle.store.prices import Locale, Price, PriceConvention, PriceEvidence, read_price
from newaisle.store.report import ReadReport
from newaisle.store.times import TimeReading

_FIELDS = ("price", "sale_price", "regular_price", "price_minor")
_SALES = {"sale_price", "discount_percent", "discount_amount", "discount"}
_BESIDE = _SALES | {"regular_price", "currency"}  # fields that say more of what is paid
_PROBLEMS = {
    "range": "prices are a range, so unknown",
    "unreadable": "prices are not one plain number, so unknown",
}
_DATES = TimeReading()
_SMALLEST_IN_CENTS = 100


class Paid(NamedTuple):
    """What is paid, what it costs otherwise where that is more, and the cells that could not be understood."""

    amount: float | None = None
    regular: float | None = None
    currency: str | None = None
    problems: Sequence[tuple[str, object]] = ()  # what, and the cell


@dataclass(slots=True)
class PriceReader:
    """Reads the prices of one file; sees every record before it reads any."""

    locale: Locale | None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    evidence: PriceEvidence = field(default_factory=PriceEvidence)
    convention: PriceConvention = field(default_factory=PriceConvention)
    in_cents: bool = False
    _whole: list[int] = field(default_factory=lambda: [0, 0])  # nested amounts that may be cents, and all of them

    def survey(self, columns: Columns, record: Record) -> None:
        for name in _FIELDS:
            if name in columns.of:
                self._survey(columns.first(name, record))
        if "currency" in columns.of:
            self.evidence.add_currency(columns.first("currency", record))

    def _survey(self, value: object) -> None:
        if isinstance(value, dict | list):
            amount, _, currency = _unwrapped(value)
            self.evidence.add_currency(currency)
            self._whole[0] += type(amount) is int and amount >= _SMALLEST_IN_CENTS
            self._whole[1] += isinstance(amount, int | float) and bool(amount)
            value = amount
        self.evidence.add_price(value)

    def settle(self, report: ReadReport, *, in_cents: bool) -> None:
        """Decide how the file writes prices; `in_cents`: as its format says."""
        self.convention = self.evidence.convention(self.locale)
        report.notes += self.evidence.notes(self.locale)
        report.warnings += self.evidence.warnings(self.locale)
        all_whole = 0 < self._whole[0] == self._whole[1]
        if all_whole and not in_cents:
            report.warnings.append(
                f"{self._whole[0]:,} nested amounts are whole numbers and were read as cents:"
                " if they are not, put the amounts in a column `price` of their own"
            )
        self.in_cents = in_cents or all_whole

    def read(self, columns: Columns, record: Record) -> Paid:
        """What a row's product costs; raises BadValue for a price that is negative, infinite or absurd."""
        price, nested, problems = self._price(columns, record)
        if len(columns.of.keys() & _BESIDE) == 0 and nested is None:
            return Paid(price.amount, None, price.currency or self._named_currency(columns), problems)
        regular = self._other("regular_price", columns, record)
        usual = [one for one in (price.amount, regular.amount, nested) if one is not None]
        asked = usual[0] if usual else None
        sale = self._sale(columns, record, asked) if self._is_on_sale(columns, record, problems) else Price()
        paid = sale.amount if sale.amount and (asked is None or sale.amount < asked or not asked) else asked
        highest = max(usual, default=None)
        written = self._currency(columns, record, problems) or price.currency or sale.currency or regular.currency
        return Paid(
            amount=paid,
            regular=highest if highest is not None and paid is not None and highest > paid else None,
            currency=written or self._named_currency(columns),
            problems=problems,
        )

    def _price(self, columns: Columns, record: Record) -> tuple[Price, float | None, list[tuple[str, object]]]:
        """The price as it is asked, a regular one nested beside it, and what was not understood."""
        value = columns.first("price", record)
        in_cents = self.in_cents
        if value is None and "price_minor" in columns.of:
            value, in_cents = columns.first("price_minor", record), True
        if value is None:
            return Price(), None, []
        price, regular = self._read(value, in_cents=in_cents)
        return price, regular, [(_PROBLEMS[price.problem], value)] if price.problem else []

    def _read(self, value: object, *, in_cents: bool) -> tuple[Price, float | None]:
        if not isinstance(value, dict | list):
            price = read_price(value, self.convention)
            return (replace(price, amount=price.amount / 100) if in_cents and price.amount else price), None
        amount, regular, currency = _unwrapped(value)
        code = self.convention.currency(flat_text(currency)) if currency else None
        in_cents = in_cents and isinstance(amount, int)
        price, _ = self._read(flat_text(amount) if isinstance(amount, dict | list) else amount, in_cents=in_cents)
        other = self._read(regular, in_cents=in_cents)[0].amount if regular is not None else None
        missing = "unreadable" if amount is None and value else price.problem
        return replace(price, currency=code or price.currency, problem=missing), other

    def _sale(self, columns: Columns, record: Record, asked: float | None) -> Price:
        """The sale price, or what a discount leaves of the price that is asked."""
        sale = self._other("sale_price", columns, record)
        if sale.amount or not asked or (self._other("regular_price", columns, record).amount or 0.0) > asked:
            return sale  # beside a regular price the one that is asked is lowered already
        percent, amount, either = (
            self._other(f"discount{kind}", columns, record).amount or 0.0 for kind in ("_percent", "_amount", "")
        )
        if "discount_kind" in columns.of:
            is_percent = is_percentage(flat_text(columns.first("discount_kind", record)))
            percent, amount = (percent + either, amount) if is_percent else (percent, amount + either)
        left = asked * (1 - percent / 100) - amount
        return Price(round(left, 2)) if 0 < left < asked else Price()

    def _other(self, name: str, columns: Columns, record: Record) -> Price:
        """A price beside the one that is asked: where it cannot be used, or is 0, there is none."""
        if name not in columns.of:
            return Price()
        try:
            value = columns.first(name, record)
            value = value.rstrip("% ") if name == "discount_percent" and isinstance(value, str) else value
            price, _ = self._read(value, in_cents=self.in_cents and name in _FIELDS)
        except BadValue:
            return Price()
        return price if price.amount else Price(currency=price.currency)

    def _is_on_sale(self, columns: Columns, record: Record, problems: list[tuple[str, object]]) -> bool:
        if not columns.of.keys() & _SALES:
            return False
        if flat_text(columns.first("on_sale", record)).strip().casefold() in HIDING:
            return False
        cells = list(_dates(columns, record))
        try:
            begin, end = (_moment(text, last=last) for text, last in cells)
        except BadValue:
            problems.append(("sales have dates that cannot be read, so do not count", " to ".join(c for c, _ in cells)))
            return False
        return (begin is None or begin <= self.now) and (end is None or self.now < end)

    def _currency(self, columns: Columns, record: Record, problems: list[tuple[str, object]]) -> str | None:
        written = known_text(columns.first("currency", record)) if "currency" in columns.of else None
        currency = self.convention.currency(written) if written else None
        if written and not currency:
            problems.append(("currencies are not known", written))
        return currency

    def _named_currency(self, columns: Columns) -> str | None:
        """The currency that the column of the price has in its name."""
        named = (currency_in(column) for name in _FIELDS for column in columns.of.get(name, ()))
        return next((code for code in named if code), None)


def is_percentage(kind: str) -> bool:
    """Whether a word for the kind of a discount means a share."""
    return "%" in kind or normal_name(kind).startswith(("perc", "proz", "pourc", "porc"))


def _dates(columns: Columns, record: Record) -> Iterator[tuple[str, bool]]:
    """When a sale begins and when it ends, as written."""
    begin, _, end = flat_text(columns.first("sale_dates", record)).partition("/")
    yield flat_text(columns.first("sale_from", record)) or begin, False
    yield flat_text(columns.first("sale_until", record)) or end, True


def _moment(text: str, *, last: bool) -> datetime | None:
    """The moment that a date names; of a last day its end."""
    moment = None if is_missing(text) else _DATES.time(text)
    return moment + timedelta(days=1) if moment and last and ":" not in text else moment


def _unwrapped(value: dict[str, Any] | list[Any]) -> tuple[Any, Any, Any]:
    """The amount, the regular amount and the currency in a nested price; of several prices the first."""
    while isinstance(value, list):
        value = value[0] if value else {}
    if not isinstance(value, dict):
        return value, None, None
    by_name = {normal_name(str(name)): part for name, part in value.items() if part is not None}
    if isinstance(lower := by_name.get("discounted"), dict | list):  # beside the value that it lowers
        by_name = {**by_name, REGULAR_AMOUNTS[0]: by_name.get("value"), AMOUNTS[0]: lower}
    amount, regular, currency = (
        next((by_name[name] for name in names if name in by_name), None)
        for names in (AMOUNTS, REGULAR_AMOUNTS, CURRENCIES)
    )
    cents = next((by_name[name] for name in MINOR_AMOUNTS if isinstance(by_name.get(name), int)), None)
    if cents is not None:
        return cents / 100, regular, currency
    if isinstance(amount, dict | list):
        inner, other, code = _unwrapped(amount)
        return inner, other if regular is None else regular, currency or code
    return regular if amount is None else amount, regular, currency
