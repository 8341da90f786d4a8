"""Which rows of a catalogue are one product, and the product that they make together.

Rows with one id are: its variants, its translations, its pictures, or the same row again, of which the last counts.
So are rows that name another row as their parent, rows that their parent names, and rows without id and title that
go on with the row above them. A blank never overwrites a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from newaisle.store.cleaning import flat_text, is_missing
from newaisle.store.columns import Columns, Record
from newaisle.store.headers import PICTURES, VARIANT_COLUMNS, bare_name, normal_name
from newaisle.store.rows import Product

_LONGEST_JOINED = 500  # characters of an attribute that is collected from variants
_LONGEST_OPTION = 60
_BASE_VIEWS = ("", "default", "admin", "all", "base", "0")
_NO_PARENT = ("", "0", "-1")
_DEEPEST = 5  # parents of parents


@dataclass(slots=True)
class Part:
    """What one row says about its product, not all of which need be there."""

    product: Product
    is_variant: bool = False  # of a row of its own, its parent
    view: str = ""  # the shop's view or language that it is written for
    parent: str = ""  # the id of the parent that a variant's row names


class Grouping:
    """Tells which rows belong together: sees every record by `survey`, then `settle`, then all again by `place`."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._titled: dict[int, bool] = {}  # key of a row's own id -> whether a row with it has a title
        self._coming: Counter[int] = Counter()  # groups of more than one row, and how many are still to come
        self._parents: dict[int, int] = {}  # key of a variant -> of its parent
        self._named_by_row: set[int] = set()  # those whose own row names the parent
        self._standing_for: dict[int, int] = {}  # other ids of the rows of a file with parents -> key
        self._last: int | None = None

    def survey(self, record: Record, title: str) -> None:
        key = self._own_key(record, title)
        if key in self._titled:
            self._coming[key] += 1 if key in self._coming else 2
        self._titled[key] = self._titled.get(key, False) or bool(title)
        if "parent" in self._columns.of:
            self._survey_parent(key, record)
        if self._columns.format:
            for column, pattern in self._columns.format.children.items():
                for child in re.findall(pattern, flat_text(record.get(column))):
                    self._parents.setdefault(_hash(child), key)

    def _survey_parent(self, key: int, record: Record) -> None:
        for name in ("id", "ids"):
            for column in self._columns.of.get(name, ()):
                self._standing_for.setdefault(_hash(record.get(column)), key)
        parent = parent_id(self._columns, record)
        if parent and _hash(parent) != key:
            self._parents.setdefault(key, _hash(parent))
            self._named_by_row.add(key)

    def settle(self) -> None:
        """Find the group of each variant; a column of parents that names no product of the file holds none."""
        self._parents = {key: self._standing_for.get(parent, parent) for key, parent in self._parents.items()}
        self._parents = {key: parent for key, parent in self._parents.items() if key != parent}
        if not self._has_parents():
            for key in self._named_by_row:
                self._parents.pop(key, None)
        for key in self._parents:
            if key in self._titled:
                root = self._root(key)
                rows = self._coming.pop(key, 1)
                self._coming[root] += rows if root in self._coming else rows + (root in self._titled)
                self._titled[root] = self._titled.get(root, False) or self._titled[key]
        self._standing_for.clear()
        self._last = None

    def _has_parents(self) -> bool:
        """Whether what rows call a parent is one: a row of the file, or by the column's name a group of products."""
        loose = any(normal_name(column) in ("parent", "parentid") for column in self._columns.of.get("parent", ()))
        return not loose or any(self._parents.get(key) in self._titled for key in self._named_by_row)

    def place(self, record: Record, title: str) -> tuple[int, bool, int]:
        """The group of a row, whether it is a variant of another row's product, and how many rows are still to come."""
        own = self._own_key(record, title)
        key = self._root(own) if own in self._parents else own
        if key not in self._coming:
            return key, own != key, 0
        self._coming[key] -= 1
        return key, own != key, self._coming[key]

    def is_single(self, key: int) -> bool:
        """Whether a group is one row."""
        return key not in self._coming

    def has_title(self, key: int) -> bool:
        """Whether any row of a group has a title."""
        return self._titled.get(key, False)

    def _root(self, key: int) -> int:
        for _ in range(_DEEPEST):
            parent = self._parents.get(key)
            if parent is None:
                break
            key = parent
        return key

    def _own_key(self, record: Record, title: str) -> int:
        """The key of a row's id; of a row that goes on with the one above, that one's."""
        value, form = self._columns.first("id", record), self._columns.format
        is_marked = form is not None and says_one_of(record, form.under)
        if self._last is None or not (is_marked or (not title and value is None and self._is_part(record))):
            self._last = _hash(value)
        return self._last

    def _is_part(self, record: Record) -> bool:
        """Whether a row says what a variant or a picture would, and nothing that only a product's own row says."""
        if any(self._columns.first(field, record) is not None for field in ("category", "brand", "description")):
            return False
        names = (*self._columns.of.get("ids", ()), *self._columns.of.get("price", ()), *self._part_columns())
        return any(not is_missing(flat_text(record.get(name))) for name in names)

    def _part_columns(self) -> list[str]:
        return [name for name in self._columns.found if bare_name(name) in VARIANT_COLUMNS or is_picture(name)]


