"""The pipeline: context, ranking, explanations, answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.answer import (
    CategoryInfo,
    Explanation,
    MadeWith,
    NearestCategory,
    Recommendation,
    RecommendationSet,
    Request,
)
from agent.context import Context, Query, Retriever
from agent.errors import BackendDown, RequestError, UselessAnswer
from agent.explain.claims import Claims, Reason
from agent.explain.phrase import from_evidence, phrase
from agent.explain.sentences import SENTENCES, Language
from agent.learn.learned import Learned
from agent.llm.base import LanguageModel
from agent.llm.errors import CannotScore, LanguageModelError
from agent.models.errors import ModelError
from agent.rank.blend import Ranking, rank, with_signal
from agent.rank.case import RankingCase, Scores
from agent.rank.diversity import diversify, sameness, similarity_of
from agent.rank.likelihood import DEADLINE, SHORTLIST, Switch, likelihood, wanted
from agent.rank.listwise import listwise, orders
from agent.template_inputs import listwise_input, rank_input
from prompts.library import load_template
from prompts.template import Template
from store.embedders import Embedder
from store.index import Index
from store.ledger import Ledger
from store.rows import Product
from store.words import is_chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The ready-made parts that an answer is made with; what is slow to load is loaded when it is first needed.

    `model` is None where no language model shall take part. `index` raises IndexDamaged, `model` ModelError or
    LanguageModelError; the answer is then made without them, and says so.
    """

    ledger: Ledger
    embedder_name: str
    embedder: Callable[[], Embedder]
    index: Callable[[], Index]
    model: Callable[[], LanguageModel] | None
    prompts_folder: Path | None = None
    learned: Learned = field(default_factory=Learned)

    def retriever(self) -> Retriever:
        return Retriever(self.ledger, self.index, self.embedder, self.embedder_name, attraction=self.learned.attraction)


@dataclass(slots=True, kw_only=True)
class _Run:
    """One answer in the making: what it is made with and what is noted along the way."""

    query: Query
    parts: Parts
    timings_ms: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)  # parts that the answer had to do without
    refusals: list[str] = field(default_factory=list)  # texts of the model that failed the check
    template: Template | None = None  # the last one that a model answered

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            self.timings_ms[name] = round(self.timings_ms.get(name, 0.0) + spent, 1)

    @contextmanager
    def doing_without(self, part: str) -> Iterator[None]:
        """Note the failure of a part that an answer can do without."""
        try:
            yield
        except (ModelError, LanguageModelError) as exc:
            self.failures.append(" ".join([f"{part}: {exc}", *getattr(exc, "__notes__", ())]))

    @contextmanager
    def using(self, name: str, language: Language) -> Iterator[Template]:
        """A template, which is part of what the answer was made with if the model does not fail on it."""
        template = load_template(name, language=language, folder=self.parts.prompts_folder)
        yield template
        self.template = template


def recommend(query: Query, parts: Parts, *, llm_rank: Switch = "auto", strict: bool = False) -> RecommendationSet:
    """Recommend products of a category to a customer, each with reasons that can be checked.

    Raises RequestError for an unknown customer or category, or a k below 1. A part that fails is done without, and the
    answer says `degraded`; under `strict` that is BackendDown, and a text that fails its check is UselessAnswer.
    """
    if query.k < 1:
        raise RequestError(f"k is {query.k}: ask for at least one product")
    run = _Run(query=query, parts=parts)
    with run.stage("retrieve"):
        context = parts.retriever().find(query)
    language = query.language or usual_language(context)
    with run.stage("rank"):
        ranking = rank(context.case, parts.learned.blend)
    model = None
    if parts.model is not None and context.case.candidates:
        with run.stage("load_model"), run.doing_without("no language model"):
            model = parts.model()
    if model is not None and context.case.history and len(context.case.candidates) > 1 and wanted(llm_rank, model):
        with run.doing_without("not ranked by the language model"):
            ranked = _rank_by_model(run, context, ranking, model, language)
            # A model that took over in between may be one that does not rank.
            ranking = ranked if wanted(llm_rank, model) else ranking
    chosen = chosen_of(context.case, ranking, query)
    with run.stage("explain"):
        explanations = _explain(run, context, ranking, chosen, model, language)
    if context.index_failure:
        run.failures.append(str(context.index_failure))
    _enforce(strict, run)
    return RecommendationSet(
        id=str(uuid.uuid4()),
        created_at=datetime.now(UTC),
        request=Request(
            user_id=query.user_id,
            category=query.category,
            k=query.k,
            constraints=context.constraints,
            language=language,
        ),
        made_with=_made_with(run, context, model),
        category=_category_info(context),
        recommendations=_recommendations(context.case.candidates, ranking, chosen, explanations),
        degraded=bool(run.failures),
        warnings=[*context.warnings, *run.warnings, *_taken_over(model), *run.failures],
        timings_ms=run.timings_ms,
    )


def chosen_of(case: RankingCase, ranking: Ranking, query: Query) -> list[int]:
    """The candidates of the answer, in its order."""
    return diversify(
        ranking.scores,
        similarity_of(case),
        k=query.k,
        weight=query.diversity,
        same=sameness(case.candidates, case.candidate_vectors) if query.diversity else None,
    )


