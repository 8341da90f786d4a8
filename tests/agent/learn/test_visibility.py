from __future__ import annotations

import pytest

from newaisle.agent.learn.dataset import Dataset, Rows
from newaisle.agent.learn.split import Case
from newaisle.agent.learn.visibility import arrivals, category_paths, rows_at, rows_of_others, training_dataset
from newaisle.errors import InputError
from tests.agent.learn.datasets import dataset, likes, products, shown

CATALOGUE = products({"tea": 3, "pot": 3, "cup": 3})
ANN = Case(
    user_id="ann",
    category="pot",
    history=("tea0",),
    targets=frozenset({"pot1"}),
    candidates=("pot0", "pot1", "pot2"),
)


def _dated() -> Dataset:
    rows = [
        *likes("ann", "tea0", "pot1", "tea2", "cup1"),
        *likes("bob", "pot0", "pot2", "tea1"),
        *likes("cy", "cup0", "pot1", "pot0"),
    ]
    return dataset(CATALOGUE, rows, times=[10, 20, 30, 40, 19, 21, 22, 1, 5, 20])


def warm_rows(dataset: Dataset, case: Case, count: int | None = None) -> Rows:
    """The first `count` rows of other customers in a case's category; None: all that may be seen."""
    return rows_at(dataset, arrivals(dataset, case)[:count])


def test_what_is_learned_from_has_nothing_of_the_categories_held_out():
    allowed = training_dataset(_dated(), [ANN], ["pot"])

    assert not any(item.startswith("pot") for _, item in shown(allowed, allowed.rows))
    assert len(allowed.products) == len(CATALOGUE)  # their text may be read


def test_of_a_cases_customer_only_the_given_history_may_be_learned_from():
    allowed = training_dataset(_dated(), [ANN], ["pot"])

    assert shown(allowed, allowed.rows) == [("ann", "tea0"), ("bob", "tea1"), ("cy", "cup0")]


def test_a_customer_of_two_cases_gives_both_histories():
    later = ANN.model_copy(update={"category": "cup", "history": ("tea0", "tea2")})

    allowed = training_dataset(_dated(), [ANN, later], ["pot", "cup"])

    assert shown(allowed, allowed.rows) == [("ann", "tea0"), ("ann", "tea2"), ("bob", "tea1")]


def test_a_cases_customer_may_be_unknown_to_the_dataset():
    stranger = ANN.model_copy(update={"user_id": "nobody"})

    assert len(training_dataset(_dated(), [stranger], ["pot"]).rows) == 5
    assert len(warm_rows(_dated(), stranger)) == 5


def test_warm_rows_are_those_of_others_from_before_the_customers_step():
    shop = _dated()

    assert shown(shop, warm_rows(shop, ANN)) == [("bob", "pot0"), ("cy", "pot1")]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, []), (1, [("cy", "pot1")]), (2, [("bob", "pot0"), ("cy", "pot1")]), (9, [("bob", "pot0"), ("cy", "pot1")])],
)
def test_the_earliest_rows_come_first(count: int, expected: list[tuple[str, str]]):
    shop = _dated()

    assert shown(shop, warm_rows(shop, ANN, count)) == expected


def test_undated_rows_come_in_one_random_order_for_all_customers():
    rows = [row for user in range(40) for row in likes(f"u{user:02}", "pot0")]
    shop = dataset(CATALOGUE, [*likes("ann", "tea0", "pot1"), *likes("bob", "tea0", "pot1"), *rows])
    bob = ANN.model_copy(update={"user_id": "bob"})

    of_ann, of_bob = ({user for user, _ in shown(shop, warm_rows(shop, case, 10))} for case in (ANN, bob))

    assert len(of_ann) == 10
    assert of_ann - {"bob"} <= of_bob | {"ann"}
    assert of_ann != {f"u{user:02}" for user in range(10)}
    assert len(warm_rows(shop, ANN)) == 41
    assert set(shown(shop, warm_rows(shop, ANN, 3))) <= set(shown(shop, warm_rows(shop, ANN, 9)))


def test_all_rows_of_others_include_later_ones():
    shop = _dated()

    assert shown(shop, rows_of_others(shop, ANN)) == [
        ("bob", "pot0"),
        ("bob", "pot2"),
        ("cy", "pot1"),
        ("cy", "pot0"),
    ]


def test_a_category_is_found_by_its_path_by_what_is_below_it_and_by_its_last_name():
    shop = dataset(products({"Home > Tea": 1, "Home > Tea > Green": 1, "Food > Pots": 1, "Teapots": 1}), [])

    def paths(name: str) -> set[str]:
        return category_paths(shop, [ANN.model_copy(update={"category": name})])

    assert paths("Home > Tea") == {"Home > Tea", "Home > Tea > Green"}
    assert paths("Pots") == {"Food > Pots"}
    assert paths("Teapots") == {"Teapots"}
    with pytest.raises(InputError, match="no category 'Hats'"):
        paths("Hats")
