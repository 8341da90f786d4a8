"""What the parser makes of turns, in a shop that it has never seen."""

from __future__ import annotations

from typing import Any

from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.store.rows import Product
from tests.agent.chat.shop import PRODUCTS, SHOWN, VOCABULARY


def read(text: str, *, shown: bool = True) -> dict[str, Any]:
    intent = read_turn(text, VOCABULARY, SHOWN if shown else ())
    return {key: value for key, value in intent.model_dump().items() if value}


def vocabulary_of(*rows: tuple[str, str, str | None]) -> Vocabulary:
    """The names of products of these titles, categories and brands."""
    return Vocabulary.of_products(
        [
            Product(item_id=str(n), title=title, category=(category,), brand=brand, price=1.0, currency="EUR")
            for n, (title, category, brand) in enumerate(rows)
        ]
    )


def wish(**fields: Any) -> dict[str, Any]:
    return {"act": "recommend", **fields}


def test_price_limits_are_read_in_every_form() -> None:
    for text, least, most, currency in [
        ("under thirty dollars", None, 30, "USD"),
        ("nothing over £45", None, 45, "GBP"),
        ("it must not cost more than 1,250.50 euros", None, 1250.5, "EUR"),
        ("at least 80", 80, None, None),
        ("from 30 up to 70", 30, 70, None),
        ("20-40", 20, 40, None),
        ("between a hundred and two hundred bucks", 100, 200, "USD"),
        ("one fifty max", None, 150, None),
        ("1.5k tops", None, 1500, None),
        ("minimum 50, maximum 90", 50, 90, None),
        ("not under 20", 20, None, None),
        ("两百以内", None, 200, None),
        ("一百五以下", None, 150, None),
        ("一百零五块以内", None, 105, "CNY"),
        ("不要超过￥180", None, 180, "CNY"),
        ("30刀以内", None, 30, "USD"),
        ("100到200之间", 100, 200, None),
        ("超过300的就别给我看了", None, 300, None),
        ("两三百块的", 200, 300, "CNY"),
        ("至少一千二", 1200, None, None),
        ("don't show me anything that's over a hundred", None, 100, None),
        ("not a cent more than 40 euros", None, 40, "EUR"),
        ("cap it at 120", None, 120, None),
        ("my budget changed, it's 80 now", None, 80, None),
        ("in the 40s", 40, 49, None),
        ("no more than a hundred & fifty", None, 150, None),
        ("over 80 is too much", None, 80, None),
        ("不超过九十九块九", None, 99.9, "CNY"),
        ("也就八十来块", None, 80, "CNY"),
        ("不能比100高", None, 100, None),
        ("顶多花个七八十块", None, 80, "CNY"),
        ("预算从100加到160", None, 160, None),
    ]:
        intent = read_turn(text, VOCABULARY)
        assert (intent.min_price, intent.max_price, intent.currency) == (least, most, currency), text


def test_numbers_that_measure_or_count_are_no_price() -> None:
    for text in [
        "a lamp from 1995",
        "比2便宜",
        "a 30 litre pot",
        "42码",
        "2 and 4",
        "a bed for 3 dogs",
        "第二个",
        "24 cm",
    ]:
        intent = read_turn(text, VOCABULARY, SHOWN)
        assert intent.max_price is None, text
        assert intent.min_price is None, text


def test_products_are_meant_by_their_places() -> None:
    for text, items in [
        ("more like 2", (2,)),
        ("something similar to the last one", (5,)),
        ("like #1 and #3 but in green", (1, 3)),
        ("cheaper than the second", (2,)),
        ("类似第二个的", (2,)),
        ("和最后一个差不多的", (5,)),
        ("跟前两个一样的", (1, 2)),
        ("2和4这种的", (2, 4)),
        ("跟倒数第二个类似的", (4,)),
    ]:
        intent = read_turn(text, VOCABULARY, SHOWN)
        assert intent.items == items, text
        assert intent.relation in ("similar", "cheaper"), text


