from __future__ import annotations

import io
from pathlib import Path

import pytest
from shops import read_interactions, read_products

from newaisle.errors import InputError
from newaisle.store.columns import id_hash
from newaisle.store.formats import bundled, read_format
from newaisle.store.rows import Event, Product
from newaisle.store.shop import ReadOptions, open_catalogue

OWN = """\
name: my till
kind: catalogue
headers: [PLU, Text]
fields: {id: PLU, title: Text, category: Group}
categories: {between: +, levels: .}
hidden: {State: [9]}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "till.yaml"
    path.write_text(OWN)
    return path


def read(content: str) -> tuple[list[Product], str | None]:
    products, rejects, report = read_products(content)
    assert not rejects
    return products, report.format


def test_each_bundled_format_is_a_small_table_known_by_its_own_headers() -> None:
    for form in bundled():
        names = {name.casefold() for name in form.headers}
        alike = [
            other for other in bundled() if other.kind == form.kind and names == set(map(str.casefold, other.headers))
        ]
        assert alike == [form], form.name
    folder = Path("store/formats")
    assert max(len(path.read_text().splitlines()) for path in folder.glob("*.yaml")) <= 16


def test_a_format_of_ones_own_is_read_by_its_table(own: Path) -> None:
    content = "PLU,Text,Group,State\n7,Jug,Home.Jugs+Sale,1\n8,Pan,Home.Pans,9\n"
    products, _, report = read_products(content, ReadOptions(formats=[read_format(own)]))
    assert [(row.item_id, row.category, row.other_categories, row.listed) for row in products] == [
        ("7", ("Home", "Jugs"), (("Sale",),), True),
        ("8", ("Home", "Pans"), (), False),
    ]
    assert report.format == "my till"
    assert report.understood() == "read as my till; id = PLU, title = Text, category = Group, listed = State"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("title: Text, x: y", "fields: there is no field 'x'"),
        ("}", "is no YAML"),
        ("", "headers: .*at least 1"),
    ],
)
def test_a_format_that_makes_no_sense_is_one_line(own: Path, change: str, reason: str) -> None:
    text = OWN.replace("title: Text", change) if ":" in change else OWN.replace("[PLU, Text]", change or "[]")
    own.write_text(text)
    with pytest.raises(InputError, match=reason) as caught:
        read_format(own)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="there is no file"):
        read_format(own.with_name("none.yaml"))


def test_what_one_maps_wins_over_the_format() -> None:
    (product,), _, _ = read_products(
        "movieId,title,genres,shelf\n1,North,Drama|Crime,Top\n", ReadOptions(mapping={"category": ("shelf",)})
    )
    assert (product.category, product.attributes) == (("Top",), {"genres": "Drama|Crime"})


def test_woocommerce() -> None:
    (cap, coat, box), form = read(
        "ID,Type,SKU,Name,Published,Visibility in catalog,Description,In stock?,Sale price,Regular price,Categories,"
        "Parent,Attribute 1 name,Attribute 1 value(s)\n"
        '4,variable,coat,Rain coat,1,visible,"Dry.\\nWarm.",1,,,"Clothing > Coats, Outdoor",,Colour,"Blue, Green"\n'
        "5,simple,cap,Cap,1,visible,,1,16,18,Clothing > Hats,,,\n"
        "6,variation,coat-b,Rain coat - Blue,1,visible,,1,72,90,,coat,Colour,Blue\n"
        "7,variation,coat-g,Rain coat - Green,1,visible,,0,,90,,id:4,Colour,Green\n"
        "8,simple,box,Box,-1,hidden,,1,,5,Clothing > Hats,,,\n"
    )
    assert form == "WooCommerce products"
    assert (coat.item_id, coat.category, coat.other_categories) == ("4", ("Clothing", "Coats"), (("Outdoor",),))
    assert (coat.price, coat.regular_price, coat.highest_price, coat.in_stock) == (72, 90, 90, True)
    assert (coat.description, coat.attributes) == ("Dry. Warm.", {"Colour": "Blue, Green"})
    assert coat.ids == ("coat", "6", "coat-b", "7", "coat-g")
    assert (cap.price, cap.regular_price, cap.ids) == (16, 18, ("cap",))
    assert (cap.listed, box.listed) == (True, False)


def test_magento() -> None:
    (top, bag), form = read(
        "sku,store_view_code,product_type,categories,name,product_online,visibility,price,special_price,"
        "additional_attributes,is_in_stock,configurable_variations\n"
        'T-R,,simple,"Shop/Tops,Shop/Sale",Top red,1,Not Visible Individually,34,29,"color=Red,fabric=Linen|Wool",1,\n'
        'T,,configurable,Shop/Tops,Top,1,"Catalog, Search",,,fabric=Linen,0,"sku=T-R,color=Red|sku=T-X,color=Blue"\n'
        "T,de,configurable,,Oberteil,,,,,,,\n"
        'B,,simple,Shop/Bags,Bag,2,"Catalog, Search",20,,,0,\n'
    )
    assert form == "Magento 2 products"
    assert (top.item_id, top.title, top.category, top.listed) == ("T", "Top", ("Shop", "Tops"), True)
    assert (top.price, top.regular_price, top.in_stock, top.ids) == (29, 34, True, ("T-R",))
    assert top.attributes == {"fabric": "Linen, Wool", "color": "Red", "title (de)": "Oberteil"}
    assert (bag.listed, bag.in_stock) == (False, False)


def test_rows_that_a_format_marks_are_parts_of_the_product_above_or_none() -> None:
    (jug,), _, report = read_products(
        "Item Type,Product ID,Product Name,Product Code/SKU,Brand Name,Price,Current Stock Level,Category\n"
        "  Product,1,Jug,J,Oat,20,0,Kitchen/Jugs;Sale\n  SKU,,[S]Size=Small,J-S,,18,3,\n  Rule,,,,,,,\n"
    )
    assert (jug.title, jug.price, jug.highest_price, jug.in_stock) == ("Jug", 18, 20, True)
    assert (jug.category, jug.other_categories, jug.ids) == (("Kitchen", "Jugs"), (("Sale",),), ("J", "J-S"))
    assert (report.format, report.joined, report.ignored) == ("BigCommerce products", 1, 1)


def test_other_catalogues() -> None:
    (owl, fox), form = read(
        "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,TAGS,MATERIALS,VARIATION 1 NAME,VARIATION 1 VALUES,SKU\n"
        '"Owl &#39;Pip&#39;",Soft,12.50,EUR,3,felt,Wool,Colour,"Red,Blue","O-R,O-B"\nFox,Soft,14,EUR,0,felt,,,,\n'
    )
    assert (form, owl.item_id, owl.ids, fox.item_id) == ("Etsy listings", "Owl 'Pip'", ("O-R", "O-B"), "Fox")
    assert owl.attributes["Colour"] == "Red,Blue"
    (film, _), form = read("movieId,title,genres\n1,North,Drama|Crime\n2,South,(no genres listed)\n")
    assert (form, film.category, film.other_categories) == ("MovieLens", ("Drama",), (("Crime",),))
    (shirt, *_), form = read(
        "article_id,prod_name,product_type_name,product_group_name,index_group_name\n01,Vest,Vest top,Upper,Women\n"
    )
    assert (form, shirt.category) == ("H&M articles", ("Women", "Upper", "Vest top"))
    (pan,), form = read(
        "Handle,Title,Vendor,Variant Price,Variant Inventory Qty,Variant Inventory Policy\np,Pan,Oat,5,0,continue\n"
    )
    assert (form, pan.in_stock) == ("Shopify products", True)
    (cafe, bar), form = read(
        '{"business_id": "b", "name": "Cafe", "stars": 4, "is_open": 1, "categories": "Tea & Cake, Cafes"}\n'
        '{"business_id": "c", "name": "Bar", "stars": 4, "is_open": 0, "categories": null}\n'
    )
    assert (form, cafe.category, cafe.listed, bar.listed) == ("Yelp businesses", ("Tea & Cake",), True, False)


def test_a_format_may_say_what_the_events_of_a_history_mean() -> None:
    rows, _, report = read_interactions(
        "FeedbackType,UserId,ItemId,Timestamp\nstar,u,a,2022-06-24\nread,u,b,2022-06-25\n"
    )
    assert report.format == "Gorse feedback"
    assert [row.event for row in rows] == [Event.LIKE, Event.VIEW]


def test_a_file_that_cannot_be_used_as_it_is_says_what_to_do() -> None:
    with pytest.raises(InputError, match="Instacart: it names no customer; orders"):
        read_interactions("order_id,product_id,add_to_cart_order,reordered\n1,2,1,0\n")
    with pytest.raises(InputError, match="each row is one property of an item"):
        read_products("timestamp,itemid,property,value\n1,2,3,4\n")


def test_where_histories_use_another_number_of_a_product_that_is_its_id() -> None:
    data = b"id;parent_id;product_number;active;stock;name;price_gross\nf1;;S;1;0;Shirt;5\nf2;f1;S.1;1;2;;\n"
    used = frozenset({id_hash("S.1")})
    with open_catalogue(io.BytesIO(data), on_reject=lambda reject: None, used_ids=used) as reading:
        (shirt,) = reading
    assert (shirt.item_id, shirt.ids) == ("S", ("f1", "S.1", "f2"))