def _hash(value: object) -> int:
    text = flat_text(value).strip()
    return hash(text if text.isascii() else unicodedata.normalize("NFC", text))


NO_ID = _hash(None)  # the key of a row without an id, which goes on with no other


def says_one_of(record: Record, values: Mapping[str, Sequence[str]]) -> bool:
    """Whether one of these columns has one of its values, in whatever case."""
    return any(
        flat_text(record.get(column)).strip().casefold() in map(str.casefold, said) for column, said in values.items()
    )


def parent_id(columns: Columns, record: Record) -> str:
    """The id that a row gives for its parent (`id:44` in WooCommerce), or nothing."""
    text = flat_text(columns.first("parent", record)).strip().removeprefix("id:")
    return "" if text in _NO_PARENT or is_missing(text) else text


def is_picture(column: str) -> bool:
    """Whether a column holds a picture, or says something about one."""
    return any(word in normal_name(column) for word in PICTURES)


@dataclass(slots=True)
class Joined:
    """A product made of rows, and what became of those beside the one that is kept."""

    product: Product
    joined: int = 0
    same: int = 0
    replaced: int = 0
    pictures: int = 0


def join(parts: Sequence[Part]) -> Joined:
    """The product of one or more rows; where none of them is the parent, its id is what they call their parent."""
    base = _base(parts)
    made = Joined(base.product)
    variants: list[Part] = []
    for part in parts:
        if part is base:
            continue
        if part.product == base.product and not part.is_variant:
            made.same += 1
        elif _is_translation(part, base):
            made.joined += 1
            made.product = _with_translation(made.product, part)
        elif part.is_variant or not part.product.title or _is_variant(part.product, base.product):
            is_picture_only = _says_nothing(part.product)
            made.pictures += is_picture_only
            made.joined += not is_picture_only
            variants.append(part)
        else:
            made.replaced += 1
            made.product = _overlaid(made.product, part.product)
    if base.is_variant:
        own_id = base.parent or base.product.item_id
        made.product = replace(made.product, item_id=own_id, listed=any(one.listed for one in _products(parts)))
        variants.insert(0, base)
    if variants:
        made.product = _with_variants(made.product, variants)
    return made


def _products(parts: Iterable[Part]) -> list[Product]:
    return [part.product for part in parts]


def _base(parts: Sequence[Part]) -> Part:
    """The row that gives title, category and brand: the parent, in the shop's own view, if it is there."""
    titled = [part for part in parts if part.product.title] or list(parts)
    own = [part for part in titled if not part.is_variant] or titled
    in_base_view = [part for part in own if part.view.casefold() in _BASE_VIEWS]
    return next(iter(in_base_view), max(own, key=_said) if any(part.view for part in own) else own[0])


