"""Claims that rest on the customer's history: what a product shares with products that they chose.

What a claim is about (a brand, a colour, a likeness to one row) is said once: whatever signals saw of it are added up.
And it is a reason only if the score falls once its rows are taken out of the history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.claims.reason import MOST, SMALLEST, Reason
from newaisle.agent.claims.sentences import Sentences, filled, price_text, short_title
from newaisle.agent.claims.shared_words import (
    MATERIALS,
    content_words,
    is_phrase,
    kinds_of,
    labelled,
    names_it,
    naming_fields,
    naming_words,
    same_field,
    side_by_side,
    spelled,
    telling,
    worth_a_sentence,
)
from newaisle.agent.rank.blend import BY_MODEL, Blend, Ranking, rank
from newaisle.agent.rank.case import Matrix, RankingCase, Scores
from newaisle.agent.rank.signals import by_words, price_levels
from newaisle.agent.retrieve.co_interactions import InteractionMatrix
from newaisle.agent.schema.answer import Claim, ClaimKind, Counterfactual
from newaisle.store.rows import Event, Product
from newaisle.store.words import is_chinese, words

_KEPT = 256  # scorings remembered: what speaks for one product often speaks for the next


class Counterfactuals:
    """Scores a ranked case again without rows of its history, which are given by their indices.

    What a language model added to a score stays as it is: asking it again would take as long as the whole answer.
    """

    def __init__(
        self, case: RankingCase, interaction_matrix: InteractionMatrix | None, ranking: Ranking, blend: Blend
    ) -> None:
        self._ranking, self._eligible = ranking, case.eligible
        # Not a method: what is remembered would keep the case, and with it the ledger, until garbage is collected.
        self._scores_without = lru_cache(_KEPT)(partial(_scores_without, case, interaction_matrix, ranking, blend))

    def of(self, candidate: int, rows: Sequence[int]) -> Counterfactual:
        """The score and the place by score, among those that may be recommended, of a candidate without rows."""
        scores = self._scores_without(frozenset(rows))
        return Counterfactual(
            score=round(float(scores[candidate]), 4),
            rank=place_by_score(scores, candidate, self._eligible),
            rank_now=place_by_score(self._ranking.scores, candidate, self._eligible),
        )

    def drop(self, candidate: int, rows: Sequence[int]) -> float:
        """By how much the score of a candidate falls without rows; below 0 where it rises."""
        return float(self._ranking.scores[candidate] - self._scores_without(frozenset(rows))[candidate])


def _scores_without(
    case: RankingCase,
    interaction_matrix: InteractionMatrix | None,
    ranking: Ranking,
    blend: Blend,
    rows: frozenset[int],
) -> Scores:
    left = [row for row in range(len(case.history)) if row not in rows]
    co_interactions = interaction_matrix.co_interactions(left) if interaction_matrix else case.co_interactions
    scores = rank(case.without(rows, co_interactions), blend).scores
    by_model: list[Scores] = [part for name, part in ranking.parts.items() if name in BY_MODEL]
    total: Scores = np.sum([scores, *by_model], axis=0)
    return total


def place_by_score(scores: Scores, candidate: int, among: NDArray[np.intp] | None = None) -> int:
    """The place of a candidate by its score, from 1; equal scores keep their order (see `Ranking.order`)."""
    better = scores > scores[candidate]
    better[:candidate] |= scores[:candidate] == scores[candidate]
    return int((better if among is None else better[among]).sum()) + 1


_ROWS = 2  # history rows that a likeness is claimed to: more make an explanation that nobody reads
_LOOKED_AT = 10  # history rows in which words worth a sentence are looked for
_LISTED = 0.01  # of all products: a word of a labelled list that fewer have is somebody's remark, and no kind of thing
_WORDS = 3  # shared words named per row
_COMMON = 0.1  # of all products: a word that more of them have says nothing about any
_SIMILAR = 0.55  # cosine from which two products may be called similar
# Cosine from which products are what one would call alike. In the three shops of `docs/explanations.md` one random pair
# of two categories in 2,000 or fewer has as much, but 10 % to 40 % of all products have it with another of their own.
_ALIKE = 0.8
_SAME_LEVEL = 0.1  # of a category's prices between two levels that are about the same
_SURPRISE = 3.84  # G² that chance alone exceeds in one of 20 tables
_SURPRISE_OF_SIMILAR, _SURPRISE_OF_RELATED = 6.63, 10.83  # in one of 100, of 1,000: a shop would say so to a customer
_NEARER = 0.8  # of a category's candidates have to be less like a row than one that goes with it
_TRIED = 3  # rows whose customers chose a product, of which one has to count
_TASTE = 3  # rows that carry a word which would be a coincidence of one
CROWD = 3  # other customers from whom on something may be said of what they chose beside this product
_LEFT_OUT = 50  # rows left out in turn to find one that counts
_LIKENESS = ("lexical", "dense", "nearest")

_Taken = defaultdict[int, set[str]]  # of each row, the words that a claim is about already


@dataclass(frozen=True, kw_only=True)
class OfHistory:
    """Finds the claims on single candidates of a ranked case.

    by_likeness: what it adds to each score that some of the other customers are like this one, shape (candidates,).
    """

    case: RankingCase
    ranking: Ranking
    interaction_matrix: InteractionMatrix | None
    by_likeness: Scores
    counterfactuals: Counterfactuals
    category: str
    say: Sentences

    def claims(self, candidate: int, place: int) -> Iterator[Reason]:
        """The reasons for a candidate that its customer's history gives, each worth what it moved."""
        if not self.case.history:
            return
        taken: _Taken = defaultdict(set)
        properties = [*self._brand(candidate, taken), *self._attribute(candidate, taken)]
        yield from properties
        yield from self._price_level(candidate)
        yield from self._likeness(candidate, taken, named=[reason.row for reason in properties])
        yield from self._together(candidate, self.say.together_too if place % 2 else self.say.together)

    def last_resort(self, candidate: int) -> Iterator[Reason]:
        """A claim on the row without which the score would fall most, of those that a claim may rest on."""
        drops = {row: self.counterfactuals.drop(candidate, [row]) for row in self._promising(candidate)}
        for row in sorted(drops, key=lambda row: -drops[row]):
            value = f"{drops[row]:.4f}"
            found = [
                *self._reason("counted", candidate, [row], drops[row], self.say.counted, "title", value, worth=False)
            ]
            if found:
                yield from found
                return

    def _promising(self, candidate: int) -> list[int]:
        """The rows that may count, those first that others chose beside the product, and then those that add most.

        Also one that adds nothing itself: it may make others count less that speak against the product.
        """
        added, another = self._evidence(candidate, *self.ranking.evidence), self._is_another(candidate)
        if self._taken_together is not None and len(added):
            added = added + (self._taken_together[candidate] > 0) * (np.ptp(added) + 1)
        best = np.argsort(-added, kind="stable")[:_LEFT_OUT]
        return [int(row) for row in best if another[row] and (len(added) > 1 or added[row] >= SMALLEST)]

    def _evidence(self, candidate: int, *names: str) -> Matrix:
        """What each row of another product adds to the score of a candidate by some signals, shape (history,)."""
        parts = [self.ranking.evidence[name][candidate] for name in names if name in self.ranking.evidence]
        total = np.sum(parts, axis=0) if parts else np.zeros(len(self.case.history), dtype=np.float32)
        return cast(Matrix, total * self._is_another(candidate))

    def _by_words(self, candidate: int, row: int, some: Collection[str]) -> float:
        """What words that a candidate shares with a history row add to its score."""
        if not some or "lexical" not in self.ranking.scales:
            return 0.0
        added = by_words(self.case, candidate, row)
        return self.ranking.scales["lexical"] * sum(added.get(word, 0.0) for word in some)

    def _strongest_first(self, candidate: int, rows: Sequence[int]) -> list[int]:
        """Some rows by what they add to a candidate's score, all signals together; a mere look only for want of more.

        A look is no choice, so of rows that are looks alone just one can be named.
        """
        total = self._evidence(candidate, *self.ranking.evidence)
        another = self._is_another(candidate)
        ordered = sorted((row for row in rows if another[row]), key=lambda row: -total[row])
        chosen = [row for row in ordered if self.case.history[row].event is not Event.VIEW]
        return chosen or ordered[:1]

    def _brand(self, candidate: int, taken: _Taken) -> Iterator[Reason]:
        """The brand, for all rows that are of it, with the words of its name."""
        brand = self.case.candidates[candidate].brand or ""
        own = (row.product.brand or "" for row in self.case.history)
        rows = [i for i, other in enumerate(own) if brand and other.casefold() == brand.casefold()]
        rows = self._strongest_first(candidate, rows)
        contribution = float(self._evidence(candidate, "brand")[rows].sum())
        contribution += self._take(candidate, rows, brand, taken)
        if contribution >= SMALLEST:
            text = self.say.brand_of_many if len(rows) > 1 else self.say.brand
            yield from self._reason("brand", candidate, rows, contribution, text, "brand", brand, brand=brand)

    def _attribute(self, candidate: int, taken: _Taken) -> Iterator[Reason]:
        """The attribute that adds most of those that a candidate shares, for all rows that have it."""
        if "attributes" not in self.ranking.scales:
            return
        values = self.case.candidates[candidate].attributes
        shared = {name: self._strongest_first(candidate, self._sharing(name, value)) for name, value in values.items()}
        worth = {name: self._worth(name, values[name], rows) for name, rows in shared.items()}
        best = max(worth, key=lambda name: worth[name], default="")
        if not best or worth[best] < SMALLEST:
            return
        rows, value = shared[best], values[best]
        contribution = worth[best] + self._take(candidate, rows, value, taken)
        if contribution >= SMALLEST:
            text = self.say.attribute_of_many if len(rows) > 1 else self.say.attribute
            field, name = f"attributes.{best}", best.replace("_", " ")
            yield from self._reason("attribute", candidate, rows, contribution, text, field, value, name=name)

    def _sharing(self, name: str, value: str) -> list[int]:
        return [
            row
            for row, liked in enumerate(self.case.history)
            if liked.product.attributes.get(name, "").casefold() == value.casefold()
        ]

    def _worth(self, name: str, value: str, rows: Sequence[int]) -> float:
        """What the signal adds for one attribute (see `agent.rank.signals`), over its mean over the candidates."""
        if not rows or not any(character.isalpha() for character in value):
            return 0.0
        having = np.mean([p.attributes.get(name, "").casefold() == value.casefold() for p in self.case.candidates])
        liking = float(self.case.liking_share[rows].sum())
        return float(self.ranking.scales["attributes"] * liking * -np.log(having) * (1 - having))

    def _take(self, candidate: int, rows: Sequence[int], text: str, taken: _Taken) -> float:
        """Mark the words of a text as said of some rows; what those that were not yet add to the score."""
        contribution = 0.0
        for row in rows:
            new = set(words(text)) - taken[row]
            contribution += self._by_words(candidate, row, new)
            taken[row] |= new
        return contribution

    def _price_level(self, candidate: int) -> Iterator[Reason]:
        """The price level, for all rows of about the same."""
        evidence, product = self._evidence(candidate, "price"), self.case.candidates[candidate]
        if not evidence.any() or product.price is None:
            return
        level = price_levels(self.case)[candidate]
        paid = [row.price_level for row in self.case.history]
        same = [row for row, other in enumerate(paid) if other is not None and abs(level - other) <= _SAME_LEVEL]
        rows = [row for row in same if evidence[row] > 0]
        contribution = float(evidence[rows].sum())
        if contribution >= SMALLEST:
            rows.sort(key=lambda row: -evidence[row])
            cost, text, worth = price_text(product.price, product.currency), self.say.price_level, len(rows) >= _TASTE
            yield from self._reason("price_level", candidate, rows, contribution, text, "price", cost, worth)

    def _likeness(self, candidate: int, taken: _Taken, named: Sequence[object]) -> Iterator[Reason]:
        """What a candidate has in common with the rows it is most like: shared words, none twice, else a likeness."""
        evidence = self._evidence(candidate, *_LIKENESS).copy()
        for row, about in taken.items():
            evidence[row] -= self._by_words(candidate, row, about)
        said: set[str] = set()
        best = np.argsort(-evidence, kind="stable")[:_LOOKED_AT].tolist()
        left = _ROWS
        for place, row in enumerate(row for row in best if evidence[row] >= SMALLEST):
            found, field = self._shared(candidate, row, taken[row])
            worthy = self._worthy(candidate, row, found, field)
            shared = words(" ".join(worthy or found))
            if not left or (not worthy and place >= _ROWS) or (found and said.issuperset(shared)):
                continue
            if found:
                said.update(shared)
                made = [*self._words(candidate, row, float(evidence[row]), worthy or found, field, bool(worthy))]
                left -= bool(worthy and made)
                yield from made
            if not worthy and self.case.history[row] not in named and (place == 0 or found):
                yield from self._alike(candidate, row, float(evidence[row]), is_named=bool(found))

    def _worthy(self, candidate: int, row: int, found: Sequence[str], field: str) -> list[str]:
        """Those of the words that a candidate shares with a row that are worth a sentence.

        A phrase is, and a material that is a property or in both titles; any other word where several rows carry it, or
        where the catalogue files both products under several. The category's own name says nothing of one product.
        """
        product, other = self.case.candidates[candidate], self.case.history[row].product
        text = " ".join(text for _, text in naming_fields(other))
        neighbours, kinds = side_by_side(naming_words(other)), self._kinds(product, other)
        known = set(words(self.category))
        found = [one for one in found if not known.issuperset(words(one))]
        worthy = [one for one in found if worth_a_sentence(one, text, neighbours, kinds)]
        filed = [one for one in worthy if {one.casefold(), *words(one)} & kinds]
        return [
            one
            for one in worthy
            if is_phrase(one)
            or (one.casefold() in MATERIALS and (field != "title" or names_it(one, other.title)))
            or (len(filed) > 1 and one in filed)
            or ((one in filed or names_it(one, product.title)) and len(self._others(candidate, row, one)) + 1 >= _TASTE)
        ]

    def _kinds(self, product: Product, other: Product) -> set[str]:
        """The words by which the catalogue sorts two products."""
        listed = labelled(product) & labelled(other)
        least = max(CROWD, _LISTED * self.case.product_count)
        counts = self.case.frequencies(list(listed)) if listed else {}
        return kinds_of(product) & kinds_of(other) | {word for word in listed if counts.get(word, 0) >= least}

    def _others(self, candidate: int, row: int, text: str) -> list[int]:
        """The other rows that were chosen, not merely looked at, and whose names have all words of a text too."""
        history, about, another = self.case.history, set(words(text)), self._is_another(candidate)
        if history[row].event is Event.VIEW:
            return []
        chosen = (i for i, other in enumerate(history) if i != row and another[i] and other.event is not Event.VIEW)
        return [i for i in chosen if about <= self._names[i]]

    def _words(
        self, candidate: int, row: int, contribution: float, found: list[str], field: str, worth: bool
    ) -> Iterator[Reason]:
        """Words that a candidate shares with a row, and with the others whose names have them too."""
        about = {word for text in found for word in words(text)}
        others = self._others(candidate, row, " ".join(found))
        contribution += sum(self._by_words(candidate, other, about) for other in others)
        text = self.say.words_of_many if others else self.say.words
        quoted = self.say.quoted(found)
        yield from self._reason(
            "words", candidate, [row, *others], contribution, text, field, ", ".join(found), worth, words=quoted
        )

    @cached_property
    def _names(self) -> list[set[str]]:
        """The words that say what each product of the history is."""
        return [{word for text in naming_words(row.product) for word in text} for row in self.case.history]

    def _shared(self, candidate: int, row: int, said: Collection[str]) -> tuple[list[str], str]:
        """The words that a product and a history row share and that moved the score most, as the product spells them.

        They stand in one field of the product, whose name comes next. Brands are a claim of their own.
        """
        product, other = self.case.candidates[candidate], self.case.history[row].product
        known = self._names[row] - set(words(f"{product.brand or ''} {other.brand or ''}"))
        added = by_words(self.case, candidate, row)
        asked = [word for word in added if word in known and word not in said and telling(word)]
        counts, most = self.case.frequencies(asked), max(2.0, _COMMON * self.case.product_count)
        rare = {word for word in asked if 0 < counts.get(word, 0) <= most}
        fields = {name: (text, rare & content_words(name, text)) for name, text in naming_fields(product)}
        worth = {name: sum(added[word] for word in shared) for name, (_, shared) in fields.items()}
        field = max(worth, key=lambda name: worth[name])
        text, shared = fields[field]
        best = {word for word in sorted(shared, key=lambda word: -added[word])[:_WORDS] if added[word] > 0}
        return spelled(text, best, side_by_side(naming_words(other))), field

    def _alike(self, candidate: int, row: int, contribution: float, *, is_named: bool) -> Iterator[Reason]:
        """A likeness that cannot be named by words: similar where it is great, else more so than most candidates.

        is_named: whether there are words for it, though none worth a sentence.
        """
        titles = self.case.candidates[candidate].title, self.case.history[row].product.title
        if is_chinese(titles[0]) != is_chinese(titles[1]) and not self.case.compares_languages:
            return
        cosine = float(self.case.similarity[candidate, row])
        if is_named and cosine < _ALIKE:
            return
        if cosine >= _SIMILAR:
            value, worth = f"cosine {cosine:.2f}", cosine >= _ALIKE
            yield from self._reason("similar", candidate, [row], contribution, self.say.similar, "title", value, worth)
            return
        of_all = np.sum(
            [self.ranking.evidence[name][:, row] for name in _LIKENESS if name in self.ranking.evidence], axis=0
        )
        less = float(np.mean(of_all < of_all[candidate]))
        of_history = float(self._evidence(candidate, *_LIKENESS).sum())
        if less > MOST and of_history >= contribution - SMALLEST:  # which the other rows do not contradict
            value, text = f"more than {int(100 * less)} %", self.say.closer
            yield from self._reason(
                "closer", candidate, [row], contribution, text, "title", value, worth=False, category=self.category
            )

    def _together(self, candidate: int, text: str) -> Iterator[Reason]:
        """The claim that others chose the product and a row of the history, for the row that goes with it most.

        That is the one whose customers surprise most by how many of them chose the product, not the one that most
        people have, if there is any among those that the product has to do with; and the first of these few without
        which the score falls.
        """
        contribution = float(self.by_likeness[candidate])
        if contribution < SMALLEST or self.interaction_matrix is None or self._taken_together is None:
            return
        surprise = self.interaction_matrix.surprise(candidate) * self._is_another(candidate)
        counts = self._taken_together[candidate]
        best = [row for row in np.argsort(-surprise, kind="stable").tolist() if surprise[row] >= _SURPRISE]
        best = [row for row in best if counts[row] >= CROWD]
        related = [row for row in best if surprise[row] >= self._least_surprise(candidate, row)]
        for row in sorted(best, key=lambda row: row not in related)[:_TRIED]:
            value = str(counts[row])
            worth, count = row in related, f"{counts[row]:,}"
            found = [
                *self._reason("together", candidate, [row], contribution, text, "item_id", value, worth, count=count)
            ]
            if found:
                yield from found
                return

    def _least_surprise(self, candidate: int, row: int) -> float:
        """The surprise from which a shop would say that a product goes with a row: the less, the more alike they are.

        Products that have nothing to do with each other are never said to, however many chose both.
        """
        product, other = self.case.candidates[candidate], self.case.history[row].product
        to_row = self.case.similarity[:, row]
        if to_row[candidate] >= _SIMILAR:
            return _SURPRISE_OF_SIMILAR
        is_near = float(np.mean(to_row < to_row[candidate])) >= _NEARER
        return _SURPRISE_OF_RELATED if is_near or same_field(product, other) else np.inf

    def _is_another(self, candidate: int) -> NDArray[np.bool_]:
        """Whether each row is another product, shape (history,): one that was looked at may be a candidate."""
        item_id = self.case.candidates[candidate].item_id
        return np.array([row.product.item_id != item_id for row in self.case.history])

    @cached_property
    def _taken_together(self) -> NDArray[np.int_] | None:
        return self.interaction_matrix.together() if self.interaction_matrix else None

    def _reason(
        self,
        kind: ClaimKind,
        candidate: int,
        rows: Sequence[int],
        contribution: float,
        sentence: str,
        field: str,
        value: str,
        worth: bool = True,
        **details: object,
    ) -> Iterator[Reason]:
        """A claim that rests on rows, the first of which is named; none if the product is no worse off without them."""
        without = self.counterfactuals.of(candidate, rows)
        if self.counterfactuals.drop(candidate, rows) < SMALLEST or without.rank < without.rank_now:
            return
        named = self.case.history[rows[0]]
        text = filled(
            sentence,
            title=short_title(named.product.title),
            did=self.say.did[named.event],
            value=value,
            many=self._many(rows),
            **details,
        )
        claim = Claim(
            kind=kind,
            text=text,
            basis="history",
            history_item_id=named.product.item_id,
            also=[self.case.history[row].product.item_id for row in rows[1:]],
            item_field=field,
            value=value,
            contribution=round(contribution, 4),
            counterfactual=without,
        )
        yield Reason(claim, named, worth)

    def _many(self, rows: Sequence[int]) -> str:
        """So many products: of one category where they are all from one."""
        categories = {self.case.history[row].product.category_name for row in rows}
        (category, *others) = categories
        many = self.say.many if others or not category else self.say.many_in
        return many.format(count=len(rows), category=category)
