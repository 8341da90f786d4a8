"""Shops in which it is known beforehand which category is nearest to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.rank.case import Matrix
from newaisle.agent.retrieve.known import KnownCategories, known_categories
from newaisle.agent.retrieve.nearest import DEFAULT_METHOD, METHODS, CategoryText, nearest_categories
from newaisle.agent.schema.query import Query
from newaisle.store.ledger import Ledger, embedding_text
from newaisle.store.rows import Product
from tests.agent.filled import EMBEDDER, fill, product, retriever

TEAS = [product(f"t{i}", f"green tea {word}", "Tea") for i, word in enumerate("mint rose lemon".split())]
DRILLS = [product(f"d{i}", f"steel drill {word}", "Drills") for i, word in enumerate("four five six".split())]
LAMPS = [product(f"l{i}", f"oak lamp {word}", "Lamps") for i, word in enumerate("desk wall floor".split())]
BY_VECTOR = ("embedding", "prototype", "matching")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fill(tmp_path, [*TEAS, *DRILLS, *LAMPS]).reader() as opened:
        yield opened


@pytest.fixture
def known(ledger: Ledger) -> KnownCategories:
    return known_categories(ledger, EMBEDDER.name)


def asked(*titles: str) -> CategoryText:
    """A category that has products with these titles."""
    return CategoryText.of_products([product(title, title, "") for title in titles], EMBEDDER.embed(titles))


def names(found: Sequence[tuple[str, float]]) -> list[str]:
    return [path for path, _ in found]


def around(corner: int, *, spread: float = 0.0, rows: int = 4) -> Matrix:
    """Unit vectors about one corner of a space, each apart from it in its own direction."""
    vectors = np.zeros((rows, 8), dtype=np.float32)
    vectors[:, corner] = 1
    vectors[np.arange(rows), 4 + np.arange(rows)] = spread
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def shop_of(**categories: Matrix) -> KnownCategories:
    """Categories with these vectors, and no words."""
    vectors = {f"{name}{i}": row for name, rows in categories.items() for i, row in enumerate(rows)}
    samples = {name: [f"{name}{i}" for i in range(len(rows))] for name, rows in categories.items()}
    return KnownCategories.of({name: len(rows) for name, rows in categories.items()}, {}, samples, vectors)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_category_that_sells_the_like(known: KnownCategories, method: str) -> None:
    found = nearest_categories(asked("green tea ginger", "black tea honey"), known, method=method)
    assert names(found)[0] == "Tea"
    assert sorted(names(found)) == ["Drills", "Lamps", "Tea"]
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@pytest.mark.parametrize("method", METHODS)
def test_a_name_or_a_brief_alone_will_do(known: KnownCategories, method: str) -> None:
    (vector,) = EMBEDDER.embed(["drill bits of steel"])
    text = CategoryText(text="drill bits of steel", text_vector=vector)
    assert names(nearest_categories(text, known, method=method))[0] == "Drills"


@pytest.mark.parametrize("method", METHODS)
def test_of_nothing_every_category_is_equally_unlike(known: KnownCategories, method: str) -> None:
    assert nearest_categories(CategoryText(), known, method=method) == [("Drills", 0), ("Lamps", 0), ("Tea", 0)]


@pytest.mark.parametrize("method", METHODS)
def test_a_shop_without_categories_has_no_neighbours(tmp_path: Path, method: str) -> None:
    with fill(tmp_path, [product("a", "green tea", "")]).reader() as ledger:
        assert nearest_categories(asked("tea"), known_categories(ledger, EMBEDDER.name), method=method) == []


def test_categories_can_be_left_out(known: KnownCategories) -> None:
    assert "Tea" not in names(nearest_categories(asked("green tea"), known, leave_out=["Tea"]))


def test_what_no_embedder_could_read_goes_by_its_words_alone(known: KnownCategories) -> None:
    titles = ["oak lamp for reading"]
    unread = CategoryText.of_products([product("x", titles[0], "")], np.zeros((1, EMBEDDER.dimensions), np.float32))
    assert nearest_categories(unread, known) == nearest_categories(unread, known, method="words")
    for method in BY_VECTOR:
        assert {score for _, score in nearest_categories(unread, known, method=method)} == {0.0}


@pytest.mark.parametrize("method", BY_VECTOR)
def test_products_of_which_none_has_a_vector_are_like_nothing(known: KnownCategories, method: str) -> None:
    unread = CategoryText.of_products(
        [product("x", "露营茶壶", ""), product("y", "折刀", "")], np.zeros((2, 0), np.float32)
    )
    assert {score for _, score in nearest_categories(unread, known, method=method)} == {0.0}


def test_chinese_goes_by_its_words(tmp_path: Path) -> None:
    products = [product("a", "陶瓷茶杯", "茶具"), product("b", "羊毛围巾", "围巾")]
    with fill(tmp_path, products).reader() as ledger:
        known = known_categories(ledger, "an embedder without a vector for anything")
        assert not known.vectors.size
        assert names(nearest_categories(asked("陶瓷花瓶"), known))[0] == "茶具"


def test_the_text_weighs_as_much_as_all_products_together() -> None:
    known = shop_of(a=around(0), b=around(1), c=around(2))
    products = CategoryText(vectors=around(0, rows=4))
    both = CategoryText(vectors=around(0, rows=4), text="b", text_vector=around(1, rows=1)[0])
    assert names(nearest_categories(products, known, method="embedding"))[0] == "a"
    scores = dict(nearest_categories(both, known, method="embedding"))
    assert scores["a"] == pytest.approx(scores["b"], abs=1e-5)
    assert scores["c"] < 0


def test_a_prototype_is_one_less_half_the_squared_distance() -> None:
    known = shop_of(a=around(0), b=around(1), c=around(2))
    (row,) = known.centred(around(0, rows=1))
    scores = dict(nearest_categories(CategoryText(vectors=around(0, rows=1)), known, method="prototype"))
    for path, centre in zip(known.paths, known.centres, strict=True):
        assert scores[path] == pytest.approx(1 - ((row - centre) ** 2).sum() / 2, abs=1e-5)


def test_matching_is_the_attention_that_a_category_gets() -> None:
    known = shop_of(a=around(0, spread=0.4), b=around(1, spread=0.4), c=around(2, rows=1))
    (row,) = known.centred(around(0, spread=0.1, rows=1))
    weights = np.exp(10 * known.vectors @ row)
    share = {"a": weights[:4].mean(), "b": weights[4:8].mean(), "c": weights[8]}
    scores = dict(nearest_categories(CategoryText(vectors=around(0, spread=0.1, rows=1)), known, method="matching"))
    for path in share:
        assert scores[path] - scores["a"] == pytest.approx(np.log(share[path] / share["a"]) / 10, abs=1e-5)


def test_one_product_like_it_counts_for_matching_where_the_mean_is_far() -> None:
    mixed = np.concatenate([around(0, rows=1), around(2, rows=4)])
    known = shop_of(mixed=mixed, plain=around(1), other=around(3))
    scores = dict(nearest_categories(CategoryText(vectors=around(0, rows=1)), known, method="matching"))
    assert max(scores, key=scores.__getitem__) == "mixed"
    assert scores["mixed"] > scores["plain"] + 0.1


def test_the_default_is_the_mean_of_words_and_matching(known: KnownCategories) -> None:
    text = asked("green lamp", "oak tea")
    words, matching, both = (
        dict(nearest_categories(text, known, method=method)) for method in ("words", "matching", DEFAULT_METHOD)
    )
    assert both == pytest.approx({path: (words[path] + matching[path]) / 2 for path in words})


def test_that_no_word_is_known_counts_against_being_near(known: KnownCategories) -> None:
    text = CategoryText.of_products([product("x", "qwert", "")], EMBEDDER.embed(["green tea"]))
    by_vector = dict(nearest_categories(text, known, method="matching"))
    assert dict(nearest_categories(text, known))["Tea"] == pytest.approx(by_vector["Tea"] / 2)


def test_what_is_known_is_kept_until_the_shop_changes(tmp_path: Path) -> None:
    home = fill(tmp_path, [*TEAS, *DRILLS])
    with home.reader() as ledger:
        known = known_categories(ledger, EMBEDDER.name)
        assert known_categories(ledger, EMBEDDER.name) is known
        assert known_categories(ledger, EMBEDDER.name, sample=2) is not known
        with home.writer() as writable:
            writable.put_products(LAMPS)
            writable.recount_words()
        assert known_categories(ledger, EMBEDDER.name).paths == ["Drills", "Lamps", "Tea"]


def test_without_some_products_they_are_neither_counted_nor_looked_at(known: KnownCategories) -> None:
    less = known.without([TEAS[0], *LAMPS])
    assert dict(less.sizes) == {"Drills": 3, "Lamps": 0, "Tea": 2}
    assert dict(less.counts["Lamps"]) == {}
    assert less.counts["Tea"] == {"green": 2, "tea": 2, "rose": 1, "lemon": 1}
    assert sorted(i for i in less.item_ids if i) == ["d0", "d1", "d2", "t1", "t2"]
    assert dict(nearest_categories(asked("oak lamp desk"), less))["Lamps"] == 0
    assert known.sizes["Tea"] == 3


SHOP = st.lists(
    st.builds(
        product,
        st.just(""),
        st.lists(st.sampled_from("oak wool linen 陶瓷 木质 lamp".split()), max_size=4).map(" ".join),
        st.sampled_from(["A", "A > B", "C", ""]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(SHOP, st.sampled_from(sorted(METHODS)))
def test_in_any_shop_every_category_gets_a_similarity_of_at_most_one(shop: list[Product], method: str) -> None:
    products = [product(f"p{i}", one.title, " > ".join(one.category)) for i, one in enumerate(shop)]
    with TemporaryDirectory() as folder, fill(Path(folder), products).reader() as ledger:
        known = known_categories(ledger, EMBEDDER.name)
        own = CategoryText.of_products(products, EMBEDDER.embed([one.title for one in products]))
        found = nearest_categories(own, known, method=method)
    assert sorted(names(found)) == sorted(known.paths)
    assert all(-1.001 <= score <= 1.001 for _, score in found)


def test_an_answer_names_the_neighbours_that_the_default_method_finds(ledger: Ledger) -> None:
    context = retriever(ledger).find(Query(user_id=None, category="Tea"))
    vectors = EMBEDDER.embed([embedding_text(one) for one in TEAS])
    text = replace(CategoryText.of_products(TEAS, vectors), text="Tea")
    found = nearest_categories(text, known_categories(ledger, EMBEDDER.name), leave_out=["Tea"])
    assert context.nearest == [(path, pytest.approx(score)) for path, score in found if score > 0]
