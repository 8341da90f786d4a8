"""The answer's own rules: nothing unknown, nothing that is no number, nothing missing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from newaisle.agent.schema.answer import (
    SCHEMA_VERSION,
    Claim,
    Constraints,
    Counterfactual,
    Explanation,
    PreferenceTransfer,
    RecommendationSet,
    Request,
)


def claim(**fields: Any) -> Claim:
    given = {
        "kind": "words",
        "text": "It is.",
        "basis": "history",
        "history_item_id": "a",
        "item_field": "title",
        "value": "x",
        "contribution": 1.0,
    }
    return Claim(**{**given, **fields})


def test_what_is_not_known_of_a_claim_is_null_or_empty_and_not_missing() -> None:
    told = claim().model_dump()
    assert (told["also"], told["counterfactual"]) == ([], None)


def test_a_counterfactual_has_the_score_and_the_place_without_and_the_place_now() -> None:
    told = claim(counterfactual=Counterfactual(score=0.5, rank=4, rank_now=1)).model_dump()
    assert told["counterfactual"] == {"score": 0.5, "rank": 4, "rank_now": 1}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_is_finite(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        claim(contribution=number)
    with pytest.raises(ValidationError, match="finite"):
        Counterfactual(score=number, rank=1, rank_now=1)
    with pytest.raises(ValidationError, match="finite"):
        Constraints(max_price=number)


def test_a_basis_is_one_of_three() -> None:
    with pytest.raises(ValidationError, match="'history', 'category' or 'general'"):
        claim(basis="popularity")


def test_a_claim_is_of_a_known_kind() -> None:
    with pytest.raises(ValidationError, match="'brand', 'attribute', 'words'"):
        claim(kind="reason")
    with pytest.raises(ValidationError, match="'brand', 'attribute', 'words'"):
        PreferenceTransfer(from_category="", kind="taste", value="x", weight=1.0, rows=[], item_ids=[])  # type: ignore[arg-type]


def test_an_explanation_says_whose_words_it_is_in_and_what_it_rests_on() -> None:
    right = {"source": "llm", "basis": "wish", "score_basis": "general"}
    assert Explanation(text="It is.", claims=[], **right).basis == "wish"  # type: ignore[arg-type]
    for name, value, known in [
        ("source", "guess", "'llm' or 'evidence'"),
        ("basis", "general", "'history', 'co_interaction', 'wish' or 'category'"),
        ("score_basis", "wish", "'history', 'category' or 'general'"),
    ]:
        with pytest.raises(ValidationError, match=f"should be {known}"):
            Explanation(text="It is.", claims=[], **{**right, name: value})  # type: ignore[arg-type]


def test_a_style_is_short_unless_another_is_asked_for() -> None:
    asked = {"user_id": None, "category": "x", "k": 1, "constraints": Constraints(), "language": "en"}
    assert Request(**asked).style == "short"  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="'short', 'detailed' or 'seller'"):
        Request(**asked, style="long")  # type: ignore[arg-type]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Constraints(maxprice=3)  # type: ignore[call-arg]


def test_an_answer_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        claim().text = "It is not."


def test_the_schema_says_what_the_numbers_mean() -> None:
    schema = RecommendationSet.model_json_schema(mode="serialization")
    recommendation = schema["$defs"]["Recommendation"]["properties"]
    assert "takes this product" in recommendation["probability"]["description"]
    assert "sum" in recommendation["signals"]["description"]
    assert "adds to the score" in schema["$defs"]["Claim"]["properties"]["contribution"]["description"]
    assert schema["properties"]["schema_version"]["const"] == SCHEMA_VERSION == "2"
