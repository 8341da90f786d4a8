"""Counterfactuals: where a candidate would be had the customer never had to do with some rows of their history.

Nothing is estimated: the rows are taken out and every candidate is scored again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from newaisle.agent.rank.blend import BY_MODEL, Blend, Ranking, rank
from newaisle.agent.rank.case import RankingCase, Scores
from newaisle.agent.retrieve.others import Choices
from newaisle.agent.schema.answer import Counterfactual

_KEPT = 256  # scorings remembered: what speaks for one product often speaks for the next


class Counterfactuals:
    """Scores a ranked case again without rows of its history, which are given by their indices.

    What a language model added to a score stays as it is: asking it again would take as long as the whole answer.
    """

    def __init__(self, case: RankingCase, choices: Choices | None, ranking: Ranking, blend: Blend) -> None:
        self._ranking = ranking
        # Not a method: what is remembered would keep the case, and with it the ledger, until garbage is collected.
        self._scores_without = lru_cache(_KEPT)(partial(_scores_without, case, choices, ranking, blend))

    def of(self, candidate: int, rows: Sequence[int]) -> Counterfactual:
        """The score and the place by score of a candidate without rows."""
        scores = self._scores_without(frozenset(rows))
        return Counterfactual(
            score=round(float(scores[candidate]), 4),
            rank=place_by_score(scores, candidate),
            rank_now=place_by_score(self._ranking.scores, candidate),
        )

    def drop(self, candidate: int, rows: Sequence[int]) -> float:
        """By how much the score of a candidate falls without rows; below 0 where it rises."""
        return float(self._ranking.scores[candidate] - self._scores_without(frozenset(rows))[candidate])


def _scores_without(
    case: RankingCase, choices: Choices | None, ranking: Ranking, blend: Blend, rows: frozenset[int]
) -> Scores:
    left = [row for row in range(len(case.history)) if row not in rows]
    others = choices.others(left) if choices else case.others
    scores = rank(case.without(rows, others), blend).scores
    by_model: list[Scores] = [part for name, part in ranking.parts.items() if name in BY_MODEL]
    total: Scores = np.sum([scores, *by_model], axis=0)
    return total


def place_by_score(scores: Scores, candidate: int) -> int:
    """From 1; equal scores keep the order of the candidates (see `Ranking.order`)."""
    better = scores > scores[candidate]
    better[:candidate] |= scores[:candidate] == scores[candidate]
    return int(better.sum()) + 1
