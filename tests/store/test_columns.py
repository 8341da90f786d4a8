from __future__ import annotations

from collections.abc import Iterable

import pytest

from newaisle.errors import InputError
from newaisle.store.columns import CATALOGUE, HISTORIES, Columns, Names, id_hash, normal_name, parse_mapping


def columns_of(names: Names, header: str, *mapping: str) -> dict[str, tuple[str, ...]]:
    columns = Columns(names, parse_mapping(mapping))
    columns.notice(header.split(","))
    columns.check("file.csv")
    return columns.of


def test_usual_names_of_a_catalogue_are_found() -> None:
    for header in [
        "id,title,category,brand,price",
        "ASIN,Product Title,categories,store,price",
        "Handle,Title,Product Category,Vendor,Current price",
        "SKU,Name,Categories,Brands,Price EUR",
        "Artikelnummer,Artikelname,Kategorie,Hersteller,Preis",
        "référence,désignation,catégorie,marque,prix TTC",
        "Referencia,Nombre,Categoría,Marca,Precio",
        "item_id:token,title:token_seq,categories:token_seq,brand:token,price:float",
        "product_id,name(en-gb),category-en_US,manufacturer,price (EUR)",
        "g:id,g:title,g:product_type,g:brand,g:price",
        "商品ID,标题,类目,品牌,价格",
        "商品编号,商品名称,商品分类,品牌名称,售价",
        "PRODUCT_ID,product-name,Category Name,Manufacturer,unit_price",
    ]:
        found = columns_of(CATALOGUE, header)
        assert [found[field] for field in ("id", "title", "category", "brand", "price")] == [
            (n,) for n in header.split(",")
        ], header


@pytest.mark.parametrize(
    "header",
    [
        "user_id,item_id,event,rating,timestamp",
        "reviewerID,asin,action,overall,unixReviewTime",
        "Customer ID,SKU,Event Type,Stars,Order Date",
        "用户ID,商品ID,行为,评分,时间",
    ],
)
def test_usual_names_of_histories_are_found(header: str) -> None:
    found = columns_of(HISTORIES, header)
    assert [found[f] for f in ("user_id", "item_id", "event", "rating", "timestamp")] == [
        (name,) for name in header.split(",")
    ]


def test_a_department_stays_an_attribute() -> None:
    columns = Columns(CATALOGUE, {})
    columns.notice(["id", "title", "department"])
    assert columns.attributes() == ["department"]


def test_a_mapping_wins_and_may_name_several_columns() -> None:
    found = columns_of(CATALOGUE, "id,title,name,dep,sub", "title=name", "category=dep", "category=sub", "user_id=x")
    assert found == {"id": ("id",), "title": ("name",), "category": ("dep", "sub")}


def test_a_field_keeps_its_column_when_better_names_turn_up() -> None:
    columns = Columns(CATALOGUE, {})
    columns.notice(["sku", "name"])
    columns.notice(["id", "title", "price"])
    assert columns.of == {"id": ("sku",), "title": ("name",), "price": ("price",), "ids": ("id",)}


def records(*rows: str) -> list[dict[str, object]]:
    header, *lines = (row.split(",") for row in rows)
    return [dict(zip(header, line, strict=True)) for line in lines]


def columns_with(*rows: str, used: Iterable[str] = ()) -> Columns:
    sample = records(*rows)
    columns = Columns(CATALOGUE, {}, used_ids={id_hash(id) for id in used})
    columns.notice(sample[0], sample)
    return columns


def why(columns: Columns, column: str) -> tuple[str | None, str]:
    (found,) = [one for one in columns.understood() if one.column == column]
    return found.field, found.why


def test_an_id_column_that_is_empty_or_not_unique_is_not_the_id() -> None:
    columns = columns_with("item_id,sku,name", ",a,Pan", ",b,Pot")
    assert why(columns, "sku") == ("id", "its name; item_id is empty")
    columns = columns_with("product_id,sku,name", "9,a,Pan", "9,b,Pot", "9,c,Cup")
    assert why(columns, "sku") == ("id", "its name; product_id is not unique, or not always there")
    assert columns.of["ids"] == ("product_id",)


def test_of_two_columns_that_may_be_the_id_the_one_that_histories_use_is() -> None:
    rows = ("id,sku,name", "1,a,Pan", "2,b,Pot")
    assert columns_with(*rows).of["id"] == ("id",)
    columns = columns_with(*rows, used="ab")
    assert why(columns, "sku") == ("id", "the histories use it, not id")
    assert columns.of["ids"] == ("id",)


def test_the_id_is_what_joins_the_rows_of_a_product() -> None:
    columns = columns_with("Variant SKU,Handle,Title", "a-s,a,Pan", "a-l,a,", "b-s,b,Pot")
    assert why(columns, "Handle") == ("id", "its name; it joins the rows of a product, Variant SKU does not")


