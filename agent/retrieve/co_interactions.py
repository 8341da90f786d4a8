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
    chosen, owned: the same where they did more than look at it.
    weights: of liking each of those products, shape (history,). size: how many products each customer liked, shape
    (customers,); 1 where none that counts.
    """

    taken: csr_matrix
    liked: csr_matrix
    chosen: csr_matrix
    owned: csr_matrix
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
        """How many customers chose each candidate and each product of the history, shape (candidates, history)."""
        counts: NDArray[np.int_] = (self.chosen.T @ self.owned).toarray()
        return counts

    def surprise(self, candidate: int) -> Scores:
        """How far from chance it is that so many who chose each product of the history chose a candidate, (history,).

        G² of the table of both (Dunning 1993, "Accurate methods for the statistics of surprise and coincidence",
        section 4), 0 where they chose it no more often than the others did.
        """
        chosen = self.chosen[:, [candidate]]
        both = np.asarray((chosen.T @ self.owned).toarray(), dtype=np.float64)[0]
        rows, column, total = np.asarray(self.owned.sum(axis=0)).ravel(), float(chosen.sum()), self.chosen.shape[0]
        table = np.array([[both, rows - both], [column - both, total - rows - column + both]])
        sums = (rows, total - rows), (column, total - column)
        expected = np.array([[first * second for second in sums[1]] for first in sums[0]]) / total
        ratio = np.divide(table, expected, out=np.ones_like(table), where=(table > 0) & (expected > 0))
        surprise: Scores = 2 * (table * np.log(ratio)).sum(axis=(0, 1)) * (table[0, 0] > expected[0, 0])
        return surprise


def interaction_matrix_of(
    ledger: Ledger, user_id: str | None, liked: Sequence[str], candidates: Sequence[str]
) -> InteractionMatrix | None:
    """What customers other than `user_id`, who liked the products `liked`, took of the candidates; None for nothing."""
    taken = [one for one in ledger.likings(candidates) if one[0] != user_id]
    if not taken:
        return None
    users = list(dict.fromkeys(user for user, _, _ in taken))
    pairs = list(ledger.likings(liked))
    shared = _incidence(pairs, users, liked)
    sizes = ledger.liked_counts([users[i] for i in np.flatnonzero(np.diff(shared.indptr))])
    items, customers = np.unique([item for _, item, _ in pairs], return_counts=True)
    weight = dict(zip(items.tolist(), rarity(customers) ** 2, strict=True))
    return InteractionMatrix(
        taken=_incidence(taken, users, candidates),
        liked=shared,
        chosen=_incidence([one for one in taken if one[2]], users, candidates),
        owned=_incidence([one for one in pairs if one[2]], users, liked),
        weights=np.array([weight.get(item, 0.0) for item in liked]),
        size=np.array([sizes.get(user, 1) for user in users], dtype=np.float64),
    )


def _incidence(pairs: Sequence[tuple[str, str, int]], users: Sequence[str], items: Sequence[str]) -> csr_matrix:
    """1 where a user and an item are a pair, shape (users, items); pairs of other users left out."""
    from scipy.sparse import csr_matrix

    row, column = ({name: i for i, name in enumerate(names)} for names in (users, items))
    places = np.array([(row[user], column[item]) for user, item, _ in pairs if user in row], dtype=np.intp).reshape(
        -1, 2
    )
    return csr_matrix((np.ones(len(places), dtype=np.int_), places.T), shape=(len(users), len(items)))
