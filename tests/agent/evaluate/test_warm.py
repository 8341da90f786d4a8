from __future__ import annotations

import numpy as np

from newaisle.agent.evaluate.warm import SHRINKAGE, UserKnn, popularity, tuned_user_knn
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.leave_out import folds, leave_out
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.visibility import rows_of_others
from tests.agent.learn.datasets import dataset, likes, products

CATALOGUE = products({"tea": 4, "pot": 3})
CASE = Case(
    user_id="ann",
    category="pot",
    history=("tea0", "tea1"),
    targets=frozenset({"pot0"}),
    candidates=("pot0", "pot1", "pot2"),
)


def _shop() -> Dataset:
    return dataset(
        CATALOGUE,
        [
            *likes("ann", "tea0", "tea1", "pot0"),
            *likes("near", "tea0", "tea1", "pot0"),
            *likes("far", "tea2", "tea3", "pot1", "pot1"),
            *likes("far2", "tea2", "pot1"),
            *likes("far3", "tea3"),
            ("far3", "pot2", -1.0),
        ],
    )


def _knn(shop: Dataset, **more: float) -> np.ndarray:
    return UserKnn(shop.without(["pot"]), **more)(CASE, rows_of_others(shop, CASE))  # type: ignore[arg-type]


def test_popularity_counts_other_customers_once():
    shop = _shop()

    assert popularity(shop, CASE, rows_of_others(shop, CASE)).tolist() == [1, 2, 1]


def test_neighbours_who_like_the_same_decide():
    scores = _knn(_shop(), neighbours=10, shrinkage=0.0)

    assert scores[0] > scores[1] == 0
    assert scores[2] == 0  # disliked by whoever did anything with it


def test_with_much_shrinkage_it_is_the_popularity_of_what_was_liked():
    scores = _knn(_shop(), neighbours=10, shrinkage=1e6)

    assert scores[1] / scores[0] > 1.9
    assert scores[2] == 0


def test_a_rare_product_in_common_makes_nearer_than_a_frequent_one():
    shop = dataset(
        CATALOGUE,
        [
            *likes("a", "tea0", "pot0"),
            *likes("b", "tea1", "pot1"),
            *[row for user in range(20) for row in likes(f"c{user}", "tea1")],
        ],
    )

    scores = _knn(shop, neighbours=10, shrinkage=0.0)

    assert scores[0] > scores[1] > 0


def test_only_so_many_neighbours_count():
    shop = dataset(CATALOGUE, [*likes("a", "tea0", "tea1", "pot0"), *likes("b", "tea0", "tea2", "pot1")])

    assert (_knn(shop, neighbours=2, shrinkage=0.0) > 0).tolist() == [True, True, False]
    assert (_knn(shop, neighbours=1, shrinkage=0.0) > 0).tolist() == [True, False, False]


def _pairs(*, alike: bool) -> Dataset:
    """Pairs who drink the same teas; both take the same pot, or one the pot that most take and the other any."""
    catalogue = products({"tea": 60, "pot": 13})
    rows = []
    for pair in range(12):
        teas = [f"tea{5 * pair + i}" for i in range(5)]
        for one in range(2):
            rows += likes(f"u{pair:02}{one}", *teas, f"pot{pair if alike or one else 12}")
    return dataset(catalogue, rows)


def test_the_shrinkage_is_what_the_shops_own_past_says():
    assert tuned_user_knn(_pairs(alike=True)).shrinkage == 0.0
    assert tuned_user_knn(_pairs(alike=False)).shrinkage > 0.0
    assert tuned_user_knn(dataset(CATALOGUE, [])).shrinkage == SHRINKAGE


def test_categories_that_give_no_case_when_left_out_together_decide_nothing():
    """Each customer knew five products before the last category, one of every other: without one of these, too few."""
    names = ("tea", "pot", "cup", "hat", "rug", "bag")
    rows = []
    for user in range(60):
        turned = names[user % 6 :] + names[: user % 6]
        rows += likes(f"u{user:02}", *(f"{name}{user % 3}" for name in turned))
    shop = dataset(products(dict.fromkeys(names, 10)), rows)
    cases = [len(leave_out(shop, held_out=part)) for part in folds(shop)]
    assert 0 in cases

    assert tuned_user_knn(shop).shrinkage >= 0


def test_without_rows_nothing_is_preferred():
    shop = _shop()
    nobody = shop.rows.where(np.zeros(len(shop.rows), dtype=bool))

    assert UserKnn(shop.without(["pot"]))(CASE, nobody).tolist() == [0, 0, 0]
    assert popularity(shop, CASE, nobody).tolist() == [0, 0, 0]
