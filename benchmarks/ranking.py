"""How long ranking takes once everything is loaded, by all signals but the language model's.

    python -m benchmarks.ranking HOME [--candidates 1000] [--profile] [--json]

HOME is the data folder of a shop, which is read and not changed. Candidates are products of its largest categories, the
history is drawn from the rest, what others took is what its customers did, and expected popularity is learned from it.
Every run ranks as if it were the first: texts are read and compared anew. Finding products, vectors and what others
took in the ledger is retrieval, and done before.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from statistics import median

import click
import numpy as np

from benchmarks.speed import Figures, machine
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.neighbours import Neighbours
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.blend import BY_ROW, Blend, rank
from newaisle.agent.rank.case import RankingCase
from newaisle.agent.rank.expected_popularity import ExpectedPopularity
from newaisle.errors import StoreError
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR

SEED = 20240229
HISTORIES = (20, 100)  # products that the customer liked
_DISLIKED = 5
_EVERY_SIGNAL = Blend(weights=dict.fromkeys((*BY_ROW, "disliked", "expected_popularity"), 0.1), slope=1.0)


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--candidates", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--runs", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--profile", is_flag=True, help="Say where the time goes, on stderr.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(home: Path, candidates: int, runs: int, profile: bool, as_json: bool) -> None:
    """Measure ranking in the shop in HOME."""
    try:
        with Home(home).reader() as ledger:
            figures = {"machine": machine(), **measure(ledger, candidates=candidates, runs=runs, profile=profile)}
    except StoreError as exc:
        raise click.ClickException(str(exc)) from exc
    if as_json:
        click.echo(json.dumps(figures, indent=2))
    else:
        _print(figures)


def measure(ledger: Ledger, *, candidates: int, runs: int, profile: bool = False) -> Figures:
    """Milliseconds that ranking takes, by the number of rows of the history."""
    dataset = Dataset.read(ledger)
    if len(dataset.products) <= candidates:
        raise click.ClickException(
            f"the shop has {len(dataset.products):,} products, and a history besides the candidates is needed:"
            " choose fewer with --candidates"
        )
    cases = CaseMaker(dataset)
    learner = PopularityLearner(cases, embedder=str(ledger.meta("embedder")))
    coefficients = learner.learn(dataset)
    expected_popularity = None if coefficients is None else learner.as_model(coefficients)
    figures = []
    for rows in HISTORIES:
        case = _case(dataset, cases, ledger, candidates=candidates, rows=rows)
        milliseconds = [_time(case, expected_popularity) for _ in range(runs + 1)][1:]  # the first loads what it needs
        figures.append(
            {
                "history": len(case.history),
                "candidates": len(case.candidates),
                "parts": list(_rank(replace(case), expected_popularity)),
                "runs": runs,
                "median_ms": round(median(milliseconds), 1),
                "p95_ms": round(float(np.percentile(milliseconds, 95)), 1),
            }
        )
        if profile:
            _profile(lambda case=case: _time(case, expected_popularity), runs)  # type: ignore[misc]
    return {"products": len(dataset.products), "ranking": figures}


def _case(dataset: Dataset, cases: CaseMaker, ledger: Ledger, *, candidates: int, rows: int) -> RankingCase:
    """A case that has something of everything that signals look at."""
    in_category = np.bincount(dataset.category)
    by_size = np.lexsort((dataset.category, -in_category[dataset.category]))
    chosen, rest = by_size[:candidates], by_size[candidates:]
    paths = {PATH_SEPARATOR.join(dataset.products[number].category) for number in chosen}
    liked = np.random.default_rng(SEED).permutation(rest)[:rows]
    drawn = Case(
        user_id="",
        category="",
        history=tuple(dataset.products[number].item_id for number in liked),
        candidates=tuple(dataset.products[number].item_id for number in chosen),
        targets=frozenset([dataset.products[chosen[0]].item_id]),
    )
    taken = dataset.rows.where(np.isin(dataset.rows.item, chosen))
    made = cases.make(drawn, co_interactions=Neighbours(dataset.without(paths)).co_interactions(drawn, taken))
    # A case of the maker has its words already, and one frequency for every word of the shop.
    return replace(made, disliked=made.candidates[:_DISLIKED], frequencies=ledger.product_frequencies)


def _rank(case: RankingCase, expected_popularity: ExpectedPopularity | None) -> Iterable[str]:
    made = case if expected_popularity is None else case.with_expected_popularity(expected_popularity.of(case))
    return rank(made, _EVERY_SIGNAL).parts


def _time(case: RankingCase, expected_popularity: ExpectedPopularity | None) -> float:
    """Milliseconds of one run, with nothing worked out before."""
    fresh = replace(case)
    start = time.perf_counter()
    _rank(fresh, expected_popularity)
    return (time.perf_counter() - start) * 1000


def _profile(run: Callable[[], object], runs: int) -> None:
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(runs):
            run()
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(25)


def _print(figures: Figures) -> None:
    click.echo(f"{figures['products']:,} products; {figures['machine']}")
    for one in figures["ranking"]:
        click.echo(
            f"{one['candidates']:,} candidates, {one['history']} rows of history: median {one['median_ms']} ms,"
            f" p95 {one['p95_ms']} ms, by {', '.join(one['parts'])}"
        )


if __name__ == "__main__":
    main()
