from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.second_check.judged import Explained, JudgedStatement, explain_cases, summary
from newaisle.prompts.messages import Message
from newaisle.store.ledger import Ledger
from newaisle.testing import ScriptedModel
from tests.agent.filled import parts
from tests.agent.two_tastes import two_tastes


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with two_tastes(tmp_path / "home").reader() as ledger:
        yield ledger


def explained(text: str = "It is.", **more: Any) -> Explained:
    made = {
        "user_id": "ann",
        "category": "Tea",
        "item_id": "t1",
        "statements": [],
        "seconds": 0.1,
        "source": "evidence",
    }
    return Explained.model_validate({**made, "text": text, **more})


def stated(verdict: str) -> JudgedStatement:
    return JudgedStatement.model_validate({"text": "x", "kind": "clause", "verdict": verdict, "why": ""})


def test_every_true_explanation_is_supported_and_has_both_sides(ledger: Ledger):
    made, others = explain_cases(parts(ledger), recommendations=20)
    found = summary(made)

    assert others == []
    assert (found.explanations, found.customers) == (20, 4)
    assert found.precision == 1.0, found.examples
    assert found.product_side == found.history_side_where_it_counts == found.counterfactual == 1.0
    assert found.by_model == 0.0
    assert found.seconds is not None
    assert sum(found.basis.values()) == pytest.approx(1)
    assert all(one.source == "evidence" and one.statements for one in made)


def test_what_the_check_refuses_is_tried_twice_and_then_said_by_the_claims(ledger: Ledger):
    model = ScriptedModel(lambda _: " made of gold, and the best there is.")
    made, _ = explain_cases(parts(ledger, lambda: model), recommendations=10)

    found = summary(made)
    assert (found.by_model, found.second_try, found.precision) == (0.0, 0.0, 1.0)
    assert {one.source for one in made} == {"evidence"}
    assert max(one.attempts or 0 for one in made) == 2


def test_what_the_model_words_well_is_counted_and_judged(ledger: Ledger):
    def word_the_first_fact(prompt: Sequence[Message]) -> str:
        asked = prompt[-1].text
        title = re.search(r"Product: (.+)", asked)
        fact = re.search(r"- It (.+)", asked)
        assert title
        return f"The {title[1]} may suit you because it {fact[1]}" if fact else ""

    model = ScriptedModel(word_the_first_fact)
    model.continues = False
    made, _ = explain_cases(parts(ledger, lambda: model), recommendations=10)

    found = summary(made)
    worded = [one for one in made if one.source == "llm"]
    assert worded
    assert found.by_model == len(worded) / len(made)
    assert (found.second_try, found.precision) == (0.0, 1.0), found.examples


def test_other_texts_for_the_same_products_are_judged_by_the_same_checker(ledger: Ledger):
    ours, theirs = explain_cases(
        parts(ledger),
        recommendations=10,
        instead=lambda case, answer: [("It is made of gold.", 0.5) for _ in answer.recommendations],
    )

    assert [one.item_id for one in ours] == [one.item_id for one in theirs]
    found = summary(theirs)
    assert (found.precision, found.seconds, found.product_side, found.by_model) == (0.0, 0.5, None, None)
    assert found.unsupported_kinds == {"clause": 10}
    assert "'gold'" in found.examples[0]


def test_one_text_for_different_reasons_is_counted_where_customers_differ():
    same = [explained(user_id="ann", reasons=["brand a"]), explained(user_id="bob", reasons=["brand b"])]
    assert summary(same).same_text == 1
    assert summary([same[0], explained(user_id="bob", reasons=["brand a"])]).same_text == 0
    assert summary([same[0], explained(user_id="ann", reasons=["brand b"])]).same_text == 0
    assert summary([same[0], explained("Else.", user_id="bob", reasons=["brand b"])]).same_text == 0


def test_a_share_of_nothing_is_unknown_and_not_zero():
    found = summary([])
    assert (found.precision, found.by_model, found.seconds, found.words_mean, found.counterfactual) == (None,) * 5
    assert found.explanations == found.statements == 0


def test_chinese_texts_are_measured_in_letters_and_are_not_for_the_model_to_word():
    found = summary([explained("它属于“茶叶”。"), explained("It is from Tea here.")])
    assert (found.words_mean, found.words_most, found.by_model) == (5.0, 5, 0.0)


@given(st.lists(st.sampled_from(["supported", "unsupported", "opinion"]), min_size=1, max_size=30), st.integers(1, 4))
def test_shares_are_of_all_statements(verdicts: list[str], size: int):
    groups = [verdicts[start : start + size] for start in range(0, len(verdicts), size)]
    found = summary([explained(statements=[stated(verdict) for verdict in group]) for group in groups])

    assert found.statements == len(verdicts)
    assert found.precision == pytest.approx(verdicts.count("supported") / len(verdicts))
    assert found.opinions == pytest.approx(verdicts.count("opinion") / len(verdicts))
    assert found.fully_supported == pytest.approx(sum(set(group) == {"supported"} for group in groups) / len(groups))
    assert sum(found.unsupported_kinds.values()) == len(found.examples) == verdicts.count("unsupported")
