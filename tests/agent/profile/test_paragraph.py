"""Writing a paragraph: the model's where it passes, a second try from fewer facts, else code's."""

from __future__ import annotations

import pytest

from newaisle.agent.profile.paragraph import Paragraph, from_statements, profile_input, supports, write
from newaisle.agent.profile.statements import Statement, sentences
from newaisle.errors import LanguageModelError
from newaisle.prompts.library import load_template
from newaisle.testing import ScriptedModel

SAID = [
    Statement("mostly", ("Lamps", "Rugs", "Desks")),
    Statement("brand", ("Hale",)),
    Statement("word", ("oak", "steel")),
]
EN, ZH = (load_template("profile", language=language, folder=None) for language in ("en", "zh"))


def test_a_text_that_passes_is_the_paragraph_with_its_start() -> None:
    model = ScriptedModel([" chooses mostly from Lamps and Rugs. They like the brand Hale, and look for oak."])
    written = write(model, EN, SAID)
    assert written == Paragraph(
        "This customer chooses mostly from Lamps and Rugs. They like the brand Hale, and look for oak.", "llm"
    )


def test_the_model_is_given_every_fact_as_data() -> None:
    model = ScriptedModel(["", ""])
    write(model, EN, SAID)
    first, second = (call.asks[0].prompt for call in model.generate_calls)
    assert first[-2].text == (
        "Facts:\n1. This customer chooses mostly from Lamps, Rugs and Desks.\n2. They like the brand Hale.\n"
        "3. They look for oak and steel.\n"
    )
    assert any(part.is_data and "Hale" in part.text for part in first[-2].parts)
    assert second[-2].text == (
        "Facts:\n1. This customer chooses mostly from Lamps and Rugs.\n2. They like the brand Hale.\n"
    )
    assert all(call.deadline for call in model.generate_calls)


def test_what_fails_is_tried_once_more_from_fewer_facts() -> None:
    model = ScriptedModel([" loves yachts.", " chooses mostly from Lamps. They like the brand Hale."])
    written = write(model, EN, SAID)
    assert written.text == "This customer chooses mostly from Lamps. They like the brand Hale."
    assert (written.source, written.refusals) == ("llm", ("'yachts' is in no fact",))


def test_the_second_try_may_not_say_what_it_was_not_given() -> None:
    model = ScriptedModel(["", " chooses mostly from Desks. They like the brand Hale."])
    assert write(model, EN, SAID).source == "evidence"


def test_what_fails_twice_is_made_by_code() -> None:
    written = write(ScriptedModel([" loves yachts.", " is rich."]), EN, SAID)
    assert (written.text, written.source) == (sentences(SAID, "en"), "evidence")
    assert len(written.refusals) == 2


def test_a_text_cut_at_the_limit_keeps_its_whole_sentences() -> None:
    model = ScriptedModel([" chooses mostly from Lamps. They like the brand Hale. They look" + " for oak" * 200])
    assert write(model, EN, SAID).text == "This customer chooses mostly from Lamps. They like the brand Hale."


def test_a_full_stop_that_a_model_leaves_out_is_put_in_unless_it_was_cut_short() -> None:
    said = SAID[:2]
    written = write(ScriptedModel([" chooses mostly from Lamps. They like the brand Hale"]), EN, said)
    assert (written.text, written.refusals) == (
        "This customer chooses mostly from Lamps. They like the brand Hale.",
        (),
    )
    cut = " chooses mostly from Lamps. They like" + " the brand Hale and" * 100
    assert write(ScriptedModel([cut, ""]), EN, said).source == "evidence"


def test_a_model_that_supports_chinese_writes_it() -> None:
    said = [Statement("mostly", ("茶具",)), Statement("brand", ("松间炊",))]
    model = ScriptedModel(["主要选购茶具，喜欢松间炊的产品。"], languages=("en", "zh"))
    assert supports(model, said, "zh")
    assert write(model, ZH, said) == Paragraph("这位顾客主要选购茶具，喜欢松间炊的产品。", "llm")


def test_a_model_is_left_out_of_what_it_cannot_read() -> None:
    english = ScriptedModel()
    assert supports(english, SAID, "en")
    assert not supports(english, SAID, "zh")
    assert not supports(english, [Statement("brand", ("松间炊",))], "en")


def test_a_model_that_fails_altogether_is_the_callers_matter() -> None:
    with pytest.raises(LanguageModelError):
        write(ScriptedModel([LanguageModelError("no")]), EN, SAID)


@pytest.mark.parametrize("template", [EN, ZH])
def test_the_worked_examples_begin_as_the_answer_will(template: object) -> None:
    head = template.head  # type: ignore[attr-defined]
    start = template.render(profile_input([], "en"))[-1].text  # type: ignore[attr-defined]
    answers = [message.text for message in head if message.role == "assistant"]
    assert len(answers) == 3
    assert all(answer.startswith(start) for answer in answers)


def test_the_sentences_of_code_say_who_made_them() -> None:
    assert from_statements(SAID, "en") == Paragraph(sentences(SAID, "en"), "evidence")
