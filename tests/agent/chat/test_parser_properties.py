"""What holds for every turn and every shop."""

from __future__ import annotations

import string

from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.reading.brands import BrandNames
from newaisle.agent.chat.reading.function_words import COMMON
from newaisle.agent.chat.reading.text import LONGEST, Brand, Marked, normal
from tests.agent.chat.shop import SHOWN, VOCABULARY

_PIECES = """
no not without any more like the first last #2 3 1 2 and or but cheaper than under 20 $30 € 块
以内 不要 别 除了 都行 第二个
的 和 corvane brightwick 星屿 steel oak lamp lamps 台灯 白色 brand price forget fine why 为什么 没有 喜欢 贵
再 看 看看 多 , . ? really so
""".split()
_AMOUNTS = st.integers(1, 999_999)
_ENGLISH = (
    "under {}",
    "max {}",
    "{} tops",
    "no more than {}",
    "up to {}",
    "nothing over {}",
    "it shouldn't go above {}",
    "<{}",
)
_CHINESE = ("{}以内", "不超过{}", "{}以下的", "最多{}", "预算{}", "别超过{}", "{}封顶", "超过{}的不要")
_DIGITS = "零一二三四五六七八九"
_LETTERS = st.text("bdfgklmnprstvz", min_size=3, max_size=3)


def in_chinese(number: int) -> str:
    """A number below 10,000 in Chinese characters, written in full."""
    text, zero = "", False
    for place, unit in zip((1000, 100, 10, 1), ("千", "百", "十", ""), strict=True):
        digit = number // place % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + unit
        zero = not digit
    return text


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_read(text: str) -> None:
    read_turn(text, VOCABULARY, SHOWN)


@given(st.lists(st.sampled_from(_PIECES), max_size=25), st.booleans())
def test_no_mix_of_what_people_say_is_too_strange_to_read(pieces: list[str], spaced: bool) -> None:
    intent = read_turn((" " if spaced else "").join(pieces), VOCABULARY, SHOWN)
    assert not set(intent.brands) & set(intent.not_brands)
    assert all(brand in ("Corvane", "Brightwick", "星屿", "Thorn & Sons", "Pellory", "麦芽") for brand in intent.brands)


@given(_AMOUNTS, st.sampled_from(_ENGLISH + _CHINESE))
def test_a_limit_in_digits_is_read_back(amount: int, form: str) -> None:
    assert read_turn(form.format(amount), VOCABULARY).max_price == amount


@given(st.integers(1, 9_999), st.sampled_from(_CHINESE))
def test_a_limit_in_chinese_characters_is_read_back(amount: int, form: str) -> None:
    assume(amount >= 10)
    assert read_turn(form.format(in_chinese(amount)), VOCABULARY).max_price == amount


@given(st.decimals(1, 9_999, places=2), st.sampled_from(["${}", "£{}", "€{}", "{} euros", "{}元", "{}刀"]))
def test_a_limit_with_cents_and_a_currency_is_read_back(amount: object, form: str) -> None:
    intent = read_turn("under " + form.format(amount), VOCABULARY)
    assert intent.max_price == float(str(amount))
    assert intent.currency in ("USD", "GBP", "EUR", "CNY")


_NAMES = st.lists(
    st.builds(
        "".join,
        st.lists(
            st.builds("{}{}".format, st.sampled_from("bdfgklmnprstvz"), st.sampled_from("aeiou")),
            min_size=3,
            max_size=5,
        ),
    ),
    min_size=2,
    max_size=12,
    unique=True,
)


@given(_NAMES, st.data())
def test_a_name_with_one_slip_is_found_and_no_other_one(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    place = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    slip = data.draw(
        st.sampled_from(
            [
                name[:place] + name[place + 1 :],
                name[:place] + letter + name[place:],
                name[:place] + letter + name[place + 1 :],
            ]
        )
    )
    assume(slip not in COMMON and len(slip) >= 6)
    others = [OSA.distance(slip, other) for other in names if other != name]
    turn = Marked(normal(f"show me {slip} please"))
    BrandNames(name.title() for name in names).mark(turn, lambda word: False, lambda word: False)
    found = [brand.name for brand in turn.of(Brand)]
    if min(others) > 1 + (len(name) >= 8 or len(slip) >= 8):
        assert found == [name.title()]
    elif min(others) > OSA.distance(slip, name):
        assert found in ([name.title()], [])
    elif found:
        assert OSA.distance(slip, found[0].lower()) <= min(others)


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4), st.sampled_from(["", " "]))
def test_what_is_pasted_costs_no_more_than_its_first_characters(pieces: list[str], between: str) -> None:
    text = (between.join(pieces) + between) * 100_000
    assert len(normal(text)) <= LONGEST
    assert read_turn(text, VOCABULARY, SHOWN) == read_turn(text[:LONGEST], VOCABULARY, SHOWN)


def test_a_pattern_that_repeats_does_not_try_every_way_to_cut_it() -> None:
    for piece in [
        *(
            "有没有",
            "也不要",
            "含有",
            "提到",
            "看看",
            "别的",
            "第二个和",
            "为什么",
            "这个牌子",
            "一百",
            "有点",
            "lamp 和 ",
        ),
        *("ok so ", "kinda so too ", "something like ", "not steel ", "more of ", "why not ", "budget is ", "2 and "),
    ]:
        read_turn(
            "不要" + piece * LONGEST, VOCABULARY, SHOWN
        )  # two ways for each piece would take longer than anyone waits
        read_turn("no " + piece * LONGEST + "x", VOCABULARY, SHOWN)
