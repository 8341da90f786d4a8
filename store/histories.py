"""Makes interactions of the records of a history file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from shlex import quote
from typing import Any

from newaisle.store.cleaning import BadValue, clean_id, clean_text, flat_text, is_missing, is_true
from newaisle.store.columns import Columns, id_hash
from newaisle.store.headers import POSITION_NAMES, normal_name
from newaisle.store.liking import (
    Meaning,
    RatingEvidence,
    RatingScale,
    is_loan,
    likely_event,
    liking,
    read_event,
    read_status,
)
from newaisle.store.orders import rows_of
from newaisle.store.prices import Locale
from newaisle.store.report import ReadReport
from newaisle.store.rows import TIES, Event, Interaction, position_at
from newaisle.store.times import TimeEvidence, TimeReading

_NAMED = 10  # different words named in a line of the summary
_OUTCOME = ("returned", "cancelled", "quantity", "status")
_OF_ORDERS = ("user_id", "event", "status", "returned", "cancelled", "timestamp")  # what all lines of one have


class InteractionMaker:
    """Makes Interactions; `survey` sees every record once, then `settle`, then `make` for each, then `finish`."""

    def __init__(self, columns: Columns, locale: Locale | None, event_map: Mapping[str, Meaning]) -> None:
        self.columns = columns
        self.used_ids: set[int] = set()  # hashes of the products' ids
        self._locale = locale
        self._event_map = {key: value for event, value in event_map.items() for key in (event, event.casefold())}
        self._times = TimeEvidence()
        self._ratings = RatingEvidence()
        self._no_ratings: Set[float] = frozenset()
        self._reading = TimeReading()
        self._scale = RatingScale(0, 5)
        self._has_loans = False
        self._knows_statuses = False
        self._without_event = self._shown = 0
        self._liked = False
        self._order: tuple[str, dict[str, Any]] = "", {}
        self._seen: set[int] = set()
        self._ties: Counter[int] = Counter()
        self._unknown: Counter[str] = Counter()
        self._understood: Counter[tuple[str, Meaning]] = Counter()

    def expand(self, record: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """See `store.orders`."""
        return rows_of(record)

    def survey(self, record: dict[str, Any]) -> None:
        first = self.columns.first
        self.used_ids.add(id_hash(first("item_id", record)))
        self._times.add(first("timestamp", record))
        if not self._has_loans and (event := first("event", record)):
            self._has_loans = is_loan(flat_text(event))
        if not self._knows_statuses and (status := first("status", record)):
            self._knows_statuses = read_status(flat_text(status).strip(), self._event_map) is not None
        try:
            rating = _rating(first("rating", record))
        except BadValue:
            return
        if rating is not None:
            self._ratings.add(rating)

    def settle(self, report: ReadReport) -> None:
        if self.columns.format:
            self._event_map = {**self.columns.format.events, **self._event_map}
        columns = self.columns.of.get("timestamp", ())
        self._times.positions_by_name = any(normal_name(column) in POSITION_NAMES for column in columns)
        self._reading = self._times.reading(self._locale)
        self._scale, self._no_ratings = self._ratings.scale(), self._ratings.none()
        report.notes += self._times.notes(self._locale)
        report.warnings += self._times.warnings(self._locale)
        if self._ratings.counts.keys() - self._no_ratings:
            report.notes.append(f"ratings run from {self._scale}")
        if len(self._ratings.counts) == 1 and not self._no_ratings:
            (only,) = self._ratings.counts
            report.warnings.append(
                f"all {self._ratings.total:,} ratings have one value, {only:g}, and were read as ratings"
            )
        if self._no_ratings:
            none = " and ".join(f"{rating:g}" for rating in sorted(self._no_ratings))
            count = sum(self._ratings.counts[rating] for rating in self._no_ratings)
            report.warnings.append(f"{count:,} of {self._ratings.total:,} ratings are {none}, read as no rating")

    def make(self, record: dict[str, Any], report: ReadReport) -> Iterator[Interaction]:
        record = self._whole(record)
        user_id = clean_id(self.columns.first("user_id", record), "user_id")
        item_id = clean_id(self.columns.first("item_id", record), "item_id")
        given = _rating(self.columns.first("rating", record))
        rating = None if given in self._no_ratings else given
        event = self._event(record, rating)
        if event == Event.RATING and rating is None:
            if given is None:
                raise BadValue("it is a rating event without a rating")
            event = Event.PURCHASE
        if event == "ignore":
            report.ignored += 1
            return
        value = liking(event, rating, self._scale)
        time, position = self._moment(self.columns.first("timestamp", record))
        key = hash((user_id, item_id, event, rating, time, position))
        if key in self._seen:
            report.merged += 1
            return
        self._seen.add(key)
        self._liked = self._liked or value > 0
        self._shown += event == Event.IMPRESSION
        yield Interaction(
            user_id=user_id,
            item_id=item_id,
            event=event,
            liking=value,
            rating=rating,
            time=time,
            position=self._tied(user_id, time) if position is None else position,
        )

    def finish(self, report: ReadReport) -> Iterator[Interaction]:
        if self._without_event:
            taken = f"{self._without_event:,} rows have neither an event nor a rating and were taken for purchases"
            if "order" in self.columns.of or self.columns.format:
                report.notes.append(taken)
            else:
                report.warnings.append(f"{taken}: name the column with --map event=COLUMN if there is one")
        if self._understood:
            said = ((clean_text(word), event, count) for (word, event), count in self._understood.most_common())
            report.notes.append(f"read as: {_listed(f'{word!r} {event} ({count:,})' for word, event, count in said)}")
        if self._shown:
            report.notes.append(f"{self._shown:,} rows say what was shown: they are kept, and count for nothing")
        if self._unknown:
            named = self._unknown.most_common(_NAMED)
            words = _listed(f"{word!r} ({count:,})" for word, count in self._unknown.most_common())
            options = " ".join(f"--map-event {quote(f'{word}={likely_event(word)}')}" for word, _ in named)
            report.warnings.append(
                f"{self._unknown.total():,} rows have an event or status that is not known, {words}: say what each"
                f" means, such as {options} (one of {', '.join(Event)}, ignore)"
            )
        if report.kept and "timestamp" not in self.columns.of:
            likely = self.columns.likely("timestamp") or "COLUMN"
            report.warnings.append(
                f"no row has a time, so their order in the file counts: name the column with --map timestamp={likely}"
            )
        if report.kept and not self._liked:
            report.warnings.append("no row says that a customer likes anything, so nothing can be learned from them")
        yield from ()

    def _whole(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with what only the first line of its order says."""
        if "order" not in self.columns.of:
            return record
        number = flat_text(self.columns.first("order", record)).strip()
        if number and number == self._order[0]:
            before = self._order[1]
            columns = [column for field in _OF_ORDERS for column in self.columns.of.get(field, ())]
            record = record | {name: before[name] for name in columns if is_missing(flat_text(record.get(name)))}
        self._order = number, record
        return record

    def _event(self, record: dict[str, Any], rating: float | None) -> Meaning:
        text = flat_text(self.columns.first("event", record)).strip()
        if not is_missing(text):
            event = read_event(text, self._event_map)
            if event is None:
                self._unknown[clean_text(text[:60])] += 1
                raise BadValue(f"the event {text[:60]!r} is not known")
            if event == Event.RETURN and self._has_loans and text.casefold() not in self._event_map:
                event = "ignore"
            if text != event:
                self._understood[text[:60], event] += 1
            return self._of_order(record) or event if event == Event.PURCHASE else event
        if rating is not None:
            return Event.RATING
        if event := self._of_order(record):
            return event
        self._without_event += 1
        return Event.PURCHASE

    def _of_order(self, record: dict[str, Any]) -> Meaning | None:
        """What came of an order, as far as its row says."""
        if self.columns.of.keys().isdisjoint(_OUTCOME):
            return None
        if is_true(self.columns.first("returned", record)):
            return Event.RETURN
        if is_true(self.columns.first("cancelled", record)):
            return "ignore"
        quantity = _number(self.columns.first("quantity", record))
        if quantity is not None and quantity <= 0:
            return Event.RETURN if quantity < 0 else "ignore"
        status = flat_text(self.columns.first("status", record)).strip()
        if not self._knows_statuses or is_missing(status):
            return None if quantity is None else Event.PURCHASE
        event = read_status(status, self._event_map)
        if event is None:
            self._unknown[clean_text(status[:60])] += 1
            return Event.PURCHASE
        self._understood[status[:60], event] += 1
        return event

    def _moment(self, value: object) -> tuple[datetime | None, int | None]:
        """The time, or the position where the file has positions; neither for an empty cell."""
        if self._reading.kind == "position":
            return None, self._reading.position(value)
        return self._reading.time(value), None

    def _tied(self, user_id: str, time: datetime | None) -> int:
        """A position by time and then by order in the file; rows without a time come first.

        Counting within a customer's millisecond instead of numbering lines keeps it when other rows are added.
        """
        first = position_at(time) if time else 0
        key = hash((user_id, first))
        tie = self._ties[key]
        self._ties[key] = tie + 1
        return first + min(tie, TIES - 1)


def _listed(parts: Iterable[str]) -> str:
    """The first of them, and how many more there are."""
    every = list(parts)
    more = [f"{len(every) - _NAMED:,} more"] if len(every) > _NAMED else []
    return ", ".join(every[:_NAMED] + more)


def _number(value: object) -> float | None:
    try:
        return float(flat_text(value).replace(",", "."))
    except ValueError:
        return None


def _rating(value: object) -> float | None:
    text = flat_text(value).strip()
    if is_missing(text):
        return None
    try:
        rating = float(text.replace(",", "."))
    except ValueError as exc:
        raise BadValue(f"the rating {text[:40]!r} is not a number") from exc
    if not math.isfinite(rating):
        raise BadValue(f"the rating {text[:40]!r} is not a finite number")
    return rating
