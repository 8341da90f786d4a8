"""Learns from a filled shop, and keeps what was learned with it."""

from __future__ import annotations

from collections.abc import Callable

from newaisle.agent.learn.calibrate import Calibration, Weigh, calibrate
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.learned import Learned, keep_learned, read_learned
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.rank.expected_popularity import ExpectedPopularity
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger


def learn_expected_popularity(home: Home) -> bool:
    """Learn what makes products attractive, unless that is known already; returns whether anything was learned.

    A learned blend stays: its weights are those of signals, whatever their values are now.
    """
    kept = read_learned(home.folder)
    with home.reader() as ledger:
        if kept.revision == ledger.revision and _fits(kept.expected_popularity, ledger):
            return False
        revision, expected_popularity = ledger.revision, _expected_popularity(ledger)
    keep_learned(
        home.folder, kept.model_copy(update={"expected_popularity": expected_popularity, "revision": revision})
    )
    return expected_popularity is not None


def calibrate_shop(
    home: Home,
    *,
    progress: Callable[[int, int], None],
    ask: Callable[[CaseMaker], Weigh] | None = None,
) -> Calibration:
    """Learn the blend, and expected popularity anew, and keep both; with `ask`, also what a language model adds."""
    with home.reader() as ledger:
        dataset = Dataset.read(ledger)
        cases = CaseMaker(dataset)
        learner = PopularityLearner(cases, embedder=str(ledger.meta("embedder")))
        found = calibrate(dataset, learner, cases, progress=progress, weigh=ask(cases) if ask else None)
        revision = ledger.revision
    learned = Learned(
        revision=revision,
        expected_popularity=_model(learner, dataset),
        blend=found.blend,
        judged=found.judged,
        likelihood=found.likelihood,
    )
    keep_learned(home.folder, learned)
    return found


def reset_blend(home: Home) -> None:
    """Go back to the default blend; expected popularity stays."""
    kept = read_learned(home.folder)
    keep_learned(home.folder, Learned(revision=kept.revision, expected_popularity=kept.expected_popularity))


def _fits(expected_popularity: ExpectedPopularity | None, ledger: Ledger) -> bool:
    return expected_popularity is None or expected_popularity.embedder == ledger.meta("embedder")


def _expected_popularity(ledger: Ledger) -> ExpectedPopularity | None:
    dataset = Dataset.read(ledger)
    return _model(PopularityLearner(CaseMaker(dataset), embedder=str(ledger.meta("embedder"))), dataset)


def _model(learner: PopularityLearner, dataset: Dataset) -> ExpectedPopularity | None:
    coefficients = learner.learn(dataset)
    return None if coefficients is None else learner.as_model(coefficients)
