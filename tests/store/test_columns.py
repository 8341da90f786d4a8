from __future__ import annotations

import pytest

from newaisle.errors import InputError
from newaisle.store.columns import CATALOGUE, HISTORIES, Columns, Names, normal_name, parse_mapping


def columns_of(names: Names, header: str, *mapping: str) -> dict[str, tuple[str, ...]]:
    columns = Columns(names, parse_mapping(mapping))
    columns.notice(header.split(","))
    columns.check("file.csv")
    return columns.of


def test_usual_names_of_a_catalogue_are_found() -> None:
    for header in [
        "id,title,category,brand,price",
        "ASIN,Product Title,categories,store,price",
        "Handle,Title,Product Category,Vendor,Variant Price",
        "SKU,Name,Categories,Brands,Regular price",
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
    assert columns.of == {"id": ("sku",), "title": ("name",), "price": ("price",)}


def test_a_missing_field_is_an_error_that_says_what_to_type() -> None:
    with pytest.raises(
        InputError, match=r"file.csv has no column for the title.*id, product_titel.*--map title=product_titel"
    ):
        columns_of(CATALOGUE, "id,product_titel")


def test_an_unknown_field_or_column_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'title'"):
        parse_mapping(["titel=name"])
    with pytest.raises(InputError, match="did you mean 'product_name'"):
        columns_of(CATALOGUE, "id,product_name", "title=product_nam")
    with pytest.raises(InputError, match="FIELD=COLUMN"):
        parse_mapping(["title"])


def test_names_are_compared_without_case_spaces_and_punctuation() -> None:
    assert normal_name(" Product_ID ") == normal_name("productId") == normal_name("ＰＲＯＤＵＣＴ-ＩＤ") == "productid"
