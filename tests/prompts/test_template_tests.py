"""What a template's own `tests` may ask, and when an answer has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.languages import LANGUAGES
from newaisle.prompts.check import check_template
from newaisle.prompts.expected import TestKeys, unmet
from newaisle.prompts.inputs import INPUTS
from newaisle.prompts.library import load_template
from newaisle.prompts.template import read_template

WriteTemplate = Callable[..., Path]

RANK = "description: d\nlanguage: en\nprompt: '{{ category }}'\ntests:\n  - input: {category: Tea}\n"
EXPLAIN = "tests:\n  - input: {category: Tea, product: {title: Cup}, facts: []}\n"


def keys(**asked: object) -> TestKeys:
    return TestKeys.model_validate({"input": {}, **asked})


def test_a_test_has_its_inputs_what_is_asked_and_its_line(write_template: WriteTemplate) -> None:
    path = write_template(more=f"{EXPLAIN}    contains: [Cup]\n    max_words: 9\n    passes_check: true\n")
    (test,) = read_template(path, "yours").tests
    assert test.line == 6
    assert test.input.model_dump()["product"]["title"] == "Cup"
    assert (test.expected.contains, test.expected.max_words, test.expected.passes_check) == (("Cup",), 9, True)


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("rank", f"{RANK}    contains: [x]\n", 5, "`among` is missing: at least two titles"),
        ("rank", f"{RANK}    among: [one]\n    contains: [one]\n", 5, "`among` is missing: at least two titles"),
        ("rank", f"{RANK}    among: [one, two]\n    contains: [three]\n", 5, "no title of `among` contains 'three'"),
        ("rank", f"{RANK}    among: [a, b]\n    contains: [a]\n    passes_check: true\n", 5, "`passes_check` is for"),
        ("explain", f"{EXPLAIN}    among: [a, b]\n    contains: [a]\n", 6, "`among` is for rank"),
        ("explain", EXPLAIN, 6, "this test asks nothing of the answer: give contains, not_contains, max_words or"),
        ("explain", f"{EXPLAIN}    contain: [a]\n", 7, "unknown key 'contain' (did you mean 'contains'"),
        ("explain", f"{EXPLAIN}    max_words: 0\n", 7, "tests.0.max_words: input should be greater than or equal to 1"),
        ("explain", "tests:\n  - input: {category: Tea, facts: []}\n    contains: [a]\n", 6, "'product' is missing"),
    ],
)
def test_a_mistake_in_a_test_is_found_on_its_line(
    write_template: WriteTemplate, name: str, text: str, line: int, message: str
) -> None:
    path = write_template(text=text, name="rank.en.yaml") if name == "rank" else write_template(more=text)
    (problem, *_) = check_template(path)
    assert problem.line == line
    assert problem.message.startswith(message)


def test_what_an_answer_lacks_is_named() -> None:
    for asked, answer, lacking in [
        ({"contains": ["Cup"]}, "a CUP of tea", []),
        ({"contains": ["cup", "pot"]}, "a cup", ["it does not contain 'pot'"]),
        ({"not_contains": ["best"]}, "The Best cup", ["it contains 'best'"]),
        ({"not_contains": ["best"]}, "A cup", []),
        ({"max_words": 3}, "It's a 2.5 cup", ["it has 4 words, more than 3"]),
        ({"max_words": 4}, "It's a 2.5-l cup.", []),
        ({"max_words": 4}, "它是茶 cup", []),
        ({"max_words": 3}, "它是茶 cup", ["it has 4 words, more than 3"]),
        ({"passes_check": True}, "anything", []),
    ]:
        assert unmet(keys(**asked), answer) == lacking, asked


@given(answer=st.text(), part=st.text(min_size=1))
def test_of_containing_a_text_and_not_containing_it_just_one_is_met(answer: str, part: str) -> None:
    has, lacks = unmet(keys(contains=[part]), answer), unmet(keys(not_contains=[part]), answer)
    assert bool(has) != bool(lacks)


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bundled_template_has_two_tests_or_more(name: str, language: str) -> None:
    assert len(load_template(name, language=language, folder=None).tests) >= 2
