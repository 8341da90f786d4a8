"""Calibration of shops made up so that it is known what they should learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest

from newaisle.agent.learn.calibrate import FEWEST_CASES, Calibration, calibrate
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.rank.blend import DEFAULT_BLEND
from newaisle.store.rows import Product
from tests.agent.learn.datasets import dataset, likes

SHELVES = ("bags", "cups", "hats", "mats", "pens", "rugs")
SIZE = 20
Random = np.random.Generator


def _product(shelf: str, i: int) -> Product:
    """Prices go up from 1 to 20 within a category; vectors are noise, and all else is the same."""
    return Product(item_id=f"{shelf}{i}", title="a thing", category=(shelf,), price=1.0 + i, currency="EUR")


@pytest.fixture(autouse=True)
def _few_warm_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """How co-interactions are learned from is tested for itself."""
    monkeypatch.setattr("newaisle.agent.learn.cold_start._CASES", 4)


def _shop(
    take: Callable[[Random, int], list[int]],
    *,
    customers: int = 50,
    seed: int = 0,
    shelves: Sequence[str] = SHELVES,
) -> Dataset:
    """Customers go through all categories, each in an order of their own, and take what `take` says."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        for shelf in random.permutation(shelves):
            rows += likes(f"u{customer:03}", *(f"{shelf}{i}" for i in take(random, customer)))
    catalogue = [_product(shelf, i) for shelf in shelves for i in range(SIZE)]
    vectors = random.normal(size=(len(catalogue), 8))
    return dataset(catalogue, rows, vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _by_price(random: Random, customer: int) -> list[int]:
    """Half of the customers take two of the five cheapest products, the others of the dearest."""
    return (random.choice(5, size=2, replace=False) + (0 if customer % 2 else SIZE - 5)).tolist()


def _by_chance(random: Random, _: int) -> list[int]:
    return random.choice(SIZE, size=2, replace=False).tolist()


def _calibrated(shop: Dataset, **more: Callable[[int, int], None]) -> Calibration:
    cases = CaseMaker(shop)
    return calibrate(shop, PopularityLearner(cases, embedder=""), cases, **more)  # type: ignore[arg-type]


@cache
def _of_price() -> Calibration:
    return _calibrated(_shop(_by_price))


def test_where_one_signal_decides_it_gets_the_weight_and_the_others_none():
    found = _of_price()

    assert found.judged is not None
    assert found.judged.kept
    learned = {name: weight for name, weight in found.blend.weights.items() if name != "disliked"}
    assert learned.keys() == {"price"}
    assert learned["price"] > 0.5
    assert found.blend.weights["disliked"] == DEFAULT_BLEND.weights["disliked"]  # of which nothing is learned


def test_it_says_by_how_much_it_ranked_better_on_categories_left_out():
    judged = _of_price().judged

    assert judged is not None
    assert judged.categories == len(SHELVES)
    assert judged.cases >= FEWEST_CASES
    assert judged.gain == pytest.approx(judged.learned - judged.default)
    assert judged.gain > 5 * judged.gain_se > 0
    assert judged.learned > 0.6


def test_probabilities_are_learned_too():
    """Two of five products of one end are taken: of all twenty, one in ten."""
    blend = _of_price().blend

    assert blend.slope is not None
    assert blend.slope > 0.5


def test_where_all_is_chance_the_default_is_mostly_kept_and_nothing_gets_much_weight():
    found = [_calibrated(_shop(_by_chance, seed=seed)) for seed in range(3)]

    kept = [one for one in found if one.blend.weights == DEFAULT_BLEND.weights]
    assert all(one.judged and not one.judged.kept for one in kept)
    assert len(kept) >= 2
    for one in found:
        if one not in kept:
            assert max(one.blend.weights.values()) <= 0.1  # where one signal decides it gets more than 0.5


def test_a_past_that_is_too_small_is_not_learned_from():
    few_customers = _calibrated(_shop(_by_price, customers=30))  # three cases each
    nobody = _calibrated(dataset([_product("bags", i) for i in range(SIZE)], []))

    assert few_customers == nobody == Calibration(DEFAULT_BLEND, None)


def test_four_categories_are_too_few():
    def take(random: Random, customer: int) -> list[int]:
        return [*_by_price(random, customer), 8, 9, 10, 11]

    four, five = (_calibrated(_shop(take, customers=40, shelves=SHELVES[:count])) for count in (4, 5))

    assert four == Calibration(DEFAULT_BLEND, None)
    assert five.judged is not None


def test_the_same_past_gives_the_same_blend():
    again = _calibrated(_shop(_by_price))

    assert again == _of_price()
    assert _calibrated(_shop(_by_price, seed=1)) != again


def test_it_says_how_far_it_is():
    seen: list[tuple[int, int]] = []

    _calibrated(_shop(_by_price, customers=30), progress=lambda done, total: seen.append((done, total)))

    assert seen == [(done, len(SHELVES)) for done in range(len(SHELVES) + 1)]


def test_only_rows_that_are_allowed_are_learned_from():
    """The shop's past is full, but the part that may be learned from is not."""
    shop = _shop(_by_price)
    cases = CaseMaker(shop)
    expected_popularity = PopularityLearner(cases, embedder="")

    assert calibrate(shop.without(SHELVES[:3]), expected_popularity, cases) == Calibration(DEFAULT_BLEND, None)
