"""A fixed set of explanations to be asked for: what the pipeline would ask about the bundled sample shop.

The shop is read into memory and ranked there, with words in the place of an embedder; nothing is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from newaisle.agent import sample
from newaisle.agent.claims.claims import Claims, Reason
from newaisle.agent.claims.sentences import SENTENCES
from newaisle.agent.llm.asking import ask_of
from newaisle.agent.llm.base import Ask, Generated
from newaisle.agent.rank.blend import rank
from newaisle.agent.rank.case import HistoryRow, RankingCase
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.gain import Worded
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.agent.wording.gain import says_again
from newaisle.agent.wording.template_inputs import explain_input, spoken
from newaisle.prompts.library import load_template
from newaisle.store.embedders import HashEmbedder
from newaisle.store.rows import Event, Interaction, Product, liking_by_product
from newaisle.store.shop import Reject, open_catalogue, open_histories
from newaisle.store.words import is_chinese, product_text, words

SAMPLE_ASKS = 36
_PER_CUSTOMER = 2
_MAX_TOKENS = 90


@dataclass(frozen=True, slots=True)
class SampleAsk:
    """An explanation to be asked for, and what its text is checked against."""

    ask: Ask
    evidence: TextEvidence

    def worded(self, written: Generated) -> Worded:
        """What a model made of it."""
        product, facts = self.evidence.product, [reason.claim.text for reason in self.evidence.reasons]
        text = (self.ask.start + written.text).strip()
        return Worded(
            item_id=product.item_id,
            title=product.title,
            own=" ".join(facts),
            text=text,
            refusal=problem(text, written.finish, self.evidence),
            again=says_again(text, product.title, facts),
        )


def sample_asks() -> list[SampleAsk]:
    """SAMPLE_ASKS explanations in English, the same ones in the same order each time."""
    template = load_template("explain", language="en", folder=None)
    asks = []
    for category, product, reasons in islice(_reasons(), SAMPLE_ASKS):
        ask = ask_of(template, explain_input(category, product, reasons), most=_MAX_TOKENS)
        asks.append(SampleAsk(ask, TextEvidence(product, category, spoken(reasons))))
    return asks


def _reasons() -> Iterator[tuple[str, Product, list[Reason]]]:
    """For each customer in turn a category that is new to them, its best products, and the reasons for each.

    Only reasons that rest on the history; the categories take turns, so that the products differ.
    """
    with open_catalogue(sample.CATALOGUE, on_reject=_refuse) as reading:
        products = {product.item_id: product for product in reading if not is_chinese(product.title)}
    with open_histories(sample.HISTORIES, on_reject=_refuse) as reading:
        rows = sorted(reading, key=lambda row: (row.user_id, row.position))
    categories = sorted({product.category_name or "" for product in products.values()})
    for turn, (_, own) in enumerate(groupby(rows, key=lambda row: row.user_id)):
        done = [row for row in own if row.item_id in products]
        known = {products[row.item_id].category_name for row in done}
        new = [category for category in categories if category not in known]
        category = new[turn % len(new)]
        case = _case(category, _liked(done, products), products)
        ranking = rank(case)
        claims = Claims(case=case, ranking=ranking, constraints=Constraints(), category=category, say=SENTENCES["en"])
        for candidate in ranking.order()[:_PER_CUSTOMER].tolist():
            reasons = claims.of(candidate)
            if any(reason.row for reason in spoken(reasons)):
                yield category, case.candidates[candidate], reasons


def _refuse(reject: Reject) -> None:
    raise AssertionError(f"the bundled sample has a bad row: {reject}")


def _liked(rows: Sequence[Interaction], products: Mapping[str, Product]) -> list[HistoryRow]:
    """What a customer liked, with the last thing done with it that tells more than a view."""
    events = {row.item_id: row.event for row in sorted(rows, key=lambda row: row.event is not Event.VIEW)}
    return [
        HistoryRow(product=products[item_id], event=events[item_id], liking=liking)
        for item_id, liking in liking_by_product(rows).items()
        if liking > 0
    ]


def _case(category: str, history: list[HistoryRow], products: Mapping[str, Product]) -> RankingCase:
    candidates = [product for product in products.values() if product.category_name == category]
    embedder = HashEmbedder()
    counts = Counter(word for product in products.values() for word in set(words(product_text(product))))
    return RankingCase(
        candidates=candidates,
        history=history,
        candidate_vectors=embedder.embed([product_text(product) for product in candidates]),
        history_vectors=embedder.embed([product_text(row.product) for row in history]),
        mean_vector=embedder.embed([product_text(product) for product in products.values()]).mean(axis=0),
        product_count=len(products),
        frequencies=lambda wanted: {word: counts[word] for word in wanted if word in counts},
    )
