"""The pipeline: context, ranking, explanations, answer."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from newaisle.agent.claims.claims import Claims
from newaisle.agent.claims.reason import transferred, varied, worth_saying
from newaisle.agent.claims.sentences import sentences
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.blend import Ranking, rank
from newaisle.agent.rank.by_model import wanted
from newaisle.agent.rank.case import RankingCase
from newaisle.agent.rank.diversity import diversify, sameness, similarity_of
from newaisle.agent.retrieve.context import Context, Retriever
from newaisle.agent.schema.answer import (
    CategoryInfo,
    Explanation,
    MadeWith,
    NearestCategory,
    Recommendation,
    RecommendationSet,
    Request,
)
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.style import Style, Switch
from newaisle.agent.shop.parts import Parts, Run
from newaisle.agent.wording.phrase import from_evidence, phrased, template_name
from newaisle.agent.wording.rank_by_model import rank_by_model
from newaisle.errors import LogError, RequestError
from newaisle.languages import Language
from newaisle.prompts.phrase_files import lacking
from newaisle.store.logs import Entry
from newaisle.store.rows import Product
from newaisle.store.synonyms import known_synonyms
from newaisle.store.words import is_chinese


def recommend(
    query: Query,
    parts: Parts,
    *,
    llm_rank: Switch = "auto",
    wording: Switch = "auto",
    strict: bool = False,
    on_chosen: Callable[[list[Recommendation]], None] = lambda recommendations: None,
    cancel: threading.Event | None = None,
) -> RecommendationSet:
    """Recommend products of a category to a customer, each with reasons that can be checked.

    Raises RequestError for an unknown customer or category, or a k below 1. A part that fails is done without, and the
    answer says `degraded`; under `strict` that is BackendDown, and a text that fails its check is UselessAnswer.
    wording: whether the language model words the explanations; auto: where it was not found to add nothing here.
    on_chosen: called with the recommendations, explained in the claims' own sentences, before the model words any.
    cancel: stops the wording soon after it is set, by whatever thread; the claims' own sentences stand.
    """
    if query.k < 1:
        raise RequestError(f"k is {query.k}: ask for at least one product")
    run = Run(query=query, parts=parts, wording=wording, cancel=cancel)
    with run.stage("retrieve"):
        context = Retriever.of(parts).find(query)
    language = query.language or usual_language(context)
    with run.stage("rank"):
        ranking = rank(context.case, parts.learned.blend)
    model = None
    is_to_word = parts.is_worded(wording, template_name(query.style), language)
    if parts.model is not None and len(context.case.eligible) and (is_to_word or _may_rank(llm_rank, parts)):
        with run.stage("load_model"), run.doing_without("no language model"):
            model = parts.model()
    if model is not None and context.case.history and len(context.case.eligible) > 1 and _ranks(llm_rank, model, parts):
        with run.doing_without("not ranked by the language model"):
            ranked = rank_by_model(run, context, ranking, model, language)
            # A model that took over in between may be one that does not rank.
            ranking = ranked if _ranks(llm_rank, model, parts) else ranking
    chosen = chosen_of(context.case, ranking, query)
    with run.stage("explain"):
        claims = claims_for(context, ranking, parts, language, query.style)
        reasons = [claims.of(candidate, place) for place, candidate in enumerate(chosen)]
        told = varied([worth_saying(because, query.style) for because in reasons])
        explanations = [
            from_evidence(because, claims.basis(candidate), query.style, said)
            for candidate, because, said in zip(chosen, reasons, told, strict=True)
        ]
        products = context.case.candidates
        on_chosen(_recommendations(products, ranking, chosen, explanations))
        explanations = phrased(run, context, chosen, told, explanations, model if is_to_word else None, language)
    if context.index_failure:
        run.failures.append(str(context.index_failure))
    if strict:
        run.enforce()
    answer = RecommendationSet(
        id=str(uuid.uuid4()),
        created_at=datetime.now(UTC),
        request=Request(
            user_id=query.user_id,
            category=query.category,
            k=query.k,
            constraints=context.constraints,
            language=language,
            style=query.style,
        ),
        made_with=_made_with(run, context, model),
        category=_category_info(context),
        preference_transfer=transferred(
            [row.product for row in context.case.history],
            [(products[candidate], because) for candidate, because in zip(chosen, reasons, strict=True)],
        ),
        recommendations=_recommendations(products, ranking, chosen, explanations),
        degraded=bool(run.failures),
        warnings=[
            *parts.learned.warnings,
            *context.warnings,
            *lacking(language, parts.prompts_folder),
            *run.warnings,
            *_taken_over(model),
            *run.failures,
        ],
        timings_ms=run.timings_ms,
    )
    return _logged(answer, run)


def _ranks(switch: Switch, model: LanguageModel, parts: Parts) -> bool:
    return wanted(switch, model, learned=parts.learned.ranks(model.name))


def _may_rank(switch: Switch, parts: Parts) -> bool:
    """Whether the model, which is not loaded yet, may be one that ranks."""
    if switch == "auto" and not (parts.learned.likelihood and parts.learned.likelihood.kept):
        return parts.wording is None or parts.wording().may_rank
    return switch != "off"


def chosen_of(case: RankingCase, ranking: Ranking, query: Query) -> list[int]:
    """The candidates of the answer, in its order: of those that may be recommended."""
    among, similarity = case.eligible, similarity_of(case)
    products = [case.candidates[candidate] for candidate in among]
    chosen = diversify(
        ranking.scores[among],
        lambda one: similarity(int(among[one]))[among],
        k=query.k,
        weight=query.diversity,
        same=sameness(products, case.candidate_vectors[among]) if query.diversity else None,
    )
    return among[chosen].tolist() if chosen else []


def usual_language(context: Context) -> Language:
    """Chinese where most of what the customer liked is, or without a history most candidates are; else English."""
    products = [row.product for row in context.case.history] or context.case.candidates
    return "zh" if 2 * sum(is_chinese(product.title) for product in products) > len(products) else "en"


def claims_for(context: Context, ranking: Ranking, parts: Parts, language: Language, style: Style) -> Claims:
    """The claims that a ranking of a context allows, with the sentences of a language and a style."""
    return Claims(
        case=context.case,
        ranking=ranking,
        blend=parts.learned.blend,
        interaction_matrix=context.interaction_matrix,
        constraints=context.constraints,
        category=context.category_name,
        say=sentences(language, style, parts.prompts_folder),
        synonyms=known_synonyms(parts.synonyms_file),
    )


def _logged(answer: RecommendationSet, run: Run) -> RecommendationSet:
    """The answer, put into the log with all that was asked for it; it says so where the log cannot be written."""
    if run.parts.log is None:
        return answer
    entry = Entry(
        id=answer.id,
        created_at=answer.created_at,
        user_id=run.query.user_id,
        category=answer.category.name,
        answer=answer.model_dump_json(),
        exchanges=run.exchanges,
    )
    try:
        run.parts.log(entry)
    except LogError as exc:
        return answer.model_copy(update={"warnings": [*answer.warnings, f"not in the log: {exc}"]})
    return answer


def _taken_over(model: LanguageModel | None) -> list[str]:
    """Why the model in use is not the one that was to come first."""
    return [f"another language model took over: {reason}" for reason in (model.given_up if model else ())]


def _made_with(run: Run, context: Context, model: LanguageModel | None) -> MadeWith:
    used = model if run.template else None
    return MadeWith(
        version=version("newaisle"),
        template=run.template.name if run.template else None,
        template_hash=run.template.hash if run.template else None,
        model=used.name if used else None,
        model_sha256=used.sha256 if used else None,
        adapter=used.adapter.name if used and used.adapter else None,
        embedder=run.parts.embedder_name,
        index_generation=context.index_generation,
    )


def _category_info(context: Context) -> CategoryInfo:
    return CategoryInfo(
        name=context.category_name,
        is_new_to_user=context.is_new_to_user,
        is_new_to_catalogue=context.is_new_to_catalogue,
        nearest=[NearestCategory(name=path, similarity=round(similarity, 4)) for path, similarity in context.nearest],
    )


def _recommendations(
    candidates: Sequence[Product], ranking: Ranking, chosen: Sequence[int], explanations: Sequence[Explanation]
) -> list[Recommendation]:
    scores, probabilities = ranking.scores, ranking.probabilities
    return [
        Recommendation(
            rank=place,
            item_id=candidates[candidate].item_id,
            title=candidates[candidate].title,
            brand=candidates[candidate].brand,
            price=candidates[candidate].price,
            currency=candidates[candidate].currency,
            regular_price=candidates[candidate].regular_price,
            highest_price=candidates[candidate].highest_price,
            categories=candidates[candidate].paths,
            score=round(float(scores[candidate]), 4),
            probability=None if probabilities is None else round(float(probabilities[candidate]), 5),
            signals={name: round(float(part[candidate]), 4) for name, part in ranking.parts.items()},
            explanation=explanation,
        )
        for place, (candidate, explanation) in enumerate(zip(chosen, explanations, strict=True), start=1)
    ]
