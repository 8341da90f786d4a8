"""Shops where it is known beforehand where a product belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from newaisle.agent.categories.classify import Classified, Classifier, _of_least_loss
from newaisle.agent.shop.parts import Parts
from newaisle.errors import InputError, RequestError
from newaisle.store.embedders import HashEmbedder
from newaisle.store.rows import Product
from tests.agent.filled import fill, parts, product

KINDS = {"Tea": "green tea", "Drills": "steel drill", "Lamps": "oak lamp"}
WORDS = "mint rose lemon honey ginger jasmine plum pear fig date".split()
SHOP = [product(f"{path}{i}", f"{kind} {word}", path) for path, kind in KINDS.items() for i, word in enumerate(WORDS)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Parts]:
    with fill(tmp_path, SHOP).reader() as ledger:
        yield parts(ledger)


def new(title: str, category: str = "") -> Product:
    return product(f"new {title}", title, category)


def best(found: list[Classified]) -> list[str]:
    return [one.guesses[0].category for one in found]


def test_products_go_where_the_like_are_sold_and_the_classifier_is_sure(shop: Parts) -> None:
    found = Classifier(shop).classify([new("green tea peach"), new("steel drill long"), new("oak lamp round")])
    assert best(found) == ["Tea", "Drills", "Lamps"]
    assert all(one.guesses[0].probability > 0.8 for one in found)


def test_probabilities_are_of_all_categories_and_sum_to_one(shop: Parts) -> None:
    (one,) = Classifier(shop).classify([new("green lamp")])
    assert sorted(guess.category for guess in one.guesses) == sorted(KINDS)
    assert sum(guess.probability for guess in one.guesses) == pytest.approx(1)
    chances = [guess.probability for guess in one.guesses]
    assert chances == sorted(chances, reverse=True)


def test_the_category_that_a_row_has_plays_no_part(shop: Parts) -> None:
    titles = ["green tea peach", "zzz"]
    classifier = Classifier(shop)
    assert np.array_equal(
        classifier.similarity([new(title) for title in titles]),
        classifier.similarity([new(title, "Drills") for title in titles]),
    )


def test_a_product_of_the_shop_is_judged_as_if_the_shop_lacked_it(tmp_path: Path) -> None:
    alone = product("alone", "umbrella", "Tea")
    with fill(tmp_path, [*SHOP, alone]).reader() as ledger:
        classifier = Classifier(parts(ledger))
        stored, unknown = classifier.similarity([alone]), classifier.similarity([replace(alone, item_id="other")])
    tea = classifier.paths.index("Tea")
    assert stored[0, tea] < unknown[0, tea] - 0.2


def test_what_is_like_nothing_in_the_shop_looks_new(shop: Parts) -> None:
    strange, familiar = Classifier(shop).classify([new("qwert yuiop"), new("green tea plum")])
    assert strange.looks_new
    assert not familiar.looks_new
    assert strange.familiarity is not None
    assert familiar.familiarity is not None
    assert strange.familiarity < familiar.familiarity


def test_familiarity_is_a_p_value_among_the_shops_own_products(shop: Parts) -> None:
    classifier = Classifier(shop)
    own = classifier.fit.nearest
    assert len(own) == len(SHOP)
    nearest = np.array([[own[0] - 1], [own[-1]]])
    familiarity = classifier.familiarity(np.repeat(nearest, len(KINDS), axis=1))
    assert familiarity is not None
    assert familiarity.tolist() == [pytest.approx(1 / (len(own) + 1)), 1]


def test_the_fit_is_that_of_least_loss() -> None:
    random = np.random.default_rng(0)
    log_sizes = np.array([0.0, 1.0, 2.0, 3.0])
    logits = random.normal(size=(4_000, 4)) + log_sizes
    drawn = np.array([random.choice(4, p=row / row.sum()) for row in np.exp(logits)])
    similarity = (logits - log_sizes) * 0.05
    temperature, power = _of_least_loss(similarity, log_sizes, drawn)
    assert temperature == pytest.approx(0.05, rel=0.15)
    assert power == 1.0


def test_a_shop_too_small_to_learn_from_is_answered_and_calls_nothing_new(tmp_path: Path) -> None:
    with fill(tmp_path, [product("a", "green tea", "Tea"), product("b", "steel drill", "Drills")]).reader() as ledger:
        tea, strange = Classifier(parts(ledger)).classify([new("tea"), new("qwert")])
    assert tea.guesses[0].category == "Tea"
    assert strange.familiarity is None
    assert not strange.looks_new


def test_a_shop_without_categories_says_what_it_lacks(tmp_path: Path) -> None:
    with (
        fill(tmp_path, [product("a", "green tea", "")]).reader() as ledger,
        pytest.raises(RequestError, match="no categories: ingest"),
    ):
        Classifier(parts(ledger))


def test_chinese_goes_by_its_words(tmp_path: Path) -> None:
    products = [product(f"c{i}", f"陶瓷茶杯{i}", "茶具") for i in range(12)]
    products += [product(f"w{i}", f"羊毛围巾{i}", "围巾") for i in range(12)]
    with fill(tmp_path, products).reader() as ledger:
        found = Classifier(parts(ledger), method="words").classify([new("白色陶瓷花瓶"), new("红色羊毛帽子")])
    assert best(found) == ["茶具", "围巾"]


def test_another_embedder_than_the_shops_is_refused(shop: Parts) -> None:
    with pytest.raises(InputError, match="filled with the embedder"):
        Classifier(replace(shop, embedder=lambda: HashEmbedder(32)))


def test_progress_comes_to_its_end(shop: Parts) -> None:
    seen: list[tuple[int, int]] = []
    Classifier(shop).classify(SHOP[:7], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 7) for done in range(1, 8)]


def test_classifying_is_the_same_every_time(shop: Parts) -> None:
    first, second = (Classifier(shop).classify([new("green lamp"), *SHOP[:3]]) for _ in range(2))
    assert first == second
