"""Words as a person would say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newaisle.agent.profile.phrases import Phrases
from newaisle.store.rows import Product
from newaisle.store.words import product_text, words


def phrases(*titles: str, others: Sequence[str] = (), support: int = 2) -> dict[str, list[int]]:
    """The phrases of some titles, each with the titles that have it; every one weighs as many as have it."""
    products = [Product(item_id=str(i), title=title) for i, title in enumerate(titles)]
    catalogue = [*products, *(Product(item_id=f"o{i}", title=title) for i, title in enumerate(others))]
    counts = Counter(word for product in catalogue for word in set(words(product_text(product))))
    found = Phrases(products, lambda asked: {word: counts[word] for word in asked if counts[word]})
    return {text: places for text, places, _ in found.weighed(lambda places, _: float(len(places)), support)}


def test_english_words_are_single_unless_they_stand_together() -> None:
    assert phrases("Tim Holtz blue ink", "Tim Holtz red tape", "red ink") == {
        "Tim Holtz": [0, 1],
        "ink": [0, 2],
        "red": [1, 2],
    }


def test_a_hyphen_stays_and_other_marks_part() -> None:
    assert phrases("Cast-iron pot", "cast-iron pan") == {"Cast-iron": [0, 1]}
    assert phrases("red, ink", "red, ink") == {"red": [0, 1], "ink": [0, 1]}


def test_plural_and_case_are_one_word() -> None:
    assert phrases("Blue Mugs", "mug") == {"Mugs": [0, 1]}


def test_function_words_measures_and_numbers_are_none() -> None:
    assert phrases("the set of 12 for 500ml a4", "the set of 12 for 500ml a4") == {}


def test_what_names_a_field_is_not_a_word() -> None:
    products = [Product(item_id=str(i), title=t, description="Genre: Drama") for i, t in enumerate("ab")]
    found = Phrases(products, lambda asked: dict.fromkeys(asked, 1)).weighed(lambda places, _: 1.0, 2)
    assert [text for text, *_ in found] == ["Drama"]


def test_chinese_is_cut_between_words_of_the_catalogue() -> None:
    others = ["木质 相框", "木质 衣架", "茶具", "茶具", "紫砂 茶具", "木质"]
    assert phrases("木质茶具", "木质茶盘", others=others) == {"木质": [0, 1]}
    assert phrases("木质茶具", others=others, support=1) == {"木质": [0], "茶具": [0]}


def test_half_of_a_chinese_word_grows_to_the_whole() -> None:
    assert phrases("不锈钢锅", "不锈钢刀") == {"不锈钢": [0, 1]}
    assert set(phrases("保温杯", "保温杯盖", "保温壶")) == {"保温"}


def test_a_whole_chinese_title_is_no_word() -> None:
    assert phrases("致我们终将逝去的青春岁月长", support=1) == {}


def test_chinese_and_english_may_stand_in_one_title() -> None:
    assert phrases("SanDisk存储卡", "SanDisk存储卡") == {"SanDisk": [0, 1], "存储卡": [0, 1]}
