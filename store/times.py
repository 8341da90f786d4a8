"""Reads times. What a file's time column holds is decided once, from all its values: dates, epochs or positions.

Whole numbers are positions in an order unless at least 4 of 5 look like epochs (1990 to 2100, in s, ms, us or ns) or
are dates without separators (20240131): a position is never taken for a date. A column named `position`, `sequence`
or `step` holds positions whatever its numbers. Dates are ISO 8601, other numeric forms, Chinese ones, and what
dateutil reads when nothing is missing. In `03/04/2024` the order of day and month is the one that the file's dates
without doubt have, else that of `--locale`; the default is day first with points and month first otherwise. A date
without doubt is always read as it is written. A time without an offset is UTC.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from newaisle.store.cleaning import BadValue, flat_text, is_missing
from newaisle.store.prices import Locale

FIRST_YEAR, LAST_YEAR = 1970, 2100

Kind = Literal["date", "position", "s", "ms", "us", "ns"]

_PER_SECOND: dict[str, int] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_LOOKS_LIKE_EPOCH = (631_152_000, 4_133_980_800)  # 1990 to 2101, in seconds
_MOST = 0.8  # share of the whole numbers that must look like epochs, or like dates
_LARGEST = 2**63 - 1
_SHORTEST, _LONGEST = 6, 60  # characters of a date

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")
_WHOLE = re.compile(r"[+-]?\d{1,19}(?:\.0*)?")
_COMPACT = re.compile(
    r"(?:19[7-9]\d|20\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d[0-5]\d[0-5]\d|2[0-3][0-5]\d[0-5]\d)?"
)
_CLOCK = r"(?:[T,]?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(am|pm)?)?\s*(?:UTC|Z)?"
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?\s*" + _CLOCK, re.I)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\s*" + _CLOCK, re.I)


@dataclass(slots=True)
class TimeEvidence:
    """Counts what the values of a time column look like."""

    looks: Counter[str] = field(default_factory=Counter)  # "s" .. "ns", "compact", "number" (all of them), "text"
    orders: Counter[str] = field(default_factory=Counter)  # "day", "month" without doubt, "?" in doubt, "." with points
    positions_by_name: bool = False

    def add(self, value: object) -> None:
        if isinstance(value, datetime | date):
            self.looks["text"] += 1
            return
        text = flat_text(value).strip()
        if is_missing(text):
            return
        if not _NUMBER.fullmatch(text):
            self.looks["text"] += 1
            if dated := _YEAR_LAST.fullmatch(text):
                order = _own_order(int(dated[1]), int(dated[3]))
                self.orders["." if order == "?" and dated[2] == "." else order] += 1
            return
        self.looks["number"] += 1
        digits = text.partition(".")[0]
        if _COMPACT.fullmatch(digits):
            self.looks["compact"] += 1
        elif len(digits) < 25:
            number = int(digits)
            for unit, per_second in _PER_SECOND.items():
                self.looks[unit] += _LOOKS_LIKE_EPOCH[0] <= number / per_second < _LOOKS_LIKE_EPOCH[1]

    def reading(self, locale: Locale | None) -> TimeReading:
        """How to read the file's times."""
        return TimeReading(self._kind(), self._day_first(locale))

    def _kind(self) -> Kind:
        numbers = self.looks["number"]
        if self.positions_by_name and numbers >= self.looks["text"]:
            return "position"
        if self.looks["text"] > numbers or (numbers and self.looks["compact"] >= _MOST * numbers):
            return "date"
        units: tuple[Kind, ...] = ("s", "ms", "us", "ns")
        return next((unit for unit in units if numbers and self.looks[unit] >= _MOST * numbers), "position")

    def _day_first(self, locale: Locale | None) -> bool | None:
        if self.orders["day"] != self.orders["month"]:
            return self.orders["day"] > self.orders["month"]
        if locale and locale.territory:
            return locale.territory not in ("US", "PH", "PR", "GU")
        return None

    def notes(self, locale: Locale | None) -> list[str]:
        """What was decided, in sentences for the summary."""
        if not self.looks:
            return []
        kind = self._kind()
        if kind == "position":
            return ["times are positions in an order, not dates"]
        if kind != "date":
            return [f"times are epochs in {kind}"]
        day_first = self._day_first(locale)
        if day_first is None and set(self.orders) == {"."}:  # as nearly everybody means them
            return ["times are dates, day first, as they are written with points"]
        if not self.orders or day_first is None:
            return ["times are dates"]
        return [f"times are dates, {'day' if day_first else 'month'} first"]

    def warnings(self, locale: Locale | None) -> list[str]:
        """What the user should settle: dates in doubt, or dates in two orders."""
        warnings = []
        if self.orders["?"] and self._day_first(locale) is None:
            warnings.append(
                f"{self.orders['?']:,} dates such as 03/04/2024 can be read in two ways and were read month first:"
                " if that is wrong, give --locale, for example en_GB"
            )
        if self.orders["day"] and self.orders["month"]:
            warnings.append(
                f"{self.orders['day']:,} dates have the day first and {self.orders['month']:,} the month;"
                " each was read as it is written"
            )
        return warnings


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How one file writes its times; `day_first` None means by the separator."""

    kind: Kind = "date"
    day_first: bool | None = None

    def position(self, value: object) -> int | None:
        """The value of a position, None when it is empty; raises BadValue when it is not a whole number."""
        text = flat_text(value).strip()
        if is_missing(text):
            return None
        digits = text.partition(".")[0]
        if not _WHOLE.fullmatch(text) or abs(int(digits)) > _LARGEST:
            raise BadValue(f"the time {text[:40]!r} is not a whole number, and the file's times are positions")
        return int(digits)

    def time(self, value: object) -> datetime | None:
        """The time in a cell, in UTC, None when it is empty; raises BadValue when it is none or not in 1970 to 2100."""
        if isinstance(value, datetime):
            return _checked(lambda: value, value)
        if isinstance(value, date):
            return _checked(lambda: datetime(value.year, value.month, value.day), value)
        text = flat_text(value).strip()
        if is_missing(text):
            return None
        if self.kind != "date":
            return _checked(lambda: _from_epoch(text, _PER_SECOND[self.kind]), text)
        return _date_from_text(text, self.day_first)


def _checked(read: Callable[[], datetime], shown: object) -> datetime:
    try:
        time = read()
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError, ArithmeticError) as exc:
        raise BadValue(f"the time {str(shown)[:40]!r} cannot be read as a date") from exc
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise BadValue(f"the time {str(shown)[:40]!r} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return time


def _from_epoch(text: str, per_second: int) -> datetime:
    whole, _, fraction = text[:40].partition(".")
    micros = int(whole) * 1_000_000 // per_second
    micros += int(f"{fraction:0<6}"[:6]) if fraction and per_second == 1 else 0
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


@lru_cache(maxsize=8192)
def _date_from_text(text: str, day_first: bool | None) -> datetime:
    return _checked(lambda: _parse_date(unicodedata.normalize("NFKC", text), day_first), text)


def _parse_date(text: str, day_first: bool | None) -> datetime:
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise ValueError
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day, *clock = found.groups()
        return _built(int(year), int(month), int(day), clock)
    if found := _YEAR_LAST.fullmatch(text):
        first, mark, second, year, *clock = found.groups()
        order = _own_order(int(first), int(second))
        is_day_first = order == "day" or (order == "?" and (mark == "." if day_first is None else day_first))
        day, month = (first, second) if is_day_first else (second, first)
        century = 0 if len(year) == 4 else 2000 if int(year) < 70 else 1900
        return _built(century + int(year), int(month), int(day), clock)
    if _COMPACT.fullmatch(text):
        return datetime.strptime(f"{text:0<14}", "%Y%m%d%H%M%S")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _by_dateutil(text, bool(day_first))


def _built(year: int, month: int, day: int, clock: list[str]) -> datetime:
    hour, minute, second, fraction, half = clock
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    return datetime(year, month, day, hours, int(minute or 0), int(second or 0), int(f"{fraction or 0:0<6}"[:6]))


def _own_order(first: int, second: int) -> Literal["day", "month", "?"]:
    return "day" if first > 12 >= second else "month" if second > 12 >= first else "?"


def _by_dateutil(text: str, day_first: bool) -> datetime:
    """dateutil fills in what is missing from a default; two defaults that give two dates show that something was."""
    from dateutil import parser

    def parse(default: datetime) -> datetime:
        return parser.parse(text, dayfirst=day_first, default=default, tzinfos=_zone)

    time = parse(datetime(2000, 1, 1))
    if time != parse(datetime(2003, 2, 2)):
        raise ValueError
    return time


def _zone(_name: str | None, offset: int | None) -> timezone:
    return timezone(timedelta(seconds=offset)) if offset else UTC
