"""What is learned before a category is met: the one place that says which blend is measured."""

from __future__ import annotations

from collections.abc import Callable

from newaisle.agent.learn.calibrate import calibrate
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend
from newaisle.progress import Progress

# The blend, by what may be learned from; expected popularity and cases are made of the whole catalogue.
Learner = Callable[[Dataset, PopularityLearner, CaseMaker, Progress], Blend]


def default_blend(*_: object) -> Blend:
    """What a shop has after reading its data: the stated default weights."""
    return DEFAULT_BLEND


def calibrated_blend(
    allowed: Dataset, expected_popularity: PopularityLearner, cases: CaseMaker, progress: Progress
) -> Blend:
    """What a shop has after `newaisle calibrate`."""
    return calibrate(allowed, expected_popularity, cases, progress=progress).blend
