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
        ("crochet hooks set of 12 3 0 10mm aluminium with soft grips", "crochet hooks set of 12 3 0 10mm aluminium"),
        ("single pointed knitting needles set 14 inch 18 pairs bamboo", "single pointed knitting needles set"),
        ("at glance daily desk calendar 2017 refill 3 1 2 x 6 and a holder", "at glance daily desk calendar"),
        ("roll of oracal 651 matte black vinyl for craft cutters and signs", "roll of oracal 651 matte black vinyl"),
        ("brother se270d computerized sewing and embroidery machine", "brother se270d computerized sewing"),
        (
            "officemate classic stainless steel metal office ruler with metric marks",
            "officemate classic stainless steel metal office ruler",
        ),
        (
            "epson expression wireless color all in one inkjet printer and scanner",
            "epson expression wireless color all in one",
        ),
        ("x" * 60, "x" * 48),
    ]:
        assert short_title(title) == short, title


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Christmas Story, A (1983)", "A Christmas Story"),
        ("Town, The (2010)", "The Town (2010)"),
        ("Town, The", "The Town"),
        ("Femme Nikita, La (Nikita) (1990)", "La Femme Nikita"),
        ("Avventura, L' (1960)", "L'Avventura (1960)"),
        ("Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)", "The Good, the Bad and the Ugly"),
        ("Seven (a.k.a. Se7en) (1995)", "Seven (1995)"),
        ("Oak table, the round one", "Oak table, the round one"),
    ],
)
def test_an_article_stands_in_front(title: str, said: str) -> None:
    assert short_title(title) == said


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("OAK READING LAMP, DON'T DROP", "Oak Reading Lamp"),
        ("USB", "USB"),
        ("USB oak LAMP", "USB oak LAMP"),
        ("frank edmunds universal craft stand 6111", "frank edmunds universal craft stand"),
        ("canvas pencil wrap s178 50304", "canvas pencil wrap"),
        ("sealing wax beads metallic copper art. tw-881", "sealing wax beads metallic copper"),
        ("merino wool walking socks size EU-42", "merino wool walking socks size EU-42"),
        ("daily desk calendar 2017", "daily desk calendar 2017"),
        ("Blade Runner 2049", "Blade Runner 2049"),
        ("ek tools circle punch 2 inch ek tools", "ek tools circle punch 2 inch"),
        ("New York, New York (1977)", "New York, New York"),
    ],
)
def test_a_title_does_not_shout_and_has_no_debris(title: str, said: str) -> None:
    assert short_title(title) == said


@given(st.text(alphabet=string.ascii_lowercase + " ,(2茶T", min_size=1).map(lambda text: " ".join(text.split())))
def test_a_short_title_is_short_and_stays_as_it_is(title: str) -> None:
    short = short_title(title)
    assert short_title(short) == short
    assert len(short) <= 64
    assert bool(short) == bool(title)


@pytest.mark.parametrize(
    ("price", "currency", "text"), [(24, "USD", "24.00 USD"), (89.5, None, "89.50"), (0, "CNY", "0.00 CNY")]
)
def test_a_price_has_its_currency(price: float, currency: str | None, text: str) -> None:
    assert price_text(price, currency) == text


@pytest.mark.parametrize("language", SENTENCES)
def test_every_event_of_liking_has_words(language: Language) -> None:
    assert set(SENTENCES[language].did) == set(Event) - {Event.RETURN, Event.DISLIKE, Event.IMPRESSION}
