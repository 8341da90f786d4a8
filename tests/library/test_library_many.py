"""`Shop.recommend_many`: many requests, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import newaisle

ASKED: list[dict[str, Any]] = [
    {"user_id": "bob", "category": "Tea", "k": 1},
    {"user_id": "ann", "category": "Drills", "k": 2, "max_price": 12},
    {"user_id": None, "category": "Tea", "k": 3, "exclude": ["mint"]},
]


def test_the_answers_come_in_the_order_of_the_requests(small: newaisle.Shop) -> None:
    query = newaisle.Query(user_id="cy", category="Drills", k=4)
    found = list(small.recommend_many([*ASKED, query]))
    assert [(one.request.user_id, one.request.k) for one in found] == [("bob", 1), ("ann", 2), (None, 3), ("cy", 4)]
    alone = [small.recommend(**one) for one in ASKED] + [small.answer(query)]
    assert [one.recommendations for one in found] == [one.recommendations for one in alone]


def test_each_is_made_when_it_is_asked_for(small: newaisle.Shop) -> None:
    taken: list[object] = []

    def requests() -> Iterator[Mapping[str, Any]]:
        for one in ASKED:
            taken.append(one["user_id"])
            yield one

    answers = small.recommend_many(requests())
    assert taken == []
    next(answers)
    assert taken == ["bob"]
    small.feedback("ann", "d0", "bought")
    assert "d0" not in {one.item_id for one in next(answers).recommendations}


WRONG: list[dict[str, Any]] = [
    {"user_id": "anna", "category": "Tea"},
    {"user_id": "ann", "category": "Tee"},
    {"user_id": "ann", "category": "Tea", "max_price": "cheap"},
]


def test_what_cannot_be_answered_is_told_and_left_out(small: newaisle.Shop) -> None:
    told: list[tuple[object, str]] = []
    requests = [WRONG[0], ASKED[0], WRONG[1], WRONG[2], ASKED[1]]
    found = list(small.recommend_many(requests, on_error=lambda request, exc: told.append((request, str(exc)))))
    assert [one.request.user_id for one in found] == ["bob", "ann"]
    assert [request for request, _ in told] == WRONG
    assert [text.partition(" (")[0] for _, text in told[:2]] == ["no customer 'anna'", "no category 'Tee'"]


@pytest.mark.parametrize("wrong", WRONG)
def test_without_somebody_to_tell_it_ends_there(small: newaisle.Shop, wrong: dict[str, Any]) -> None:
    answers = small.recommend_many([ASKED[0], wrong, ASKED[1]])
    assert next(answers).request.user_id == "bob"
    with pytest.raises(newaisle.NewaisleError):
        next(answers)


def test_a_mistake_in_the_program_is_raised_even_then(small: newaisle.Shop) -> None:
    with pytest.raises(TypeError, match="max_prise"):
        list(small.recommend_many([{**ASKED[0], "max_prise": 3}], on_error=lambda request, exc: None))
