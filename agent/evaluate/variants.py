"""Compares two variants of a prompt on the same cases: quality, use, tokens and time, and what that lets one say.

Variants differ in the template, or in the language model that answers by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

import numpy as np
from pydantic import BaseModel, ConfigDict, FiniteFloat

from newaisle.agent.evaluate.compare import Judged
from newaisle.agent.evaluate.metered import Metered, Spent
from newaisle.agent.evaluate.result import Interval
from newaisle.agent.evaluate.statistics import mean_intervals
from newaisle.agent.evaluate.wording import told_apart
from newaisle.agent.llm.base import LanguageModel
from newaisle.errors import RequestError
from newaisle.progress import Progress
from newaisle.prompts.template import Template

_FEWEST = 5  # cases to claim anything by: redrawing fewer says little of how much others would differ
_RANKED = ("NDCG@10", "answers of use")
_EXPLAINED = ("share that passes the check at the first try", "worded by the model in the end")
MEASURES: dict[str, tuple[str, str]] = {  # by prompt: what quality is, and what an answer of use is
    "explain": _EXPLAINED,
    "explain-detailed": _EXPLAINED,
    "explain-seller": _EXPLAINED,
    "rank": _RANKED,
    "listwise": _RANKED,
    "profile": ("share of paragraphs that is kept", "kept at the first try"),
    "turn": ("share of tests that is met", "answers that code can read"),
}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contestant(_Frozen):
    """How one variant did. Quality and use are means over the cases; tokens and seconds over all answers."""

    name: str
    hash: str
    quality: FiniteFloat
    of_use: FiniteFloat
    evaluated: FiniteFloat
    generated: FiniteFloat
    seconds: FiniteFloat


class VariantComparison(_Frozen):
    """Two variants on the same cases; the difference is of quality, the first minus the second, cases paired."""

    prompt: str
    language: str
    model: str
    quality: str
    of_use: str
    cases: int
    answers: int
    first: Contestant
    second: Contestant
    difference: Interval

    @property
    def verdict(self) -> str:
        """In one line, what can be said."""
        if self.cases < _FEWEST:
            return f"too few cases ({self.cases}) to claim a difference by: take more of them"
        return told_apart(self.first.name, self.second.name, self.difference, self.quality)


@dataclass(slots=True)
class Answers:
    """The answers to one case: of each its quality and whether it is of use."""

    quality: list[float]
    of_use: list[bool]
    spent: Spent = field(default_factory=Spent)


Case = Callable[[Template, LanguageModel], Answers]
"""Lets a model answer one case by a template."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A template, the model that answers by it, and what tells this variant from the other."""

    name: str
    template: Template
    model: LanguageModel


def compare_variants(
    variants: tuple[Variant, Variant], cases: Sequence[Case], progress: Progress = lambda done, total: None
) -> VariantComparison:
    """Answer every case by both variants; RequestError where no case has an answer."""
    answered: tuple[list[Answers], list[Answers]] = ([], [])
    for number, case in enumerate(cases):
        progress(number, len(cases))
        order = (0, 1) if number % 2 == 0 else (1, 0)  # what one reads first, the other may find read
        for which in order:
            metered = Metered(variants[which].model)
            answers = case(variants[which].template, metered)
            answers.spent = metered.spent
            answered[which].append(answers)
    progress(len(cases), len(cases))
    if not any(one.quality for one in answered[0]):
        raise RequestError("the model has nothing to answer in these cases: take more of them, or another language")
    return _compared(variants, answered)


def of_rankings(
    variants: tuple[Variant, Variant], judged: tuple[Sequence[Judged], Sequence[Judged]]
) -> VariantComparison:
    """The comparison of two variants that rank, whose cases `agent.evaluate.compare` has judged."""
    return _compared(variants, tuple([_ranked(row) for row in rows] for rows in judged))  # type: ignore[arg-type]


def _ranked(row: Judged) -> Answers:
    spent = Spent(row.evaluated, row.generated, row.seconds)
    return Answers([row.ndcg], [row.valid], spent=spent)


def _compared(variants: tuple[Variant, Variant], answered: tuple[list[Answers], list[Answers]]) -> VariantComparison:
    pairs = [(one, other) for one, other in zip(*answered, strict=True) if one.quality]
    first, second = (_contestant(variants[i], [pair[i] for pair in pairs]) for i in (0, 1))
    differences = np.array([[fmean(one.quality) - fmean(other.quality)] for one, other in pairs])
    template = variants[0].template
    quality, of_use = MEASURES[template.name]
    return VariantComparison(
        prompt=template.name,
        language=template.language,
        model=" and ".join(dict.fromkeys(variant.model.name for variant in variants)),
        quality=quality,
        of_use=of_use,
        cases=len(pairs),
        answers=sum(len(one.quality) for one, _ in pairs),
        first=first,
        second=second,
        difference=mean_intervals(differences)[0],
    )


def _contestant(variant: Variant, answered: Sequence[Answers]) -> Contestant:
    count = sum(len(one.quality) for one in answered)
    return Contestant(
        name=variant.name,
        hash=variant.template.short_hash,
        quality=fmean(fmean(one.quality) for one in answered),
        of_use=fmean(fmean(one.of_use) for one in answered),
        evaluated=sum(one.spent.evaluated for one in answered) / count,
        generated=sum(one.spent.generated for one in answered) / count,
        seconds=sum(one.spent.seconds for one in answered) / count,
    )
