"""What code says to a model's answer with nothing but the inputs of the template to go by."""

from __future__ import annotations

import pytest

from newaisle.agent.evaluate.answer_judges import judge_of
from newaisle.languages import LANGUAGES, Language
from newaisle.prompts.inputs import INPUTS, ExplainInput, ListwiseInput, ProductFields, TurnInput
from newaisle.prompts.library import load_template

TURN = TurnInput(
    categories=["Food > Tea", "Home > Drills"],
    brands=["Nettle"],
    understood=["category: Food > Tea"],
    turn="tea, and nettles make me sneeze",
    unread=["nettles", "sneeze"],
)
PRODUCTS = [{"label": label, "title": f"tea {label}"} for label in "ABC"]


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bundled_example_is_of_use(name: str, language: Language) -> None:
    template = load_template(name, language=language, folder=None)
    judges = [(judge_of(name, language, example.input), example.output) for example in template.examples]
    assert all(judge(output, "stop") is None for judge, output in judges if judge)
    assert name in ("rank", "listwise", "profile") or all(judge for judge, _ in judges)


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bundled_test_that_asks_for_the_check_can_be_checked(name: str, language: Language) -> None:
    for test in load_template(name, language=language, folder=None).tests:
        assert not test.expected.passes_check or judge_of(name, language, test.input)


def test_a_turns_answer_is_of_use_where_a_line_of_it_is_read() -> None:
    for answer, is_of_use in [
        ("without: nettles", True),
        ("nothing", True),
        ("Nothing.", True),
        ("brand: Nettle", True),
        ("without: wool", False),  # which nobody said
        ("category: Home > Drills", False),  # one was understood
        ("brand: Twig", False),
        ("I would not know", False),
        ("", False),
    ]:
        judge = judge_of("turn", "en", TURN)
        assert judge is not None, answer
        assert (judge(answer, "stop") is None) == is_of_use, answer


@pytest.mark.parametrize(("answer", "is_of_use"), [("B, A", True), ("C", False), ("A good choice", False), ("", False)])
def test_an_order_is_of_use_where_it_has_two_letters(answer: str, is_of_use: bool) -> None:
    inputs = ListwiseInput.model_validate({"category": "Tea", "candidates": PRODUCTS})
    judge = judge_of("listwise", "en", inputs)
    assert judge is not None
    assert (judge(answer, "stop") is None) == is_of_use


def test_an_explanation_is_judged_by_its_check_and_by_what_ended_it() -> None:
    facts = ["It is similar to the fork you bought."]
    judge = judge_of("explain", "en", ExplainInput(category="Tea", product=ProductFields(title="Cup"), facts=facts))
    assert judge is not None
    text = "The Cup may suit you: it is similar to the fork you bought."
    assert judge(text, "stop") is None
    assert judge(text, "length") == "it is not complete"
    assert judge("The Cup is perfect.", "stop") == "'perfect' is in no claim"


def test_nothing_judges_an_explanation_of_other_facts() -> None:
    inputs = ExplainInput(category="Tea", product=ProductFields(title="Cup"), facts=["It is blue."])
    assert judge_of("explain", "en", inputs) is None
