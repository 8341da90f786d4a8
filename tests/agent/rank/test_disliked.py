"""What a customer disliked, held against the candidates of its brand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from newaisle.agent.rank.blend import Blend, rank
from newaisle.agent.rank.signals import disliked
from newaisle.store.rows import Product
from tests.agent.rank.cases import checkerboard

ORRIN, HALE, NOBODYS = (Product(item_id="d", title="d", brand=brand) for brand in ("ORRIN", "Hale", None))


def test_the_brand_of_what_was_disliked_comes_last() -> None:
    scores = disliked(replace(checkerboard(), disliked=[ORRIN]))
    assert scores.tolist() == [0, -1] * 4


def test_a_brand_loses_by_its_share_of_what_was_disliked() -> None:
    scores = disliked(replace(checkerboard(), disliked=[ORRIN, HALE, ORRIN, NOBODYS]))
    assert scores[:2].tolist() == [-0.25, -0.5]


def test_products_without_a_brand_have_no_brand_in_common() -> None:
    case = replace(checkerboard(), disliked=[NOBODYS])
    case = replace(case, candidates=[replace(product, brand=None) for product in case.candidates])
    assert not disliked(case).any()


def test_a_dislike_turns_the_order_of_candidates_that_are_otherwise_equal() -> None:
    case = replace(checkerboard(), history=[], history_vectors=np.zeros((0, 4), np.float32))
    ranking = rank(replace(case, disliked=[HALE]), Blend(weights={"disliked": 0.1}))
    assert set(ranking.parts) == {"disliked"}
    assert set(ranking.order()[:4]) == {1, 3, 5, 7}


def test_nothing_disliked_has_no_part() -> None:
    assert "disliked" not in rank(checkerboard()).parts
