from __future__ import annotations

import numpy as np
import pytest

from newaisle.agent.evaluate.category_map import category_map
from newaisle.agent.learn.dataset import Dataset
from tests.agent.learn.datasets import dataset, products


def _on_a_line() -> Dataset:
    """Four categories whose vectors turn from one direction to another."""
    catalogue = products({"a": 2, "b": 2, "c": 2, "d": 2})
    angles = {"a": 0.0, "b": 0.1, "c": 1.3, "d": 1.5}
    vectors = [[np.cos(angles[p.category[0]]), np.sin(angles[p.category[0]]), 0.0] for p in catalogue]
    return dataset(catalogue, [], vectors=np.array(vectors))


def test_categories_of_like_products_lie_near_each_other():
    points = {point.category: point for point in category_map(_on_a_line(), [{"a"}])}

    def apart(one: str, other: str) -> float:
        return float(np.hypot(points[one].x - points[other].x, points[one].y - points[other].y))

    assert apart("a", "b") < apart("b", "c") > apart("c", "d")
    assert apart("a", "d") == pytest.approx(np.hypot(np.cos(1.5) - 1, np.sin(1.5)))  # two dimensions lose nothing here


def test_a_category_held_out_is_near_to_known_ones_alone():
    points = {point.category: point for point in category_map(_on_a_line(), [{"a", "b"}, {"c"}])}

    assert points["a"].held_out
    assert set(points["a"].nearest) == {"c", "d"}
    assert points["c"].nearest[0] == "d"
    assert not points["d"].held_out
    assert points["d"].nearest == []


@pytest.mark.filterwarnings("error")
def test_a_shop_without_vectors_is_mapped_by_its_words():
    points = category_map(dataset(products({"red tea": 3, "red pot": 3, "blue hat": 3}), []), [{"red tea"}])

    assert points[[p.category for p in points].index("red tea")].nearest[0] == "red pot"
    assert [point.products for point in points] == [3, 3, 3]


def test_products_without_a_category_are_not_on_the_map():
    assert [p.category for p in category_map(dataset(products({"": 3, "a": 1, "b": 1}), []), [])] == ["a", "b"]


def test_a_single_category_has_no_map():
    assert category_map(dataset(products({"a": 3}), []), [{"a"}]) == []
