"""What an evaluation found, as it is stored, reported and printed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Metrics = dict[str, FiniteFloat]  # by name, see `agent.rank.metrics`; `NAME_se` is the standard error over cases


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(_Model):
    """A mean with the bounds of its 95 % interval."""

    mean: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat


class Difference(_Model):
    """NDCG@10 of one method minus another's on the same cases, by paired bootstrap."""

    method: str
    minus: str
    ndcg_at_10: Interval
    ratio: Interval | None = Field(default=None, description="of the two, where both use what others did there")


class Method(_Model):
    """One method over all cases."""

    metrics: Metrics
    warm: bool = Field(description="whether it uses what others did in the category, which a new one has not")
    coverage: FiniteFloat = Field(description="share of all candidates that are in anybody's first ten")
    diversity: FiniteFloat = Field(description="mean cosine distance of two products of one first ten")
    popularity_bias: FiniteFloat = Field(description="mean percentile of popularity of the first ten; 0.5 is none")


class Personal(_Model):
    """How much of the blend is due to the customer."""

    overlap: FiniteFloat = Field(description="share of the first ten that another customer of the category gets too")
    by_chance: FiniteFloat = Field(description="the same of two lists that are drawn")
    own_history: Interval = Field(description="NDCG@10 of the blend minus that with the other customer's history")


class Group(_Model):
    """The cases of one category, or of one range of history lengths: NDCG@10 by method."""

    name: str
    cases: int
    ndcg_at_10: dict[str, FiniteFloat]
    ndcg_at_10_se: dict[str, FiniteFloat]


class Reliability(_Model):
    """Of the products with about this probability, how many were taken."""

    predicted: FiniteFloat
    taken: Interval
    count: int


class Calibrated(_Model):
    """How far the probabilities can be believed."""

    brier_skill: FiniteFloat = Field(description="1 - Brier score over that of the base rate; above 0 is of use")
    brier_skill_interval: Interval
    top5_predicted: FiniteFloat = Field(description="mean probability of the first five")
    top5_taken: Interval = Field(description="share of the first five that were taken")
    bins: list[Reliability]


class CurvePoint(_Model):
    """After so many interactions of other customers in the new category: NDCG@10 by method, with standard errors."""

    interactions: int | None = Field(description="null: all there are")
    cases: int
    ndcg_at_10: dict[str, FiniteFloat]
    ndcg_at_10_se: dict[str, FiniteFloat]


class MapPoint(_Model):
    """A category on the plane of the first two principal components of the categories' mean vectors."""

    category: str
    x: FiniteFloat
    y: FiniteFloat
    products: int
    held_out: bool
    nearest: list[str] = Field(description="of a held-out category: the known ones it was taken to be nearest to")


class Evaluation(_Model):
    """One evaluation: every method on the same cases of categories that nobody had bought from."""

    data: str
    cases: int
    candidates: FiniteFloat = Field(description="mean number of candidates of a case")
    methods: dict[str, Method]
    differences: list[Difference]
    strongest: dict[str, int] = Field(description="what `plain-words` is, with the cases that it is so for")
    personal: Personal
    by_category: list[Group]
    by_history: list[Group]
    calibration: Calibrated | None
    learning_curve: list[CurvePoint]
    category_map: list[MapPoint]
    weights: dict[str, FiniteFloat] = Field(description="of the signals in the blend, the mean over cases; 0: not used")
    notes: list[str] = Field(default=[], description="what a reader should know, one sentence each")
    seconds: FiniteFloat
