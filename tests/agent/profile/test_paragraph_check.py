"""The check of a paragraph: what the statements say passes in many wordings, anything else does not."""

from __future__ import annotations

import pytest

from newaisle.agent.profile.paragraph_check import supported
from newaisle.agent.profile.statements import Statement, facts, sentences, shortened
from newaisle.languages import Language
from newaisle.store.rows import Event

SAID = [
    Statement("mostly", ("Garden Tools", "Beads, Glue & Tape")),
    Statement("brand", ("Hale", "moss & co")),
    Statement("dearer"),
    Statement("word", ("steel", "oak lamp")),
    Statement("dislike", ("Orrin", "plastic")),
    Statement("disliked", ("Nord sofa bed",)),
    Statement("again", ("Hale camp mug 450 ml",)),
    Statement("recent", ("Orrin's kettle (2 l)",), Event.PURCHASE),
]
ZH = [
    Statement("mostly", ("茶具", "Coffee & Tea")),
    Statement("brand", ("松间炊", "墨屿")),
    Statement("cheaper"),
    Statement("word", ("水彩", "便携")),
    Statement("dislike", ("Tarnwick",)),
    Statement("disliked", ("石岭 电热壶",)),
    Statement("again", ("松间炊 云南古树普洱生茶 100克",)),
    Statement("recent", ("墨屿 水彩本",), Event.RATING),
]


def kept(text: str, said: list[Statement] = SAID, language: Language = "en") -> str:
    return supported(text, said, language).text


@pytest.mark.parametrize(("said", "language"), [(SAID, "en"), (ZH, "zh")])
@pytest.mark.parametrize("count", range(1, 9))
def test_the_sentences_that_code_makes_pass_with_every_statement(
    said: list[Statement], language: Language, count: int
) -> None:
    for start in range(len(said) - count + 1):
        part = said[start : start + count]
        text = sentences(part, language)
        checked = supported(text, part, language)
        assert (checked.text, checked.problem, checked.made) == (text, None, count)
        assert checked.is_enough


@pytest.mark.parametrize("event", [Event.PURCHASE, Event.REVIEW, Event.RATING, Event.LIKE, Event.VIEW])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_done_last_passes_whatever_it_was(event: Event, language: Language) -> None:
    said = [Statement("recent", ("Hale camp mug",), event)]
    text = sentences(said, language)
    assert supported(text, said, language).text == text


def test_other_wordings_of_the_same_pass() -> None:
    for text in [
        "This customer mostly shops in Garden Tools.",
        "The customer likes Hale and the brand moss and co.",
        "This customer prefers more expensive products and looks for steel.",
        "They choose mostly from Garden Tools and Beads, Glue & Tape, and they also like Hale.",
        "This customer does not like Orrin, but likes the brand Hale.",
        "They have bought the Hale camp mug 450 ml again.",
        "This customer avoids plastic.",
        "This customer disliked the Nord sofa bed.",
        # what no list had a pattern for
        "Somebody who mostly turns to things from Garden Tools, and enjoys Hale.",
        "They are fond of moss & co, and stay away from Orrin.",
        "Often they browse in Garden Tools, interested in steel and pricier products.",
    ]:
        assert kept(text) == text, text


def test_anything_else_does_not() -> None:
    for text in [
        "This customer likes the brand Batley.",  # no such brand
        "This customer likes Orrin.",  # disliked
        "This customer likes plastic.",
        "This customer does not like Hale.",  # liked
        "This customer does not like Nord.",  # one product of it
        "They never choose from Garden Tools.",
        "This customer prefers cheaper products.",
        "This customer spends 50 euros.",
        "This customer likes the brand Hale 3 times.",
        "This customer likes Hale very much.",  # praise
        "This customer is a woman who likes Hale.",
        "This customer likes Hale because of quality.",
        "This customer chooses mostly from Garden.",  # part of a name
        "They last liked the Orrin's kettle (2 l).",  # bought
        "They last bought the Hale camp mug 450 ml.",  # not the last
        "This customer chooses mostly from Hale.",  # no category
        "This customer likes Hale ★.",
        "This customer likes Hale",  # not complete
        "They bought the Orrin's kettle (2 l) again.",  # once
        "They enjoy it.",
        "They are keen on oak and steel.",  # half of a name
        "They like Hale with friends.",
        "They likes Hale.",
        "This customer like Hale.",
        "They look for steel and likes Hale.",
        "This customer looks for steel and like Hale.",
        "",
    ]:
        checked = supported(text, SAID, "en")
        assert (checked.text, checked.is_enough) == ("", False), text
        assert checked.problem, text


def test_in_chinese_neither() -> None:
    for text in [
        "这位顾客喜欢石岭的产品。",
        "这位顾客不喜欢松间炊。",
        "这位顾客喜欢Tarnwick。",
        "他们偏爱价位较高的商品。",
        "他们是女生，看重水彩。",
    ]:
        assert kept(text, ZH, "zh") == "", text


def test_what_comes_after_the_first_unsupported_sentence_is_cut() -> None:
    checked = supported(
        "This customer likes Hale. They look for steel. They bought a yacht. They avoid plastic.", SAID, "en"
    )
    assert checked.text == "This customer likes Hale. They look for steel."
    assert checked.problem == "'yacht' is in no fact"


@pytest.mark.parametrize("second", ["They like Hale.", "They look for oak lamp and also like Hale."])
def test_a_sentence_that_says_something_twice_ends_it(second: str) -> None:
    checked = supported(f"This customer likes Hale and looks for steel. {second}", SAID, "en")
    assert (checked.text, checked.problem) == ("This customer likes Hale and looks for steel.", "it repeats itself")
    new = "This customer likes Hale. They also like moss & co."
    assert kept(new) == new


def test_marks_inside_a_name_end_no_sentence() -> None:
    said = [Statement("brand", ("Yahoo! (UK)", "Mr. Clean")), Statement("recent", ("Who? (1999)",), Event.LIKE)]
    text = "This customer likes Yahoo! (UK) and Mr. Clean. They last liked the Who? (1999)."
    assert (kept(text, said), supported(text, said, "en").made) == (text, 2)
    assert kept("They last liked the Who?", said) == "They last liked the Who?"  # what is in brackets may be left out


def test_no_more_than_three_sentences_are_kept() -> None:
    text = "This customer likes Hale. They look for steel. They do not like Orrin. They prefer dearer products."
    assert kept(text) == "This customer likes Hale. They look for steel. They do not like Orrin."


def test_a_text_that_says_less_than_half_is_not_enough() -> None:
    assert not supported("This customer likes Hale. They look for steel.", SAID, "en").is_enough
    assert supported("This customer likes Hale. They look for steel.", SAID[:4], "en").is_enough
    assert supported("This customer likes Hale.", SAID[1:2], "en").is_enough
    assert not supported("This customer likes Hale.", SAID[1:3], "en").is_enough


def test_a_name_without_letters_can_be_said_by_nobody() -> None:
    assert kept("This customer likes the brand !!!.", [Statement("brand", ("!!!",))]) == ""


def test_facts_are_three_at_most_and_hold_every_statement() -> None:
    assert facts(SAID[:2], "en") == [
        'This customer chooses mostly from Garden Tools and "Beads, Glue & Tape".',
        "They like the brands Hale and moss & co.",
    ]
    assert len(facts(SAID, "en")) == 3
    assert all(name in " ".join(facts(SAID, "en")) for statement in SAID for name in statement.names)


def test_shortened_statements_are_two_of_two_names() -> None:
    assert shortened([Statement("word", ("a", "b", "c")), *SAID]) == [Statement("word", ("a", "b")), SAID[0]]
