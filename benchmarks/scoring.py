"""Whether an answer holds, and how good its order is; the same rules for every side of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newaisle.agent.learn.split import Case
from newaisle.agent.rank.metrics import ndcg

WANTED = 5  # products in an answer


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer to one case.

    valid: as many products as were asked for, every one a candidate, none twice, each with a reason.
    returned, exist, twice: ids in the answer, those of them that are candidates, and those that came before.
    ndcg: NDCG@5 of the order; an id that is no candidate, or comes again, takes up its place and gains nothing.
    """

    valid: bool
    returned: int
    exist: int
    twice: int
    ndcg: float


def judge_answer(item_ids: Sequence[str], reasons: Sequence[str], case: Case) -> Judged:
    """Judge the ids of an answer, best first, with their reasons; an answer that could not be read has none."""
    exist = sum(item_id in case.candidates for item_id in item_ids)
    twice = len(item_ids) - len(set(item_ids))
    complete = len(item_ids) == len(reasons) == WANTED and all(reason.strip() for reason in reasons)
    gains = [item_id in case.targets and item_id not in item_ids[:place] for place, item_id in enumerate(item_ids)]
    top = gains[:WANTED] + [False] * (WANTED - len(gains))
    missed = len(case.targets) - sum(top)
    return Judged(
        valid=complete and exist == WANTED and not twice,
        returned=len(item_ids),
        exist=exist,
        twice=twice,
        ndcg=ndcg([*top, *[True] * missed], k=WANTED),
    )


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """Counts over all answers; NDCG@5 as mean and standard error."""
    import numpy as np

    values = np.array([one.ndcg for one in judged])
    return {
        "answers": len(judged),
        "valid": sum(one.valid for one in judged),
        "ids": sum(one.returned for one in judged),
        "ids_exist": sum(one.exist for one in judged),
        "ids_twice": sum(one.twice for one in judged),
        "ndcg@5": float(values.mean()),
        "ndcg@5_se": float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else 0.0,
    }


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Of requests in their order: the first, and median and 95th percentile of the following ones."""
    import numpy as np

    following = np.array(seconds[1:] or seconds)
    return {
        "first_s": seconds[0],
        "median_s": float(np.median(following)),
        "p95_s": float(np.percentile(following, 95)),
    }