def test_brands_are_read_as_the_catalogue_spells_them() -> None:
    for text, expected in [
        ("Brightwick or Corvane", wish(brands=("Brightwick", "Corvane"))),
        ("brightwik please", wish(brands=("Brightwick",))),
        ("thorn and sons", wish(brands=("Thorn & Sons",))),
        ("anything but corvane", wish(not_brands=("Corvane",))),
        ("no corvane or pellory please", wish(not_brands=("Corvane", "Pellory"))),
        ("除了星屿都行", wish(not_brands=("星屿",))),
        ("星屿和Corvane都不要", wish(not_brands=("星屿", "Corvane"))),
        ("not that brand", wish(shown_brands=True)),
        ("换个牌子", wish(shown_brands=True)),
        ("anything except the brand of number 4", wish(not_brands=("Corvane",))),
        ("第五个那个牌子不要", wish(not_brands=("Pellory",))),
        ("corvane sucks, show me others", wish(not_brands=("Corvane",))),
        ("keep corvane out of it", wish(not_brands=("Corvane",))),
        ("i've had bad luck with corvane so leave them out", wish(not_brands=("Corvane",))),
        ("Corvane太难用了，不考虑这个牌子", wish(not_brands=("Corvane",))),
        ("别总是星屿", wish(not_brands=("星屿",))),
        ("thorn sons spades", wish(brands=("Thorn & Sons",), words=("spades",))),
        ("that brand is rubbish", wish(shown_brands=True)),
        ("sick of seeing these brands", wish(shown_brands=True)),
        ("有没有别家的", wish(shown_brands=True)),
        ("corvane, but other brands are fine too", wish(brands=("Corvane",))),
        (
            "one like the first but from a different brand",
            wish(not_brands=("Brightwick",), items=(1,), relation="similar"),
        ),
    ]:
        assert read(text) == expected, text


def test_a_no_reaches_as_far_as_it_is_meant() -> None:
    for text, words, exclude in [
        ("oak, not steel", ("oak",), ("steel",)),
        ("no steel or zinc", (), ("steel", "zinc")),
        ("no steel, white please", ("white",), ("steel",)),
        ("leather-free", (), ("leather",)),
        ("i'm allergic to nickel", (), ("nickel",)),
        ("without any plastic", (), ("plastic",)),
        ("不要塑料的，要白色", ("白色",), ("塑料",)),
        ("除了羊毛的都可以", (), ("羊毛",)),
        ("我对镍过敏", (), ("镍",)),
        ("塑料的一律不要", (), ("塑料",)),
        ("不锈钢的", ("不锈钢",), ()),
        ("non-steel, oak", ("oak",), ("steel",)),
        ("not a spade, not a fork", (), ("spade", "fork")),
        ("i already have a spade", (), ("spade",)),
        ("steer clear of anything red", (), ("red",)),
        ("oak would be great", ("oak",), ()),
        ("she's left-handed, my kitchen is red", ("left-handed",), ()),
        ("left handed please", ("left-handed",), ()),
        ("要轻便的，别太贵", ("轻便",), ()),
        ("是不是钢的", ("钢",), ()),
    ]:
        intent = read_turn(text, VOCABULARY)
        assert (intent.words, intent.exclude) == (words, exclude), text


def test_a_category_is_found_by_what_people_call_it() -> None:
    for text, category in [
        ("show me lamps", "Home > Lamps & Lighting"),
        ("now something for dogs", "Pets > Dogs"),
        ("i need stuff for my cat", "Pets > Cats"),
        ("看看猫的东西", "Pets > Cats"),
        ("watering things", "Garden > Watering"),
        ("garden stuff", "Garden"),
    ]:
        assert read_turn(text, VOCABULARY).category == category, text


def test_constraints_are_lifted() -> None:
    for text, lift in [
        ("forget the price", {"price"}),
        ("any brand is fine", {"brands"}),
        ("price and brand don't matter any more", {"price", "brands"}),
        ("it doesn't have to be steel", {"words"}),
        ("steel is fine after all", {"exclude"}),
        ("价格无所谓", {"price"}),
        ("什么牌子都行", {"brands"}),
        ("塑料的也可以了", {"exclude"}),
    ]:
        assert set(read_turn(text, VOCABULARY).lift) == lift, text


