"""What other customers took of some candidates, as the ledger has it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import CoInteractions, Scores
from newaisle.agent.rank.popularity import count_co_interactions, rarity
from newaisle.store.ledger import Ledger

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, slots=True)
class InteractionMatrix:
    """Who took which candidate, and who liked which product that the customer liked too.

    taken: 1 where a customer took a candidate, shape (customers, candidates).
    liked: 1 where a customer liked a product of the history, shape (customers, history).
    weights: of liking each of those products, shape (history,). size: how many products each customer liked, shape
    (customers,); 1 where none that counts.
    """

    taken: csr_matrix
    liked: csr_matrix
    weights: Scores
    size: Scores

    def co_interactions(self, rows: Sequence[int] | None = None) -> CoInteractions:
        """The choices for a customer who liked these products of the history, all of them by default.

        Customers are as like as what they liked is in common, rare products counting more, over the square root of how
        much they liked (see `agent.learn.neighbours`).
        """
        weights = self.weights if rows is None else np.isin(np.arange(len(self.weights)), rows) * self.weights
        customer, candidate = self.taken.nonzero()
        likeness = np.asarray(self.liked @ weights) / np.sqrt(self.size)
        return count_co_interactions(customer, candidate, likeness, candidates=self.taken.shape[1])

    def together(self) -> NDArray[np.int_]:
        """How many customers took each candidate and liked each product of the history, shape (candidates, history)."""
        counts: NDArray[np.int_] = (self.taken.T @ self.liked).toarray()
        return counts


def interaction_matrix_of(
    ledger: Ledger, user_id: str | None, liked: Sequence[str], candidates: Sequence[str]
) -> InteractionMatrix | None:
    """What customers other than `user_id`, who liked the products `liked`, took of the candidates; None for nothing."""
    taken = [(user, item) for user, item in ledger.liking_pairs(candidates) if user != user_id]
    if not taken:
        return None
    users = list(dict.fromkeys(user for user, _ in taken))
    pairs = list(ledger.liking_pairs(liked))
    shared = _incidence(pairs, users, liked)
    sizes = ledger.liked_counts([users[i] for i in np.flatnonzero(np.diff(shared.indptr))])
    items, customers = np.unique([item for _, item in pairs], return_counts=True)
    weight = dict(zip(items.tolist(), rarity(customers) ** 2, strict=True))
    return InteractionMatrix(
        taken=_incidence(taken, users, candidates),
        liked=shared,
        weights=np.array([weight.get(item, 0.0) for item in liked]),
        size=np.array([sizes.get(user, 1) for user in users], dtype=np.float64),
    )


def _incidence(pairs: Sequence[tuple[str, str]], users: Sequence[str], items: Sequence[str]) -> csr_matrix:
    """1 where a user and an item are a pair, shape (users, items); pairs of other users left out."""
    from scipy.sparse import csr_matrix

    row, column = ({name: i for i, name in enumerate(names)} for names in (users, items))
    places = np.array([(row[user], column[item]) for user, item in pairs if user in row], dtype=np.intp).reshape(-1, 2)
    return csr_matrix((np.ones(len(places), dtype=np.int_), places.T), shape=(len(users), len(items)))
