"""The claims' own sentences."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.claims.sentences import SENTENCES, price_text, short_title
from newaisle.languages import Language
from newaisle.store.rows import Event


def test_a_title_is_cut_where_it_says_enough() -> None:
    for title, short in [
        ("Oak lamp", "Oak lamp"),
        ("Tarnwick two-person tent (green), 3.1 kg", "Tarnwick two-person tent"),
        ("Sip 5 running vest, 5 litres, size M", "Sip 5 running vest"),
        ("Lamp, oak", "Lamp, oak"),
        ("手工陶瓷茶杯【礼盒装】", "手工陶瓷茶杯"),
        (
            "crochet hooks set of 12 3 0 10mm aluminium with soft grips",
            "crochet hooks set of 12 3 0 10mm aluminium",
        ),
        ("single pointed knitting needles set 14 inch 18 pairs bamboo", "single pointed knitting needles set 14 inch"),
        ("at glance daily desk calendar 2017 refill 3 1 2 x 6", "at glance daily desk calendar 2017 refill"),
        ("x" * 60, "x" * 48),
    ]:
        assert short_title(title) == short, title


@given(st.text(alphabet=string.ascii_lowercase + " ,(2茶", min_size=1).map(lambda text: " ".join(text.split())))
def test_a_short_title_is_the_beginning_of_the_title(title: str) -> None:
    short = short_title(title)
    assert title.startswith(short)
    assert len(short) <= 48
    assert bool(short) == bool(title)


@pytest.mark.parametrize(
    ("price", "currency", "text"), [(24, "USD", "24.00 USD"), (89.5, None, "89.50"), (0, "CNY", "0.00 CNY")]
)
def test_a_price_has_its_currency(price: float, currency: str | None, text: str) -> None:
    assert price_text(price, currency) == text


@pytest.mark.parametrize("language", SENTENCES)
def test_every_event_of_liking_has_words(language: Language) -> None:
    assert set(SENTENCES[language].did) == set(Event) - {Event.RETURN, Event.DISLIKE, Event.IMPRESSION}
