from __future__ import annotations

import pytest

from newaisle.store.name_words import best_field, is_only, means, rank, read_name


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("id", "venueId|ID oferty|Artikelcode|Materialnummer|Número de publicación|商品管理番号|appid|Kod produktu"),
        (
            "title",
            "track_name|Materialkurztext|Tytuł oferty|商品名|beer/name|translations.DEFAULT.name|Nome do produto",
        ),
        (
            "category",
            "Warengruppenbezeichnung|product_category|所属分类|Famille d'articles|Kategoria główna|カテゴリー名",
        ),
        (
            "price",
            "VK-Preis brutto|Prix (TTC)|Cena|Verkoopprijs|一口价|販売価格(税込)|Unit Price Incl. VAT|Sales Price",
        ),
        ("sale_price", "Special Price|Cena promocyjna|Actieprijs|折后价"),
        ("regular_price", "product_compare_to_price|Adviesprijs|通常価格|Старая цена"),
        ("in_stock", "Quantity On Hand|Voorraad|Stan magazynowy|在庫数|Bestand frei verwendbar"),
        ("listed", "Status oferty|上下架状态|Can be Sold"),
    ],
)
def test_the_words_of_a_name_say_what_a_column_of_a_catalogue_holds(field: str, names: str) -> None:
    assert {name: best_field("catalogue", name) for name in names.split("|")} == dict.fromkeys(names.split("|"), field)


@pytest.mark.parametrize(
    ("field", "names"),
    [
        (
            "user_id",
            "Order/Customer|Lener|Debiteurnummer|Login kupującego|id_customer|会員番号|N° client|buyer_user_id",
        ),
        ("item_id", "Product/Barcode|productNumber|Sygnatura|商品コード|beer/beerId"),
        ("order", "Numer zamówienia|N.º pedido|Belegnummer|receipt|注文番号"),
        ("timestamp", "Uitleendatum|utcTimestamp|Data zakupu|sold_at|review/time"),
        ("rating", "review/overall|評価|Ocena"),
        ("quantity", "Product Qty|Ilość|Stückzahl"),
    ],
)
def test_the_words_of_a_name_say_what_a_column_of_histories_holds(field: str, names: str) -> None:
    assert {name: best_field("histories", name) for name in names.split("|")} == dict.fromkeys(names.split("|"), field)


@pytest.mark.parametrize(
    "name", ["image url", "Shipping price", "EK-Preis", "Gewicht", "timezoneOffset", "x" * 200, ""]
)
def test_a_name_of_something_else_holds_no_field(name: str) -> None:
    assert best_field("catalogue", name) is None


def test_a_word_that_is_not_known_leaves_open_what_contents_can_tell() -> None:
    assert rank("catalogue", "price", "Preis Staffel 1") is not None
    assert rank("catalogue", "id", "Staffel id") is None
    assert read_name("Staffel id").unknown == 1


def test_the_number_in_a_name_is_kept() -> None:
    assert read_name("category_2").number == 2


def test_what_a_name_says_beside_what_it_is_of() -> None:
    assert is_only("the code", {"id"})
    assert not is_only("product code", {"id"})
    assert means("Variant SKU", "variant")
