"""Compares two variants of a prompt on the same cases: quality, use, tokens and time, and what that lets one say.

Variants differ in the template, or in the language model that answers by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, FiniteFloat

from newaisle.agent.evaluate.compare import Judged
from newaisle.agent.evaluate.metered import Metered, Spent
from newaisle.agent.evaluate.result import Interval
from newaisle.agent.evaluate.statistics import mean_intervals
from newaisle.agent.evaluate.wording import told_apart
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.schema.gain import Gain, Worded
from newaisle.agent.wording.gain import gain
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
    """How one variant did. Quality and use are means over the cases; tokens and seconds over all answers.

    gain: what the texts add to the claims' own sentences; null where the prompt makes none.
    """

    name: str
    hash: str
    quality: FiniteFloat
    of_use: FiniteFloat
    gain: Gain | None
    evaluated: FiniteFloat
    generated: FiniteFloat
    seconds: FiniteFloat


class Shown(_Frozen):
    """What is said of a product: the claims' own sentences, and by the name of each variant what its model wrote."""

    title: str
    own: str
    by: dict[str, Worded]


class _Measured(_Frozen):
    """What was measured of variants on some cases, and what that means."""

    prompt: str
    language: str
    model: str
    quality: str
    of_use: str
    cases: int
    answers: int
    first: Contestant


class VariantComparison(_Measured):
    """Two variants on the same cases; the difference is of quality, the first minus the second, cases paired."""

    second: Contestant
    difference: Interval
    shown: list[Shown] = []

    @property
    def contestants(self) -> list[Contestant]:
        return [self.first, self.second]

    @property
    def verdict(self) -> str:
        """In one line, what can be said."""
        if self.cases < _FEWEST:
            return f"too few cases ({self.cases}) to claim a difference by: take more of them"
        return told_apart(self.first.name, self.second.name, self.difference, self.quality)


class VariantMeasured(_Measured):
    """One variant by itself; `wording`: what `--wording auto` makes of it in this shop."""

    wording: str
    shown: list[Shown] = []

    @property
    def contestants(self) -> list[Contestant]:
        return [self.first]

    @property
    def verdict(self) -> str:
        return f"{self.model} {self.wording}"


@dataclass(slots=True)
class Answers:
    """The answers to one case: of each its quality and whether it is of use; and the texts."""

    quality: list[float]
    of_use: list[bool]
    worded: list[Worded] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)


Case = Callable[[Template, LanguageModel], Answers]
"""Lets a model answer one case by a template."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A template, the model that answers by it, and what tells this variant from the other."""

    name: str
    template: Template
    model: LanguageModel


@dataclass(frozen=True, slots=True)
class Answered:
    """What variants answered, case by case; those without an answer of the first are left out."""

    variants: Sequence[Variant]
    answers: Sequence[Sequence[Answers]]

    def texts(self, which: int) -> list[Worded]:
        return [one for answers in self.answers[which] for one in answers.worded]

    def shown(self, most: int) -> list[Shown]:
        """The texts of all variants for the same products, so many of them."""
        found = []
        for case in zip(*self.answers, strict=True):
            for one in case[0].worded:
                same = [next((w for w in each.worded if w.item_id == one.item_id), None) for each in case]
                by = {variant.name: said for variant, said in zip(self.variants, same, strict=True) if said}
                found.append(Shown(title=one.title, own=one.own, by=by))
        return found[:most]

    def compared(self, *, show: int = 0) -> VariantComparison:
        """Two variants, by what they answered."""
        first, second = self._contestants()
        differences = np.array(
            [[fmean(one.quality) - fmean(other.quality)] for one, other in zip(*self.answers, strict=True)]
        )
        return VariantComparison(
            **self._head(),
            first=first,
            second=second,
            difference=mean_intervals(differences)[0],
            shown=self.shown(show),
        )

    def measured(self, wording: str, *, show: int = 0) -> VariantMeasured:
        """One variant, by what it answered, and what follows for the shop's `--wording auto`."""
        return VariantMeasured(**self._head(), first=self._contestants()[0], wording=wording, shown=self.shown(show))

    def _head(self) -> dict[str, Any]:
        template = self.variants[0].template
        quality, of_use = MEASURES[template.name]
        return {
            "prompt": template.name,
            "language": template.language,
            "model": " and ".join(dict.fromkeys(variant.model.name for variant in self.variants)),
            "quality": quality,
            "of_use": of_use,
            "cases": len(self.answers[0]),
            "answers": sum(len(one.quality) for one in self.answers[0]),
        }

    def _contestants(self) -> list[Contestant]:
        return [
            _contestant(variant, answered, self.texts(which))
            for which, (variant, answered) in enumerate(zip(self.variants, self.answers, strict=True))
        ]


def answer_cases(
    variants: Sequence[Variant],
    cases: Sequence[Case],
    progress: Progress = lambda done, total: None,
    *,
    enough: int | None = None,
) -> Answered:
    """Answer the cases by every variant, up to enough answers; RequestError where no case has one."""
    answered: list[list[Answers]] = [[] for _ in variants]
    for number, case in enumerate(cases):
        progress(number, len(cases))
        if enough and sum(len(one.quality) for one in answered[0]) >= enough:
            break
        order = range(len(variants))
        for which in order if number % 2 == 0 else reversed(order):  # what one reads first, another may find read
            metered = Metered(variants[which].model)
            answers = case(variants[which].template, metered)
            answers.spent = metered.spent
            answered[which].append(answers)
    progress(len(cases), len(cases))
    if not any(one.quality for one in answered[0]):
        raise RequestError("the model has nothing to answer in these cases: take more of them, or another language")
    return _answered(variants, answered)


def _answered(variants: Sequence[Variant], answered: Sequence[Sequence[Answers]]) -> Answered:
    kept = [row for row in zip(*answered, strict=True) if row[0].quality]
    return Answered(variants, list(zip(*kept, strict=True)))


def of_rankings(variants: Sequence[Variant], judged: tuple[Sequence[Judged], Sequence[Judged]]) -> VariantComparison:
    """The comparison of two variants that rank, whose cases `agent.evaluate.compare` has judged."""
    return _answered(variants, [[_ranked(row) for row in rows] for rows in judged]).compared()


def _ranked(row: Judged) -> Answers:
    spent = Spent(row.evaluated, row.generated, row.seconds)
    return Answers([row.ndcg], [row.valid], spent=spent)


def _contestant(variant: Variant, answered: Sequence[Answers], worded: Sequence[Worded]) -> Contestant:
    count = sum(len(one.quality) for one in answered)
    seconds = sum(one.spent.seconds for one in answered)
    return Contestant(
        name=variant.name,
        hash=variant.template.short_hash,
        quality=fmean(fmean(one.quality) for one in answered),
        of_use=fmean(fmean(one.of_use) for one in answered),
        gain=gain(worded, seconds) if worded else None,
        evaluated=sum(one.spent.evaluated for one in answered) / count,
        generated=sum(one.spent.generated for one in answered) / count,
        seconds=seconds / count,
    )
