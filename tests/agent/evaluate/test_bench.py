"""What is learned of expected popularity for a case: without what its customer did later, but with all others did."""

from __future__ import annotations

from newaisle.agent.evaluate.data import Fold
from newaisle.agent.evaluate.learner import default_blend
from newaisle.agent.evaluate.measure import Results, measure
from newaisle.agent.learn.split import Case
from newaisle.agent.rank.metrics import METRICS
from newaisle.store.rows import Product
from tests.agent.learn.datasets import Row, dataset, likes, products

_HR_1 = METRICS.index("hr@1")
_HISTORY = tuple(f"old{i}" for i in range(5))
_CUSTOMERS = ("ann", "bob")


def _lamps(category: str, count: int) -> list[Product]:
    """Every second one is bright, the others are dull."""
    return [
        Product(item_id=f"{category}{i}", title=f"{('bright', 'dull')[i % 2]} {category}", category=(category,))
        for i in range(count)
    ]


_DULL = [f"{category}{i}" for category in ("desk", "wall") for i in range(1, 200, 2)]


def _measured(*later: Row) -> Results:
    """Cases of two customers in a shop where half of the bright lamps were bought and none of the dull, but `later`."""
    catalogue = [*products({"old": 5}), *_lamps("desk", 200), *_lamps("wall", 200), *_lamps("new", 12)]
    sold = [f"{category}{i}" for category in ("desk", "wall") for i in range(0, 200, 4)]
    rows = [row for i in range(10) for row in likes(f"c{i}", *sold[10 * i : 10 * i + 10])]
    for customer in (*_CUSTOMERS, "zoe"):
        rows += [*likes(customer, *_HISTORY, "new0"), *(row for row in later if row[0] == customer)]
    cases = [
        Case(
            user_id=customer,
            category="new",
            history=_HISTORY,
            targets=frozenset(f"new{i}" for i in range(0, 12, 2)),
            candidates=tuple(f"new{i}" for i in range(12)),
        )
        for customer in _CUSTOMERS
    ]
    return measure(dataset(catalogue, rows), [Fold(frozenset({"new"}), cases)], default_blend)


def _finds_bright(results: Results) -> dict[str, bool]:
    """Whether expected popularity puts a bright lamp first, by customer; never a matter of chance here."""
    found = {_CUSTOMERS[number]: result.metrics["expected_popularity"][_HR_1] for number, result in results.items()}
    assert set(found.values()) <= {0.0, 1.0}
    return {customer: hit == 1.0 for customer, hit in found.items()}


def test_expected_popularity_is_learned_from_what_sold_in_other_categories():
    assert _finds_bright(_measured()) == {"ann": True, "bob": True}


def test_what_the_customer_of_a_case_did_later_is_not_learned_from():
    results = _measured(*likes("ann", *_DULL))

    assert _finds_bright(results) == {"ann": True, "bob": False}  # bob may see what ann did
    before = _measured()[0]
    for method in ("expected_popularity", "default", "untaught", "blend", "blend-expected_popularity", "tfidf"):
        assert results[0].metrics[method] == before.metrics[method]
        assert results[0].first[method] == before.first[method]


def test_what_customers_without_a_case_did_is_learned_from():
    assert _finds_bright(_measured(*likes("zoe", *_DULL))) == {"ann": False, "bob": False}
