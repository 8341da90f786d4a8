"""The part of a language model in a ranking: likelihoods of the shortlist's titles, else an order of the shortlist."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.blend import Ranking, with_signal
from newaisle.agent.rank.by_model import DEADLINE, SHORTLIST, likelihood, listwise, orders
from newaisle.agent.rank.case import Scores
from newaisle.agent.retrieve.context import Context
from newaisle.agent.shop.parts import Run
from newaisle.agent.wording.template_inputs import listwise_input, rank_input
from newaisle.errors import CannotScore
from newaisle.languages import Language
from newaisle.prompts.messages import Message, as_pairs
from newaisle.store.logs import Exchange, Purpose

if TYPE_CHECKING:
    from newaisle.prompts.template import Template

_NO_ORDER = "it puts no two products in order"


def rank_by_model(run: Run, context: Context, ranking: Ranking, model: LanguageModel, language: Language) -> Ranking:
    """The ranking with the best that the model offers on its shortlist; as it is where the model offers nothing."""
    shortlist = ranking.order(context.case.eligible)[:SHORTLIST]
    if model.can_score:
        with suppress(CannotScore), run.stage("likelihood"):  # which is what a model that takes over may raise
            found = _likelihoods(run, context, shortlist, model, language)
            weight = run.parts.learned.weight_of(model.name)
            return with_signal(ranking, "likelihood", shortlist, found, weight=weight)
    with run.stage("listwise"):
        scores = _places(run, context, shortlist, model, language)
    return ranking if scores is None else with_signal(ranking, "listwise", shortlist, scores)


def _likelihoods(
    run: Run, context: Context, shortlist: NDArray[np.intp], model: LanguageModel, language: Language
) -> Scores:
    titles = [context.case.candidates[candidate].title for candidate in shortlist]
    with run.using("rank", language) as template:
        prompt = template.render(rank_input(context, run.query.brief))
        found = likelihood(model, prompt, titles, deadline=DEADLINE)
    told = "\n".join(f"{value:.4f} {title}" for value, title in zip(found, titles, strict=True))
    run.exchanges.append(_exchange("rank", template, prompt, told, "scored", None))
    return found


def _places(
    run: Run, context: Context, shortlist: NDArray[np.intp], model: LanguageModel, language: Language
) -> Scores | None:
    """Where the model puts each of the shortlist; None where its answers are no order, which is noted."""
    with run.using("listwise", language) as template:
        # The shortlist in both orders, as places in a list favour what stands there.
        prompts = [
            template.render(
                listwise_input(context, run.query.brief, shortlist[list(order)].tolist()), start=model.continues
            )
            for order in orders(len(shortlist))
        ]
        placed = listwise(
            model,
            prompts,
            count=len(shortlist),
            max_tokens=template.options.max_tokens,
            stop=template.options.stop,
            deadline=DEADLINE,
        )
    for prompt, (answer, useful) in zip(prompts, placed.answers, strict=True):
        refusal = None if useful else _NO_ORDER
        run.exchanges.append(_exchange("listwise", template, prompt, answer.text, answer.finish, refusal))
    if placed.scores is None:
        run.warnings.append("not ranked by the language model: its answers put no two products in order")
        run.refusals += [_NO_ORDER] * len(prompts)
    return placed.scores


def _exchange(
    purpose: Purpose, template: Template, prompt: Sequence[Message], answer: str, finish: str, refusal: str | None
) -> Exchange:
    return Exchange(
        purpose=purpose,
        template=template.name,
        template_hash=template.hash,
        prompt=as_pairs(prompt),
        answer=answer,
        finish=finish,
        refusal=refusal,
    )
