"""Learns from a filled shop, and keeps what was learned with it."""

from __future__ import annotations

from collections.abc import Callable

from newaisle.agent.learn.attraction import AttractionLearner
from newaisle.agent.learn.calibrate import Calibration, calibrate
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.learned import Learned, keep_learned, read_learned
from newaisle.agent.learn.past import Past
from newaisle.agent.rank.attraction import Attraction
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger


def learn_attraction(home: Home) -> bool:
    """Learn what makes products attractive, unless that is known already; returns whether anything was learned.

    A learned blend stays: its weights are those of signals, whatever their values are now.
    """
    kept = read_learned(home.folder)
    with home.reader() as ledger:
        if kept.revision == ledger.revision and _fits(kept.attraction, ledger):
            return False
        revision, attraction = ledger.revision, _attraction(ledger)
    keep_learned(home.folder, kept.model_copy(update={"attraction": attraction, "revision": revision}))
    return attraction is not None


def calibrate_shop(home: Home, *, progress: Callable[[int, int], None]) -> Calibration:
    """Learn the blend, and attraction anew, and keep both."""
    with home.reader() as ledger:
        past = Past.read(ledger)
        cases = CaseMaker(past)
        learner = AttractionLearner(cases, embedder=str(ledger.meta("embedder")))
        found = calibrate(past, learner, cases, progress=progress)
        revision = ledger.revision
    learned = Learned(revision=revision, attraction=_model(learner, past), blend=found.blend, judged=found.judged)
    keep_learned(home.folder, learned)
    return found


def reset_blend(home: Home) -> None:
    """Go back to the default blend; attraction stays."""
    kept = read_learned(home.folder)
    keep_learned(home.folder, Learned(revision=kept.revision, attraction=kept.attraction))


def _fits(attraction: Attraction | None, ledger: Ledger) -> bool:
    return attraction is None or attraction.embedder == ledger.meta("embedder")


def _attraction(ledger: Ledger) -> Attraction | None:
    past = Past.read(ledger)
    return _model(AttractionLearner(CaseMaker(past), embedder=str(ledger.meta("embedder"))), past)


def _model(learner: AttractionLearner, past: Past) -> Attraction | None:
    coefficients = learner.learn(past)
    return None if coefficients is None else learner.as_model(coefficients)
