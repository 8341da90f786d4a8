"""What a product is: a group of rows, in categories, at a price, listed or not."""

from __future__ import annotations

import json

import pytest
from shops import read_products

from newaisle.store.rows import Product


def only(content: str) -> Product:
    """The one product of a file of which every row is used."""
    (product,), rejects, report = read_products(content)
    assert not rejects
    assert report.read == 1 + report.joined + report.merged + report.replaced + report.ignored
    return product


def test_rows_under_a_titled_row_with_its_handle_are_its_variants() -> None:
    content = (
        "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,"
        "Variant Compare At Price,Image Src\n"
        "jug,Moss jug,Oat,Jugs,Size,Small,J-S,0,39,49,a.jpg\n"
        "jug,,,,,Large,J-L,5,54,,\n"
        "jug,,,,,,,,,,b.jpg\n"
    )
    product = only(content)
    assert (product.item_id, product.title, product.category, product.brand) == ("jug", "Moss jug", ("Jugs",), "Oat")
    assert (product.price, product.regular_price, product.highest_price, product.in_stock) == (39, 49, 54, True)
    assert product.attributes == {"Size": "Small, Large"}
    assert product.ids == ("J-S", "J-L")
    assert read_products(content)[2].ignored == 1  # the picture


def test_an_object_of_attributes_has_one_in_each_member() -> None:
    row = {"id": 1, "title": "Jug", "attributes": {"Colour": "red", "care": None, "sizes": ["S", "L"]}, "origin": "Ulm"}
    assert only(json.dumps(row)).attributes == {"Colour": "red", "sizes": "S, L", "origin": "Ulm"}


def test_rows_without_id_and_title_go_on_with_the_row_above() -> None:
    product = only("id,title,sku,size,price\n1,Jug,J-S,S,5\n,,J-L,L,4\n")
    assert (product.price, product.highest_price, product.ids) == (4, 5, ("J-S", "J-L"))
    assert product.attributes == {"size": "S, L"}
    _, rejects, _ = read_products("id,title,note\n1,Jug,x\n,,total\n")
    assert [reject.reason for reject in rejects] == ["the id is missing"]


@pytest.mark.parametrize("parent", ["J", "id:7"])
def test_rows_that_name_a_parent_are_its_variants_wherever_they_stand(parent: str) -> None:
    (product, other), rejects, report = read_products(
        "id,sku,title,category,parent,price,stock,colour\n"
        f"8,J-R,Jug red,,{parent},,0,red\n7,J,Jug,Jugs,,,,\n9,J-B,Jug blue,,{parent},6,2,blue\n10,P,Pan,Pans,,3,1,\n"
    )
    assert not rejects
    assert (product.item_id, product.title, product.category, product.price) == ("7", "Jug", ("Jugs",), 6)
    assert (product.in_stock, product.ids) == (True, ("J", "8", "J-R", "9", "J-B"))
    assert product.attributes == {"colour": "red, blue"}
    assert (other.item_id, report.joined) == ("10", 2)


def test_a_group_without_a_row_of_its_own_is_a_product_under_its_id() -> None:
    product = only("id,title,price,item_group_id,color\na,Jug red,6,G,red\nb,Jug blue,5,G,blue\n")
    assert (product.item_id, product.title, product.price, product.ids) == ("G", "Jug red", 5, ("a", "b"))


def test_parents_that_are_no_products_of_the_file_join_nothing() -> None:
    products, _, _ = read_products("id,title,parent\n1,Jug,Kitchen\n2,Pan,Kitchen\n")
    assert [product.item_id for product in products] == ["1", "2"]


def test_rows_with_one_id_and_title_that_differ_in_an_option_are_variants() -> None:
    product = only("id,title,size,price\n1,Shirt,S,10\n1,Shirt,M,12\n")
    assert (product.price, product.highest_price, product.attributes) == (10, 12, {"size": "S, M"})


def test_a_blank_overwrites_no_value() -> None:
    product = only("id,title,brand,price\n1,Jug,Oat,5\n1,Tall jug,,\n")
    assert (product.title, product.brand, product.price) == ("Tall jug", "Oat", 5)


def test_rows_of_another_language_are_added_as_text() -> None:
    product = only("sku,language,name,category,price\n1,,Jug,Jugs,5\n1,de,Krug,,\n")
    assert (product.title, product.category, product.price) == ("Jug", ("Jugs",), 5)
    assert product.attributes == {"title (de)": "Krug"}
    book = only("sku,language,name\n1,eng,North\n")
    assert book.attributes == {"language": "eng"}


