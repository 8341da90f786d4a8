"""Interests of histories whose taste is known in advance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import astuple, replace

import pytest
from histories import facts, in_order, interests_of, product, row
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.profile.evidence import HALF_LIFE, READ
from newaisle.agent.profile.interest import Interest, Interests, interests
from newaisle.agent.rank.case import price_level
from newaisle.store.rows import Event, Interaction, Product

BRANDS = ("Hale", "Orrin", "Batley", "Lumo")
CATALOGUE = [
    product(
        f"p{i}",
        f"{'oak' if i % 10 == 0 else 'black'} lamp number{i}",
        f"Home > {('Lamps', 'Chairs', 'Desks', 'Rugs')[i // 10]}",
        brand=BRANDS[i % 4],
        price=float(10 + i),
        currency="EUR",
        attributes={"color": "black" if i % 10 else "sand"},
    )
    for i in range(40)
]


def weights(found: Sequence[Interest]) -> dict[str, float]:
    return {one.name: one.weight for one in found}


def everything(found: Interests) -> list[Interest]:
    kinds = (found.brands, found.categories, found.attributes, found.words, found.prices, found.again, found.recent)
    return [one for kind in kinds for one in kind]


def test_a_brand_liked_more_often_weighs_more_and_names_its_products() -> None:
    found = interests_of([row("p0"), row("p4"), row("p8"), row("p1")], CATALOGUE)
    assert [one.name for one in found.brands] == ["Hale"]  # Orrin is a quarter of the history, as it is of the shop
    assert set(found.brands[0].item_ids) == {"p0", "p4", "p8"}
    fewer = interests_of([row("p0"), row("p1"), row("p2")], CATALOGUE)
    assert found.brands[0].weight > weights(fewer.brands)["Hale"] > 0


@pytest.mark.parametrize("event", [Event.DISLIKE, Event.RETURN])
def test_dislikes_and_returns_count_against(event: Event) -> None:
    found = interests_of([row("p0"), row("p4"), row("p1"), row("p1", event), row("p5", event)], CATALOGUE)
    assert weights(found.brands)["Hale"] > 0 > weights(found.brands)["Orrin"]


def test_a_low_rating_counts_against_and_a_middling_one_says_nothing() -> None:
    low = interests_of([row("p0", Event.RATING, rating=1.0)], CATALOGUE)
    assert weights(low.brands)["Hale"] < 0
    middling = interests_of([row("p0", Event.RATING, rating=3.0)], CATALOGUE)
    assert (middling.brands, middling.categories, middling.words, middling.prices) == ((), (), (), ())
    assert [one.item_ids for one in middling.recent] == [("p0",)]


def test_liked_and_disliked_alike_comes_to_nothing() -> None:
    found = interests_of([row("p0"), row("p4", Event.DISLIKE)], CATALOGUE)
    assert abs(weights(found.brands).get("Hale", 0.0)) < 0.01


def test_what_everything_in_the_shop_is_says_little() -> None:
    found = interests_of([row("p10"), row("p20"), row("p1"), row("p2")], CATALOGUE)
    known = weights(found.words)
    assert known["oak lamp"] > 0
    assert max((weight for name, weight in known.items() if "black" in name), default=0.0) < 0.2 * known["oak lamp"]
    attributes = weights(found.attributes)
    assert attributes["color: sand"] > 5 * attributes.get("color: black", 0.0)


def test_words_of_brand_and_category_and_numbers_are_no_words() -> None:
    one = product("x", "Hale 500ml brass Lamps for desks 3 mm", "Lamps", brand="Hale")
    found = interests_of([row("x")], [one, *CATALOGUE])
    assert {name.casefold() for name in weights(found.words)} <= {"brass", "desks"}


def test_words_that_always_stand_together_are_one_interest() -> None:
    lamps = [product(f"w{i}", f"Tall reading lamp {color}", "Lamps") for i, color in enumerate(("red", "blue"))]
    found = interests_of([row("w0"), row("w1")], [*lamps, *CATALOGUE])
    assert "Tall reading" in [word.name.removesuffix(" lamp") for word in found.words]
    assert found.words[0].item_ids == ("w1", "w0")


def test_chinese_words_are_shown_whole() -> None:
    titles = [
        "不锈钢保温杯 500毫升",
        "便携保温杯",
        "陶瓷保温壶",
        "不锈钢炒锅",
        "不锈钢刀",
        "便携灯",
        "木质茶具",
        "木质茶盘",
    ]
    catalogue = [product(f"c{i}", title, "家居") for i, title in enumerate(titles)]
    catalogue += [product(f"o{i}", f"棉布{'甲乙丙丁戊己庚辛壬癸'[i % 10]}", "布艺") for i in range(60)]
    catalogue += [product(f"s{i}", "不锈钢 保温 木质 茶具", "其他") for i in range(6)]
    found = interests_of([row(f"c{i}") for i in range(8)], catalogue)
    names = {word.name for word in found.words}
    assert {"不锈钢", "木质"} <= names
    assert names.isdisjoint({"锈钢", "不锈", "质茶", "钢保", "木质茶", "温杯"})


def test_price_level_is_relative_to_the_category_and_per_currency() -> None:
    dear = [row("p9"), row("p19"), row("p29")]
    found = interests_of(dear, CATALOGUE)
    overall, *by_category = found.prices
    assert (overall.name, overall.currency) == ("", "EUR")
    assert overall.level == pytest.approx(0.95)
    assert overall.weight > 0.5
    assert {one.name for one in by_category} == {"Home > Lamps", "Home > Chairs", "Home > Desks"}
    assert interests_of([row("p0"), row("p10"), row("p20")], CATALOGUE).prices[0].weight < -0.5
    pounds = [replace(one, item_id=f"g{one.item_id}", currency="GBP") for one in CATALOGUE]
    both = interests_of([row("p9"), row("gp0")], [*CATALOGUE, *pounds])
    assert {one.currency: round(one.level, 2) for one in both.prices if not one.name} == {"EUR": 0.95, "GBP": 0.05}


def test_a_returned_product_says_nothing_of_the_price_level() -> None:
    assert interests_of([row("p9", Event.RETURN)], CATALOGUE).prices == ()


def test_a_category_of_few_prices_has_no_level() -> None:
    assert interests_of([row("p9")], CATALOGUE[6:10]).prices == ()


def test_categories_have_share_and_lift() -> None:
    found = interests_of([row("p0"), row("p1"), row("p2"), row("p11")], CATALOGUE)
    lamps, chairs = found.categories
    assert (lamps.name, chairs.name) == ("Home > Lamps", "Home > Chairs")
    assert lamps.share == pytest.approx(0.75, abs=0.01)
    assert lamps.lift == pytest.approx(0.75 / (11 / 41), abs=0.05)
    assert lamps.share + chairs.share == pytest.approx(1)
    assert lamps.item_ids == ("p2", "p1", "p0")


def test_with_times_a_year_halves_what_a_row_weighs() -> None:
    found = interests_of([row("p0", day=0), row("p1", day=365), row("p2", day=730)], CATALOGUE)
    assert (found.unit, found.half_life) == ("days", HALF_LIFE["days"])
    assert [round(one.weight, 2) for one in found.recent] == [1.0, 0.5, 0.25]
    assert [one.age for one in found.recent] == [0, 365, 730]


def test_without_times_the_rows_that_came_after_are_counted() -> None:
    rows = [row("p0"), *(row("p1", Event.VIEW) for _ in range(99)), row("p2", day=3)]
    found = interests_of(rows, CATALOGUE)
    assert found.unit == "events"
    assert [one.age for one in found.recent] == [0, 1, 100]
    assert found.recent[-1].weight == pytest.approx(0.5 ** (100 / HALF_LIFE["events"]))


def test_bought_again_on_another_day_is_repetition_and_weighs_more() -> None:
    twice = interests_of([row("p0", day=0), row("p0", day=9), row("p1", day=9)], CATALOGUE)
    (again,) = twice.again
    assert (again.item_ids, again.times, again.weight) == (("p0",), 2, 0.5)
    assert weights(twice.brands)["Hale"] > weights(twice.brands)["Orrin"]
    same_day = interests_of([row("p0", day=0), row("p0", day=0.1)], CATALOGUE)
    assert same_day.again == ()


def test_a_product_bought_again_and_then_returned_is_disliked() -> None:
    (again,) = interests_of([row("p0", day=0), row("p0", day=9), row("p0", Event.RETURN, day=10)], CATALOGUE).again
    assert again.weight < 0


def test_one_row_without_brand_price_time_or_category_is_enough() -> None:
    bare = Product(item_id="x", title="Walnut stool")
    found = interests_of([row("x")], [bare, *CATALOGUE])
    assert (found.brands, found.categories, found.prices, found.again) == ((), (), (), ())
    assert {word.name for word in found.words} == {"Walnut", "stool"}


def test_a_product_that_is_not_known_any_more_is_left_out() -> None:
    known = interests_of([row("p0")], CATALOGUE)
    rows = in_order([row("gone"), row("p0")])
    found = interests(rows, {one.item_id: one for one in CATALOGUE}, facts(CATALOGUE))
    assert found.brands == known.brands


def test_of_a_very_long_history_the_products_that_weigh_most_are_read() -> None:
    many = [product(f"m{i}", f"thing {i}", brand="New" if i > 5_000 else "Old") for i in range(10_000)]
    found = interests_of([row(one.item_id) for one in many], many)
    assert len(found.recent) == READ
    assert found.recent[0].item_ids == ("m9999",)
    assert list(weights(found.brands)) == ["New"]


@given(st.data())
def test_every_weight_is_between_minus_one_and_one_and_comes_from_rows(data: st.DataObject) -> None:
    rows = data.draw(_rows())
    found = interests_of(rows, CATALOGUE)
    ids = {one.item_id for one in rows}
    for one in everything(found):
        assert -1 <= one.weight <= 1
        assert one.item_ids
        assert set(one.item_ids) <= ids
        assert len(set(one.item_ids)) == len(one.item_ids)


@given(st.data())
def test_the_order_in_which_rows_are_handed_in_changes_nothing(data: st.DataObject) -> None:
    rows = in_order(data.draw(_rows()))
    products, shop = {one.item_id: one for one in CATALOGUE}, facts(CATALOGUE)
    shuffled = random.Random(data.draw(st.integers(0, 9))).sample(rows, len(rows))
    assert astuple(interests(shuffled, products, shop)) == astuple(interests(rows, products, shop))


@given(st.data())
def test_one_more_liked_product_never_lowers_its_brand(data: st.DataObject) -> None:
    rows = [one for one in data.draw(_rows()) if one.item_id != "p36"]
    before = weights(interests_of(rows, CATALOGUE).brands).get("Hale", 0.0)
    after = weights(interests_of([*rows, row("p36")], CATALOGUE).brands).get("Hale", 0.0)
    assert after >= before - 1e-9


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e6), min_size=1).map(sorted))
def test_a_price_level_is_a_share_that_grows_with_the_price(price: float, prices: list[float]) -> None:
    assert 0 <= price_level(price, prices) <= price_level(price + 1, prices) <= 1


def test_price_levels_that_are_known() -> None:
    for price, level in [(1, 0.0), (10, 0.125), (20, 0.5), (35, 0.75), (99, 1.0)]:
        assert price_level(price, [10.0, 20.0, 20.0, 40.0]) == level, price


def _rows() -> st.SearchStrategy[list[Interaction]]:
    events = st.sampled_from([Event.PURCHASE, Event.VIEW, Event.LIKE, Event.DISLIKE, Event.RETURN])
    return st.lists(
        st.builds(lambda i, event: row(f"p{i}", event), st.integers(0, 39), events), min_size=1, max_size=12
    )
