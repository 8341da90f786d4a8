"""Claims: what can be said for a recommendation, each tied to a field of the product and a row of the history.

Only what moved the score is a claim, and a claim is worth what it moved; so the strongest reason comes first, not the
one that sounds best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agent.answer import Claim, Constraints
from agent.explain.sentences import Sentences, price_text, short_title
from agent.explain.shared_words import naming_fields, naming_words, side_by_side, spelled, telling
from agent.rank.blend import Ranking
from agent.rank.case import HistoryRow, Matrix, RankingCase
from store.rows import Product
from store.words import words

_ROWS = 2  # history rows named for shared words: more make an explanation that nobody reads
_WORDS = 3  # shared words named per row
_COMMON = 0.1  # of all products: a word that more of them have says nothing about any
_WEAK = 0.25  # of the strongest claim: what moved the score less than that is no reason to give
_SIMILAR = 0.55  # cosine from which two products may be called similar


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
        """The reasons for one candidate: those from the history by contribution, else the category; then the price."""
        product = self.case.candidates[candidate]
        found = sorted(self._from_history(candidate, product), key=lambda reason: -reason.claim.contribution)
        reasons = [r for r in found if r.claim.contribution >= _WEAK * found[0].claim.contribution]
        if not reasons:
            reasons.append(self._from_category(candidate))
        if self.constraints.max_price is not None and product.price is not None:
            reasons.append(self._price(product, product.price, self.constraints.max_price))
        return reasons

    def _from_history(self, candidate: int, product: Product) -> Iterator[Reason]:
        evidence = {name: by_row[candidate] for name, by_row in self.ranking.evidence.items()}
        if not evidence:
            return
        named: set[int] = set()
        same_brand = np.flatnonzero(evidence["brand"] > 0)
        if len(same_brand):
            total = np.sum(list(evidence.values()), axis=0)
            row = int(same_brand[np.argmax(total[same_brand])])
            named.add(row)
            yield self._brand(product, row, float(evidence["brand"][same_brand].sum()))
        for row, reason in self._words(candidate, evidence["lexical"]):
            named.add(row)
            yield reason
        closest = int(np.argmax(evidence["dense"]))
        if evidence["dense"][closest] > 0 and closest not in named and self._cosine(candidate, closest) >= _SIMILAR:
            yield self._similar(candidate, closest, float(evidence["dense"][closest]))

    def _brand(self, product: Product, row: int, contribution: float) -> Reason:
        brand = product.brand or ""
        return self._reason(row, contribution, self.say.brand, "brand", brand, brand=brand)

    def _words(self, candidate: int, evidence: Matrix) -> Iterator[tuple[int, Reason]]:
        """The words that the product shares with the history rows nearest to it by words, no words twice."""
        said: set[str] = set()
        for row in np.argsort(-evidence, kind="stable")[:_ROWS].tolist():
            found, field, contribution = self._shared(candidate, row)
            if contribution > 0 and not said.issuperset(words(" ".join(found))):
                said.update(words(" ".join(found)))
                quoted = self.say.quoted(found)
                yield row, self._reason(row, contribution, self.say.words, field, ", ".join(found), words=quoted)

    def _shared(self, candidate: int, row: int) -> tuple[list[str], str, float]:
        """The words that a product and a history row share and that moved the score most, as the product spells them.

        They stand in one field of the product, whose name comes next, then what they add to the score. Brands are a
        claim of their own.
        """
        product, other = self.case.candidates[candidate], self.case.history[row].product
        theirs = naming_words(other)
        known = {word for text in theirs for word in text} - set(words(f"{product.brand or ''} {other.brand or ''}"))
        added = self.case.tf_idf.shared(candidate, row)
        counts = self.case.frequencies([word for word in added if word in known and telling(word)])
        rare = {word for word, count in counts.items() if count <= max(2.0, _COMMON * self.case.product_count)}
        fields = {name: (text, rare & set(words(text))) for name, text in naming_fields(product)}
        worth = {name: sum(added[word] for word in shared) for name, (_, shared) in fields.items()}
        field = max(worth, key=lambda name: worth[name])
        text, shared = fields[field]
        best = {word for word in sorted(shared, key=lambda word: -added[word])[:_WORDS] if added[word] > 0}
        scale = self.ranking.scales["lexical"] * float(self.case.liking_share[row])
        return spelled(text, best, side_by_side(theirs)), field, scale * sum(added[word] for word in best)

    def _cosine(self, candidate: int, row: int) -> float:
        return float(self.case.similarity[candidate, row])

    def _similar(self, candidate: int, row: int, contribution: float) -> Reason:
        value = f"cosine {self._cosine(candidate, row):.2f}"
        return self._reason(row, contribution, self.say.similar, "title", value)

    def _reason(self, row: int, contribution: float, sentence: str, field: str, value: str, **details: str) -> Reason:
        history = self.case.history[row]
        text = sentence.format(title=short_title(history.product.title), did=self.say.did[history.event], **details)
        claim = Claim(
            text=text,
            basis="history",
            history_item_id=history.product.item_id,
            item_field=field,
            value=value,
            contribution=round(contribution, 4),
        )
        return Reason(claim, history)

    def _from_category(self, candidate: int) -> Reason:
        text, contribution = self.say.no_reason, 0.0
        if not self.case.history:
            contribution = max(0.0, float(self.ranking.parts["typical"][candidate]))
            text = self.say.typical if contribution else self.say.no_history
        claim = Claim(
            text=text.format(category=self.category),
            basis="category" if contribution else "general",
            history_item_id=None,
            item_field="category",
            value=self.category,
            contribution=round(contribution, 4),
        )
        return Reason(claim)

    def _price(self, product: Product, price: float, limit: float) -> Reason:
        cost = price_text(price, product.currency)
        text = self.say.price.format(price=cost, limit=price_text(limit, self.constraints.currency))
        return Reason(
            Claim(text=text, basis="general", history_item_id=None, item_field="price", value=cost, contribution=0.0)
        )
