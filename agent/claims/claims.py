"""Claims: what can be said for a recommendation, each tied to a field of the product and a row of the history.

Only what moved the score is a claim, and a claim is worth what it moved; so the strongest reason comes first, not the
one that sounds best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from newaisle.agent.claims.of_history import CROWD, Counterfactuals, OfHistory
from newaisle.agent.claims.reason import MOST, SMALLEST, WEAK, Reason
from newaisle.agent.claims.sentences import Sentences, price_text
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend, Ranking
from newaisle.agent.rank.case import RankingCase, Scores
from newaisle.agent.rank.popularity import of_likeness
from newaisle.agent.retrieve.co_interactions import InteractionMatrix
from newaisle.agent.retrieve.constraints import mentioned
from newaisle.agent.schema.answer import Basis, Claim, ClaimKind, Constraints
from newaisle.store.rows import Product
from newaisle.store.synonyms import Synonyms

__all__ = ["Claims", "Reason"]
_OFTEN = 1 / 3  # of a category's products: those that others chose most
_ATTRACTIVE = 0.5  # standard deviations above the category's mean
_BASIS: dict[str, Basis] = {
    "popularity": "category",
    "typical": "category",
    "expected_popularity": "general",
}  # else history


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Collects the reasons for single candidates of a case that was ranked by a blend."""

    case: RankingCase
    ranking: Ranking
    constraints: Constraints
    category: str
    say: Sentences
    blend: Blend = DEFAULT_BLEND
    interaction_matrix: InteractionMatrix | None = None
    synonyms: Synonyms | None = None

    def of(self, candidate: int, place: int = 0) -> list[Reason]:
        """The reasons for one candidate: what moved its score, by contribution, else the category; then constraints.

        place: in the answer, from 0; neighbours say some things differently.
        """
        found = [*self._of_history.claims(candidate, place), *self._from_co_interactions(candidate)]
        found.sort(key=lambda reason: -reason.claim.contribution)
        reasons = _strong(found)
        if not any(reason.row for reason in reasons):
            reasons = sorted(
                [*reasons, *self._of_history.last_resort(candidate)], key=lambda reason: -reason.claim.contribution
            )
        if not any(reason.worth for reason in reasons):
            reasons.append(self._from_category(candidate))
        return [*reasons, *self._from_constraints(self.case.candidates[candidate])]

    def basis(self, candidate: int) -> Basis:
        """What moved the score of a candidate up most: the history, what is known of the category, or neither."""
        moved: dict[Basis, float] = {"general": 0.0, "category": 0.0, "history": 0.0}
        for name in self.ranking.parts:
            moved[_BASIS.get(name, "history")] += self._part(name, candidate)
        by_likeness = float(self._by_likeness[candidate])  # others count for what they liked as this customer did
        moved["category"] -= by_likeness
        moved["history"] += by_likeness
        return max(moved, key=lambda basis: moved[basis])

    @cached_property
    def counterfactuals(self) -> Counterfactuals:
        """Scores the case again without rows of its history."""
        return Counterfactuals(self.case, self.interaction_matrix, self.ranking, self.blend)

    @cached_property
    def _of_history(self) -> OfHistory:
        return OfHistory(
            case=self.case,
            ranking=self.ranking,
            interaction_matrix=self.interaction_matrix,
            by_likeness=self._by_likeness,
            counterfactuals=self.counterfactuals,
            category=self.category,
            say=self.say,
        )

    @cached_property
    def _by_likeness(self) -> Scores:
        """What it adds to each score that some of the others liked what this customer liked, shape (candidates,)."""
        if self.case.co_interactions is None:
            return np.zeros(len(self.case.candidates))
        expected = self.ranking.parts.get("expected_popularity", np.zeros(len(self.case.candidates)))
        return of_likeness(self.case.co_interactions, expected, likeness=self.blend.likeness, prior=self.blend.prior)

    def _from_co_interactions(self, candidate: int) -> Iterator[Reason]:
        """The reasons that lie in what other customers did with the product or, elsewhere, with products like it."""
        co_interactions, product = self.case.co_interactions, self.case.candidates[candidate]
        popularity = self._part("popularity", candidate) - float(self._by_likeness[candidate])
        if co_interactions and (count := int(co_interactions.counts[candidate])) and popularity >= SMALLEST:
            text = self.say.popular(count)
            yield self._reason("popularity", text, popularity, "item_id", str(count), basis="category", worth=False)
        expected_popularity, of_all = (
            self._part("expected_popularity", candidate),
            self.ranking.parts.get("expected_popularity", np.zeros(1)),
        )
        least = max(SMALLEST, _ATTRACTIVE * float(np.std(of_all)))
        if expected_popularity >= least and float(np.mean(of_all < expected_popularity)) > MOST:
            text = self.say.expected_popularity.format(category=self.category)
            yield self._reason("expected_popularity", text, expected_popularity, "title", product.title, worth=False)

    def _part(self, name: str, candidate: int) -> float:
        return float(self.ranking.parts[name][candidate]) if name in self.ranking.parts else 0.0

    def _from_category(self, candidate: int) -> Reason:
        """What is honestly said where there is no reason: whether others often chose it there, or nobody did."""
        taken, chosen = self._taken_and_chosen
        is_often = chosen[candidate] >= CROWD and float(np.mean(chosen > chosen[candidate])) < _OFTEN
        text = self.say.often if is_often else self.say.from_category if taken[candidate] else self.say.unchosen
        contribution = 0.0 if self.case.history else max(0.0, self._part("typical", candidate))
        basis: Basis = "category" if contribution or is_often else "general"
        said = text.format(category=self.category)
        return self._reason("category", said, contribution, "category", self.category, basis=basis)

    @cached_property
    def _taken_and_chosen(self) -> tuple[Scores, Scores]:
        """How many others took an interest in each candidate, and how many did more than look, shape (candidates,)."""
        taken = self.case.co_interactions.counts if self.case.co_interactions else np.zeros(len(self.case.candidates))
        matrix = self.interaction_matrix
        return taken, np.asarray(matrix.chosen.sum(axis=0)).ravel() if matrix else taken

    def _from_constraints(self, product: Product) -> Iterator[Reason]:
        """What was asked for and holds; it moved no score, but without it the product would not be there."""
        limits = self.constraints
        if limits.max_price is not None and product.price is not None:
            cost, limit = price_text(product.price, product.currency), price_text(limits.max_price, limits.currency)
            yield self._reason("price_limit", self.say.price.format(price=cost, limit=limit), 0.0, "price", cost)
        if limits.min_price is not None and product.price is not None:
            cost, limit = price_text(product.price, product.currency), price_text(limits.min_price, limits.currency)
            yield self._reason("least_price", self.say.least_price.format(price=cost, limit=limit), 0.0, "price", cost)
        if limits.brands and product.brand:
            text = self.say.wanted_brand.format(brand=product.brand)
            yield self._reason("wanted_brand", text, 0.0, "brand", product.brand)
        if limits.not_brands and product.brand:  # of whom nothing is known may be anybody's
            text = self.say.unwanted_brand.format(brands=self.say.either.join(limits.not_brands))
            yield self._reason("unwanted_brand", text, 0.0, "brand", product.brand or "")
        said = [word for asked in limits.words if (word := mentioned(product, asked, self.synonyms))]
        if said:
            text = self.say.wanted_words.format(words=self.say.quoted(said))
            yield self._reason("wanted_words", text, 0.0, "title", ", ".join(said))
        if limits.exclude:
            text = self.say.excluded.format(words=self.say.quoted(limits.exclude))
            yield self._reason("excluded_words", text, 0.0, "title", ", ".join(limits.exclude))

    def _reason(
        self,
        kind: ClaimKind,
        text: str,
        contribution: float,
        field: str,
        value: str,
        *,
        basis: Basis = "general",
        worth: bool = True,
    ) -> Reason:
        return Reason(
            Claim(
                kind=kind,
                text=text,
                basis=basis,
                history_item_id=None,
                item_field=field,
                value=value,
                contribution=round(contribution, 4),
            ),
            worth=worth,
        )


def _strong(found: Sequence[Reason]) -> list[Reason]:
    """The reasons beside which none is much stronger, and the strongest of those that rest on the history.

    Those that are worth a sentence are judged by themselves. A long history adds a little by each of many rows, which
    is no less a reason than what all others did.
    """
    kept: list[Reason] = []
    for among in (found, [reason for reason in found if reason.worth]):
        least = WEAK * max((reason.claim.contribution for reason in among), default=0.0)
        spared = next((reason for reason in among if reason.row), None)
        kept += [reason for reason in among if reason.claim.contribution >= least or reason is spared]
    return [reason for reason in found if reason in kept]
