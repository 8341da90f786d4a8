"""What a language model makes of the titles of a case outside of an answer: to measure it, or to learn its worth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.calibrate import Weigh
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.likelihood import weigh_likelihood
from newaisle.agent.learn.split import Case
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.by_model import likelihood
from newaisle.agent.rank.case import RankingCase, Scores
from newaisle.agent.recommend import usual_language
from newaisle.agent.retrieve.context import Context
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.wording.template_inputs import rank_input
from newaisle.errors import CannotScore
from newaisle.progress import Progress
from newaisle.prompts.library import load_template
from newaisle.prompts.messages import Message
from newaisle.prompts.template import Template


def weighing(model: LanguageModel, folder: Path | None, progress: Progress, cases: CaseMaker) -> Weigh:
    """What weighs the likelihoods of a model on a shop's own cases; raises CannotScore for one that gives none.

    folder: of templates that stand before the bundled ones.
    """
    if not model.can_score:
        raise CannotScore(model.name)

    def rate(case: Case, shortlist: NDArray[np.intp]) -> Scores:
        made = cases.make(case)
        titles = [made.candidates[candidate].title for candidate in shortlist]
        return likelihood(model, rank_prompt(made, case.category, folder=folder), titles)

    return partial(weigh_likelihood, rate=rate, model=model.name, progress=progress)


def rank_prompt(
    case: RankingCase, category: str, *, template: Template | None = None, folder: Path | None = None
) -> list[Message]:
    """The prompt of a case by a `rank` template: the one in the history's language unless one is given.

    folder: of templates that stand before the bundled ones.
    """
    context = context_of(case, category)
    used = template or load_template("rank", language=usual_language(context), folder=folder)
    return used.render(rank_input(context, ""))


def context_of(case: RankingCase, category: str) -> Context:
    """The context of a case, as templates are given it."""
    return Context(
        category=category,
        constraints=Constraints(),
        case=case,
        is_new_to_user=True,
        is_new_to_catalogue=False,
        nearest=[],
    )


def likelihood_of_titles(model: LanguageModel, case: RankingCase, prompt: Sequence[Message]) -> Scores:
    """The model's likelihood of each candidate's title after a prompt."""
    return likelihood(model, prompt, [product.title for product in case.candidates])
