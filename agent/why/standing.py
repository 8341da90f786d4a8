"""Where a candidate stands among the others, what keeps it off a list, and which rows of the history hold it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from newaisle.agent.claims.of_history import Counterfactuals, place_by_score
from newaisle.agent.claims.sentences import short_title
from newaisle.agent.rank.blend import Blend, Ranking
from newaisle.agent.rank.diversity import sameness, similarity_of
from newaisle.agent.recommend import chosen_of
from newaisle.agent.retrieve.context import Context
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.why import Compared, HeldBackBy, Obstacle, SignalGap
from newaisle.agent.why.obstacles import obstacle
from newaisle.store.rows import Product

_LONGEST_LIST = 200  # products of a list that is made to see where in it a candidate comes
_TRIED = 100  # rows of the history that are left out to see what would be; in a large category fewer,
_SCORED = 200_000  # so that no more candidates than this are scored again, which takes about two seconds
_BY_SCORE = ("--diversity", "0")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One candidate of a context that was ranked by a blend."""

    context: Context
    ranking: Ranking
    blend: Blend
    candidate: int

    @property
    def score(self) -> float:
        return float(self.ranking.scores[self.candidate])

    @property
    def place(self) -> int:
        """The candidate's place by score among all, from 1."""
        return place_by_score(self.ranking.scores, self.candidate, self.context.case.eligible)

    def rank_in(self, query: Query) -> int | None:
        """The place in the answer to a query, from 1; None where it is not in it."""
        chosen = self._chosen(query)
        return chosen.index(self.candidate) + 1 if self.candidate in chosen else None

    def obstacles(self, query: Query) -> tuple[list[Obstacle], Query, int | None]:
        """Why it is not in the answer to a query, the query that has it, and the candidate it is to be compared with.

        That is the one that is there instead of it, or the last one with a better score.
        """
        chosen, place = self._chosen(query), self.place
        if self.candidate in chosen:
            return [], query, None
        found, other, shown = [], None, query
        twin = self._variant_among(chosen) if query.diversity else None
        if twin is not None:
            found, other = [_variant(self.context.case.candidates[twin])], twin
        elif place <= query.k:
            found, other = [self._unlike(chosen, query)], chosen[-1]
        if found:
            shown = replace(query, diversity=0.0)
        if place > query.k:
            shown = self._long_enough(shown)
            found.append(self._too_low(len(chosen), query, shown))
            other = next(one for one in reversed(chosen) if self.ranking.scores[one] >= self.score)
        return found, shown, other

    def compared_with(self, other: int, query: Query) -> Compared:
        """Signal by signal against a candidate in the answer to a query."""
        product = self.context.case.candidates[other]
        gaps = [
            SignalGap(
                name=name,
                contribution=round(float(part[self.candidate]), 4),
                of_compared=round(float(part[other]), 4),
                difference=round(float(part[self.candidate] - part[other]), 4),
            )
            for name, part in self.ranking.parts.items()
        ]
        return Compared(
            item_id=product.item_id,
            title=product.title,
            rank=self._chosen(query).index(other) + 1,
            score=round(float(self.ranking.scores[other]), 4),
            gap=round(float(self.ranking.scores[other]) - self.score, 4),
            signals=sorted(gaps, key=lambda gap: gap.difference),
        )

    def rows_against(self, other: int) -> list[int]:
        """The rows of the history that do more for another candidate, the worst first, as far as they are tried."""
        against = np.zeros(len(self.context.case.history))
        for rows in self.ranking.evidence.values():
            against += rows[other] - rows[self.candidate]
        most = min(_TRIED, 1 + _SCORED // len(self.context.case.candidates))
        worst: list[int] = np.argsort(-against, kind="stable")[:most].tolist()
        return worst

    def held_back_by(self, rows: Sequence[int]) -> list[HeldBackBy]:
        """The rows without which the candidate would be further up, each left out alone, the worst first."""
        case = self.context.case
        counterfactuals = Counterfactuals(case, self.context.interaction_matrix, self.ranking, self.blend)
        found = [
            HeldBackBy(
                item_id=case.history[row].product.item_id,
                title=case.history[row].product.title,
                event=case.history[row].event,
                counterfactual=counterfactuals.of(self.candidate, [row]),
            )
            for row in rows
        ]
        better = [one for one in found if one.counterfactual.rank < one.counterfactual.rank_now]
        return sorted(better, key=lambda one: (one.counterfactual.rank, -one.counterfactual.score))

    def _chosen(self, query: Query) -> list[int]:
        return chosen_of(self.context.case, self.ranking, query)

    def _variant_among(self, chosen: Sequence[int]) -> int | None:
        """The candidate of a list that is another variant of the same product."""
        same = sameness(self.context.case.candidates, self.context.case.candidate_vectors)
        return next((one for one in chosen if same and same(self.candidate, one)), None)

    def _unlike(self, chosen: Sequence[int], query: Query) -> Obstacle:
        """The obstacle that its score would do, but it is too much like others."""
        like = max(chosen, key=similarity_of(self.context.case)(self.candidate).__getitem__)
        product = self.context.case.candidates[like]
        text = (
            f"its score is in place {self.place:,}, but products unlike each other are preferred,"
            f" and it is like {short_title(product.title)} ({product.item_id})"
        )
        value = f"diversity {query.diversity:g}"
        return obstacle("diversity", text, "give --diversity 0", _BY_SCORE, value=value, other=product.item_id)

    def _too_low(self, shown: int, query: Query, longer: Query) -> Obstacle:
        by_score = () if longer.diversity == query.diversity else _BY_SCORE
        options = ["-k", str(longer.k), *by_score]
        count = len(self.context.case.eligible)
        return obstacle(
            "score",
            f"its score of {self.score:.4f} is in place {self.place:,} of {count:,}, and the answer has {shown:,}",
            f"give {' '.join(options)}, or the signals that are lower would have to rise",
            options,
            value=f"{self.score:.4f}",
        )

    def _long_enough(self, query: Query) -> Query:
        """The query for as many products as it takes; by score alone where it is too far down otherwise."""
        if query.diversity and self.place <= _LONGEST_LIST:
            later = self.rank_in(replace(query, k=_LONGEST_LIST))
            if later is not None:
                return replace(query, k=later)
        return replace(query, k=self.place, diversity=0.0)


def _variant(twin: Product) -> Obstacle:
    text = f"it is a variant of {short_title(twin.title)} ({twin.item_id}), which is recommended"
    return obstacle("variant", text, "give --diversity 0", _BY_SCORE, field="title", other=twin.item_id)
