"""What counts as liking: the one place where events and ratings become a number.

| what the row says                        | liking |
|------------------------------------------|--------|
| purchase, like, review without a rating  |   1    |
| view, put into the basket                |   0.25 |
| return, dislike, whatever the rating     |  -1    |
| rating, at least 4/5 of the scale        |   1    |
| rating, between                          |   0    |
| rating, at most 2/5 of the scale         |  -1    |
| impression: shown, and nothing done      |   0    |

A reviewer without a rating counts as a buyer. A rating decides over every event except return, dislike and impression.
The scale is found once per file: thumbs (-1 to 1, or 0 to 1), 5, 10 or 100. A basket is no purchase, so it counts as a
view; a wish list is a like; what is merely taken out of the basket is left out. `histories.yaml` has the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from newaisle.errors import InputError
from newaisle.store.cleaning import BadValue
from newaisle.store.headers import EVENT_WORDS, STATUS_WORDS, normal_name
from newaisle.store.rows import Event

Meaning = Event | Literal["ignore"]

_EVENT_LIKING = {
    Event.PURCHASE: 1.0,
    Event.LIKE: 1.0,
    Event.REVIEW: 1.0,
    Event.VIEW: 0.25,
    Event.RATING: 0.0,
    Event.RETURN: -1.0,
    Event.DISLIKE: -1.0,
    Event.IMPRESSION: 0.0,
}
_OF_ITSELF = (Event.RETURN, Event.DISLIKE, Event.IMPRESSION)  # whatever the rating
_SHARE_IN_SCALE = 0.99  # of the ratings; what is beyond the scale is an error, not another scale
_FEW = 20  # ratings: fewer that are all the same may be chance, but for ones
_DISTINCT = 1_000  # ratings that are told apart

_ALIKE = 80  # of 100: how like an unknown event has to be to a known one
_SEVEREST_FIRST: tuple[Meaning, ...] = (Event.RETURN, "ignore", Event.PURCHASE)

_MEANINGS: dict[str, Meaning] = {**{event.value: event for event in Event}, "ignore": "ignore"}
_LOANS = frozenset(EVENT_WORDS["loan"])
_EVENTS = {word: _MEANINGS.get(meaning, Event.PURCHASE) for meaning, words in EVENT_WORDS.items() for word in words}
_STATUSES = {word: _MEANINGS[meaning] for meaning, words in STATUS_WORDS.items() for word in words}


def parse_event_map(pairs: Iterable[str]) -> dict[str, Meaning]:
    """`VALUE=EVENT` settings as a map; raises InputError for what is not such a pair or names no event."""
    event_map: dict[str, Meaning] = {}
    for pair in pairs:
        value, equals, name = pair.rpartition("=")
        meaning = _MEANINGS.get(name.strip().casefold())
        if not (equals and value.strip()) or meaning is None:
            raise InputError(
                f"--map-event {pair!r} is not VALUE=EVENT: take as EVENT one of {', '.join(_MEANINGS)}, and quotes"
                " where there is a space, as in --map-event 'Order Placed=purchase'"
            )
        event_map[value.strip()] = meaning
    return event_map


def read_event(text: str, event_map: Mapping[str, Meaning]) -> Meaning | None:
    """The event that a cell names, the caller's map first, then the usual words; None for an unknown one."""
    return event_map.get(text) or event_map.get(text.casefold()) or _usual(text, _EVENTS) or _usual(text, _STATUSES)


def read_status(text: str, event_map: Mapping[str, Meaning]) -> Meaning | None:
    """What the status of an order makes of it, word by word where it is none as a whole; None for an unknown one."""
    whole = event_map.get(text) or event_map.get(text.casefold()) or _usual(text, _STATUSES)
    parts = [_usual(word, _STATUSES) for word in text.split()]
    return whole or next((meaning for meaning in _SEVEREST_FIRST if meaning in parts), None)


def likely_event(text: str) -> Meaning:
    """What an unknown event may well mean: as the known one that it is spelled most like, else a purchase."""
    close = process.extractOne(normal_name(text), _EVENTS.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return _EVENTS[close[0]] if close else Event.PURCHASE


def is_loan(text: str) -> bool:
    """Whether an event is one that ends with a return, which says nothing of liking."""
    return _plain(text) in _LOANS


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return normal_name(text)


def _usual(text: str, words: Mapping[str, Meaning]) -> Meaning | None:
    return words.get(_plain(text))


@dataclass(frozen=True, slots=True)
class RatingScale:
    """Ratings run from `lowest` to `highest`; a signed scale has dislike below 0 and like above."""

    lowest: float
    highest: float

    def liking(self, rating: float) -> float:
        """1, 0 or -1; raises BadValue for a rating outside the scale."""
        if not self.lowest <= rating <= self.highest:
            raise BadValue(f"the rating {rating:g} is outside the file's scale of {self.lowest:g} to {self.highest:g}")
        if self.lowest < 0:
            return float((rating > 0) - (rating < 0))
        share = rating / self.highest
        return 1.0 if share >= 0.8 else -1.0 if share <= 0.4 else 0.0

    def __str__(self) -> str:
        return f"{self.lowest:g} to {self.highest:g}"


@dataclass(slots=True)
class RatingEvidence:
    """Counts the ratings of a file."""

    counts: Counter[float] = field(default_factory=Counter)  # of the first so many different ones

    def add(self, rating: float) -> None:
        if rating in self.counts or len(self.counts) < _DISTINCT:
            self.counts[rating] += 1

    def none(self) -> Set[float]:
        """The ratings that are none: the only one that there is, or 0 and -1 beside 1 to 5 or 10.

        The only one may be a rating after all where there are few, unless it is that of a box that is ticked. A scale
        that begins with 0 is used from its end, and a 0 that says nothing is given without a thought.
        """
        if len(self.counts) == 1 and (self.total >= _FEW or self.counts.keys() <= {0, 1}):
            return set(self.counts)
        rest = self.counts.keys() - {0, -1}
        if not rest or min(rest) < 1 or not 1 < max(rest) <= 10 or self.counts[0] + self.counts[-1] <= self.counts[1]:
            return set()
        return self.counts.keys() - rest

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def scale(self) -> RatingScale:
        """The smallest scale that holds 99 % of the ratings."""
        rated = {rating: count for rating, count in self.counts.items() if rating not in self.none()}
        for highest in (1.0, 5.0, 10.0, 100.0):
            within = sum(count for rating, count in rated.items() if rating <= highest)
            if within >= _SHARE_IN_SCALE * sum(rated.values()):
                break
        return RatingScale(-1 if highest == 1 and min(rated, default=0) < 0 else 0, highest)


def liking(event: Event, rating: float | None, scale: RatingScale) -> float:
    """How much a row says that the customer likes the product, from -1 to 1, by the table above."""
    if rating is None or event in _OF_ITSELF:
        return _EVENT_LIKING[event]
    return scale.liking(rating)