def test_what_stands_in_a_column_may_speak_against_its_name() -> None:
    columns = columns_with("id,name,type,section", "1,Pan,simple,Kitchen", "2,Pot,variable,Kitchen")
    assert "category" not in columns.of
    columns = columns_with("id,name,status", "1,Pan,in the oven", "2,Pot,done")
    assert columns.attributes() == ["status"]
    assert why(columns, "status") == ("attributes", "no field has its name")


def test_a_missing_field_is_an_error_that_says_what_to_type() -> None:
    with pytest.raises(
        InputError, match=r"file.csv has no column for the title.*id, product_tittle.*--map title=product_tittle"
    ):
        columns_of(CATALOGUE, "id,product_tittle")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("sku,quantity,added", "a,3,2024-01-02"), "--map title=COLUMN"),  # none of them is a text
        (("sku,quantity,blurb", "a,3,Steel pan"), "--map title=blurb"),  # the only text
        (("sku,blurb,heading", "a,It boils,Steel pan"), "--map title=COLUMN"),  # which of the two is a guess
        (("sku,tittle,heading", "a,Pan,Steel pan"), "--map title=tittle"),
        (("sku,titles", "a,17"), "--map title=COLUMN"),
    ],
)
def test_a_suggestion_is_likely_by_name_and_contents_or_none(rows: tuple[str, ...], expected: str) -> None:
    with pytest.raises(InputError, match=f"{expected}$"):
        columns_with(*rows).check("file.csv")


def test_an_unknown_field_or_column_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'title'"):
        parse_mapping(["titel=name"])
    with pytest.raises(InputError, match="did you mean 'product_name'"):
        columns_of(CATALOGUE, "id,product_name", "title=product_nam")
    with pytest.raises(InputError, match="FIELD=COLUMN"):
        parse_mapping(["title"])


def test_names_are_compared_without_case_spaces_and_punctuation() -> None:
    assert normal_name(" Product_ID ") == normal_name("productId") == normal_name("ＰＲＯＤＵＣＴ-ＩＤ") == "productid"


def test_what_names_leave_open_the_contents_of_columns_say() -> None:
    columns = columns_with("ref_int,lib,rub", "A1,Steel pan,K", "A2,Big pot,K", "A3,Blue cup,T")
    assert (columns.of["id"], columns.of["title"]) == (("ref_int",), ("lib",))
    assert why(columns, "ref_int") == ("id", "by its contents")
    columns = columns_with("code,description,x", "A1,Steel pan,a b", "A2,Big pot,a b", "A3,Blue cup,c d")
    assert why(columns, "description") == ("title", "by its contents")


def test_the_products_of_histories_are_what_the_catalogue_has() -> None:
    ids = {id_hash("k1"), id_hash("k2")}
    sample = records("wer,was,productId,wann", "w1,k1,9,2024-01-02", "w1,k2,8,2024-01-02", "w2,k1,9,2024-01-02")
    columns = Columns(HISTORIES, {}, known_ids=lambda: [ids])
    columns.notice(["wer", "was", "wann"], [{k: v for k, v in row.items() if k != "productId"} for row in sample])
    assert {field: names[0] for field, names in columns.of.items()} == {
        "user_id": "wer",
        "item_id": "was",
        "timestamp": "wann",
    }
    columns = Columns(HISTORIES, {}, known_ids=lambda: [ids])
    sample = records("customer,productId,productNumber", "w1,9,k1", "w2,8,k2")
    columns.notice(sample[0], sample)
    assert why(columns, "productNumber") == ("item_id", "the catalogue has its ids, not productId")


def test_the_catalogue_is_not_asked_where_one_column_is_named() -> None:
    def ask() -> list[set[int]]:
        raise AssertionError

    sample = records("user_id,item_id", "u,k")
    columns = Columns(HISTORIES, {}, known_ids=ask)
    columns.notice(sample[0], sample)
    assert columns.of["item_id"] == ("item_id",)


def test_categories_in_columns_are_levels_or_several() -> None:
    columns = columns_with("sku,name,category1,category2", "1,Pan,Home,Pans", "2,Pot,Home,Pots", "3,Rake,Garden,Rakes")
    assert columns.of["category"] == ("category1", "category2")
    columns = columns_with("sku,name,category_1,category_2", "1,Pan,Home / Pans,New", "2,Pot,Home / Pots,")
    assert (columns.of["category"], columns.of["other_category"]) == (("category_1",), ("category_2",))


def test_a_category_that_can_be_read_goes_before_its_number() -> None:
    columns = columns_with("sku,name,category_id,category_code", "1,Pan,2053013,a.b", "2,Pot,2053014,a.c")
    assert columns.of["category"] == ("category_code",)


def test_events_and_statuses_are_told_by_their_words() -> None:
    sample = records("user,sku,was,stand", "u,a,view,shipped", "u,b,purchase,cancelled")
    columns = Columns(HISTORIES, {})
    columns.notice(sample[0], sample)
    assert (columns.of["event"], columns.of["status"]) == (("was",), ("stand",))
