"""What a shop keeps of a language model's texts, and what follows for `--wording auto`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from newaisle.agent.schema.gain import Worded
from newaisle.agent.shop.parts import Parts
from newaisle.agent.shop.wording import ENOUGH, Counts, Wording
from newaisle.prompts.library import bundled_path, load_template

TEMPLATE = load_template("explain", language="en", folder=None)


@pytest.fixture
def wording(tmp_path: Path) -> Wording:
    return Wording(file=tmp_path / "home" / "wording.json", model="small@12ab", prompts_folder=tmp_path / "prompts")


def texts(count: int, *, refused: int = 0, again: int = 0) -> list[Worded]:
    one = Worded(item_id="a", title="t", own="o", text="x", refusal=None, again=False)
    refusals = ["bad"] * refused + [None] * (count - refused)
    return [
        one.model_copy(update={"refusal": refusal, "again": number >= count - again})
        for number, refusal in enumerate(refusals)
    ]


@pytest.mark.parametrize(
    ("passed", "again", "adds"),
    [(20, 0, True), (20, 10, True), (20, 11, False), (10, 5, True), (10, 6, False), (9, 0, False), (0, 0, False)],
)
def test_texts_are_worth_it_that_mostly_pass_and_mostly_say_something_else(passed: int, again: int, adds: bool) -> None:
    assert Counts(texts=20, passed=passed, again=again).adds is adds


def test_few_texts_are_no_verdict_and_answers_add_theirs_until_there_is_one(wording: Wording) -> None:
    assert wording.counts("explain", "en") is None
    for _ in range(3):
        assert wording.add(TEMPLATE, texts(5, again=5)) == ""
    assert wording.counts("explain", "en") == Counts(texts=15, passed=15, again=15)
    assert wording.told == [f"explain.en: small wrote 15 of the {ENOUGH} texts in this shop by which it is judged"]
    off = "repeats the claims' own sentences in 100 % of 20 texts in this shop: wording is off by `--wording auto`"
    assert wording.add(TEMPLATE, texts(5, again=5)) == off  # said once
    assert wording.add(TEMPLATE, texts(5, again=5)) == ""


def test_a_model_whose_texts_readers_like_less_words_only_where_it_is_told_to(wording: Wording) -> None:
    disliked = replace(wording, disliked="readers preferred the claims")
    for used, words in ((wording, True), (disliked, False)):
        parts = cast(Parts, SimpleNamespace(wording=lambda used=used: used))
        assert Parts.is_worded(parts, "auto", "explain", "en") is words
        assert Parts.is_worded(parts, "on", "explain", "en")
    assert disliked.told == ["small: readers preferred the claims"]


def test_what_is_found_is_said_plainly(wording: Wording) -> None:
    assert wording.put(TEMPLATE, texts(40, refused=2, again=2)).told == "words 36 of 40 texts anew in this shop"
    told = wording.put(TEMPLATE, texts(40, refused=30)).told
    assert told == "fails the check in 75 % of 40 texts in this shop: wording is off by `--wording auto`"


def test_a_few_texts_that_are_measured_do_not_undo_a_verdict(wording: Wording) -> None:
    found = wording.put(TEMPLATE, texts(20, again=20))
    assert wording.put(TEMPLATE, texts(5)) == found
    assert wording.put(TEMPLATE, texts(30)) == wording.counts("explain", "en") == Counts(texts=30, passed=30, again=0)


def test_another_model_or_another_text_of_the_template_is_judged_anew(wording: Wording, tmp_path: Path) -> None:
    wording.put(TEMPLATE, texts(20, again=20))
    assert replace(wording, model="small@34cd").counts("explain", "en") is None
    assert wording.counts("explain-seller", "en") is None
    (tmp_path / "prompts").mkdir()
    own = tmp_path / "prompts" / "explain.en.yaml"
    own.write_text(bundled_path("explain", "en").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert wording.counts("explain", "en") is None
    own.unlink()
    assert wording.counts("explain", "en") == Counts(texts=20, passed=20, again=20)


def test_a_damaged_file_is_as_good_as_none(wording: Wording) -> None:
    wording.put(TEMPLATE, texts(20, again=20))
    wording.file.write_text('{"small@12ab": 3}')
    assert wording.counts("explain", "en") is None
    wording.add(TEMPLATE, texts(1))
    assert wording.counts("explain", "en") == Counts(texts=1, passed=1, again=0)


def test_no_text_is_kept(wording: Wording) -> None:
    wording.put(TEMPLATE, [Worded(item_id="id-7", title="Elm", own="own", text="said", refusal=None, again=False)])
    kept = wording.file.read_text()
    assert not any(word in kept for word in ("id-7", "Elm", "own", "said"))


def test_answers_stop_counting_when_it_is_known(wording: Wording) -> None:
    wording.put(TEMPLATE, texts(200))
    wording.add(TEMPLATE, texts(5, again=5))
    assert wording.counts("explain", "en") == Counts(texts=200, passed=200, again=0)
