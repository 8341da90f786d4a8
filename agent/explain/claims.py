"""Claims: what can be said for a recommendation, each tied to a field of the product and a row of the history.

Only what moved the score is a claim, and a claim is worth what it moved; so the strongest reason comes first, not the
one that sounds best. What a claim is about (a brand, a colour, a likeness to one row) is said once: whatever signals
saw of it are added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from agent.answer import Basis, Claim, Constraints
from agent.explain.sentences import Sentences, price_text, short_title
from agent.explain.shared_words import content_words, naming_fields, naming_words, side_by_side, spelled, telling
from agent.rank.blend import Ranking
from agent.rank.case import HistoryRow, Matrix, RankingCase
from agent.rank.price import price_levels
from store.rows import Product
from store.words import is_chinese, words

_ROWS = 2  # history rows that a likeness is claimed to: more make an explanation that nobody reads
_WORDS = 3  # shared words named per row
_COMMON = 0.1  # of all products: a word that more of them have says nothing about any
_WEAK = 0.25  # of the strongest claim: what moved the score less than that is no reason to give
_SIMILAR = 0.55  # cosine from which two products may be called similar
_MOST = 0.75  # of the candidates that have to be less like a history row than one that is called more like it than most
_SAME_LEVEL = 0.1  # of a category's prices between two levels that are about the same
_ATTRACTIVE = 0.5  # standard deviations above the category's mean
_SMALLEST = 5e-5  # contributions are shown with four digits: what would be 0 there is none
_LIKENESS = ("lexical", "dense", "nearest")


@dataclass(frozen=True, slots=True)
class Reason:
    """A claim with the history row it rests on, if any."""

    claim: Claim
    row: HistoryRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Collects the reasons for single candidates of a ranked case."""

    case: RankingCase
    ranking: Ranking
    constraints: Constraints
    category: str
    say: Sentences

    def of(self, candidate: int) -> list[Reason]:
        """The reasons for one candidate: what moved its score, by contribution, else the category; then its price."""
        product = self.case.candidates[candidate]
        found = [*self._from_history(candidate, product), *self._from_others(candidate, product)]
        reasons = self._strong(candidate, sorted(found, key=lambda reason: -reason.claim.contribution))
        if not reasons:
            reasons.append(self._from_category(candidate))
        if self.constraints.max_price is not None and product.price is not None:
            reasons.append(self._within_limit(product, product.price, self.constraints.max_price))
        return reasons

    def _strong(self, candidate: int, found: Sequence[Reason]) -> list[Reason]:
        """Those beside which none is much stronger.

        A long history adds a little by each of many rows: where it adds enough by all, its strongest row is named too.
        """
        if not found:
            return []
        least = _WEAK * found[0].claim.contribution
        by_history = sum(float(rows[candidate].sum()) for rows in self.ranking.evidence.values())
        spared = next((reason for reason in found if reason.row), None) if by_history >= least else None
        return [reason for reason in found if reason.claim.contribution >= least or reason is spared]

    def _from_history(self, candidate: int, product: Product) -> Iterator[Reason]:
        if not self.ranking.evidence:
            return
        taken: defaultdict[int, set[str]] = defaultdict(set)  # of each row, the words that a claim is about already
        properties = [*self._brand(candidate, product, taken), *self._attribute(candidate, product, taken)]
        yield from properties
        yield from self._price_level(candidate, product)
        yield from self._likeness(candidate, taken, named=[reason.row for reason in properties])

    def _evidence(self, candidate: int, *names: str) -> Matrix:
        """What each history row adds to the score of a candidate by some signals, shape (history,)."""
        parts = [self.ranking.evidence[name][candidate] for name in names if name in self.ranking.evidence]
        return np.sum(parts, axis=0) if parts else np.zeros(len(self.case.history), dtype=np.float32)

    def _by_words(self, candidate: int, row: int, some: Collection[str]) -> float:
        """What words that a candidate shares with a history row add to its score."""
        if not some or "lexical" not in self.ranking.scales:
            return 0.0
        added = self.case.tf_idf.shared(candidate, row)
        return self._lexical_scale(row) * sum(added.get(word, 0.0) for word in some)

    def _lexical_scale(self, row: int) -> float:
        return self.ranking.scales.get("lexical", 0.0) * float(self.case.liking_share[row])

    def _strongest(self, candidate: int, rows: Sequence[int]) -> int:
        """The row of some that adds most to a candidate's score, all signals together."""
        total = self._evidence(candidate, *self.ranking.evidence)
        return max(rows, key=lambda row: total[row])

    def _brand(self, candidate: int, product: Product, taken: defaultdict[int, set[str]]) -> Iterator[Reason]:
        """The brand, for all rows that are of it, with the words of its name."""
        brand = product.brand or ""
        rows = [
            row
            for row, liked in enumerate(self.case.history)
            if brand and (liked.product.brand or "").casefold() == brand.casefold()
        ]
        contribution = float(self._evidence(candidate, "brand")[rows].sum())
        contribution += self._take(candidate, rows, brand, taken)
        if contribution >= _SMALLEST:
            yield self._reason(
                self._strongest(candidate, rows), contribution, self.say.brand, "brand", brand, brand=brand
            )

    def _attribute(self, candidate: int, product: Product, taken: defaultdict[int, set[str]]) -> Iterator[Reason]:
        """The attribute that adds most of those that a candidate shares, for all rows that have it."""
        if "attributes" not in self.ranking.scales:
            return
        shared = {name: self._sharing(name, value) for name, value in product.attributes.items()}
        worth = {name: self._worth(name, product.attributes[name], rows) for name, rows in shared.items()}
        best = max(worth, key=lambda name: worth[name], default="")
        if not best or worth[best] < _SMALLEST:
            return
        rows, value = shared[best], product.attributes[best]
        contribution = worth[best] + self._take(candidate, rows, value, taken)
        if contribution >= _SMALLEST:
            row, field = self._strongest(candidate, rows), f"attributes.{best}"
            name = best.replace("_", " ")
            yield self._reason(row, contribution, self.say.attribute, field, value, name=name)

    def _sharing(self, name: str, value: str) -> list[int]:
        return [
            row
            for row, liked in enumerate(self.case.history)
            if liked.product.attributes.get(name, "").casefold() == value.casefold()
        ]

    def _worth(self, name: str, value: str, rows: Sequence[int]) -> float:
        """What the signal adds for one attribute (see `agent.rank.attributes`), over its mean over the candidates."""
        if not rows or not any(character.isalpha() for character in value):
            return 0.0
        having = np.mean([p.attributes.get(name, "").casefold() == value.casefold() for p in self.case.candidates])
        liking = float(self.case.liking_share[rows].sum())
        return float(self.ranking.scales["attributes"] * liking * -np.log(having) * (1 - having))

    def _take(self, candidate: int, rows: Sequence[int], text: str, taken: defaultdict[int, set[str]]) -> float:
        """Mark the words of a text as said of some rows; what those that were not yet add to the score."""
        contribution = 0.0
        for row in rows:
            new = set(words(text)) - taken[row]
            contribution += self._by_words(candidate, row, new)
            taken[row] |= new
        return contribution

    def _price_level(self, candidate: int, product: Product) -> Iterator[Reason]:
        """The price level, for all rows of about the same; where a limit cuts the category short, it says nothing."""
        evidence = self._evidence(candidate, "price")
        if not evidence.any() or product.price is None or self.constraints.max_price is not None:
            return
        level = price_levels(self.case)[candidate]
        paid = [row.price_level for row in self.case.history]
        rows = [row for row, other in enumerate(paid) if other is not None and abs(level - other) <= _SAME_LEVEL]
        contribution = float(evidence[rows].sum())
        if contribution >= _SMALLEST:
            row = max(rows, key=lambda row: evidence[row])
            cost = price_text(product.price, product.currency)
            yield self._reason(row, contribution, self.say.price_level, "price", cost)

    def _likeness(
        self, candidate: int, taken: defaultdict[int, set[str]], named: Sequence[HistoryRow | None]
    ) -> Iterator[Reason]:
        """What a candidate has in common with the rows it is most like: shared words, none twice, else a likeness."""
        evidence = self._evidence(candidate, *_LIKENESS).copy()
        for row, about in taken.items():
            evidence[row] -= self._by_words(candidate, row, about)
        said: set[str] = set()
        rows = [row for row in np.argsort(-evidence, kind="stable")[:_ROWS].tolist() if evidence[row] >= _SMALLEST]
        for row in rows:
            found, field = self._shared(candidate, row, taken[row])
            if found and said.issuperset(words(" ".join(found))):
                continue
            if found:
                said.update(words(" ".join(found)))
                quoted = self.say.quoted(found)
                yield self._reason(row, float(evidence[row]), self.say.words, field, ", ".join(found), words=quoted)
            elif row == rows[0] and self.case.history[row] not in named:
                yield from self._alike(candidate, row, float(evidence[row]))

    def _shared(self, candidate: int, row: int, said: Collection[str]) -> tuple[list[str], str]:
        """The words that a product and a history row share and that moved the score most, as the product spells them.

        They stand in one field of the product, whose name comes next. Brands are a claim of their own.
        """
        product, other = self.case.candidates[candidate], self.case.history[row].product
        theirs = naming_words(other)
        known = {word for text in theirs for word in text} - set(words(f"{product.brand or ''} {other.brand or ''}"))
        added = self.case.tf_idf.shared(candidate, row)
        asked = [word for word in added if word in known and word not in said and telling(word)]
        counts, most = self.case.frequencies(asked), max(2.0, _COMMON * self.case.product_count)
        rare = {word for word in asked if 0 < counts.get(word, 0) <= most}
        fields = {name: (text, rare & content_words(name, text)) for name, text in naming_fields(product)}
        worth = {name: sum(added[word] for word in shared) for name, (_, shared) in fields.items()}
        field = max(worth, key=lambda name: worth[name])
        text, shared = fields[field]
        best = {word for word in sorted(shared, key=lambda word: -added[word])[:_WORDS] if added[word] > 0}
        return spelled(text, best, side_by_side(theirs)), field

    def _alike(self, candidate: int, row: int, contribution: float) -> Iterator[Reason]:
        """A likeness that cannot be named by words: similar where it is great, else more so than most candidates."""
        titles = self.case.candidates[candidate].title, self.case.history[row].product.title
        if is_chinese(titles[0]) != is_chinese(titles[1]):
            return  # few embedders can compare two languages
        cosine = float(self.case.similarity[candidate, row])
        if cosine >= _SIMILAR:
            yield self._reason(row, contribution, self.say.similar, "title", f"cosine {cosine:.2f}")
            return
        of_all = np.sum(
            [self.ranking.evidence[name][:, row] for name in _LIKENESS if name in self.ranking.evidence], axis=0
        )
        less = float(np.mean(of_all < of_all[candidate]))
        of_history = float(self._evidence(candidate, *_LIKENESS).sum())
        if less >= _MOST and of_history >= contribution - _SMALLEST:  # which the other rows do not contradict
            value = f"more than {int(100 * less)} %"
            yield self._reason(row, contribution, self.say.closer, "title", value, category=self.category)

    def _reason(self, row: int, contribution: float, sentence: str, field: str, value: str, **details: str) -> Reason:
        history = self.case.history[row]
        text = sentence.format(
            title=short_title(history.product.title), did=self.say.did[history.event], value=value, **details
        )
        return self._claim(text, contribution, field, value, basis="history", row=history)

    def _claim(
        self, text: str, contribution: float, field: str, value: str, *, basis: Basis, row: HistoryRow | None = None
    ) -> Reason:
        claim = Claim(
            text=text,
            basis=basis,
            history_item_id=row.product.item_id if row else None,
            item_field=field,
            value=value,
            contribution=round(contribution, 4),
        )
        return Reason(claim, row)

    def _from_others(self, candidate: int, product: Product) -> Iterator[Reason]:
        """What others did with the product or, in other categories, with products like it."""
        others = self.case.others
        popularity = self._part("popularity", candidate)
        if others and (count := int(others.counts[candidate])) and popularity >= _SMALLEST:
            text = self.say.popular(count, alike=bool(others.alike[candidate] > 0))
            yield self._claim(text, popularity, "item_id", str(count), basis="category")
        attraction = self._part("attraction", candidate)
        if attraction >= max(_SMALLEST, _ATTRACTIVE * float(np.std(self.ranking.parts.get("attraction", 0)))):
            yield self._claim(self.say.attraction, attraction, "title", product.title, basis="general")

    def _part(self, name: str, candidate: int) -> float:
        return float(self.ranking.parts[name][candidate]) if name in self.ranking.parts else 0.0

    def _from_category(self, candidate: int) -> Reason:
        text, contribution = self.say.no_reason, 0.0
        if not self.case.history:
            contribution = max(0.0, self._part("typical", candidate))
            text = self.say.typical if contribution else self.say.no_history
        basis: Basis = "category" if contribution else "general"
        return self._claim(text.format(category=self.category), contribution, "category", self.category, basis=basis)

    def _within_limit(self, product: Product, price: float, limit: float) -> Reason:
        cost = price_text(price, product.currency)
        text = self.say.price.format(price=cost, limit=price_text(limit, self.constraints.currency))
        return self._claim(text, 0.0, "price", cost, basis="general")