def usual_language(context: Context) -> Language:
    """Chinese where most of what the customer liked is, or without a history most candidates are; else English."""
    products = [row.product for row in context.case.history] or context.case.candidates
    return "zh" if 2 * sum(is_chinese(product.title) for product in products) > len(products) else "en"


def claims_for(context: Context, ranking: Ranking, language: Language) -> Claims:
    """The claims that a ranking of a context allows, with their sentences in a language."""
    return Claims(
        case=context.case,
        ranking=ranking,
        constraints=context.constraints,
        category=context.category_name,
        say=SENTENCES[language],
    )


def _rank_by_model(run: _Run, context: Context, ranking: Ranking, model: LanguageModel, language: Language) -> Ranking:
    """The ranking with the best that the model offers on its shortlist: likelihoods of titles, else an order."""
    shortlist = ranking.order()[:SHORTLIST]
    if model.can_score:
        with suppress(CannotScore), run.stage("likelihood"):  # which is what a model that takes over may raise
            return with_signal(ranking, "likelihood", shortlist, _likelihoods(run, context, shortlist, model, language))
    with run.stage("listwise"):
        scores = _places(run, context, shortlist, model, language)
    return ranking if scores is None else with_signal(ranking, "listwise", shortlist, scores)


def _likelihoods(
    run: _Run, context: Context, shortlist: NDArray[np.intp], model: LanguageModel, language: Language
) -> Scores:
    titles = [context.case.candidates[candidate].title for candidate in shortlist]
    with run.using("rank", language) as template:
        return likelihood(model, template.render(rank_input(context, run.query.brief)), titles, deadline=DEADLINE)


def _places(
    run: _Run, context: Context, shortlist: NDArray[np.intp], model: LanguageModel, language: Language
) -> Scores | None:
    """Where the model puts each of the shortlist; None where its answers are no order, which is noted."""
    with run.using("listwise", language) as template:
        placed = listwise(
            model,
            [
                template.render(
                    listwise_input(context, run.query.brief, shortlist[list(order)].tolist()), start=model.continues
                )
                for order in orders(len(shortlist))
            ],
            count=len(shortlist),
            max_tokens=template.options.max_tokens,
            stop=template.options.stop,
            deadline=DEADLINE,
        )
    if placed.scores is None:
        run.warnings.append("not ranked by the language model: its answers put no two products in order")
        run.refusals += ["it puts no two products in order"] * placed.useless
    return placed.scores


def _taken_over(model: LanguageModel | None) -> list[str]:
    """Why the model in use is not the one that was to come first."""
    return [f"another language model took over: {reason}" for reason in (model.given_up if model else ())]


def _explain(
    run: _Run,
    context: Context,
    ranking: Ranking,
    chosen: Sequence[int],
    model: LanguageModel | None,
    language: Language,
) -> list[Explanation]:
    """The claims of each chosen candidate, phrased by the model where it masters the language of all its facts."""
    claims = claims_for(context, ranking, language)
    reasons = {candidate: claims.of(candidate) for candidate in chosen}
    explanations = {candidate: from_evidence(because) for candidate, because in reasons.items()}
    products = context.case.candidates
    phrased = [c for c in chosen if model is not None and _masters(model, language, products[c], reasons[c])]
    if model is not None and phrased:
        with run.doing_without("not phrased by the language model"), run.using("explain", language) as template:
            texts = phrase(
                model, template, context.category_name, [products[c] for c in phrased], [reasons[c] for c in phrased]
            )
            for candidate, text in zip(phrased, texts, strict=True):
                explanations[candidate] = text.explanation
                run.refusals += [text.refusal] if text.refusal else []
    return [explanations[candidate] for candidate in chosen]


def _masters(model: LanguageModel, language: Language, product: Product, reasons: Sequence[Reason]) -> bool:
    """Whether a text may be left to the model: there is something to say, in languages that it masters."""
    if not any(reason.row for reason in reasons):
        return False
    titles = [product.title, *(reason.row.product.title for reason in reasons if reason.row)]
    languages = {language, *("zh" for title in titles if is_chinese(title))}
    return all(model.masters(one) for one in languages)


def _enforce(strict: bool, run: _Run) -> None:
    if strict and run.failures:
        raise BackendDown(f"{run.failures[0]} (--strict allows no answer without it)")
    if strict and run.refusals:
        raise UselessAnswer(
            f"{len(run.refusals)} of the model's texts failed the check, the first because {run.refusals[0]}:"
            " leave --strict out to have them replaced, or use a stronger model"
        )


def _made_with(run: _Run, context: Context, model: LanguageModel | None) -> MadeWith:
    used = model if run.template else None
    return MadeWith(
        version=version("newaisle"),
        template=run.template.name if run.template else None,
        template_hash=run.template.hash if run.template else None,
        model=used.name if used else None,
        model_sha256=used.sha256 if used else None,
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
            score=round(float(scores[candidate]), 4),
            probability=None if probabilities is None else round(float(probabilities[candidate]), 5),
            signals={name: round(float(part[candidate]), 4) for name, part in ranking.parts.items()},
            explanation=explanation,
        )
        for place, (candidate, explanation) in enumerate(zip(chosen, explanations, strict=True), start=1)
    ]
