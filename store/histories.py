"""Makes interactions of the records of a history file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from newaisle.store.cleaning import BadValue, clean_id, clean_text, flat_text, is_missing
from newaisle.store.columns import POSITION_NAMES, Columns, normal_name
from newaisle.store.liking import Meaning, RatingEvidence, RatingScale, liking, read_event
from newaisle.store.prices import Locale
from newaisle.store.report import ReadReport
from newaisle.store.rows import TIES, Event, Interaction, position_at
from newaisle.store.times import TimeEvidence, TimeReading

_UNKNOWN_EVENTS = 10  # different unknown events named in the warnings


class InteractionMaker:
    """Makes Interactions; `survey` sees every record once, then `settle`, then `make` for each, then `finish`."""

    def __init__(self, columns: Columns, locale: Locale | None, event_map: Mapping[str, Meaning]) -> None:
        self.columns = columns
        self._locale = locale
        self._event_map = {key: value for event, value in event_map.items() for key in (event, event.casefold())}
        self._times = TimeEvidence()
        self._ratings = RatingEvidence()
        self._reading = TimeReading()
        self._scale = RatingScale(0, 5)
        self._without_event = 0
        self._seen: set[int] = set()
        self._ties: Counter[int] = Counter()
        self._unknown: Counter[str] = Counter()

    def survey(self, record: dict[str, Any]) -> None:
        self._times.add(self.columns.first("timestamp", record))
        try:
            rating = _rating(self.columns.first("rating", record))
        except BadValue:
            return
        if rating is not None:
            self._ratings.add(rating)

    def settle(self, report: ReadReport) -> None:
        columns = self.columns.of.get("timestamp", ())
        self._times.positions_by_name = any(normal_name(column) in POSITION_NAMES for column in columns)
        self._reading = self._times.reading(self._locale)
        self._scale = self._ratings.scale()
        report.notes += self._times.notes(self._locale)
        report.warnings += self._times.warnings(self._locale)
        if self._ratings.counts:
            report.notes.append(f"ratings run from {self._scale}")
        if self._ratings.only_ones:
            meaning = "thumbs up" if self._scale.highest == 1 else "one star of five"
            report.warnings.append(f"every rating is 1, read as {meaning}: leave the column out if it says nothing")

    def make(self, record: dict[str, Any], report: ReadReport) -> Iterator[Interaction]:
        user_id = clean_id(self.columns.first("user_id", record), "user_id")
        item_id = clean_id(self.columns.first("item_id", record), "item_id")
        rating = _rating(self.columns.first("rating", record))
        event = self._event(self.columns.first("event", record), rating)
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
            report.warnings.append(
                f"{self._without_event:,} rows have neither an event nor a rating and were taken for purchases:"
                " name the column with --map event=COLUMN if there is one"
            )
        for event, count in self._unknown.most_common(_UNKNOWN_EVENTS):
            report.warnings.append(
                f"{count:,} rows have the unknown event {event!r}: say what it means with --map-event {event}=EVENT,"
                f" EVENT one of {', '.join(Event)}, ignore"
            )
        yield from ()

    def _event(self, value: object, rating: float | None) -> Meaning:
        text = flat_text(value).strip()
        if is_missing(text):
            if rating is not None:
                return Event.RATING
            self._without_event += 1
            return Event.PURCHASE
        event = read_event(text, self._event_map)
        if event is None:
            self._unknown[clean_text(text[:60])] += 1
            raise BadValue(f"the event {text[:60]!r} is not known")
        if event == Event.RATING and rating is None:
            raise BadValue("it is a rating event without a rating")
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
