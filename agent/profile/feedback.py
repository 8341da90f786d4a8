"""Feedback as the agent takes it: stored at once; an unknown product is named with those that may be meant."""

from __future__ import annotations

from datetime import UTC, datetime

from newaisle.errors import RequestError, did_you_mean
from newaisle.store.feedback import Stored, UnknownProduct, give_feedback
from newaisle.store.home import Home
from newaisle.store.rows import Event

KINDS = {"liked": Event.LIKE, "disliked": Event.DISLIKE, "bought": Event.PURCHASE, "viewed": Event.VIEW}


def event_of(did: str) -> Event:
    """The event that a word of KINDS stands for; raises RequestError for any other."""
    if did not in KINDS:
        raise RequestError(f"nobody can have {did!r} a product: say one of {', '.join(KINDS)}")
    return KINDS[did]


def feedback(home: Home, user_id: str, item_id: str, event: Event) -> Stored:
    """Store that a customer did something with a product just now.

    Raises RequestError for an unknown product, and what `store.feedback.give_feedback` raises.
    """
    try:
        return give_feedback(home, user_id, item_id, event, time=datetime.now(UTC))
    except UnknownProduct as exc:
        with home.reader() as ledger:
            hint = did_you_mean(item_id, ledger.item_ids())
        raise RequestError(f"no product {item_id!r}{hint}, nothing was stored: check the id") from exc