def test_variants_inside_a_record_are_its_own() -> None:
    product = only(
        json.dumps(
            {
                "id": 1,
                "title": "Jug",
                "variants": [
                    {"id": 11, "sku": "J-S", "price": "39.00", "inventory_quantity": 0, "size": "S"},
                    {"id": 12, "price": {"amount": "29.00", "currencyCode": "EUR"}, "inventory_quantity": 2},
                ],
                "attributes": [{"name": "Colour", "options": ["Red", "Blue"]}],
            }
        )
    )
    assert (product.price, product.highest_price, product.currency, product.in_stock) == (29, 39, "EUR", True)
    assert product.ids == ("11", "J-S", "12")
    assert product.attributes == {"Colour": "Red, Blue", "size": "S"}


def test_a_part_whose_titled_row_is_rejected_is_rejected_too() -> None:
    products, rejects, report = read_products("id,title,sku,price\n1,Jug,a,-5\n1,,b,4\n2,Pan,c,3\n")
    assert [product.item_id for product in products] == ["2"]
    assert [reject.line for reject in rejects] == [2, 3]
    assert report.rejected == 2


@pytest.mark.parametrize(
    ("column", "hides", "shows"),
    [
        ("published", "false", "true"),
        ("status", "draft", "active"),
        ("Visibility", "Not Visible Individually", "Catalog, Search"),
        ("active", "0", "1"),
        ("is_hidden", "yes", "no"),
        ("状态", "下架", "上架"),
        ("aktiv", "nein", "ja"),
    ],
)
def test_what_the_shop_hides_is_kept_and_not_listed(column: str, hides: str, shows: str) -> None:
    products, _, _ = read_products(f"id\ttitle\t{column}\n1\tJug\t{hides}\n2\tPan\t{shows}\n3\tPot\t\n")
    assert [product.listed for product in products] == [False, True, True]


def test_a_shop_that_hides_everything_is_told_so() -> None:
    _, _, report = read_products("id,title,published\n1,Jug,false\n")
    assert "the shop hides every product, by published, so nothing can be recommended" in report.warnings


def test_further_columns_hold_further_categories() -> None:
    product = only(
        "id,title,product_type,subcategory,google_product_category\n1,Jug,Kitchen,Jugs,Home & Garden > Tableware\n"
    )
    assert product.category == ("Kitchen", "Jugs")
    assert product.other_categories == (("Home & Garden", "Tableware"),)


def test_what_no_product_has_is_said_with_the_column_that_may_have_it() -> None:
    _, _, report = read_products("id,title,categry\n1,Jug,Kitchen\n2,Pan,Kitchen\n")
    assert [warning.partition(": ")[::2] for warning in report.warnings] == [
        (
            "no product has a category, so nothing can be recommended from one",
            "name the column with --map category=categry",
        ),
        ("no product has a price, so no price limit lets any through", "name the column with --map price=COLUMN"),
    ]


def test_an_id_that_a_spreadsheet_has_spoilt_stands_for_nothing() -> None:
    assert only("id,title,isbn13,ean\n1,Jug,9.78043902348e+12,4006381333931\n").ids == ("4006381333931",)


def test_the_base_row_of_translations_may_come_later() -> None:
    (pan,), _, _ = read_products(
        "sku,lang,name,category,price\nA1,en,Steel pan,,\nA1,pl,Patelnia,Kuchnia,5.50\nA1,fr,,,\n"
    )
    assert (pan.title, pan.category, pan.price) == ("Patelnia", ("Kuchnia",), 5.5)


def test_a_variant_without_a_price_has_that_of_its_parent() -> None:
    (shirt,), _, _ = read_products("id,parent_id,name,price,stock\np,,Shirt,59.90,0\nv1,p,,,0\nv2,p,,64.90,2\n")
    assert (shirt.price, shirt.highest_price, shirt.in_stock) == (59.9, 64.9, True)


def test_what_a_spreadsheet_writes_for_an_error_is_no_value() -> None:
    (lamp,), _, _ = read_products("sku,name,category,price\nk1,Lamp,#N/D,#¡REF!\n")
    assert (lamp.category, lamp.price) == ((), None)


def test_stock_and_listing_are_said_in_other_languages_and_in_objects() -> None:
    (pan, pot), _, _ = read_products(
        "Artikelnr;Naam;Prijs;Beschikbaarheid;Status\nA1;Pan;5,50;Op voorraad;Actief\nA2;Pot;6,50;Uitverkocht;Concept\n"
    )
    assert (pan.in_stock, pan.listed, pot.in_stock, pot.listed) == (True, True, False, False)
    (jug,), _, _ = read_products('{"id": 1, "name": "Jug", "availability": {"isOnStock": true}}')
    assert jug.in_stock
