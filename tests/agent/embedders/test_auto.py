"""Which embedder a shop gets where that is left to its texts, and what it holds beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import newaisle
from newaisle.agent.embedders.auto import is_beyond
from newaisle.agent.models.cache import ModelCache
from newaisle.agent.retrieve.wish import wish_similarity
from newaisle.errors import InputError, ModelMissing
from newaisle.store.embedders import OnnxEmbedder
from newaisle.store.home import Home
from newaisle.store.index import is_current
from newaisle.store.rows import Product
from tests.agent.embedders.two_models import write_embedder

ENGLISH = ["green tea pot", "blue tea cup", "green wool yarn", "blue wool", "tea"]
FRENCH = ["theiere verte", "tasse bleue", "laine verte"]
CHINESE = ["绿茶壶", "茶杯", "毛线"]
BOTH = ("minilm-l6", "use-multilingual")


def models_in(folder: Path, *names: str) -> Path:
    for name in names:
        write_embedder(folder, name)
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return models_in(tmp_path / "models", *BOTH)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "shop"


def fill(
    home: Path, models: Path, titles: Sequence[str], histories: str = "", embedder: str | None = None
) -> tuple[str, str]:
    """Fill a shop: the embedder that it has then, and the line that says why."""
    rows = "".join(f"p{number},{title},Things\n" for number, title in enumerate(titles))
    with newaisle.open_shop(home, model="none", models=models, embedder=embedder) as shop:
        report = shop.ingest(
            io.BytesIO(f"id,title,category\n{rows}".encode()),
            histories=io.BytesIO(f"user_id,item_id,event\n{histories}".encode()) if histories else None,
        )
    with Home(home).reader() as ledger:
        return str(ledger.meta("embedder")).partition("/")[0], report.embedder_why


def vectors_of(home: Path, models: Path, name: str) -> int:
    with Home(home).reader() as ledger:
        return len(ledger.vectors(ledger.item_ids(), OnnxEmbedder(models / name).name))


@pytest.mark.parametrize("titles", [FRENCH, CHINESE, 4 * ENGLISH + CHINESE[:2]], ids=["French", "Chinese", "mixed"])
def test_a_shop_of_other_languages_gets_the_multilingual_embedder(titles: list[str], home: Path, models: Path) -> None:
    name, why = fill(home, models, titles)
    assert name == "use-multilingual"
    assert why.startswith("use-multilingual embeds the texts: ")
    assert "beyond minilm-l6" in why


def test_an_english_shop_gets_the_default_and_the_vectors_of_the_other_beside_it(home: Path, models: Path) -> None:
    name, why = fill(home, models, ENGLISH)
    assert name == "minilm-l6"
    assert why.startswith("minilm-l6 embeds the texts: 0 %")
    assert [vectors_of(home, models, one) for one in BOTH] == [len(ENGLISH), len(ENGLISH)]
    with Home(home).reader() as ledger:
        assert is_current(Home(home).index_folder, ledger, str(ledger.meta("embedder")))


def test_few_foreign_products_decide_where_they_are_what_customers_take(home: Path, models: Path) -> None:
    titles = [f"{title} {number}" for number in range(10) for title in ENGLISH] + FRENCH[:1]
    assert fill(home, models, titles)[0] == "minilm-l6"
    taken = "".join(f"u{number},p{len(titles) - 1},purchase\n" for number in range(9))
    assert fill(home.with_name("other"), models, titles, taken + "u1,p0,purchase\n")[0] == "use-multilingual"


def test_what_filled_a_shop_stays_whatever_comes_later(home: Path, models: Path) -> None:
    fill(home, models, ENGLISH)
    assert fill(home, models, CHINESE) == ("minilm-l6", "")
    with newaisle.open_shop(home, model="none", models=models) as shop:
        shop.reindex()
        assert shop.parts.embedder_name.startswith("minilm-l6/")


def test_a_shop_of_an_earlier_version_goes_on_and_gets_what_it_lacks(home: Path, models: Path) -> None:
    alone = models_in(home.with_name("earlier"), "minilm-l6")
    fill(home, alone, ENGLISH, embedder="minilm-l6")
    assert vectors_of(home, models, "use-multilingual") == 0
    assert fill(home, models, ENGLISH) == ("minilm-l6", "")
    assert vectors_of(home, models, "use-multilingual") == len(ENGLISH)


def test_reindex_changes_what_was_chosen(home: Path, models: Path) -> None:
    fill(home, models, ENGLISH)
    with newaisle.open_shop(home, model="none", models=models, embedder="use-multilingual") as shop:
        with pytest.raises(InputError, match="reindex --embedder use-multilingual"):
            shop.ingest(io.BytesIO(b"id,title\nx,tea\n"))
        shop.reindex()
    assert fill(home, models, ENGLISH) == ("use-multilingual", "")
    assert vectors_of(home, models, "minilm-l6") == 0


def test_an_open_shop_follows_when_it_is_embedded_anew_beside_it(home: Path, models: Path) -> None:
    fill(home, models, ENGLISH)
    with newaisle.open_shop(home, model="none", models=models) as shop:
        assert shop.parts.embedder().spec == "minilm-l6"
        with newaisle.open_shop(home, model="none", models=models, embedder="use-multilingual") as other:
            other.reindex()
        assert shop.parts.embedder().spec == "use-multilingual"


def test_words_only_stay_words_only(home: Path, models: Path) -> None:
    assert fill(home, models, CHINESE, embedder="hash") == ("hash-64", "")
    assert fill(home, models, ENGLISH) == ("hash-64", "")
    assert vectors_of(home, models, "use-multilingual") == 0


def test_a_shop_that_wants_a_model_that_is_not_here_says_how_to_get_it(home: Path) -> None:
    name, why = fill(home, models_in(home.with_name("models"), "minilm-l6"), CHINESE)
    assert name == "minilm-l6"
    assert "100 % of those of products or histories are beyond minilm-l6" in why
    assert "`newaisle models pull use-multilingual` and `newaisle reindex --embedder use-multilingual`" in why


def test_the_multilingual_one_alone_will_do(home: Path) -> None:
    name, why = fill(home, models_in(home.with_name("models"), "use-multilingual"), ENGLISH)
    assert (name, why) == ("use-multilingual", "use-multilingual embeds the texts, as minilm-l6 is not installed")


def test_without_any_nothing_is_read(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="newaisle models pull minilm-l6"):
        fill(home, tmp_path / "none", ENGLISH)
    assert not Home(home).ledger_path.exists()


def test_a_text_is_beyond_one_vocabulary_only_where_the_other_has_it(models: Path) -> None:
    default, multilingual = (OnnxEmbedder(models / name) for name in BOTH)
    texts = ["green tea", "theiere verte", "绿茶", "Ωμέγα", "", "tea 2,000 x 3", "xyzzy"]
    assert is_beyond(texts, default, multilingual).tolist() == [False, True, True, False, False, False, False]
    assert is_beyond(texts, default, None).tolist() == [False, False, True, True, False, False, False]


@pytest.mark.parametrize("wish", ["tea pot", "茶壶", "theiere"])
def test_a_wish_of_any_language_is_near_to_what_it_asks_for(wish: str, home: Path, models: Path) -> None:
    fill(home, models, [*ENGLISH, *CHINESE])
    with newaisle.open_shop(home, model="none", models=models) as shop:
        products = list(shop.parts.ledger.listed())
        similarity = wish_similarity(shop.parts, wish, products)
    assert similarity is not None
    best = {products[row].title for row in np.argsort(-similarity)[:2]}
    assert best == {"green tea pot", "绿茶壶"}


def test_without_the_model_a_wish_is_compared_with_nothing(home: Path, models: Path) -> None:
    fill(home, models, ENGLISH, embedder="minilm-l6")
    ModelCache(models).remove("use-multilingual")
    with newaisle.open_shop(home, model="none", models=models) as shop:
        assert wish_similarity(shop.parts, "tea", list(shop.parts.ledger.listed())) is None


def test_a_shop_of_two_languages_ranks_explains_and_classifies_across_them(home: Path, models: Path) -> None:
    kitchen = ["green tea pot", "blue cup", "tea cup", "blue tea", "cup", "blue yarn cup", "wool tea cup"]
    rows = [
        *((f"z{number}", title, "茶具") for number, title in enumerate(["绿茶壶", "茶壶", "茶杯"])),
        *((f"y{number}", title, "毛线") for number, title in enumerate(["毛线", "绿毛线", "毛 线"])),
        *((f"k{number}", title, "Kitchen") for number, title in enumerate(kitchen)),
        *((f"c{number}", title, "Craft") for number, title in enumerate(["wool yarn", "blue wool", "green yarn"])),
    ]
    catalogue = "id,title,category\n" + "".join(",".join(row) + "\n" for row in rows)
    bought = "user_id,item_id,event\nann,z0,purchase\nbo,y0,purchase\n"
    with newaisle.open_shop(home, model="none", models=models) as shop:
        shop.ingest(io.BytesIO(catalogue.encode()), histories=io.BytesIO(bought.encode()))
        answer = shop.recommend("ann", "Kitchen", language="en")
        (found,) = shop.classify([Product(item_id="new", title="茶壶 绿")])
        near = [one.name for one in shop.category("茶具").nearest]
    first = answer.recommendations[0]
    assert first.item_id == "k0"
    assert "similar" in {claim.kind for claim in first.explanation.claims}
    assert found.guesses[0].category in ("茶具", "Kitchen")
    assert near[0] == "Kitchen"
