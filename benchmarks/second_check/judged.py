"""Measures explanations: how much of what they say is true, what they rest on, who worded them, how long they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from statistics import fmean
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from benchmarks.second_check.shop_facts import FALLS, Facts, ShopFacts
from benchmarks.second_check.statements import Statement, statements
from newaisle.agent.evaluate.explained_cases import RECOMMENDATIONS, Answered, Asked, all_answered
from newaisle.agent.rank.blend import rank
from newaisle.agent.rank.case import Scores
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.answer import Claim, Recommendation, RecommendationSet, TextBasis
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.style import Style
from newaisle.agent.shop.parts import Parts
from newaisle.progress import StageProgress
from newaisle.store.rows import Product
from newaisle.store.words import is_chinese

Otherwise = Callable[[Asked, RecommendationSet], Sequence[tuple[str, float]]]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class JudgedStatement(_Frozen):
    """One statement of a text, what became of it, and why it is not supported, if so."""

    text: str
    kind: str
    verdict: Literal["supported", "unsupported", "opinion"]
    why: str


class Explained(_Frozen):
    """One explanation, judged. What it has of claims is null for a text that was made without any.

    seconds: its share of what all explanations of the answer took.
    falls: whether the score falls when some row of the history is left out.
    """

    user_id: str
    category: str
    item_id: str
    text: str
    statements: list[JudgedStatement]
    seconds: float
    source: Literal["llm", "evidence", "free"]
    attempts: int | None = None
    basis: TextBasis | None = None
    reasons: list[str] | None = None
    product_side: bool | None = None
    history_side: bool | None = None
    counterfactual: bool | None = None
    falls: bool | None = None


class Explanations(_Frozen):
    """What was measured on all explanations; a share of nothing is null.

    precision: supported statements over all. opinions: the share that cannot be looked up; they count as not supported.
    history_side_where_it_counts: of those whose score falls when some row of the history is left out.
    counterfactual: of those with a claim on the history.
    same_text: texts that several customers were given for different reasons.
    by_model, second_try: of the English ones; the second are among the first.
    """

    explanations: int
    customers: int
    statements: int
    precision: float | None
    opinions: float | None
    fully_supported: float | None
    without_statement: int
    product_side: float | None
    history_side: float | None
    history_side_where_it_counts: float | None
    counterfactual: float | None
    distinct: float | None
    same_text: int
    words_mean: float | None
    words_most: int
    characters_mean: float | None
    characters_most: int
    by_model: float | None
    second_try: float | None
    seconds: float | None
    basis: dict[str, float]
    unsupported_kinds: dict[str, int]
    examples: list[str]


def explain_cases(
    parts: Parts,
    *,
    recommendations: int = RECOMMENDATIONS,
    style: Style = "short",
    instead: Otherwise | None = None,
    progress: StageProgress = lambda stage, done, total: None,
) -> tuple[list[Explained], list[Explained]]:
    """Recommend to customers from categories that are new to them, and judge every explanation.

    `instead` makes texts, with their seconds, for the products of an answer in another way; they are judged alike and
    come second.
    """
    shop = ShopFacts(parts.ledger)
    ours: list[Explained] = []
    theirs: list[Explained] = []
    for one in all_answered(parts, recommendations, progress, style=style):
        facts = Scene(shop, one.parts, one.query).facts
        ours += _judged(one, facts)
        if instead is not None:
            for recommended, (text, seconds) in zip(
                one.answer.recommendations, instead(one.case, one.answer), strict=True
            ):
                theirs.append(_free(one.case, recommended, text, seconds, facts(recommended)))
    return ours, theirs


class Scene:
    """One answer's customer and category, ranked again here to see what the score of a product rests on."""

    def __init__(self, shop: ShopFacts, parts: Parts, query: Query) -> None:
        self._shop = shop
        self._parts = parts
        self._query = query
        self._context = Retriever.of(parts).find(query)
        self._scores = rank(self._context.case, parts.learned.blend).scores
        self._place = {product.item_id: i for i, product in enumerate(self._context.case.candidates)}
        self._without: dict[int, Scores] = {}

    def facts(self, recommended: Recommendation) -> Facts:
        place, expected_popularity = self._place[recommended.item_id], self._context.case.expected_popularity
        product: Product = self._context.case.candidates[place]
        return Facts(
            shop=self._shop,
            user_id=self._query.user_id,
            product=product,
            category=self._context.category,
            constraints=self._context.constraints,
            estimated=0.0
            if expected_popularity is None
            else float(np.mean(expected_popularity < expected_popularity[place])),
            falls_without=partial(self._falls, place),
        )

    def _falls(self, candidate: int) -> dict[str, float]:
        """By how much the score of a candidate falls without each row of the history."""
        rows = self._context.case.history
        return {
            row.product.item_id: float(self._scores[candidate] - self._scores_without(number)[candidate])
            for number, row in enumerate(rows)
        }

    def _scores_without(self, row: int) -> Scores:
        if row not in self._without:
            case, interaction_matrix = self._context.case, self._context.interaction_matrix
            left = [number for number in range(len(case.history)) if number != row]
            others = interaction_matrix.co_interactions(left) if interaction_matrix else None
            self._without[row] = rank(case.without([row], others), self._parts.learned.blend).scores
        return self._without[row]


