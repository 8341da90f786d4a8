"""Judges two templates that rank, or two language models, by how they rank the same cases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from newaisle.agent.evaluate.data import Measured
from newaisle.agent.evaluate.kept import Kept, code_version
from newaisle.agent.evaluate.metered import Metered
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.split import Case, sample_cases
from newaisle.agent.library.likelihoods import context_of, likelihood_of_titles, rank_prompt
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.rank.by_model import listwise, orders
from newaisle.agent.rank.case import RankingCase, Scores
from newaisle.agent.rank.metrics import METRICS, judge
from newaisle.agent.wording.template_inputs import listwise_input
from newaisle.errors import RequestError
from newaisle.prompts.messages import Message
from newaisle.prompts.template import Template

CASES, CANDIDATES = 40, 20  # some minutes for a small model on two cores


@dataclass(frozen=True, slots=True)
class Entrant:
    """What takes part: a model to be opened, and a template; None for the usual one."""

    open_model: Callable[[], AbstractContextManager[LanguageModel]]
    template: Template | None


class Judged(BaseModel):
    """How one case was ranked, and what that took; `valid`: whether the model's answers were of use."""

    case: int
    ndcg: float
    valid: bool
    prompt_tokens: int
    evaluated: int
    generated: int
    seconds: float


def judge_both(
    measured: Measured,
    entrants: tuple[Entrant, Entrant],
    *,
    only: Sequence[str] = (),
    most: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Judged], list[Judged]]:
    """A fixed sample of cases with 20 candidates each, as each of the two ranked it.

    What was measured before is taken from there. Raises RequestError for a model that cannot score, LanguageModelError
    where one fails.
    """
    chosen = [measured.cases[number] for number in measured.chosen(only=only, most=None)]
    cases = sample_cases(chosen, cases_kept=most or CASES, candidates_kept=CANDIDATES)
    if not cases:
        raise RequestError("no case has anything to rank: choose other categories")
    maker = CaseMaker(measured.dataset)
    total = 2 * len(cases)
    return (
        _judge(measured, cases, entrants[0], maker, lambda done: progress(done, total)),
        _judge(measured, cases, entrants[1], maker, lambda done: progress(len(cases) + done, total)),
    )


def _judge(
    measured: Measured, cases: Sequence[Case], entrant: Entrant, maker: CaseMaker, progress: Callable[[int], None]
) -> list[Judged]:
    with entrant.open_model() as model:
        if not model.can_score and not _is_listwise(entrant):
            raise RequestError(f"{model.name} cannot score given texts, which `rank` templates need: choose another")
        with Kept(_file(measured, cases, entrant, model), Judged) as file:
            done = {row.case: row for row in file.read()}
            for number, case in enumerate(cases):
                if number not in done:
                    done[number] = _judge_case(number, case, entrant, maker, model)
                    file.write(done[number])
                progress(number + 1)
    return [done[number] for number in range(len(cases))]


def _judge_case(number: int, case: Case, entrant: Entrant, maker: CaseMaker, model: LanguageModel) -> Judged:
    ranking_case, metered = maker.make(case), Metered(model)
    if entrant.template is not None and _is_listwise(entrant):
        prompts = _listwise_prompts(ranking_case, case.category, entrant.template, model)
        scores = _places(metered, prompts, entrant.template, len(case.candidates))
    else:
        prompts = [rank_prompt(ranking_case, case.category, template=entrant.template)]
        scores = likelihood_of_titles(metered, ranking_case, prompts[0])
    # Without an order all are equal, and the metrics put them in a random one.
    found = np.zeros(len(case.candidates)) if scores is None else scores
    metrics = judge(found, [item_id in case.targets for item_id in case.candidates])
    return Judged(
        case=number,
        ndcg=float(metrics[METRICS.index("ndcg@10")]),
        valid=scores is not None,
        prompt_tokens=model.count_tokens(prompts[0]),
        evaluated=metered.spent.evaluated,
        generated=metered.spent.generated,
        seconds=metered.spent.seconds,
    )


def _is_listwise(entrant: Entrant) -> bool:
    return entrant.template is not None and entrant.template.name == "listwise"


def _listwise_prompts(
    case: RankingCase, category: str, template: Template, model: LanguageModel
) -> list[list[Message]]:
    """The prompts that show the candidates in both orders."""
    context = context_of(case, category)
    return [
        template.render(listwise_input(context, "", list(order)), start=model.continues)
        for order in orders(len(case.candidates))
    ]


def _places(
    model: LanguageModel, prompts: Sequence[Sequence[Message]], template: Template, count: int
) -> Scores | None:
    options = template.options
    return listwise(model, prompts, count=count, max_tokens=options.max_tokens, stop=options.stop).scores


def _file(measured: Measured, cases: Sequence[Case], entrant: Entrant, model: LanguageModel) -> Path:
    what = hashlib.sha256(f"{model.name}\n{model.sha256}\n{entrant.template and entrant.template.hash}".encode())
    for case in cases:
        what.update(repr((case.user_id, case.category, case.candidates)).encode())
    return measured.kept / f"{code_version()}-compared-{what.hexdigest()[:12]}.jsonl"
