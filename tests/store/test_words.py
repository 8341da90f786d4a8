from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newaisle.store.rows import Product
from newaisle.store.words import count_words, is_chinese, product_text, words


def test_words_of_spaced_scripts() -> None:
    for text, expected in [
        ("Kettles, lids & CUPS", ["kettle", "lid", "cup"]),
        ("glass glasses dress dresses", ["glass", "glass", "dress", "dress"]),
        ("watches brushes boxes dishes", ["watch", "brush", "box", "dish"]),
        ("bus axis gas his", ["bus", "axis", "gas", "his"]),
        ("the chef's knives, women’s shoes", ["the", "chef", "knive", "women", "shoe"]),
        ("iPhone 15 128GB v2.0", ["iphone", "15", "128gb", "v2", "0"]),
        ("snake_case-and-dashes", ["snake", "case", "and", "dash"]),
        ("Müller Straße ÉTÉ", ["müller", "strasse", "été"]),
        ("чайники", ["чайники"]),
        ("", []),
        ("— … !?", []),
    ]:
        assert words(text) == expected, text


def test_chinese_is_read_in_pairs() -> None:
    for text, expected in [
        ("保温水壶", ["保温", "温水", "水壶"]),
        ("壶", ["壶"]),
        ("水壶，杯", ["水壶", "杯"]),
        ("小米5寸手机case", ["小米", "5", "寸手", "手机", "case"]),
        ("水壶 Kettles", ["水壶", "kettle"]),
    ]:
        assert words(text) == expected, text


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_has_the_same_words_in_whatever_text_it_stands(text: str) -> None:
    assert [*words(text), "茶"] == words(f"{text} 茶")


def test_a_text_is_chinese_when_a_third_of_its_letters_are() -> None:
    for text, chinese in [
        ("保温水壶", True),
        ("Apple 苹果手机", True),
        ("水壶 kett", True),
        ("水壶 kettle", False),
        ("Kettle", False),
        ("1299 !!", False),
        ("", False),
        ("やかん", False),
    ]:
        assert is_chinese(text) is chinese, text


@given(st.text())
def test_words_are_short_pieces_of_the_text_in_its_order(text: str) -> None:
    folded, at = text.casefold(), 0
    for word in words(text):
        assert word
        found = folded.index(word, at)
        at = found + (1 if is_chinese(word) else len(word))  # pairs overlap
    assert is_chinese(text) in (True, False)


@given(st.text())
def test_case_makes_no_difference(text: str) -> None:
    assert words(text.casefold()) == words(text)


@given(st.text(), st.text())
def test_texts_apart_have_the_words_of_both(first: str, second: str) -> None:
    assert words(f"{first} | {second}") == words(first) + words(second)


@given(st.text(alphabet="bcdfgklmnprt", min_size=4), st.sampled_from(["", "s", "'s", "’s"]))
def test_a_plural_or_possessive_is_the_same_word(word: str, ending: str) -> None:
    assert words(word + ending) == words(word) == [word]


@given(st.text(alphabet="水壶杯茶小米手机", min_size=2))
def test_a_run_of_chinese_has_a_pair_for_each_neighbour(text: str) -> None:
    pairs = words(text)
    assert len(pairs) == len(text) - 1
    assert pairs[0] + "".join(pair[1] for pair in pairs[1:]) == text


def test_a_product_is_matched_by_all_that_describes_it_in_words() -> None:
    product = Product(
        item_id="k1", title="Kettle", brand="Acme", description="Boils.", attributes={"colour": "red", "size": "12"}
    )
    assert product_text(product) == "Kettle Acme Boils. red"


def test_each_product_counts_once_for_a_word() -> None:
    tea, odd = ("Food", "Tea"), ()
    overall, by_category = count_words(
        [
            Product(item_id="1", title="Tea tea teas", category=tea),
            Product(item_id="2", title="Tea cup", category=tea),
            Product(item_id="3", title="Cup", category=odd),
        ]
    )
    assert overall == {"tea": 2, "cup": 2}
    assert by_category == {"Food > Tea": {"tea": 2, "cup": 1}}


def test_a_category_keeps_its_most_frequent_words() -> None:
    products = [Product(item_id=str(i), title=f"kettle word{i} word{i // 2}a", category=("Home",)) for i in range(300)]
    _, by_category = count_words(products)
    kept = by_category["Home"]
    assert len(kept) == 200
    assert kept["kettle"] == 300
    assert sum(kept[f"word{i}a"] == 2 for i in range(150)) == 150