def _judged(answered: Answered, facts_of: Callable[[Recommendation], Facts]) -> list[Explained]:
    case, answer = answered.case, answered.answer
    seconds = answer.timings_ms["explain"] / 1000 / max(1, len(answer.recommendations))
    attempts = Counter(exchange.item_id for exchange in answered.exchanges)
    explained = []
    for one in answer.recommendations:
        facts, claims = facts_of(one), one.explanation.claims
        of_history = [claim for claim in claims if claim.history_item_id is not None]
        explained.append(
            Explained(
                user_id=case.user_id,
                category=case.category,
                item_id=one.item_id,
                text=one.explanation.text,
                statements=_statements(one.explanation.text, facts),
                seconds=seconds,
                source=one.explanation.source,
                attempts=attempts[one.item_id],
                basis=one.explanation.basis,
                reasons=_reasons(one, claims),
                product_side=any(_is_of_product(claim, facts.product) for claim in claims),
                history_side=any(_is_of_history(claim, facts) for claim in of_history),
                counterfactual=of_history[0].counterfactual is not None if of_history else None,
                falls=bool(of_history and _has_fallen(of_history[0], one)) or _some_row_counts(facts),
            )
        )
    return explained


def _free(case: Asked, one: Recommendation, text: str, seconds: float, facts: Facts) -> Explained:
    return Explained(
        user_id=case.user_id,
        category=case.category,
        item_id=one.item_id,
        text=text,
        statements=_statements(text, facts),
        seconds=seconds,
        source="free",
    )


def _statements(text: str, facts: Facts) -> list[JudgedStatement]:
    found: list[Statement] = statements(text, facts)
    return [JudgedStatement(text=s.text, kind=s.kind, verdict=s.verdict, why=s.why) for s in found]


def _reasons(one: Recommendation, claims: Iterable[Claim]) -> list[str]:
    """What the text rests on: the claims whose sentences it is made of, or the first where a model worded it."""
    spoken = [claim for claim in claims if claim.text in one.explanation.text] or list(claims)[:1]
    return sorted(f"{claim.kind} {claim.item_field} {_what(claim)} {claim.history_item_id}" for claim in spoken)


def _what(claim: Claim) -> str:
    """What a claim says of its field; of one that a row counts, the value is only how much."""
    return "" if claim.kind == "counted" else claim.value


def _is_of_product(claim: Claim, product: Product) -> bool:
    """Whether the field that a claim names is one that the product has."""
    name, _, attribute = claim.item_field.partition(".")
    if name == "attributes":
        return attribute in product.attributes
    return bool(getattr(product, name, None))


def _is_of_history(claim: Claim, facts: Facts) -> bool:
    return any(row.product.item_id == claim.history_item_id for row in facts.done)


def _has_fallen(claim: Claim, one: Recommendation) -> bool:
    return claim.counterfactual is not None and one.score - claim.counterfactual.score >= FALLS


def _some_row_counts(facts: Facts) -> bool:
    falls = facts.falls_without() if facts.falls_without else {}
    return any(fall >= FALLS for fall in falls.values())


def summary(explained: Sequence[Explained]) -> Explanations:
    """All that was measured, in figures."""
    found = [statement for one in explained for statement in one.statements]
    verdicts = Counter(statement.verdict for statement in found)
    english = [one for one in explained if one.source != "free" and not is_chinese(one.text)]
    falling = [one for one in explained if one.falls]
    of_history = [one for one in explained if one.history_side]
    lengths = [_length(one.text) for one in explained]
    refused = [(one, s) for one in explained for s in one.statements if s.verdict == "unsupported"]
    return Explanations(
        explanations=len(explained),
        customers=len({one.user_id for one in explained}),
        statements=len(found),
        precision=_share(verdicts["supported"], len(found)),
        opinions=_share(verdicts["opinion"], len(found)),
        fully_supported=_share(sum(_is_supported(one) for one in explained), len(explained)),
        without_statement=sum(not one.statements for one in explained),
        product_side=_share_of(explained, "product_side"),
        history_side=_share_of(explained, "history_side"),
        history_side_where_it_counts=_share_of(falling, "history_side"),
        counterfactual=_share_of(of_history, "counterfactual"),
        distinct=_share(len({one.text for one in explained}), len(explained)),
        same_text=_same_text(explained),
        words_mean=fmean(lengths) if lengths else None,
        words_most=max(lengths, default=0),
        characters_mean=fmean(len(one.text) for one in explained) if explained else None,
        characters_most=max((len(one.text) for one in explained), default=0),
        by_model=_share(sum(one.source == "llm" for one in english), len(english)),
        second_try=_share(sum(one.source == "llm" and one.attempts == 2 for one in english), len(english)),
        seconds=fmean(one.seconds for one in explained) if explained else None,
        basis=_bases(explained),
        unsupported_kinds=dict(Counter(statement.kind for _, statement in refused).most_common()),
        examples=[f"{one.user_id} {one.item_id}: {s.text!r}: {s.why}" for one, s in refused],
    )


def _is_supported(one: Explained) -> bool:
    return bool(one.statements) and all(statement.verdict == "supported" for statement in one.statements)


def _length(text: str) -> int:
    """Words; in Chinese, which has no spaces, letters."""
    return sum(map(str.isalpha, text)) if is_chinese(text) else len(text.split())


def _same_text(explained: Iterable[Explained]) -> int:
    """Texts that several customers were given for different reasons."""
    given: dict[str, set[tuple[str, ...]]] = {}
    customers: dict[str, set[str]] = {}
    for one in explained:
        given.setdefault(one.text, set()).add(tuple(one.reasons or ()))
        customers.setdefault(one.text, set()).add(one.user_id)
    return sum(len(given[text]) > 1 and len(customers[text]) > 1 for text in given)


def _bases(explained: Sequence[Explained]) -> dict[str, float]:
    counts = Counter(one.basis for one in explained if one.basis)
    return {basis: count / len(explained) for basis, count in counts.most_common()}


def _share_of(explained: Sequence[Explained], name: str) -> float | None:
    values = [getattr(one, name) for one in explained if getattr(one, name) is not None]
    return _share(sum(values), len(values))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
