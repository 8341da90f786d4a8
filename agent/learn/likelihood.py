"""Learns what a language model's likelihood is worth in this shop's ranking, beside the blend.

It is asked as in an answer: about the first candidates of the blend, of cases of categories left out. The weight is
learned on some categories and judged on others, and kept only where the ranking is better beyond two standard errors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.learn.learned import JudgedLikelihood
from newaisle.agent.learn.split import SAMPLE_SEED, Case
from newaisle.agent.learn.weights import Trial
from newaisle.agent.rank.blend import Ranking, with_signal
from newaisle.agent.rank.by_model import SHORTLIST
from newaisle.agent.rank.case import Scores
from newaisle.agent.rank.metrics import METRICS, judge, standard_error
from newaisle.progress import Progress

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)
MOST_CASES = 150  # that a model is asked about
SECONDS = 240.0  # that it may take for all of them
FEWEST = 20  # cases asked about, without which nothing is learned
_SURE = 2.0  # standard errors that it has to gain
_NDCG = METRICS.index("ndcg@10")
_NAME = "likelihood"

Rate = Callable[[Case, NDArray[np.intp]], Scores]  # likelihoods of the titles of some candidates of a case


def weigh_likelihood(
    trials: Sequence[Trial],
    scores: Sequence[Scores],
    parts: NDArray[np.intp],
    rate: Rate,
    *,
    model: str,
    progress: Progress,
    now: Callable[[], float] = time.perf_counter,
) -> JudgedLikelihood | None:
    """What the likelihoods of `rate` add to `scores`; None where there are too few cases to tell.

    `parts` says to which part of the categories each trial belongs. Only trials whose order it can change for better or
    worse are asked about, those with something taken and something left among the blend's first: of the others is known
    that they gain nothing.
    """
    drawn = np.random.default_rng(SAMPLE_SEED).permutation(len(trials))
    asked: list[int] = []
    gains: list[Scores] = []  # by weight, of each trial looked at
    looked: list[int] = []
    start = now()
    for number in drawn.tolist():
        if len(asked) == MOST_CASES or now() - start > SECONDS:
            break
        taken = trials[number].choice.taken
        shortlist = np.argsort(-scores[number], kind="stable")[:SHORTLIST]
        looked.append(number)
        if not 0 < taken[shortlist].sum() < len(shortlist):
            gains.append(np.zeros(len(WEIGHTS)))
            continue
        likelihoods = rate(trials[number].case, shortlist)
        gains.append(_gains(scores[number], taken, shortlist, likelihoods))
        asked.append(number)
        progress(len(asked), MOST_CASES)
    seconds = (now() - start) / max(len(asked), 1)
    if len(asked) < FEWEST:
        return None
    return _judged(np.array(gains), parts[looked], model=model, asked=len(asked), seconds=seconds)


def _gains(scores: Scores, taken: NDArray[np.bool_], shortlist: NDArray[np.intp], likelihoods: Scores) -> Scores:
    """NDCG@10 with each of the weights, over that of the scores alone, shape (weights,)."""
    blend, before = Ranking({"blend": scores}), judge(scores, taken)[_NDCG]
    return np.array(
        [
            judge(with_signal(blend, _NAME, shortlist, likelihoods, weight=weight).scores, taken)[_NDCG] - before
            for weight in WEIGHTS
        ]
    )


def _judged(
    gains: NDArray[np.float64], parts: NDArray[np.intp], *, model: str, asked: int, seconds: float
) -> JudgedLikelihood:
    """The weight that gains most over all trials, and what such a weight gains on categories it was not chosen on."""
    apart = np.zeros(len(gains))
    for part in np.unique(parts):
        others = gains[parts != part]
        apart[parts == part] = gains[parts == part, int(others.sum(axis=0).argmax()) if len(others) else 0]
    gain, error = float(apart.mean()), standard_error(apart)
    weight = WEIGHTS[int(gains.sum(axis=0).argmax())]
    return JudgedLikelihood(
        model=model,
        weight=weight,
        cases=len(gains),
        asked=asked,
        gain=gain,
        gain_se=error,
        seconds=seconds,
        kept=bool(weight > 0 and gain > _SURE * error),
    )
