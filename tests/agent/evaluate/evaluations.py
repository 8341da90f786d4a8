"""Evaluations as a reader may get them, made up."""

from __future__ import annotations

from collections.abc import Sequence

from newaisle.agent.evaluate.result import (
    Calibrated,
    CurvePoint,
    Difference,
    Evaluation,
    Group,
    Interval,
    MapPoint,
    Method,
    Personal,
    Reliability,
)
from newaisle.agent.rank.metrics import METRICS

NDCG = {
    "blend": 0.048,
    "plain-words": 0.034,
    "bm25": 0.0345,
    "tfidf-title": 0.0335,
    "embedding": 0.031,
    "user-knn": 0.052,
    "warm-blend": 0.047,
    "default": 0.043,
    "untaught": 0.038,
    "popularity": 0.055,
    "random": 0.009,
    "lexical": 0.035,
    "dense": 0.03,
    "brand": 0.02,
    "blend-lexical": 0.041,
    "blend-dense": 0.042,
    "blend-brand": 0.0485,
    "blend-swapped": 0.015,
}
WARM = {"popularity", "user-knn", "warm-blend"}
CATEGORIES = ("Fountain pens", "Beads & charms", "Home > Paper", "茶具", "Yarn")


def interval(mean: float, low: float, high: float) -> Interval:
    return Interval(mean=mean, low=low, high=high)


def group(name: str, cases: int = 120, better: float = 1.0) -> Group:
    methods = ("blend", "plain-words", "random", "popularity")
    return Group(
        name=name,
        cases=cases,
        ndcg_at_10={method: NDCG[method] * better for method in methods},
        ndcg_at_10_se=dict.fromkeys(methods, 0.004),
    )


def calibrated(*, skill: Interval | None = None, top5: Interval | None = None) -> Calibrated:
    skill, top5 = skill or interval(0.012, 0.004, 0.02), top5 or interval(0.051, 0.043, 0.06)
    bins = [
        Reliability(predicted=p, taken=interval(1.1 * p, 0.8 * p, 1.4 * p), count=4000)
        for p in (0.0008, 0.0015, 0.0025, 0.004, 0.006, 0.009, 0.013, 0.02, 0.035, 0.09)
    ]
    return Calibrated(
        brier_skill=skill.mean, brier_skill_interval=skill, top5_predicted=0.055, top5_taken=top5, bins=bins
    )


def curve() -> list[CurvePoint]:
    methods = {"popularity": 0.009, "user-knn": 0.008, "warm-blend": 0.048}
    return [
        CurvePoint(
            interactions=interactions,
            cases=720,
            ndcg_at_10={method: start + rise * (i + 1) / 2 for i, (method, start) in enumerate(methods.items())},
            ndcg_at_10_se=dict.fromkeys(methods, 0.003),
        )
        for interactions, rise in ((0, 0.0), (10, 0.004), (100, 0.015), (1000, 0.03), (None, 0.045))
    ]


def category_map(names: Sequence[str], known: int = 30) -> list[MapPoint]:
    others = [f"Known category {i}" for i in range(known)]
    return [
        MapPoint(
            category=name,
            x=(7 * i % 31) / 31 - 0.5,
            y=(11 * i % 29) / 29 - 0.4,
            products=200 + i,
            held_out=name not in others,
            nearest=[] if name in others else [others[(5 * i + k) % known] for k in range(3)],
        )
        for i, name in enumerate([*others, *names])
    ]


def evaluation(
    names: Sequence[str] = CATEGORIES,
    *,
    data: str = "arts",
    calibration: Calibrated | None = None,
    differences: Sequence[Difference] | None = None,
    notes: Sequence[str] = ("Made up for a test.",),
) -> Evaluation:
    """Everything that an evaluation can hold, over categories of those names."""
    if differences is None:
        differences = [
            Difference(method="blend", minus="plain-words", ndcg_at_10=interval(0.0138, 0.0081, 0.0195)),
            Difference(method="blend", minus="random", ndcg_at_10=interval(0.039, 0.033, 0.045)),
            Difference(method="blend", minus="blend-swapped", ndcg_at_10=interval(0.033, 0.026, 0.04)),
            Difference(method="blend", minus="blend-brand", ndcg_at_10=interval(-0.0005, -0.002, 0.001)),
            Difference(method="blend", minus="popularity", ndcg_at_10=interval(-0.007, -0.012, -0.002)),
        ]
    return Evaluation(
        data=data,
        cases=720,
        candidates=700.4,
        methods={
            name: Method(
                metrics={key: v for i, m in enumerate(METRICS) for key, v in ((m, mean * (1 + i)), (f"{m}_se", 0.003))},
                warm=name in WARM,
                coverage=0.4,
                diversity=0.43,
                popularity_bias=0.61,
            )
            for name, mean in NDCG.items()
        },
        differences=list(differences),
        strongest={"bm25": 600, "tfidf-title": 120},
        personal=Personal(overlap=0.43, by_chance=0.03, own_history=interval(0.033, 0.026, 0.04)),
        by_category=[group(name, better=1 + 0.3 * (i % 3)) for i, name in enumerate(names)],
        by_history=[group(name) for name in ("5-9", "10-19", "20-49", "50+")],
        calibration=calibration or calibrated(),
        learning_curve=curve(),
        category_map=category_map(names),
        weights={"lexical": 1.0, "dense": 1.0, "brand": 0.5},
        notes=list(notes),
        seconds=71.3,
    )
