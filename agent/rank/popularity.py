"""Popularity signal: what other customers took of a category, as it accrues.

The shares of the candidates are Dirichlet-distributed a priori, around what their texts make one expect, and updated by
what was taken (Gelman et al. 2013, Bayesian Data Analysis, section 3.4). So without anybody's choice nothing changes,
and with many the counts decide: the way from zero-shot to warm needs no switch.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import CoInteractions, Scores

NEIGHBOURS = 50  # customers that count for their likeness


def popularity(co_interactions: CoInteractions, expected: Scores, *, likeness: float, prior: float) -> Scores:
    """How much what others took changes each candidate's log-share, shape (candidates,), its mean 0.

    expected: log of the share expected beforehand, up to a constant.
    likeness: what the customers most like this one count for, all together, where everybody together counts 1.
    prior: number of choices that the expectation is worth.
    """
    taken = co_interactions.counts + likeness * co_interactions.alike
    log_share = expected - np.logaddexp.reduce(expected)
    log_counts = np.log(taken, out=np.full_like(taken, -np.inf), where=taken > 0)
    change = np.logaddexp(log_counts, np.log(prior) + log_share) - log_share
    centred: Scores = change - change.mean()
    return centred


def of_likeness(co_interactions: CoInteractions, expected: Scores, *, likeness: float, prior: float) -> Scores:
    """How much of `popularity` is due to some of the others being like this customer, shape (candidates,)."""
    strangers = replace(co_interactions, alike=np.zeros_like(co_interactions.alike))
    by_all = popularity(co_interactions, expected, likeness=likeness, prior=prior)
    difference: Scores = by_all - popularity(strangers, expected, likeness=likeness, prior=prior)
    return difference


def left_of_personal(co_interactions: CoInteractions, *, personal: float, prior: float) -> float:
    """What the weights of the history are multiplied with: 1 at first, `personal` after many co-interactions."""
    log_counts = float(co_interactions.counts.sum())
    return (prior + personal * log_counts) / (prior + log_counts)


def count_co_interactions(
    customer: NDArray[np.integer], candidate: NDArray[np.integer], likeness: Scores, *, candidates: int
) -> CoInteractions:
    """Count who took what: `customer[i]` took `candidate[i]`, each pair once; `likeness` is that of every customer."""
    near = np.zeros(len(likeness))
    nearest = np.argsort(-likeness, kind="stable")[:NEIGHBOURS]
    near[nearest] = likeness[nearest]
    weights = near * (len(near) / near.sum()) if near.any() else near
    return CoInteractions(
        counts=np.bincount(candidate, minlength=candidates).astype(np.float64),
        alike=np.bincount(candidate, weights[customer], minlength=candidates).astype(np.float64),
    )


def rarity(customers: NDArray[np.integer]) -> Scores:
    """What sharing a product says, by how many customers have it (Adamic and Adar 2003, section 2)."""
    weights: Scores = 1 / np.log(2.0 + customers)
    return weights
