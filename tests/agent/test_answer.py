"""The answer's own rules: nothing unknown, nothing that is no number, nothing missing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from agent.answer import SCHEMA_VERSION, Claim, Constraints, RecommendationSet, Request


def claim(**fields: Any) -> Claim:
    given = {
        "text": "It is.",
        "basis": "history",
        "history_item_id": "a",
        "item_field": "title",
        "value": "x",
        "contribution": 1.0,
    }
    return Claim(**{**given, **fields})


def test_what_is_not_computed_yet_is_null_and_not_missing() -> None:
    assert claim().model_dump()["counterfactual"] is None


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_is_finite(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        claim(contribution=number)
    with pytest.raises(ValidationError, match="finite"):
        Constraints(max_price=number)


def test_a_basis_is_one_of_three() -> None:
    with pytest.raises(ValidationError, match="'history', 'category' or 'general'"):
        claim(basis="popularity")


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Constraints(maxprice=3)  # type: ignore[call-arg]


def test_an_answer_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        claim().text = "It is not."


def test_a_language_is_one_of_two() -> None:
    with pytest.raises(ValidationError, match="'en' or 'zh'"):
        Request(user_id=None, category="x", k=1, constraints=Constraints(), language="fr")  # type: ignore[arg-type]


def test_the_schema_says_what_the_numbers_mean() -> None:
    schema = RecommendationSet.model_json_schema(mode="serialization")
    recommendation = schema["$defs"]["Recommendation"]["properties"]
    assert "takes this product" in recommendation["probability"]["description"]
    assert "sum" in recommendation["signals"]["description"]
    assert schema["properties"]["schema_version"]["const"] == SCHEMA_VERSION == "1"
