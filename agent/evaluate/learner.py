"""What is learned before a category is met: the one place that says which blend is measured."""

from __future__ import annotations

from collections.abc import Callable

from newaisle.agent.learn.attraction import AttractionLearner
from newaisle.agent.learn.calibrate import calibrate
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.past import Past
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend
from newaisle.progress import Progress

# The blend, by what may be learned from; attraction and cases are made of the whole catalogue.
Learner = Callable[[Past, AttractionLearner, CaseMaker, Progress], Blend]


def default_blend(*_: object) -> Blend:
    """What a shop has after reading its data: the stated default weights."""
    return DEFAULT_BLEND


def calibrated_blend(allowed: Past, attraction: AttractionLearner, cases: CaseMaker, progress: Progress) -> Blend:
    """What a shop has after `newaisle calibrate`."""
    return calibrate(allowed, attraction, cases, progress=progress).blend
