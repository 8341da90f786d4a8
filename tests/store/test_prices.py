from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.errors import InputError
from newaisle.store.cleaning import BadValue
from newaisle.store.prices import PriceConvention, PriceEvidence, parse_locale, read_price

POINT, COMMA = PriceConvention("."), PriceConvention(",")


def test_a_price_is_read_as_it_is_written() -> None:
    for text, amount, currency in [
        ("$1,299.00", 1299.0, "USD"),
        ("1.299,00 €", 1299.0, "EUR"),
        ("￥89", 89.0, "CNY"),
        ("89元", 89.0, "CNY"),
        ("人民币 1,299.50", 1299.5, "CNY"),
        ("1 299,00 kr", 1299.0, None),
        ("1\u00a0299,00 €", 1299.0, "EUR"),
        ("1'299.50 CHF", 1299.5, "CHF"),
        ("Rs. 1,29,999", 129999.0, "INR"),
        ("A$5", 5.0, "AUD"),
        ("US $12.50", 12.5, "USD"),
        ("HK$ 88", 88.0, "HKD"),
        ("$12.00 CAD", 12.0, "CAD"),
        ("15.00 USD", 15.0, "USD"),
        ("12,-", 12.0, None),
        ("£0.99", 0.99, "GBP"),
        ("１２８元", 128.0, "CNY"),
        ("0", 0.0, None),
        (".99", None, None),
    ]:
        price = read_price(text, POINT)
        assert (price.amount, price.currency) == (amount, currency), text


def test_a_price_in_doubt_is_read_by_the_files_convention() -> None:
    assert read_price("1,299", POINT).amount == 1299
    assert read_price("1,299", COMMA).amount == 1.299
    assert read_price("1.299", POINT).amount == 1.299
    assert read_price("1.299", COMMA).amount == 1299


def test_a_range_is_no_price() -> None:
    for text in ["10-20", "$10.00 - $20.00", "10 to 20", "10至20元", "10～20"]:
        assert read_price(text, POINT).problem == "range", text


def test_what_is_not_one_plain_price_is_unknown() -> None:
    for text in ["call us", "2 for $5", "1.2万", "12 34", "1.29.999,00,1", "€5 $6", "1..2", "12.99/kg"]:
        price = read_price(text, POINT)
        assert price.amount is None, text
        assert price.problem == "unreadable", text


@pytest.mark.parametrize(
    "value", ["-5", "−5.00 €", "$-5", "-$5", "($5.00)", "inf", "-Infinity", "2000000001", -1, 1e10,
              float("inf"), 10**400, Decimal("sNaN"), Decimal("-1")],
)  # fmt: skip
def test_an_impossible_price_rejects_the_row(value: object) -> None:
    with pytest.raises(BadValue, match="price"):
        read_price(value, POINT)


def test_a_missing_price_is_none_without_a_problem() -> None:
    for value in [None, "", "  ", "N/A", "-", "null", "暂无", "nan", float("nan"), Decimal("NaN")]:
        price = read_price(value, POINT)
        assert (price.amount, price.problem) == (None, None), value


def convention_of(*prices: str, text: str = "", locale: str | None = None) -> PriceConvention:
    evidence = PriceEvidence()
    for price in prices:
        evidence.add_price(price)
    evidence.add_text(text)
    return evidence.convention(parse_locale(locale) if locale else None)


def test_the_convention_comes_from_the_prices_without_doubt() -> None:
    assert convention_of("1,299", "12,50", "7,9").decimal == ","
    assert convention_of("1,299", "12.50").decimal == "."
    assert convention_of("1.299.000", "1.299").decimal == ","
    assert convention_of("1,299").decimal == "."


def test_the_locale_decides_over_the_prices() -> None:
    assert convention_of("1.299", locale="de_DE").decimal == ","
    assert convention_of("1.299", locale="de-CH").decimal == "."
    assert convention_of("1,299", locale="zh_CN").decimal == "."


def test_prices_in_doubt_everywhere_are_warned_about() -> None:
    evidence = PriceEvidence()
    evidence.add_price("1,299")
    assert "--locale" in evidence.warnings(None)[0]
    assert not evidence.warnings(parse_locale("en_US"))


def test_the_yen_sign_is_settled_by_the_file() -> None:
    assert convention_of("¥89", text="电水壶").yuan_or_yen == "CNY"
    assert convention_of("¥89", text="電気ケトル").yuan_or_yen == "JPY"
    assert convention_of("¥89", "80円", text="kettle").yuan_or_yen == "JPY"
    assert convention_of("¥89", "80元", text="電気ケトル").yuan_or_yen == "CNY"


def test_the_dollar_and_the_krone_follow_the_locale() -> None:
    assert read_price("$5", convention_of(locale="en_CA")).currency == "CAD"
    assert read_price("5 kr", convention_of(locale="sv_SE")).currency == "SEK"


def test_an_unknown_locale_is_an_input_error() -> None:
    with pytest.raises(InputError, match="de_DE"):
        parse_locale("klingon")


CENTS = st.integers(min_value=0, max_value=10**11)
MARKS = st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u202f", ","), ("", "."), ("", ",")])
WRAPS = st.sampled_from(["{}", "${}", "{} €", "€ {}", "{} USD", "￥{}", "{}元"])


@given(CENTS, MARKS, WRAPS)
def test_a_price_written_with_cents_reads_back_whatever_the_convention(
    cents: int, marks: tuple[str, str], wrap: str
) -> None:
    group, decimal = marks
    whole = f"{cents // 100:,}".replace(",", group)
    text = wrap.format(f"{whole}{decimal}{cents % 100:02}")
    for convention in (POINT, COMMA):
        assert read_price(text, convention).amount == float(Decimal(cents) / 100)


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(".,"))
def test_a_whole_price_reads_back_in_the_files_convention(amount: int, decimal: str) -> None:
    text = f"{amount:,}" if decimal == "." else f"{amount:,}".replace(",", ".")
    assert read_price(text, PriceConvention(decimal)).amount == amount  # type: ignore[arg-type]


@given(st.text())
def test_any_text_is_a_price_or_a_reason(text: str) -> None:
    try:
        price = read_price(text, POINT)
    except BadValue:
        return
    assert price.amount is None or 0 <= price.amount <= 1e9
