"""Measures explanations by the check of texts: how many it supports, who worded them, and what it refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict

from newaisle.agent.claims.reason import Reason
from newaisle.agent.evaluate.explained_cases import RECOMMENDATIONS, Answered, all_answered
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.answer import Recommendation, TextBasis
from newaisle.agent.schema.style import Style
from newaisle.agent.shop.parts import Parts
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.agent.wording.phrase import evidence
from newaisle.progress import StageProgress
from newaisle.store.synonyms import known_synonyms as synonyms
from newaisle.store.words import is_chinese


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Explained(_Frozen):
    """One explanation, and what the check says of it; `problem` is null where all of it is borne out.

    refused: what the check said of texts that the model wrote, and that were not taken. said: the kinds of the claims
    whose sentences it has word for word, behind whatever opening. reasons: what it rests on. seconds: its share of what
    all explanations of the answer took.
    """

    user_id: str
    category: str
    item_id: str
    text: str
    source: Literal["llm", "evidence"]
    basis: TextBasis
    problem: str | None
    refused: list[str]
    said: list[str]
    reasons: list[str]
    history_side: bool
    counterfactual: bool
    seconds: float


class Explanations(_Frozen):
    """What was measured on all explanations; a share of nothing is null.

    supported: texts that pass the check. by_model, second_try: texts by the model; the second are among the first.
    only_claim: texts that are a claim's sentence again, word for word, behind whatever opening. only_category: those
    of no more than the category. counterfactual: of those with a claim on the history. same_text: texts that several
    customers were given for different reasons. refused: texts of the model, by what the check said of them.
    """

    explanations: int
    customers: int
    supported: float | None
    by_model: float | None
    second_try: float | None
    only_claim: float | None
    only_category: float | None
    history_side: float | None
    counterfactual: float | None
    distinct: float | None
    same_text: int
    words_mean: float | None
    words_most: int
    characters_mean: float | None
    characters_most: int
    seconds: float | None
    basis: dict[str, float]
    refused: dict[str, int]
    examples: list[str]


def explain_cases(
    parts: Parts,
    *,
    recommendations: int = RECOMMENDATIONS,
    style: Style = "short",
    progress: StageProgress = lambda stage, done, total: None,
) -> list[Explained]:
    """Recommend to customers from categories that are new to them, and put every explanation to the check."""
    found = all_answered(parts, recommendations, progress, style=style)
    return [one for answered in found for one in _judged(answered)]


def _judged(answered: Answered) -> Iterator[Explained]:
    answer, evidence_of = answered.answer, _evidence(answered)
    for one in answer.recommendations:
        claims, text = one.explanation.claims, one.explanation.text
        said = [claim for claim in claims if _core(claim.text) in text.casefold()]
        of_history = [claim for claim in claims if claim.history_item_id is not None]
        tried = [exchange.refusal for exchange in answered.exchanges if exchange.item_id == one.item_id]
        yield Explained(
            user_id=answered.case.user_id,
            category=answered.case.category,
            item_id=one.item_id,
            text=text,
            source=one.explanation.source,
            basis=one.explanation.basis,
            problem=problem(text, "stop", evidence_of[one.item_id]),
            refused=[refusal for refusal in tried if refusal],
            said=[claim.kind for claim in said],
            reasons=sorted(f"{c.kind} {c.item_field} {c.value} {c.history_item_id}" for c in said or claims[:1]),
            history_side=bool(of_history),
            counterfactual=bool(of_history and of_history[0].counterfactual),
            seconds=answer.timings_ms["explain"] / 1000 / len(answer.recommendations),
        )


def _evidence(answered: Answered) -> dict[str, TextEvidence]:
    """What the text about each recommended product may draw on: all of its claims."""
    context, request = Retriever.of(answered.parts).find(answered.query), answered.answer.request
    products = {product.item_id: product for product in context.case.candidates}
    rows = {row.product.item_id: row for row in context.case.history}

    def of(one: Recommendation) -> TextEvidence:
        reasons = [Reason(claim, rows.get(claim.history_item_id or "")) for claim in one.explanation.claims]
        known, folder = synonyms(answered.parts.synonyms_file), answered.parts.prompts_folder
        about = (context.category_name, products[one.item_id], reasons, request.language, request.style)
        return evidence(*about, case=context.case, synonyms=known, folder=folder)

    return {one.item_id: of(one) for one in answered.answer.recommendations}


def _core(sentence: str) -> str:
    """A claim's sentence as it may stand behind an opening: in small letters, without its end."""
    return sentence.casefold().rstrip(".。")


def summary(explained: Sequence[Explained]) -> Explanations:
    """All that was measured, in figures."""
    lengths = [_length(one.text) for one in explained]
    refused = [(one, refusal) for one in explained for refusal in (*one.refused, one.problem) if refusal]
    bases = Counter(one.basis for one in explained)
    return Explanations(
        explanations=len(explained),
        customers=len({one.user_id for one in explained}),
        supported=_share([one.problem is None for one in explained]),
        by_model=_share([one.source == "llm" for one in explained]),
        second_try=_share([one.source == "llm" and bool(one.refused) for one in explained]),
        only_claim=_share([bool(one.said) for one in explained]),
        only_category=_share([set(one.said) == {"category"} for one in explained]),
        history_side=_share([one.history_side for one in explained]),
        counterfactual=_share([one.counterfactual for one in explained if one.history_side]),
        distinct=len({one.text for one in explained}) / len(explained) if explained else None,
        same_text=_same_text(explained),
        words_mean=fmean(lengths) if lengths else None,
        words_most=max(lengths, default=0),
        characters_mean=fmean(len(one.text) for one in explained) if explained else None,
        characters_most=max((len(one.text) for one in explained), default=0),
        seconds=fmean(one.seconds for one in explained) if explained else None,
        basis={basis: count / len(explained) for basis, count in bases.most_common()},
        refused=dict(Counter(_kind(refusal) for _, refusal in refused).most_common()),
        examples=[f"{one.user_id} {one.item_id}: {refusal}" for one, refusal in refused],
    )


def _kind(refusal: str) -> str:
    """What the check says without what it says it of: `'perfect' is in no claim` is one that `is in no claim`."""
    return re.sub(r"""(?:'[^']*'|"[^"]*")\s*""", "", refusal).strip() or refusal


def _length(text: str) -> int:
    """Words; in Chinese, which has no spaces, letters."""
    return sum(map(str.isalpha, text)) if is_chinese(text) else len(text.split())


def _same_text(explained: Sequence[Explained]) -> int:
    """Texts that several customers were given for different reasons."""
    given: dict[str, set[tuple[str, ...]]] = {}
    customers: dict[str, set[str]] = {}
    for one in explained:
        given.setdefault(one.text, set()).add(tuple(one.reasons))
        customers.setdefault(one.text, set()).add(one.user_id)
    return sum(len(given[text]) > 1 and len(customers[text]) > 1 for text in given)


def _share(values: Sequence[bool]) -> float | None:
    return fmean(values) if values else None
