"""Feedback: what a customer just did with one product, stored as it happens.

One row is one short transaction, so SQLite's own lock is enough: the writer's lock, which an ingest holds for minutes,
is not taken, and neither waits for the other longer than a batch takes. Nothing is embedded and the index stays as it
is. The rows belong to no file: a later ingest neither doubles nor removes them, `forget` erases them with the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newaisle.errors import InputError
from newaisle.store.cleaning import BadValue, clean_id
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.liking import RatingScale, liking
from newaisle.store.rows import Event, Interaction, position_at

_SCALE = RatingScale(0, 5)  # of the ratings, of which feedback has none


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as it was stored, and whether it is the first of its customer."""

    row: Interaction
    is_first: bool


class UnknownProduct(InputError):
    """Feedback about a product that the shop does not have."""


def give_feedback(home: Home, user_id: str, item_id: str, event: Event, *, time: datetime) -> Stored:
    """Store that a customer did something with a product at `time` (timezone-aware), after all their other rows.

    An unknown customer becomes one. Raises UnknownProduct, InputError for an id that no customer can have, and
    LedgerError without a shop or while another program keeps the ledger locked.
    """
    home.reader().close()  # a writer would make an empty ledger
    row = Interaction(
        user_id=_clean(user_id, "user_id"),
        item_id=_clean(item_id, "item_id"),
        event=event,
        liking=liking(event, None, _SCALE),
        time=time,
        position=position_at(time),
    )
    with Ledger.open(home.ledger_path, writable=True) as ledger:
        stored = ledger.append(row)
    if stored is None:
        raise UnknownProduct(f"no product {item_id!r}, nothing was stored: check the id")
    return Stored(*stored)


def _clean(id: str, name: str) -> str:
    try:
        return clean_id(id, name)
    except BadValue as exc:
        raise InputError(f"{exc}: check the id") from exc
