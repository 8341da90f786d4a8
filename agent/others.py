"""What other customers took of some candidates, as the ledger has it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from agent.rank.case import Others, Scores
from agent.rank.popularity import rarity, taken_by_others
from store.ledger import Ledger


def others_in(ledger: Ledger, user_id: str | None, liked: Sequence[str], candidates: Sequence[str]) -> Others | None:
    """What customers other than `user_id`, who liked the products `liked`, took of the candidates; None for nothing.

    Customers are as like as what they liked is in common, rare products counting more, over the square root of how
    much they liked (see `agent.past.neighbours`).
    """
    place = {item_id: i for i, item_id in enumerate(candidates)}
    taken = [(user, place[item]) for user, item in ledger.liking_pairs(candidates) if user != user_id]
    if not taken:
        return None
    number = {user: i for i, user in enumerate(dict.fromkeys(user for user, _ in taken))}
    return taken_by_others(
        np.array([number[user] for user, _ in taken]),
        np.array([candidate for _, candidate in taken]),
        _likeness(ledger, number, liked),
        candidates=len(candidates),
    )


def _likeness(ledger: Ledger, number: Mapping[str, int], liked: Sequence[str]) -> Scores:
    """Of each numbered customer."""
    shared = np.zeros(len(number))
    pairs = list(ledger.liking_pairs(liked))
    items, customers = np.unique([item for _, item in pairs], return_counts=True)
    weight = dict(zip(items.tolist(), rarity(customers) ** 2, strict=True))
    for user, item in pairs:
        if user in number:
            shared[number[user]] += weight[item]
    alike = [user for user, i in number.items() if shared[i]]
    for user, count in ledger.liked_counts(alike).items():
        shared[number[user]] /= count**0.5
    return shared
