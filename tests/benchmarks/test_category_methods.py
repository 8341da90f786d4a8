"""The measures of where categories belong, on shops whose answers are known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks import category_methods
from benchmarks.category_methods import (
    bought_in,
    compare_methods,
    expected_together,
    judge_probabilities,
    measure_classification,
    ndcg,
    truth_of,
)
from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, METHODS
from newaisle.agent.shop.parts import Parts
from newaisle.store.rows import Event
from tests.agent.filled import did, fill, parts, product

GROUPS = {"tea": ("Green tea", "Black tea", "Herb tea"), "tool": ("Hand tool", "Power tool", "Garden tool")}
WORDS = "mint rose lemon honey ginger jasmine plum pear".split()
PATHS = sorted(path for paths in GROUPS.values() for path in paths)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """Customers stay with tea, or with tools, and what is sold there says so."""
    monkeypatch.setattr(category_methods, "_FEWEST_CUSTOMERS", 5)
    products = [product(f"{path} {word}", f"{path} {word}", path) for path in PATHS for word in WORDS]
    random = np.random.default_rng(0)
    done = []
    for group, paths in GROUPS.items():
        for number in range(20):
            for path in random.choice(paths, size=2, replace=False):
                done.append(did(f"{group}{number}", f"{path} {random.choice(WORDS)}"))
    with fill(tmp_path, products, done).reader() as ledger:
        yield parts(ledger)


def test_every_method_finds_what_customers_of_a_group_buy(shop: Parts) -> None:
    results = compare_methods(shop)
    assert set(results) == {"name", "10 products", "products"}
    for methods in results.values():
        for method in METHODS:
            assert methods[method]["ndcg@5"] > methods["random"]["ndcg@5"] + 0.1
            assert methods[method]["categories"] == 6
        assert methods[DEFAULT_METHOD]["ndcg@5_gain"] == 0
        assert methods["half of the customers"]["ndcg@5"] > methods["random"]["ndcg@5"] + 0.2


def test_held_out_categories_are_asked_about_apart_and_compared_with_all_others(shop: Parts) -> None:
    held_out = {"Green tea", "Hand tool"}
    compared = compare_methods(shop, held_out=held_out)["products"][DEFAULT_METHOD]
    reported = compare_methods(shop, held_out=held_out, on_held_out=True)["products"][DEFAULT_METHOD]
    assert (compared["categories"], reported["categories"]) == (4, 2)


def test_what_is_held_out_changes_nothing_that_is_chosen_on(shop: Parts, tmp_path: Path) -> None:
    held_out = {"Green tea"}
    before = compare_methods(shop, held_out=held_out)
    products = [product(f"{path} {word}", f"{path} {word}", path) for path in PATHS for word in WORDS]
    rows = [row for row in shop.ledger.interactions() if not row.item_id.startswith("Green tea")]
    with fill(tmp_path / "other", products, [did(row.user_id, row.item_id) for row in rows]).reader() as ledger:
        assert compare_methods(parts(ledger), held_out=held_out)["products"] == before["products"]


def test_only_what_was_liked_counts_as_bought(tmp_path: Path) -> None:
    products = [product("a", "x", "A"), product("b", "y", "B"), product("c", "z", "")]
    rows = [did("ann", "a"), did("ann", "b", Event.RETURN), did("bob", "b"), did("cy", "c")]
    with fill(tmp_path, products, rows).reader() as ledger:
        assert bought_in(ledger, ["A", "B"]).tolist() == [[True, False], [False, True]]


TABLES = st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=2, max_size=30).map(
    lambda rows: np.array(rows, dtype=np.bool_)
)


@given(TABLES)
def test_chance_never_expects_more_customers_than_there_are(bought: NDArray[np.bool_]) -> None:
    expected = expected_together(bought)
    assert np.allclose(expected, expected.T)
    assert (expected >= 0).all()
    assert (expected <= len(bought) + 1e-6).all()


def test_who_buys_everything_makes_no_two_categories_alike() -> None:
    random = np.random.default_rng(1)
    activity = random.choice([0.1, 0.9], size=(4_000, 1))
    bought = random.random((4_000, 6)) < activity
    plain = np.log(((bought[:, 0] & bought[:, 1]).mean()) / (bought[:, 0].mean() * bought[:, 1].mean()))
    off_diagonal = truth_of(bought, list("abcdef")).log_lift[~np.eye(6, dtype=bool)]
    assert plain > 0.3
    assert np.abs(off_diagonal).max() < 0.05


def test_categories_of_the_same_customers_lift_each_other_and_few_customers_are_shrunk() -> None:
    random = np.random.default_rng(2)
    together = random.random(400) < 0.5
    bought = np.column_stack([together, together, ~together, random.random(400) < 0.5])
    lift = truth_of(bought, list("abcd")).log_lift
    assert lift[0, 1] > 0.2 > lift[0, 3] > lift[0, 2]
    assert abs(truth_of(bought[:6], list("abcd")).log_lift[0, 1]) < lift[0, 1]


def test_ndcg_is_one_for_the_order_of_the_gains_and_counts_only_what_is_beyond_chance() -> None:
    gains = np.array([0.5, -1.0, 2.0, 0.0])
    assert ndcg(gains, gains) == 1
    assert ndcg(-gains, gains) < 1
    assert ndcg(gains, np.array([-1.0, -1.0, -2.0, 0.0])) == 0
    worth = 2.0 + 0.5 / np.log2(3)
    assert ndcg(np.array([4.0, 3.0, 2.0, 1.0]), gains) == pytest.approx((0.5 + 2.0 / 2) / worth)


def test_probabilities_that_come_true_are_calibrated_and_others_are_not() -> None:
    random = np.random.default_rng(3)
    chance = random.uniform(0.5, 1, size=20_000)
    probabilities = np.column_stack([chance, 1 - chance])
    truth = (random.random(20_000) > chance).astype(np.intp)
    good = judge_probabilities(probabilities, truth)
    assert good["calibration_error"] < 0.02
    assert good["accuracy@1"] == pytest.approx(good["probability"], abs=0.02)
    assert good["accuracy@3"] == 1
    sure = judge_probabilities(np.column_stack([np.full(20_000, 0.99), np.full(20_000, 0.01)]), truth)
    assert sure["calibration_error"] > 0.2
    assert sure["log_loss"] > good["log_loss"]


def test_hiding_the_category_of_a_product_makes_it_look_new(shop: Parts) -> None:
    judged = measure_classification(shop)
    assert judged["accuracy@1"] > 0.8
    assert judged["probability_hidden"] < judged["probability"]
    assert judged["auc_familiarity"] > 0.7
    assert judged["found_new"] > judged["false_alarms"]
