from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.store.cleaning import BadValue, clean_id, clean_text, flat_text, parse_stock

PIECES = ["<", ">", "&", "lt;", "amp;", "#60;", "b", "script", "</", "<!--", "-->", " ", '"', "ｂ", "\u200b", "é", "标"]
MARKUP = st.lists(st.sampled_from(PIECES)).map("".join)


def test_text_is_cleaned() -> None:
    for text, clean in [
        ("  a \t\n b ", "a b"),
        ("<p>Red&nbsp;kettle</p><script>alert(1)</script>", "Red kettle"),
        ("<style>p {color: red}</style>Kettle<br/>1 l", "Kettle 1 l"),
        ("H<sub>2</sub>O", "H2O"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ('<img alt="a > b" src=x>pan', "pan"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("AT&T 5 < 6 > 4 <3", "AT&T 5 < 6 > 4 <3"),
        ("Ｋｅｔｔｌｅ ２Ｌ，白色（新）", "Kettle 2L，白色（新）"),
        ("cafe\u0301", "café"),
        ("a\u202eb\u200bc\u0000d\ufeff", "abcd"),
        ("bad \ud800 half", "bad \ufffd half"),
        ("水壶\u3000红色", "水壶 红色"),
    ]:
        assert clean_text(text) == clean, text


@given(st.text() | MARKUP)
def test_cleaning_clean_text_changes_nothing(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean


@given(st.text(st.characters(min_codepoint=0, max_codepoint=0x2FFF, categories=None)) | MARKUP)
def test_no_control_character_survives(text: str) -> None:
    clean = clean_text(text)
    assert not [
        char for char in clean if unicodedata.category(char) in ("Cc", "Cs") or char in "\u200b\u200e\u202e\ufeff"
    ]
    assert clean == unicodedata.normalize("NFC", " ".join(clean.split()))


def test_hostile_text_is_cleaned_in_linear_time() -> None:
    for unit in ["<!--", "&amp;", "&#38;", '<a "', "<", "amp;", "<script", '<a"<a"\'']:
        clean = clean_text(unit * 100_000)  # quadratic behaviour would take minutes
        assert clean_text(clean) == clean, unit


def test_an_id_is_text_of_any_script_or_a_whole_number() -> None:
    for value, clean in [(" a1 ", "a1"), (7, "7"), (7.0, "7"), ("商品-1", "商品-1"), ("x" * 200, "x" * 200)]:
        assert clean_id(value, "id") == clean, value


@pytest.mark.parametrize("value", ["", "  ", None, "x" * 201, "a\x00b", "a\nb", "a\u202eb", "\ud800", 1.5, True, ["a"]])
def test_an_unusable_id_rejects_the_row(value: object) -> None:
    with pytest.raises(BadValue, match="the id"):
        clean_id(value, "id")


def test_stock_is_a_truth_value_a_word_or_a_quantity() -> None:
    for value, stock in [
        (True, True),
        ("yes", True),
        ("In Stock", True),
        ("in_stock", True),
        ("https://schema.org/InStock", True),
        ("有货", True),
        ("available for order", True),
        (3, True),
        ("12", True),
        (False, False),
        ("no", False),
        ("out of stock", False),
        ("缺货", False),
        (0, False),
        ("0", False),
        ("ask", None),
        ("", None),
        (None, None),
        ("nan", None),
    ]:
        assert parse_stock(value) is stock, value


def test_nested_values_become_short_text() -> None:
    assert flat_text({"size": [1, 2.5], "new": True, "none": None}) == "size: 1, 2.5; new: true"
    deep: list[object] = []
    for _ in range(500):
        deep = [deep]
    assert flat_text(deep) == "…"
    assert len(flat_text(["word"] * 10_000)) == 500
