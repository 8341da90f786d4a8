"""Ranking methods to be compared, each by name: a case in, a score for each of its candidates out.

Zero-shot methods see product texts and the given history; what is learned is learned from other categories. Those in
`WARM` also see what other customers did in the category: that is what a category has after its first weeks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from newaisle.agent.evaluate.plain_words import PlainWords
from newaisle.agent.evaluate.warm import popularity, tuned_user_knn
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.agent.learn.neighbours import Neighbours
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.visibility import rows_of_others
from newaisle.agent.library.likelihoods import likelihood_of_titles, rank_prompt
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.blend import BY_ROW, Blend, Ranking, rank, with_signal
from newaisle.agent.rank.case import CoInteractions, RankingCase, Scores
from newaisle.agent.rank.diversity import diversify, sameness, similarity_of
from newaisle.agent.schema.query import SAFE_DIVERSITY

PLAIN = "plain-words"  # the strongest of `PlainWords`, chosen on categories that are not judged
WARM = frozenset({"popularity", "user-knn", "warm-blend"})  # methods that use interactions of the new category
SIGNALS = (*BY_ROW, "expected_popularity")
_EACH_ALONE = Blend(weights=dict.fromkeys(SIGNALS, 1.0))


class Methods:
    """All methods on one data set.

    `strongest` is the one of the ways to compare words that the blend has to beat. `expected_popularity` is that of all
    products, as it may be known to whom a case is about; `others` is what warm methods compare customers by.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        cases: CaseMaker,
        plain: PlainWords,
        strongest: str,
        blend: Blend,
        expected_popularity: Callable[[str], Scores | None],
        others: Dataset,
    ) -> None:
        self._dataset = dataset
        self._cases = cases
        self._plain, self._strongest = plain, strongest
        self._weights = blend
        self._expected_popularity = expected_popularity
        self._user_knn = tuned_user_knn(others)
        self._neighbours = Neighbours(others)

    def __call__(
        self, case: Case, *, swapped: Case, model: LanguageModel | None = None
    ) -> tuple[dict[str, Scores], Ranking]:
        """Scores by method, each of shape (candidates,), and the blend's ranking.

        `swapped` is the case with somebody else's history. With a model, also the methods that need it.
        """
        ranking_case = self._cases.make(case, expected_popularity=self._expected_popularity(case.user_id))
        ranking = rank(ranking_case, self._weights)
        default = rank(ranking_case)
        blend, alone = ranking.scores, rank(ranking_case, _EACH_ALONE).parts
        plain = self._plain(case)
        nothing = np.zeros(len(case.candidates))  # no preference: the metrics put ties in random order
        scores = {
            "blend": blend,
            "diverse": _diversified(ranking_case, blend),
            "default": default.scores,
            "untaught": default.scores - default.parts.get("expected_popularity", 0.0),
            PLAIN: plain[self._strongest],
            **plain,
            "embedding": ranking_case.similarity.mean(axis=1, dtype=np.float64),
            "random": nothing,
            **self.after(case, rows_of_others(self._dataset, case)),
            # All of them in every case: what one fold learns to leave out, another may use.
            **{name: alone.get(name, nothing) for name in SIGNALS},
            **{f"blend-{name}": blend - ranking.parts.get(name, nothing) for name in SIGNALS},
            "blend-swapped": self._blend(swapped).scores,
            f"{PLAIN}-swapped": self._plain(swapped)[self._strongest],
        }
        if model is not None:
            scores["likelihood"] = likelihood_of_titles(model, ranking_case, rank_prompt(ranking_case, case.category))
            everyone = np.arange(len(case.candidates))
            scores["blend+likelihood"] = with_signal(ranking, "likelihood", everyone, scores["likelihood"]).scores
        return scores, ranking

    def after(self, case: Case, rows: Rows) -> dict[str, Scores]:
        """The methods in `WARM`, where `rows` are what other customers did in the category."""
        return {
            "popularity": popularity(self._dataset, case, rows),
            "user-knn": self._user_knn(case, rows),
            "warm-blend": self._blend(case, self._neighbours.co_interactions(case, rows)).scores,
        }

    def _blend(self, case: Case, co_interactions: CoInteractions | None = None) -> Ranking:
        made = self._cases.make(
            case, expected_popularity=self._expected_popularity(case.user_id), co_interactions=co_interactions
        )
        return rank(made, self._weights)


def _diversified(case: RankingCase, scores: Scores) -> Scores:
    """Scores whose order has the first ten of an answer made with the default diversity, the others behind."""
    first = diversify(
        scores,
        similarity_of(case),
        k=10,
        weight=SAFE_DIVERSITY,
        same=sameness(case.candidates, case.candidate_vectors),
    )
    moved = scores.copy()
    moved[first] = scores.max() + np.arange(len(first), 0, -1)
    return moved
