"""One claim for all the rows that it rests on: the strongest is named, the others are counted."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

import pytest

from newaisle.agent.claims.claims import Reason
from newaisle.agent.claims.sentences import SENTENCES, sentences
from newaisle.agent.rank.blend import Blend, rank
from newaisle.agent.rank.case import HistoryRow, RankingCase
from newaisle.agent.schema.style import Style
from newaisle.languages import Language
from newaisle.store.rows import Event, Product
from tests.agent.claims.claiming import DESK, OTHERS, claims_of, kinds, texts
from tests.agent.filled import product
from tests.agent.rank.cases import case_of, row

BRAND = Blend(weights={"brand": 0.5})
GREEN = Blend(weights={"attributes": 0.5})
SHELF = product("h3", "shelf", "Home > Shelves", brand="hale")
STOOL = product("h4", "stool", "Home > Shelves", brand="HALE")
CUP = product("h5", "cup", "", brand="Hale")


RIVAL = product("p", "black bowl", brand="Pine", attributes={"colour": "black"})
POT = product("h6", "black pot", brand="Pine", attributes={"colour": "black"})


def against_rival(one: Product, *history: HistoryRow) -> RankingCase:
    """A candidate among others, for one of which an older row speaks: without the rows of the first, that one gains."""
    case = case_of([one, RIVAL, *OTHERS], [row(POT), *history])
    return replace(case, product_count=1000)  # so that no word is a common one


def by_hale(*history: HistoryRow) -> RankingCase:
    return against_rival(product("c", "lamp", brand="Hale"), *history)


def rows_of(reason: Reason) -> list[str | None]:
    return [reason.claim.history_item_id, *reason.claim.also]


def test_a_brand_is_claimed_once_for_all_its_rows_and_the_latest_is_named() -> None:
    case = by_hale(row(SHELF), row(STOOL))
    (reason,) = claims_of(case, blend=BRAND)
    assert reason.claim.text == "It is by Hale, like the stool you bought and others you chose in Shelves."
    assert rows_of(reason) == ["h4", "h3"]
    assert reason.claim.contribution == pytest.approx(rank(case, BRAND).evidence["brand"][0, 1:].sum(), abs=1e-4)
    assert texts(claims_of(case, blend=BRAND, language="zh")) == [
        "它和您买过的“stool”以及您在“Shelves”选过的其他商品都是Hale的产品。"
    ]


@pytest.mark.parametrize("last", [DESK, CUP], ids=["another", "none"])
def test_a_category_is_named_only_where_all_the_rows_are_from_it(last: object) -> None:
    case = by_hale(row(SHELF), row(STOOL), row(last))  # type: ignore[arg-type]
    (text,) = texts(claims_of(case, blend=BRAND))
    assert text.endswith(" you bought and others you chose.")
    (text,) = texts(claims_of(case, blend=BRAND, language="zh"))
    assert text.endswith("以及您选过的其他商品都是Hale的产品。")
    (text,) = texts(claims_of(case, blend=BRAND, style="seller"))
    assert text.startswith("It is by Hale, like 3 products the customer chose, among them the ")
    (text,) = texts(claims_of(case, blend=BRAND, language="zh", style="seller"))
    assert text.startswith("它和顾客选过的3件商品都是Hale的产品，其中有顾客买过的")


def test_a_look_is_no_choice_and_is_not_counted_among_them() -> None:
    (reason,) = claims_of(by_hale(row(SHELF), row(STOOL, 0.25, Event.VIEW)), blend=BRAND)
    assert reason.claim.text == "It is by Hale, like the shelf you bought."
    assert rows_of(reason) == ["h3"]


def test_of_looks_alone_one_is_named_as_what_it_is() -> None:
    looked = [row(one, 0.25, Event.VIEW) for one in (SHELF, STOOL)]
    (reason,) = claims_of(by_hale(*looked), blend=BRAND)
    assert reason.claim.text == "It is by Hale, like the stool you looked at."
    assert rows_of(reason) == ["h4"]


def test_an_attribute_is_claimed_once_for_all_its_rows() -> None:
    lamp = product("c", "lamp", attributes={"colour": "Forest green"})
    chairs = [product(f"h{i}", f"chair{i}", "Chairs", attributes={"colour": "FOREST green"}) for i in range(3)]
    case = against_rival(lamp, *map(row, chairs[:2]), row(chairs[2], 0.25, Event.VIEW))
    (reason,) = claims_of(case, blend=GREEN)
    assert reason.claim.text == (
        'It shares the colour "Forest green" with the chair1 you bought and others you chose in Chairs.'
    )
    assert rows_of(reason) == ["h1", "h0"]
    evidence = rank(case, GREEN).evidence["attributes"]
    assert reason.claim.contribution == pytest.approx(evidence[0, 1:3].sum(), abs=1e-4)
    assert texts(claims_of(case, blend=GREEN, language="zh")) == [
        "它和您买过的“chair1”以及您在“Chairs”选过的其他商品的colour都是“Forest green”。"
    ]


def test_of_several_attributes_the_one_that_adds_most_is_claimed() -> None:
    """The material is that of three rows, the colour that of one."""
    lamp = product("c", "lamp", attributes={"colour": "green", "material": "oak"})
    oak = [product(f"h{i}", f"thing{i}", attributes={"material": "oak"}) for i in range(3)]
    green = product("g", "leaf", attributes={"colour": "green"})
    case = against_rival(lamp, row(green), *map(row, oak))
    (reason,) = claims_of(case, blend=GREEN)
    assert (reason.claim.item_field, rows_of(reason)) == ("attributes.material", ["h2", "h1", "h0"])


OAK = [product(f"h{i}", f"oak thing{i}", "Desks") for i in range(3)]
WORDS = Blend(weights={"lexical": 0.5})


def test_shared_words_are_claimed_once_for_all_rows_that_have_all_of_them() -> None:
    looked = row(product("v", "oak bench"), 0.25, Event.VIEW)
    case = against_rival(product("c", "natural oak lamp"), *map(row, OAK), looked)
    (reason,) = claims_of(case, blend=WORDS)
    assert reason.claim.text == 'It shares "oak" with the oak thing2 you bought and others you chose in Desks.'
    assert sorted(map(str, rows_of(reason))) == ["h0", "h1", "h2"]
    evidence = rank(case, WORDS).evidence["lexical"]
    assert reason.claim.contribution == pytest.approx(evidence[0, 1:4].sum(), abs=1e-4)
    assert texts(claims_of(case, blend=WORDS, language="zh")) == [
        "它和您买过的“oak thing2”以及您在“Desks”选过的其他商品都提到“oak”。"
    ]


def test_a_row_that_has_but_one_of_the_words_is_not_counted() -> None:
    history = [row(product("one", "oak bench")), row(product("both", "oak linen chair"))]
    (reason, *_) = claims_of(against_rival(product("c", "oak linen lamp"), *history), blend=WORDS)
    assert reason.claim.value == "oak linen"
    assert rows_of(reason) == ["both"]


def test_words_of_a_row_that_was_only_looked_at_count_no_other_row() -> None:
    bought = row(product("far", "oak lamp with a cushion and a long name"), 0.25)
    looked = row(product("v", "oak lamp"), 0.25, Event.VIEW)
    reasons = claims_of(against_rival(product("c", "oak lamp"), bought, looked), blend=WORDS)
    assert reasons[0].claim.text == 'It shares "oak lamp" with the oak lamp you looked at.'
    assert rows_of(reasons[0]) == ["v"]


def test_words_that_a_brand_or_an_attribute_has_said_of_a_row_are_not_said_again_of_it() -> None:
    lamp = product("c", "Hale lamp", brand="Hale", attributes={"wood": "Oak"})
    desks = [product(f"h{i}", "Hale oak desk", brand="Hale", attributes={"wood": "oak"}) for i in range(3)]
    blend = Blend(weights={"brand": 0.2, "attributes": 0.2, "lexical": 0.2})
    case = against_rival(lamp, *map(row, desks))
    reasons = claims_of(case, blend=blend)
    assert sorted(kinds(reasons)) == ["attribute", "brand"]
    whole = sum(evidence[0, 1:].sum() for evidence in rank(case, blend).evidence.values())
    assert sum(reason.claim.contribution for reason in reasons) == pytest.approx(whole, abs=1e-3)


def test_the_price_level_rests_on_all_rows_of_about_the_same() -> None:
    prices = Blend(weights={"price": 0.5})
    lamps = [product(f"c{i}", f"lamp{i}", price=10.0 + i, currency="EUR") for i in range(10)]
    levels = {"low": 0.1, "near": 0.9, "same": 0.95, "unknown": None}
    history = [row(product(name, f"{name} thing"), price_level=level) for name, level in levels.items()]
    case = case_of(lamps, history)
    (reason, _) = claims_of(case, 9, blend=prices)
    assert (reason.claim.kind, reason.worth) == ("price_level", False)
    assert rows_of(reason) == ["same", "near"]
    evidence = rank(case, prices).evidence["price"]
    assert reason.claim.contribution == pytest.approx(evidence[9, 1] + evidence[9, 2], abs=1e-4)
    a_third = row(product("third", "third thing"), price_level=0.94)
    (reason,) = claims_of(case_of(lamps, [*history, a_third]), 9, blend=prices)
    assert (len(rows_of(reason)), reason.worth) == (3, True)


def test_the_seller_hears_of_the_customer_and_the_customer_of_themselves() -> None:
    for event in SENTENCES["en"].did:
        case = by_hale(row(SHELF, event=event), row(STOOL, event=event))
        for style in STYLES:
            (english,) = texts(claims_of(case, blend=BRAND, language="en", style=style))
            (chinese,) = texts(claims_of(case, blend=BRAND, language="zh", style=style))
            assert ("you " in english, "the customer " in english) == (style != "seller", style == "seller"), event
            assert ("您" in chinese, "顾客" in chinese) == (style != "seller", style == "seller"), event


STYLES: tuple[Style, ...] = ("short", "detailed", "seller")


def every_text(language: Language, style: Style) -> list[str]:
    told = asdict(sentences(language, style))
    return [*told.pop("did").values(), *told.values()]


@pytest.mark.parametrize("style", STYLES)
def test_no_sentence_speaks_to_one_and_of_the_other(style: Style) -> None:
    """Other customers may be spoken of in any case."""
    english = " ".join(every_text("en", style)).lower()
    chinese = "".join(every_text("zh", style)).replace("位顾客", "").replace("受顾客欢迎", "").replace("的顾客也", "")
    chinese = chinese.replace("的顾客选购", "")
    to_seller = style == "seller"
    assert bool(re.search(r"\byour?s?\b", english)) == bool(re.search("[您你]", chinese)) == (not to_seller)
    assert ("the customer" in english) == ("顾客" in chinese) == to_seller