def _said(part: Part) -> int:
    """How much a row says that its translations may leave out."""
    product = part.product
    return bool(product.category) + bool(product.brand) + (product.price is not None) + (product.in_stock is not None)


def _is_translation(part: Part, base: Part) -> bool:
    return part.view != base.view and part.product.item_id == base.product.item_id and bool(part.product.title)


def _with_translation(product: Product, part: Part) -> Product:
    other = part.product
    texts = {f"title ({part.view})": other.title, f"description ({part.view})": other.description}
    return replace(product, attributes={**product.attributes, **{name: text for name, text in texts.items() if text}})


def _is_variant(one: Product, other: Product) -> bool:
    """Whether two rows with one id and title are variants, and not one row and its correction."""
    if one.title != other.title or one.item_id != other.item_id:
        return False
    apart = {name for name in one.attributes if one.attributes[name] != other.attributes.get(name)}
    return one.ids != other.ids or any(bare_name(name) in VARIANT_COLUMNS for name in apart)


def _says_nothing(product: Product) -> bool:
    """Whether a row beside a product's own shows a picture and nothing else."""
    return (
        product.price is None
        and product.in_stock is None
        and not (product.title or product.ids or product.category or product.description)
        and all(is_picture(name) for name in product.attributes)
    )


def _overlaid(product: Product, later: Product) -> Product:
    """A product as a later row corrects it."""
    changes: dict[str, Any] = {
        one.name: value
        for one in fields(Product)
        if one.name not in ("attributes", "listed") and (value := getattr(later, one.name)) not in (None, "", ())
    }
    if later.price is not None:
        changes |= {"regular_price": later.regular_price, "highest_price": later.highest_price}
    return replace(product, **changes, listed=later.listed, attributes={**product.attributes, **later.attributes})


def _with_variants(product: Product, variants: Sequence[Part]) -> Product:
    """A product with what its variants add: the lowest price and the highest, stock, options, ids."""
    others = _products(variants)
    inherited = any(part.product.price is None and not _says_nothing(part.product) for part in variants)
    own = [] if any(part.is_variant for part in variants) and not inherited else [product]
    priced = [one for one in (*own, *others) if one.price is not None] or [product]
    cheapest = min(priced, key=lambda one: one.price or 0.0)
    highest = max((one.price for one in priced if one.price is not None), default=None)
    stocked = others if any(part.is_variant for part in variants) else (product, *others)
    stocks = [one.in_stock for one in stocked if one.in_stock is not None]
    first = next((one for one in others if one.category), product)
    return replace(
        product,
        category=product.category or first.category,
        other_categories=product.other_categories or first.other_categories,
        brand=product.brand or next((one.brand for one in others if one.brand), None),
        description=product.description or next((one.description for one in others if one.description), ""),
        price=cheapest.price,
        regular_price=cheapest.regular_price,
        highest_price=highest if highest != cheapest.price else None,
        currency=cheapest.currency or product.currency,
        in_stock=any(stocks) if stocks else product.in_stock,
        attributes=_collected([product, *others]),
        ids=_ids(product.item_id, (product, *others)),
    )


def _ids(item_id: str, products: Iterable[Product]) -> tuple[str, ...]:
    ids = dict.fromkeys(id for one in products for id in (one.item_id, *one.ids) if id and id != item_id)
    return tuple(ids)


def _collected(products: Sequence[Product]) -> dict[str, str]:
    """The attributes of the first, and the different values that the others have for theirs."""
    collected = dict(products[0].attributes)
    for product in products[1:]:
        for name, value in product.attributes.items():
            known = collected.setdefault(name, value)
            if known == value or is_picture(name) or max(len(value), len(known) // 8) > _LONGEST_OPTION:
                continue
            values = dict.fromkeys(part.strip() for part in re.split("[,;]", f"{known},{value}"))
            collected[name] = ", ".join(values)[:_LONGEST_JOINED]
    return collected
