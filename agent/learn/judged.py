"""How a learned blend ranked on categories left out."""

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
