"""How what was learned ranked on categories left out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, FiniteFloat


class Judged(BaseModel):
    """NDCG@10 of weights learned on other categories, and of the default weights, on the same cases."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: int
    cases: int
    default: FiniteFloat
    learned: FiniteFloat
    gain: FiniteFloat
    gain_se: FiniteFloat
    kept: bool


class JudgedLikelihood(BaseModel):
    """What a language model's likelihood added to NDCG@10 of the blend, by weights learned on other categories."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str  # its name: of another one nothing is known
    weight: FiniteFloat  # in the ranking
    cases: int
    asked: int  # of these; what is first in the others stays so
    gain: FiniteFloat
    gain_se: FiniteFloat
    seconds: FiniteFloat  # that asking takes in one answer
    kept: bool
