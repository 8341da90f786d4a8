"""Finds which column of a file holds which field: by the usual names, English and Chinese, or by `--map`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from rapidfuzz import fuzz, process, utils

from newaisle.errors import InputError, did_you_mean

Names = Mapping[str, tuple[str, ...]]
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
HISTORIES: Names = {
    field: tuple(names.split())
    for field, names in {
        "user_id": "userid user username customerid customer reviewerid buyerid memberid clientid visitorid accountid"
        " householdid uid customeremail email 用户id 用户 用户编号 会员id 会员编号 买家id 客户id 顾客id",
        "item_id": "itemid productid parentasin asin goodsid spuid skuid lineitemsku variantsku productsku sku"
        " articleid productcode itemcode stockcode movieid item product 商品id 商品编号 商品编码 产品id 产品编号 货号"
        " 商品",
        "event": "event eventtype eventname action actiontype behavior behaviour behaviortype interaction"
        " interactiontype type 行为 行为类型 事件 事件类型 动作 操作",
        "rating": "rating overall score stars star starrating reviewrating 评分 打分 星级 分数",
        "timestamp": "timestamp time datetime date unixreviewtime reviewtime reviewdate eventtime ts createdat"
        " created orderdate ordertime purchasedate purchasetime transactiondate invoicedate visittime"
        " position sequence seq step 时间 时间戳 日期 下单时间 购买时间 订单时间 评论时间 行为时间 创建时间 顺序 序号",
    }.items()
}
REQUIRED = ("id", "title", "user_id", "item_id")
POSITION_NAMES = frozenset(["position", "sequence", "seq", "step", "顺序", "序号"])


def normal_name(name: str) -> str:
    """A column name without case, spaces, punctuation and the `g:` of a product feed."""
    name = unicodedata.normalize("NFKC", name).casefold().strip()
    return re.sub(r"[\W_]+", "", name.removeprefix("g:"))


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
