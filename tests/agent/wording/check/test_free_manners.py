"""Texts by people who write as they like: what is true passes in many manners, and what is false in none."""

from __future__ import annotations

import pytest

from newaisle.agent.claims.reason import Reason
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.languages import Language
from newaisle.store.rows import Event, Product

FLASK = Product(
    item_id="f",
    title="Marlow insulated steel flask, 500 ml",
    brand="Marlow",
    description="Smaller than a shoe. Keeps tea hot for a day and does not drip. Screw the lid on with cold fingers.",
    category=("Kitchen", "Flasks"),
    attributes={"color": "moss green", "material": "stainless steel", "size": "one size", "for": "skiing"},
)
AXE = Product(
    item_id="a",
    title="Torvald & Lund whetstone, waxed oak base",
    brand="Torvald & Lund",
    description="For knives with a round edge.",
    category=("Tools", "Sharpening"),
)
POT = Product(item_id="p", title="Marlow iron teapot with strainer", brand="Marlow", category=("Kitchen", "Tea"))
SHOP = {"dark", "leather", "warning", "opinion", "thread", "wheel", "layer", "train", "snag"}


def claim(kind: ClaimKind, value: str = "", row: Product | None = None, event: Event = Event.PURCHASE) -> Reason:
    made = Claim(
        kind=kind,
        text="",
        basis="history" if row else "category",
        history_item_id=row.item_id if row else None,
        item_field="brand" if kind == "brand" else "title",
        value=value,
        contribution=1.0,
    )
    return Reason(made, HistoryRow(product=row, event=event, liking=1.0) if row else None)


def judge(text: str, language: Language = "en", style: Style = "short", event: Event = Event.PURCHASE) -> str | None:
    reasons = [
        claim("closer", "0.5", AXE, event),
        claim("brand", "Marlow", POT),
        claim("popularity", "25"),
        claim("together", "7", POT),
        claim("expected_popularity", "0.4"),
    ]
    known = dict.fromkeys(SHOP, 3)
    evidence = TextEvidence(
        FLASK, "Flasks", reasons, language, style, frequencies=lambda words: {w: known[w] for w in words if w in known}
    )
    return problem(text, "stop", evidence)


TRUE = [
    # Everyday words that describe some product of the shop.
    "In our opinion, and without much fuss: Marlow's steel flask is moss green and holds 500 ml.",
    "Fair warning: the Marlow flask is smaller than a shoe.",
    # What is denied, in other words.
    "Marlow's flask won't drip, and tea stays hot for a day.",
    "You bought the Marlow teapot, didn't you? The flask is by Marlow, too.",
    # Numbers.
    "Twenty-five others took an interest in Marlow's steel flask.",
    "Half a litre? It is 500 millilitres: Marlow's steel flask has drawn the interest of no fewer than 25 others.",
    # Whose a row is, and how it is named.
    "The whetstone from Torvald & Lund that you bought brought us to Marlow's flask, which is steel.",
    "The Torvald & Lund stone you bought is what the flask's description resembles more than most of Flasks.",
    "You bought the Marlow teapot. Seven others were interested in both that and this flask.",
    "A whetstone led us to a flask: its description is nearer to the whetstone you bought than most of Flasks.",
    # How it is used, for whom, and what its parts are called.
    "Skiers, this one: you screw it shut with cold fingers. Marlow's flask, 500 ml.",
    "Going skiing with a friend? Marlow's insulated steel flask holds 500 ml.",
    "Here is Marlow's flask for someone who likes hot tea.",
]
FALSE = [
    "Marlow's flask is in the softest steel, 500 ml.",
    "Marlow's flask is the one our customers look at most, 500 ml in steel.",
    "Marlow's flask won't rust, and it holds 500 ml.",
    "Marlow's flask is steel, smoother than a shoe, and holds 500 ml.",
    "Twenty-six others took an interest in Marlow's steel flask.",
    "Twenty-five others were interested in both Marlow's flask and the Marlow teapot you bought.",
    "You bought the Marlow teapot. Twenty-five others were interested in both that and this flask.",
    "Marlow's flask slides into the teapot you bought; it is steel.",
    "Marlow's flask pours well with the teapot you bought; it is steel.",
    "Tea from the Marlow teapot you bought goes into it: Marlow's flask, in steel.",
    "As you ski every winter, have a look at Marlow's flask in steel.",
    "Cold-fingered as you are, have a look at Marlow's flask in steel.",
    "For the tea you make, there is Marlow's flask in steel.",
    "Marlow's flask in steel keeps tea hot for a day on your train.",
    "Marlow's flask stands by the stove you have; it is steel.",
    "You have been meaning to ski: Marlow's flask is steel, 500 ml.",
    "Marlow's flask keeps tea hot for a week and is steel.",
    "Both the flask and the whetstone you bought come from Marlow.",
    "The Torvald & Lund layer you bought led us to Marlow's steel flask.",
    "Waxed? So is Marlow's steel flask, 500 ml.",
    "Marlow's flask is a tool in steel, 500 ml, sharpened for skiers.",
]
CHINESE_TRUE = [
    "五百毫升的Marlow钢制保温瓶，另有25位顾客有兴趣。",
    "您买过的Torvald磨刀石和这款Marlow保温瓶：它的描述更接近那块磨刀石，超过“Flasks”的多数商品。",
    "好不好看另说，这款Marlow保温瓶是钢的，500毫升。",
]
CHINESE_FALSE = [
    "五百毫升的Marlow保温瓶，瓶身是铜的。",
    "张三丰的《Marlow》是钢的，500毫升。",
    "您惯用左手，这款Marlow保温瓶是钢的，500毫升。",
    "Marlow保温瓶是钢的，附带吊带。",
    "Marlow保温瓶是钢的，销量已过25。",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_may_be_said_in_many_manners(text: str) -> None:
    assert judge(text) is None


@pytest.mark.parametrize("text", FALSE)
def test_what_is_false_is_refused_in_any_manner(text: str) -> None:
    assert judge(text)


@pytest.mark.parametrize("text", CHINESE_TRUE)
def test_what_is_true_may_be_said_in_many_manners_in_chinese(text: str) -> None:
    assert judge(text, "zh") is None


@pytest.mark.parametrize("text", CHINESE_FALSE)
def test_what_is_false_is_refused_in_any_manner_in_chinese(text: str) -> None:
    assert judge(text, "zh")


def test_a_row_is_the_customers_where_it_got_something_from_them_and_was_not_only_looked_at() -> None:
    text = "The Torvald whetstone got a look from you; Marlow's flask is described more like it than most of Flasks."
    assert judge(text) is None
    assert judge(text, event=Event.VIEW)


def test_a_deed_may_be_told_in_the_passive_and_after_a_comma() -> None:
    for text in (
        "The Torvald whetstone, bought by the customer, brought us to Marlow's flask, in steel.",
        "Show it to this customer, who bought the whetstone: the flask is described more like it than most of Flasks.",
    ):
        assert judge(text, style="seller") is None, text
        assert judge(text, style="seller", event=Event.VIEW), text