def test_a_turn_does_what_it_says() -> None:
    for text, expected in [
        ("why 1?", {"act": "why", "items": (1,)}),
        ("why these", {"act": "why"}),
        ("why not the garden fork?", {"act": "why_not", "item_id": "g2"}),
        ("怎么没有麦芽的猫抓板", {"act": "why_not", "item_id": "p3"}),
        ("how heavy is the second?", {"act": "product", "items": (2,), "field": "weight"}),
        ("is the watering can in stock", {"act": "product", "item_id": "g3", "field": "in_stock"}),
        ("what is 3 made of?", {"act": "product", "items": (3,), "field": "material"}),
        ("第四个多少钱", {"act": "product", "items": (4,), "field": "price"}),
        ("does 3 come with a warranty", {"act": "product", "items": (3,), "field": "other"}),
        ("what do you know about me?", {"act": "profile"}),
        ("i like 2", {"act": "like", "items": (2,)}),
        ("love the paper floor lamp", {"act": "like", "item_id": "l3"}),
        ("don't like the last one", {"act": "dislike", "items": (5,)}),
        ("不喜欢第三个", {"act": "dislike", "items": (3,)}),
        ("show me more", {"act": "more"}),
        ("再来几个", {"act": "more"}),
        ("forget that", {"act": "forget"}),
        ("撤销", {"act": "forget"}),
        ("start over", {"act": "reset"}),
        ("help", {"act": "help"}),
        ("hello", {"act": "small_talk"}),
        ("今天天气怎么样", {"act": "small_talk"}),
        ("cheaper", wish(relation="cheaper")),
        ("别那么贵", wish(relation="cheaper")),
        ("different ones", wish(relation="different")),
        ("the first but in green", wish(items=(1,), words=("green",), relation="similar")),
    ]:
        assert read(text) == expected, text


def test_several_things_are_read_from_one_turn() -> None:
    assert read("a desk lamp from brightwick under 60 euros, no oak", shown=False) == wish(
        category="Home > Lamps & Lighting",
        brands=("Brightwick",),
        max_price=60,
        currency="EUR",
        words=("desk lamp",),
        exclude=("oak",),
    )


def test_what_is_not_understood_is_handed_on() -> None:
    intent = read_turn("a lamp with zorbification", VOCABULARY)
    assert intent.unread == ("zorbification",)


def test_a_word_of_an_ordinary_kind_is_no_misspelled_brand() -> None:
    assert read_turn("something bright", VOCABULARY).brands == ()


def test_the_category_on_the_screen_is_not_said_anew_by_a_kind_of_product() -> None:
    lamps = SHOWN[:3]
    assert read_turn("a floor lamp, paper", VOCABULARY, lamps).category is None


def test_a_brand_that_is_a_common_word_is_one_only_where_it_is_called_one() -> None:
    shop = vocabulary_of(("Best desk lamp", "Lamps", "Best"), ("Good Company lamp", "Lamps", "Good Company"))
    assert read_turn("the best brand of lamp", shop).brands == ()
    assert read_turn("something by best", shop).brands == ("Best",)
    assert read_turn("good company lamps", shop).brands == ("Good Company",)


def test_a_common_word_means_the_category_that_is_called_so() -> None:
    shop = vocabulary_of(("Round labels, 100", "Labels & Stamps", None), ("Butter, 250 g", "Butter", None))
    assert read_turn("labels please", shop).category == "Labels & Stamps"
    assert read_turn("labels but not round", shop).category == "Labels & Stamps"
    assert read_turn("any brand, what label is it", VOCABULARY).category is None


def test_a_name_is_not_cut_where_it_has_a_number_or_an_adjective_in_it() -> None:
    assert read_turn("有没有小米的", VOCABULARY).words == ("小米",)
    assert read_turn("三星的", VOCABULARY).words == ("三星",)


def test_the_kind_of_a_few_products_of_many_says_no_category() -> None:
    few = [(f"Film {number}", "Comedy", None) for number in range(200)]
    postcards = [("Scary postcard", "Comedy", None), ("Nice postcard", "Comedy", None)]
    assert read_turn("a postcard", vocabulary_of(*few, *postcards)).category is None
    assert read_turn("a postcard", vocabulary_of(*few[:20], *postcards)).category == "Comedy"


def test_of_two_products_of_one_name_the_one_in_the_category_on_the_screen_is_meant() -> None:
    fork = Product(
        item_id="k1", title="Kitchen fork", category=("Kitchen",), brand="Corvane", price=9.0, currency="EUR"
    )
    spade = Product(item_id="k2", title="Kitchen spade", category=("Kitchen",), brand=None, price=9.0, currency="EUR")
    shop = Vocabulary.of_products([*PRODUCTS, fork])
    assert read_turn("why not the fork?", shop, [spade]).item_id == "k1"
    assert read_turn("why not the fork?", shop).item_id is None


def test_turns_without_words_are_read_too() -> None:
    for text in ["", " ", "?", "🙂", "\x00", "。。。", "\ue000\ue400"]:
        read_turn(text, VOCABULARY, SHOWN)
