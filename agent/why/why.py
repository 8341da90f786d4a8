"""Why: what puts a product where it is for a customer, number by number. No language model is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.claims.of_history import place_by_score
from newaisle.agent.claims.sentences import short_title
from newaisle.agent.rank.blend import Ranking, rank
from newaisle.agent.recommend import chosen_of, claims_for, usual_language
from newaisle.agent.retrieve.context import Context, Retriever
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.why import AboutProduct, AskedAbout, RowShare, Signal, Why
from newaisle.agent.shop.parts import Parts
from newaisle.agent.wording.phrase import from_evidence
from newaisle.errors import RequestError
from newaisle.languages import Language
from newaisle.prompts.phrase_files import lacking
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Product

_NEAR = 3  # products named for one that is not known
_LIKE = 60  # of 100: how like an id or a title has to be


def find_product(item_id: str, ledger: Ledger, candidates: Sequence[Product] | None = None) -> Product:
    """The product that an id stands for, among the candidates of a query where it brings its own.

    Raises RequestError for an unknown one, naming those whose id or title is like it.
    """
    if candidates is None:
        own = ledger.ids([item_id]).get(item_id, item_id)
        found, where = ledger.products([own]).get(own), ""
    else:
        named = sorted(candidates, key=lambda one: one.item_id != item_id)  # its own id wins
        found = next((one for one in named if item_id in (one.item_id, *one.ids)), None)
        where = " among the candidates"
    if found is not None:
        return found
    known = ledger.listed() if candidates is None else candidates
    hint = _hint(item_id, {one.item_id: one.title for one in known})
    raise RequestError(f"no product {item_id!r}{where}{hint}: give the id of a product as the catalogue has it")


def own_category(product: Product) -> str:
    """The category path of a product; raises RequestError where it has none."""
    if not product.category:
        raise RequestError(f"{product.item_id!r} has no category of its own: give --category NAME")
    return PATH_SEPARATOR.join(product.category)


def index_of(product: Product, candidates: Sequence[Product]) -> int | None:
    """The place of a product in the order given, from 0."""
    return next((i for i, one in enumerate(candidates) if one.item_id == product.item_id), None)


def about(product: Product) -> AboutProduct:
    return AboutProduct(
        item_id=product.item_id,
        title=product.title,
        brand=product.brand,
        price=product.price,
        currency=product.currency,
        regular_price=product.regular_price,
        highest_price=product.highest_price,
        category=PATH_SEPARATOR.join(product.category) or None,
        categories=product.paths,
    )


def asked(query: Query, context: Context, language: Language) -> AskedAbout:
    """What was asked, with what was left to be found out."""
    return AskedAbout(
        user_id=query.user_id,
        category=context.category,
        k=query.k,
        constraints=context.constraints,
        language=language,
        style=query.style,
        diversity=query.diversity,
    )


def _hint(wanted: str, titles: Mapping[str, str]) -> str:
    """Products whose id or title is like what was given, to be put into a message; empty where none is."""
    best = sorted([*_like(wanted, {item_id: item_id for item_id in titles}), *_like(wanted, titles)], reverse=True)
    near = list(dict.fromkeys(item_id for _, item_id in best))[:_NEAR]
    named = " or ".join(f"{item_id!r}, {short_title(titles[item_id])}" for item_id in near)
    return f" (did you mean {named}?)" if near else ""


def _like(wanted: str, texts: Mapping[str, str]) -> list[tuple[float, str]]:
    """The keys of the texts that are like what was given, each with how much."""
    from rapidfuzz import process, utils

    found = process.extract(wanted, texts, limit=_NEAR, score_cutoff=_LIKE, processor=utils.default_process)
    return [(score, key) for _, score, key in found]


def why(query: Query, product: Product, parts: Parts) -> Why:
    """Why a product that can be recommended is in its place.

    Raises RequestError for an unknown customer or category, and for a product that cannot be recommended.
    """
    context = Retriever.of(parts).find(query)
    products = context.case.candidates
    candidate = index_of(product, products)
    if candidate is None or candidate not in context.case.eligible:
        raise RequestError(
            f"{product.item_id!r} cannot be recommended here:"
            " `newaisle why-not` with the same options says what keeps it out"
        )
    ranking = rank(context.case, parts.learned.blend)
    chosen = chosen_of(context.case, ranking, query)
    language = query.language or usual_language(context)
    claims = claims_for(context, ranking, parts, language, query.style)
    probabilities, place = ranking.probabilities, chosen.index(candidate) if candidate in chosen else 0
    return Why(
        request=asked(query, context, language),
        product=about(product),
        rank=chosen.index(candidate) + 1 if candidate in chosen else None,
        rank_by_score=place_by_score(ranking.scores, candidate, context.case.eligible),
        candidates=len(context.case.eligible),
        score=round(float(ranking.scores[candidate]), 4),
        probability=None if probabilities is None else round(float(probabilities[candidate]), 5),
        signals=_signals(ranking, candidate, context.case.eligible),
        explanation=from_evidence(claims.of(candidate, place), claims.basis(candidate), query.style),
        rows=_rows(context, ranking, candidate),
        warnings=[*parts.learned.warnings, *lacking(language, parts.prompts_folder), *warnings_of(context)],
    )


def warnings_of(context: Context) -> list[str]:
    """What was found out on the way, and what had to be done without."""
    return [*context.warnings, *([str(context.index_failure)] if context.index_failure else [])]


def _signals(ranking: Ranking, candidate: int, among: NDArray[np.intp]) -> list[Signal]:
    scores = ranking.scores
    # Each signal with the candidate's place by it alone, and by all others without it.
    signals = [
        Signal(
            name=name,
            contribution=round(float(part[candidate]), 4),
            rank=place_by_score(part, candidate, among),
            rank_without=place_by_score(scores - part, candidate, among),
        )
        for name, part in ranking.parts.items()
    ]
    return sorted(signals, key=lambda signal: -abs(signal.contribution))


def _rows(context: Context, ranking: Ranking, candidate: int) -> list[RowShare]:
    if not ranking.evidence:
        return []
    total = np.sum([evidence[candidate] for evidence in ranking.evidence.values()], axis=0)
    history = context.case.history
    # What moved the score most, up or down, comes first.
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
