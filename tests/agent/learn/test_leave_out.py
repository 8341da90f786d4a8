from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.leave_out import eligible, folds, leave_out
from tests.agent.learn.datasets import Row, dataset, likes, products

CATALOGUE = products({"tea": 6, "pot": 6, "cup": 3})
FIVE = ("tea0", "tea1", "tea2", "tea3", "tea4")


def test_a_first_step_into_a_category_is_a_case():
    one = dataset(CATALOGUE, likes("ann", *FIVE, "pot1", "tea5", "pot2"))

    (case,) = leave_out(one, held_out=["pot"])

    assert case.user_id == "ann"
    assert case.category == "pot"
    assert case.history == FIVE  # and not tea5, which came after the step
    assert case.targets == {"pot1", "pot2"}
    assert case.candidates == tuple(f"pot{i}" for i in range(6))


def test_four_different_products_before_are_too_few():
    rows = likes("ann", "tea0", "tea0", "tea1", "tea2", "tea3", "pot1")

    assert leave_out(dataset(CATALOGUE, rows), held_out=["pot"]) == []


def test_a_product_liked_twice_is_in_the_history_once_where_it_came_first():
    (case,) = leave_out(dataset(CATALOGUE, likes("ann", *FIVE, "tea0", "pot1")), held_out=["pot"])

    assert case.history == FIVE


def test_what_was_not_liked_is_neither_history_nor_target():
    rows = [
        *likes("ann", *FIVE),
        ("ann", "cup0", -1.0),
        ("ann", "cup1", 0.0),
        *likes("ann", "pot1"),
        ("ann", "pot2", 0),
    ]

    (case,) = leave_out(dataset(CATALOGUE, rows), held_out=["pot"])

    assert case.history == FIVE
    assert case.targets == {"pot1"}


def test_a_row_of_any_kind_is_the_first_step():
    """Whoever disliked a pot before the fifth tea knew the category by then."""
    rows = [("ann", "pot0", -1.0), *likes("ann", *FIVE, "pot1")]

    assert leave_out(dataset(CATALOGUE, rows), held_out=["pot"]) == []


def test_a_history_has_nothing_of_a_category_held_out_together():
    rows = likes("ann", "cup0", *FIVE, "cup1", "pot1")

    (case,) = leave_out(dataset(CATALOGUE, rows), held_out=["pot", "cup"])

    assert case.category == "pot"  # the cup came first of all, before anything was known
    assert case.history == FIVE


def test_views_are_targets_where_there_is_nothing_stronger():
    views = [("ann", item, 0.25) for item in (*FIVE, "pot1")]

    (case,) = leave_out(dataset(CATALOGUE, views), held_out=["pot"])
    with_a_purchase = leave_out(dataset(CATALOGUE, [*views, *likes("bob", "tea0")]), held_out=["pot"])

    assert case.targets == {"pot1"}
    assert with_a_purchase == []


def test_no_more_cases_than_asked_for_are_drawn_and_the_same_each_time():
    rows = [row for user in range(30) for row in likes(f"u{user:02}", *FIVE, "pot1")]
    many = dataset(CATALOGUE, rows)

    drawn = leave_out(many, held_out=["pot"], most_per_category=7)

    assert len({case.user_id for case in drawn}) == 7
    assert leave_out(many, held_out=["pot"], most_per_category=7) == drawn
    assert leave_out(many, held_out=["pot"], most_per_category=7, seed=1) != drawn


def test_categories_of_few_products_or_customers_are_not_eligible():
    rows = [row for user in range(10) for row in likes(f"u{user}", *FIVE, "pot1", "cup1")]
    shop = dataset(CATALOGUE, rows)

    assert eligible(shop, fewest_candidates=6, fewest_customers=10) == ["pot"]
    assert eligible(shop, fewest_candidates=3, fewest_customers=10) == ["cup", "pot"]
    assert eligible(shop, fewest_candidates=3, fewest_customers=11) == []


def test_products_without_a_category_are_no_category():
    catalogue = [*products({"tea": 6}), *products({"": 12})]
    rows = [row for user in range(10) for row in likes(f"u{user}", *FIVE, "1")]

    assert eligible(dataset(catalogue, rows)) == []


def test_every_eligible_category_is_in_one_fold():
    paths = dict.fromkeys("abcdefg", 10)
    steps = [f"{name}{i}" for name in paths for i in range(5)]
    forth = [row for user in range(10) for row in likes(f"u{user}", *steps)]
    back = [row for user in range(10) for row in likes(f"v{user}", *steps[::-1])]
    shop = dataset(products(paths), [*forth, *back])

    parts = folds(shop, count=3)

    assert sorted(path for part in parts for path in part) == eligible(shop) == sorted(paths)
    assert [len(part) for part in parts] == [3, 2, 2]
    assert folds(shop, count=3) == parts
    assert len(folds(shop, count=99)) == 7


def test_an_empty_past_has_no_cases():
    nothing = dataset(CATALOGUE, [])

    assert eligible(nothing) == []
    assert folds(nothing) == []
    assert leave_out(nothing, held_out=["pot"]) == []


USERS = ("ann", "bob", "cy")
_ROW = st.tuples(st.sampled_from([p.item_id for p in CATALOGUE]), st.sampled_from([-1.0, 0.0, 0.25, 1.0]))


def _plain(one: Dataset, held_out: set[str]) -> list[tuple[str, str, tuple[str, ...], frozenset[str]]]:
    """The cases, as the definition says, customer by customer."""
    rows = [
        (one.users[u], one.products[i].item_id, float(liking))
        for u, i, liking in zip(one.rows.user, one.rows.item, one.rows.liking, strict=True)
    ]
    found = []
    wanted = min(1.0, max((liking for *_, liking in rows), default=0.0))
    for category in sorted(held_out):
        for user in one.users:
            own = [(item, liking) for who, item, liking in rows if who == user]
            there = [place for place, (item, _) in enumerate(own) if item.startswith(category)]
            if not there:
                continue
            before = [i for i, liking in own[: there[0]] if liking > 0 and not i.startswith(tuple(held_out))]
            history = tuple(dict.fromkeys(before))
            targets = frozenset(own[place][0] for place in there if own[place][1] >= wanted > 0)
            if len(history) >= 5 and targets:
                found.append((user, category, history, targets))
    return found


@given(
    st.fixed_dictionaries({user: st.lists(_ROW, max_size=25) for user in USERS}),
    st.sets(st.sampled_from(["tea", "pot", "cup"]), min_size=1),
)
def test_cases_are_what_the_definition_says(histories: dict[str, list[tuple[str, float]]], held_out: set[str]):
    rows: list[Row] = [(user, item, liking) for user, own in histories.items() for item, liking in own]
    one = dataset(CATALOGUE, rows)

    cases = leave_out(one, held_out=held_out)

    assert [(c.user_id, c.category, c.history, c.targets) for c in cases] == _plain(one, held_out)
    assert all(np.isin(list(case.targets), case.candidates).all() for case in cases)
