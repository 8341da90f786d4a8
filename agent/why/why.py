"""Why: what puts a product where it is for a customer, number by number. No language model is asked."""

from __future__ import annotations

import numpy as np

from newaisle.agent.claims.of_history import place_by_score
from newaisle.agent.rank.blend import Ranking, rank
from newaisle.agent.recommend import chosen_of, claims_for, usual_language
from newaisle.agent.retrieve.context import Context, Retriever
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.why import RowShare, Signal, Why
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.subject import about, asked, index_of
from newaisle.agent.wording.phrase import from_evidence
from newaisle.errors import RequestError
from newaisle.store.rows import Product


def why(query: Query, product: Product, parts: Parts) -> Why:
    """Why a product that can be recommended is in its place.

    Raises RequestError for an unknown customer or category, and for a product that cannot be recommended.
    """
    context = Retriever.of(parts).find(query)
    products = context.case.candidates
    candidate = index_of(product, products)
    if candidate is None:
        raise RequestError(
            f"{product.item_id!r} cannot be recommended here:"
            " `newaisle why-not` with the same options says what keeps it out"
        )
    blend = parts.learned.blend
    ranking = rank(context.case, blend)
    chosen = chosen_of(context.case, ranking, query)
    language = query.language or usual_language(context)
    claims = claims_for(context, ranking, blend, language, query.style)
    probabilities = ranking.probabilities
    return Why(
        request=asked(query, context, language),
        product=about(product),
        rank=chosen.index(candidate) + 1 if candidate in chosen else None,
        rank_by_score=place_by_score(ranking.scores, candidate),
        candidates=len(products),
        score=round(float(ranking.scores[candidate]), 4),
        probability=None if probabilities is None else round(float(probabilities[candidate]), 5),
        signals=_signals(ranking, candidate),
        explanation=from_evidence(claims.of(candidate), claims.basis(candidate), query.style),
        rows=_rows(context, ranking, candidate),
        warnings=[*parts.learned.warnings, *warnings_of(context)],
    )


def warnings_of(context: Context) -> list[str]:
    """What was found out on the way, and what had to be done without."""
    return [*context.warnings, *([str(context.index_failure)] if context.index_failure else [])]


def _signals(ranking: Ranking, candidate: int) -> list[Signal]:
    scores = ranking.scores
    signals = [
        Signal(
            name=name,
            contribution=round(float(part[candidate]), 4),
            rank=place_by_score(part, candidate),
            rank_without=place_by_score(scores - part, candidate),
        )
        for name, part in ranking.parts.items()
    ]
    return sorted(signals, key=lambda signal: -abs(signal.contribution))


def _rows(context: Context, ranking: Ranking, candidate: int) -> list[RowShare]:
    if not ranking.evidence:
        return []
    total = np.sum([evidence[candidate] for evidence in ranking.evidence.values()], axis=0)
    history = context.case.history
    return [
        RowShare(
            item_id=history[row].product.item_id,
            title=history[row].product.title,
            event=history[row].event,
            contribution=round(float(total[row]), 4),
            signals={name: round(float(evidence[candidate, row]), 4) for name, evidence in ranking.evidence.items()},
        )
        for row in np.argsort(-np.abs(total), kind="stable").tolist()
    ]
