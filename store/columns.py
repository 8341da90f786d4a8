"""Finds which column of a file holds which field: by the usual names, English and Chinese, or by `--map`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Any

from rapidfuzz import fuzz, process, utils

from newaisle.errors import InputError, did_you_mean
from newaisle.store.headers import HISTORIES, Names, normal_name

_SHOWN = 20  # columns listed in a message

# The first name that the file has wins. Names are compared without case, spaces and punctuation.
CATALOGUE: Names = {
    field: tuple(names.split())
    for field, names in {
        "id": "id itemid productid parentasin asin goodsid spuid skuid variantsku sku handle articleid articlenumber"
        " productcode itemcode stockcode movieid isbn gtin ean upc 商品id 商品编号 商品编码 产品id 产品编号 货号 编号",
        "title": "title name producttitle productname itemtitle itemname displayname goodsname"
        " 标题 商品标题 商品名称 商品名 产品名称 产品名 名称 品名 书名",
        "category": "category categories categorypath producttype productcategory categoryname googleproductcategory"
        " maincategory maincat type 类目 商品类目 分类 商品分类 类别 商品类别 品类 类目路径",
        "brand": "brand brandname brands manufacturer vendor maker store 品牌 品牌名称 品牌名 厂商 制造商",
        "price": "price currentprice variantprice regularprice unitprice sellingprice listprice saleprice"
        " 价格 商品价格 售价 单价 现价 销售价",
        "currency": "currency currencycode pricecurrency 币种 货币 货币单位",
        "description": "description desc productdescription longdescription bodyhtml body details shortdescription"
        " summary 描述 商品描述 详情 商品详情 简介 介绍 商品介绍 内容简介",
        "in_stock": "instock isinstock availability stockstatus stock available stockquantity inventory"
        " variantinventoryqty 库存 是否有货 有货 库存状态 库存数量",
    }.items()
}
REQUIRED = ("id", "title", "user_id", "item_id")


def parse_mapping(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`field=column` settings as a mapping; one field may be given several columns, in order.

    Raises InputError for what is not such a pair or names no field.
    """
    mapping: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not (equals and field and column):
            raise InputError(f"--map {pair!r} is not FIELD=COLUMN: write for example --map title=product_name")
        check_field(field)
        mapping[field] = (*mapping.get(field, ()), column)
    return mapping


def check_field(field: str) -> None:
    """Raise InputError when `field` is neither a product's nor an interaction's."""
    fields = [*CATALOGUE, *HISTORIES]
    if field not in fields:
        raise InputError(
            f"--map knows no field {field!r}{did_you_mean(field, fields)}: take one of {', '.join(fields)}"
        )


class Columns:
    """The columns of one file and the field that each holds; grows while rows with new keys are met.

    A field once found keeps its column, so that a key which turns up late never changes what an id means.
    """

    def __init__(self, names: Names, mapping: Mapping[str, tuple[str, ...]]) -> None:
        for field in mapping:
            check_field(field)
        self._names = names
        self.needed = frozenset(REQUIRED) & names.keys()
        self._field_by_name = {usual: field for field, usual_names in names.items() for usual in usual_names}
        self._mapping = {field: columns for field, columns in mapping.items() if field in names}
        self.of: dict[str, tuple[str, ...]] = dict(self._mapping)
        self.found: dict[str, None] = {}
        self._used = {column for columns in self.of.values() for column in columns}

    def notice(self, names: Iterable[str]) -> None:
        """Take in the keys of rows; those already known cost next to nothing."""
        new = [name for name in names if name not in self.found]
        if not new:
            return
        self.found.update(dict.fromkeys(new))
        by_normal: dict[str, str] = {}
        for name in new:
            if name not in self._used:
                by_normal.setdefault(normal_name(name), name)
        for field, usual in self._names.items():
            if field not in self.of:
                column = next((by_normal[name] for name in usual if name in by_normal), None)
                if column is not None and column not in self._used:
                    self.of[field] = (column,)
                    self._used.add(column)

    def field_of(self, name: str) -> str | None:
        """The field that a column of this name holds by `--map`, or usually."""
        mapped = next((field for field, columns in self._mapping.items() if name in columns), None)
        return mapped or self._field_by_name.get(normal_name(name))

    def first(self, field: str, record: Mapping[str, Any]) -> Any:
        """The record's value of a field: of several columns the first that is not empty; None when there is none."""
        for column in self.of.get(field, ()):
            value = record.get(column)
            if value is not None and value != "":
                return value
        return None

    def attributes(self) -> list[str]:
        """The columns that hold no field."""
        return [name for name in self.found if name not in self._used]

    def check(self, source: str) -> None:
        """Raise InputError when a mapped column or a field that every row needs is not there."""
        for field, columns in self._mapping.items():
            for column in columns:
                if column not in self.found:
                    raise InputError(
                        f"{source} has no column {column!r} for --map {field}={column}"
                        f"{did_you_mean(column, self.found)}: take one of its columns, {self._listed()}"
                    )
        if "user_id" in self._names and "user_id" not in self.of and "order" in self.of:
            raise InputError(
                f"{source} says what each order has and not whose it is: add the customer from the file of the orders,"
                f" or take each order for a customer with --map user_id={quote(self.of['order'][0])}"
            )
        for field in self._names:
            if field in REQUIRED and field not in self.of:
                close = _closest(field, self.attributes(), cutoff=0)
                raise InputError(
                    f"{source} has no column for the {field}: its columns are {self._listed()};"
                    f" name it with --map {field}={close if close and close.isprintable() else 'COLUMN'}"
                )

    def _listed(self) -> str:
        shown = [repr(name[:60]).strip("'") for name in list(self.found)[:_SHOWN]]
        more = f" and {len(self.found) - _SHOWN} more" if len(self.found) > _SHOWN else ""
        return ", ".join(shown) + more if shown else "none"


def _closest(name: str, choices: Iterable[str], cutoff: float) -> str | None:
    match = process.extractOne(
        name, list(choices), scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=cutoff
    )
    return match[0] if match else None
