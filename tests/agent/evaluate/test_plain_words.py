"""Ways to rank by words alone, and which of them a blend has to beat."""

from __future__ import annotations

import numpy as np
import pytest

from newaisle.agent.evaluate.plain_words import USUAL, PlainWords
from newaisle.agent.evaluate.wording import PLAIN_WORDS
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.split import Case
from newaisle.store.rows import Product
from tests.agent.learn.datasets import dataset, likes

PRODUCTS = [
    Product(item_id="lamp", title="oak lamp", description="wool wool"),
    Product(item_id="vase", title="tin vase", description="oak"),
    Product(item_id="desk", title="oak desk"),
    Product(item_id="bowl", title="tin bowl", description="wool"),
    Product(item_id="rug", title="rug", description="wool wool wool of sheep"),
]
CASE = Case(
    user_id="ann",
    category="",
    history=("desk", "bowl"),
    targets=frozenset({"lamp"}),
    candidates=("lamp", "vase", "rug"),
)


def test_every_way_has_a_name_in_sentences() -> None:
    assert set(PlainWords(PRODUCTS).names) == set(PLAIN_WORDS) == set(PlainWords(PRODUCTS)(CASE))


def test_tf_idf_is_that_of_scikit_learn_over_titles_or_all_text() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    scores = PlainWords(PRODUCTS)(CASE)
    for name, texts in [
        ("tfidf-title", [product.title for product in PRODUCTS]),
        ("tfidf", [f"{product.title} {product.description}" for product in PRODUCTS]),
    ]:
        rows = TfidfVectorizer().fit_transform(texts).toarray()
        cosines = rows[[0, 1, 4]] @ rows[[2, 3]].T
        assert scores[name] == pytest.approx(cosines.mean(axis=1))
        assert scores[f"{name}-max"] == pytest.approx(cosines.max(axis=1))


def test_bm25_adds_up_rare_words_and_counts_long_texts_for_less() -> None:
    """By hand: oak is in two of five titles, all candidates' titles but one have two words."""
    scores = PlainWords(PRODUCTS)(CASE)["bm25-title-max"]
    idf, usual = np.log1p(3.5 / 2.5), 1.2 * (0.25 + 0.75 * 2 / 1.8)
    assert scores == pytest.approx([idf * 2.2 / (1 + usual), idf * 2.2 / (1 + usual), 0])


def test_n_grams_see_words_that_are_spelled_alike() -> None:
    products = [*PRODUCTS, Product(item_id="lamps", title="lamplight")]
    case = Case(user_id="a", category="", history=("lamp",), targets=frozenset({"rug"}), candidates=("lamps", "rug"))
    scores = PlainWords(products)(case)
    assert scores["ngrams-title"][0] > scores["ngrams-title"][1] == 0
    assert scores["tfidf-title"].tolist() == [0, 0]


def _shop(title: str, text: str) -> Dataset:
    """Everybody takes what is like what they liked, by titles or by descriptions."""
    kinds = ("red", "blue")
    items = [
        Product(
            item_id=f"{c}{i}",
            title=title.format(kinds[i % 2], c, i),
            description=text.format(kinds[i % 2], c, i),
            category=(c,),
        )
        for c in "abcd"
        for i in range(12)
    ]
    rows = [
        row for u in range(24) for c in "abcd" for row in likes(f"u{u}", *(f"{c}{i}" for i in (u % 12, (u + 2) % 12)))
    ]
    return dataset(items, rows)


def test_the_strongest_is_the_one_that_ranks_best_on_categories_left_out() -> None:
    by_title = PlainWords(_shop("{0} x{1}", "q{2}").products)
    assert by_title.strongest(_shop("{0} x{1}", "q{2}")) in by_title.names
    only_in_texts = _shop("x{1}{2}", "{0}")
    assert "title" not in PlainWords(only_in_texts.products).strongest(only_in_texts)


def test_where_there_is_nothing_to_choose_by_it_is_the_usual_one() -> None:
    nothing = dataset(PRODUCTS, likes("ann", "desk"))
    assert PlainWords(PRODUCTS).strongest(nothing) == USUAL
