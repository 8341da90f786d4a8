from __future__ import annotations

import io
import json
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shops import read_interactions, read_products

from newaisle.errors import InputError
from newaisle.store.liking import parse_event_map
from newaisle.store.reading import FORMATS
from newaisle.store.rows import Event, Product
from newaisle.store.shop import ReadOptions, Reject, open_catalogue, open_histories


def test_a_catalogue_becomes_clean_products() -> None:
    products, rejects, report = read_products(
        "Product ID;Name;Categories;Brand;Price;In stock?;Description;Colour;department\n"
        'k1;"<b>Kettle</b> &amp; lid";Home > Kitchen > Kettles;Acme;1.299,00 €;yes;Boils  water;red;Home\n'
        "k2;水壶;厨房;N/A;89,5;缺货;;;\n"
    )
    assert products == [
        Product(
            item_id="k1",
            title="Kettle & lid",
            category=("Home", "Kitchen", "Kettles"),
            brand="Acme",
            price=1299.0,
            currency="EUR",
            description="Boils water",
            in_stock=True,
            attributes={"Colour": "red", "department": "Home"},
        ),
        Product(item_id="k2", title="水壶", category=("厨房",), price=89.5, in_stock=False),
    ]
    assert not rejects
    assert (report.read, report.kept, report.notes) == (2, 2, ["prices have a decimal comma (found in 2 prices)"])


def test_rows_that_cannot_be_used_are_rejected_with_line_and_reason_and_the_rest_goes_in() -> None:
    products, rejects, report = read_products(
        "id,title,price\n1,Pan,5\n2,Pot,-5\n,Lid,5\n4,<br>,5\n5,Cup\n6,Mug,inf\n7,Jug,10-20\n"
    )
    assert [product.item_id for product in products] == ["1", "7"]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (3, "the price -5 is negative"),
        (4, "the id is missing"),
        (5, "the title is missing"),
        (6, "it has 2 fields where the header has 3"),
        (7, "the price 'inf' is not a finite number"),
    ]
    assert rejects[0].row == {"id": "2", "title": "Pot", "price": "-5"}
    assert (report.read, report.kept, report.rejected) == (7, 2, 5)


def test_where_a_program_wrote_that_there_is_no_value_only_the_value_is_missing() -> None:
    products, rejects, _ = read_products(
        "sku,name,category,price,brand\nk1,Kettle,nan,nan,NaN\nk2,Nan,NULL,N/A,None\nk3,None,Kitchen,-,n/a\nnull,Mug,K,3,\n"
    )
    assert [(row.item_id, row.title, row.category, row.price, row.brand) for row in products] == [
        ("k1", "Kettle", (), None, None),
        ("k2", "Nan", (), None, None),
    ]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (4, "the title is missing"),
        (5, "the id is missing"),
    ]
    rows, rejects, _ = read_interactions("user,item,event,rating\nann,a,buy,nan\nnull,a,buy,\n")
    assert [(row.user_id, row.event, row.rating) for row in rows] == [("ann", Event.PURCHASE, None)]
    assert [reject.reason for reject in rejects] == ["the user_id is missing"]


def test_files_without_a_header_are_read_by_the_names_given_for_each() -> None:
    names = (("id", "title", "", "category"), ("user_id", "item_id", "rating", "timestamp"))
    products, _, _ = read_products("1|Pan|01-Jan-1995|A>B|0\n2|Pot|01-Jan-1996|A|1\n", ReadOptions(columns=names))
    assert [(row.item_id, row.title, row.category, row.attributes) for row in products] == [
        ("1", "Pan", ("A", "B"), {}),
        ("2", "Pot", ("A",), {}),
    ]
    rows, _, _ = read_interactions("7\t1\t3\t881250949\n7\t2\t5\t881250950\n", ReadOptions(columns=names))
    assert [(row.user_id, row.item_id, row.rating) for row in rows] == [("7", "1", 3), ("7", "2", 5)]
    with pytest.raises(InputError, match="given twice"):
        read_products("1,Pan\n", ReadOptions(columns=(("id", "title"), ("id", "name"))))
    with pytest.raises(InputError, match="has a header, in line 1"):
        read_products("id,title\n1,Pan\n", ReadOptions(columns=names))


def test_a_first_row_of_values_is_not_taken_for_a_header_by_its_position() -> None:
    mapping = {"user_id": ("196",), "item_id": ("1",), "rating": ("3",)}
    with pytest.raises(
        InputError, match=r"no header.*'196 \| 1 \| 3 \| 881250949'.*--columns user_id,item_id,rating,timestamp"
    ):
        read_interactions("196\t1\t3\t881250949\n186\t2\t5\t891717742\n", ReadOptions(mapping=mapping))


def test_a_price_range_keeps_the_product_without_a_price() -> None:
    (product,), _, report = read_products("id,title,price\n7,Jug,$10-$20\n")
    assert (product.price, product.currency, product.attributes) == (None, "USD", {"price range": "$10-$20"})
    assert report.warnings[0] == "1 prices are a range, so unknown, such as '$10-$20'"


def test_the_locale_and_the_currency_column_settle_prices() -> None:
    (product,), _, _ = read_products("id,title,price,currency\n1,Pan,1.299,EUR\n", ReadOptions(locale="de_DE"))
    assert (product.price, product.currency) == (1299.0, "EUR")
    (product,), _, report = read_products("id,title,price,currency\n1,Pan,5,moon\n")
    assert product.currency is None
    assert "currencies are not known" in report.warnings[0]


def test_exact_duplicates_merge_and_of_other_content_the_last_row_counts() -> None:
    products, rejects, report = read_products(
        "id,title\n1,Pan\n2,Pot\n1,Pan\n3,Cup\n3,Big cup\n4,Lid\n4,\n 4 ,Lid\n2, Pot \n"
    )
    assert {product.item_id: product.title for product in products} == {
        "1": "Pan",
        "2": "Pot",
        "3": "Big cup",
        "4": "Lid",
    }
    assert len(products) == 4
    assert (report.read, report.kept, report.merged, report.replaced, report.ignored) == (9, 4, 3, 1, 1)
    assert "the last row counts" in report.warnings[0]
    assert not rejects


def test_a_product_stands_when_the_last_row_of_its_id_is_rejected() -> None:
    products, _, report = read_products("id,title,price\n1,Pan,5\n1,Pan,-5\n")
    assert [product.price for product in products] == [5]
    assert (report.read, report.kept, report.rejected) == (2, 1, 1)


def test_nested_json_becomes_attributes() -> None:
    rows = [
        {
            "id": 1,
            "title": "Pan",
            "categories": ["Home", "Pans"],
            "size": {"cm": 20, "in": 8},
            "tags": ["new"],
            "gone": None,
        },
        {"id": 2, "title": "Pot", "price": 12.5, "colour": "red"},
    ]
    products, _, _ = read_products("\n".join(map(json.dumps, rows)))
    assert products == [
        Product(
            item_id="1", title="Pan", category=("Home", "Pans"), attributes={"size": "cm: 20; in: 8", "tags": "new"}
        ),
        Product(item_id="2", title="Pot", price=12.5, attributes={"colour": "red"}),
    ]


def test_histories_become_interactions_in_order() -> None:
    rows, rejects, report = read_interactions(
        "user_id,item_id,event,rating,timestamp\n"
        "u,b,purchase,,2024-01-02\nu,a,review,1,2024-01-01\nu,c,view,,2024-01-02\nv,a,return,5,\nv,a,purchase,,9999-01-01\n"
    )
    assert [
        (row.item_id, row.event, row.liking) for row in sorted(rows, key=lambda row: (row.user_id, row.position))
    ] == [
        ("a", Event.REVIEW, -1.0),
        ("b", Event.PURCHASE, 1.0),
        ("c", Event.VIEW, 0.25),
        ("a", Event.RETURN, -1.0),
    ]
    assert rows[0].time == datetime(2024, 1, 2, tzinfo=UTC)
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (6, "the time '9999-01-01' is not between 1970 and 2100")
    ]
    assert report.notes == ["times are dates", "ratings run from 0 to 5"]


def test_positions_are_kept_and_never_taken_for_dates() -> None:
    rows, _, report = read_interactions("user,item,timestamp\nu,a,3\nu,b,0\n")
    assert [(row.time, row.position) for row in rows] == [(None, 3), (None, 0)]
    assert "positions" in report.notes[0]
    assert "2 rows have neither an event nor a rating" in report.warnings[0]


def test_the_positions_of_old_rows_stay_when_rows_are_added() -> None:
    header, old, new = "user,item,time\n", "u,a,2024-01-01\nu,b,2024-01-01\n", "v,a,2024-01-01\nu,c,2023-01-01\n"
    before, _, _ = read_interactions(header + old)
    after, _, _ = read_interactions(header + new + old)
    assert before == after[2:]
    assert before[0].position < before[1].position


def test_without_times_the_file_gives_the_order() -> None:
    rows, _, report = read_interactions("user,item,event\nu,b,buy\nv,b,buy\nu,a,buy\nu,b,buy\n")
    assert [(row.user_id, row.position) for row in rows] == [("u", 0), ("v", 0), ("u", 1)]
    assert report.merged == 1


def test_the_same_thing_at_another_time_is_no_duplicate() -> None:
    rows, _, report = read_interactions(
        "user,item,event,time\nu,a,buy,2024-01-01\nu,a,buy,2024-01-02\nu,a,buy,2024-01-02\n"
    )
    assert (len(rows), report.merged) == (2, 1)


def test_an_unknown_event_is_rejected_and_the_warning_says_what_to_type() -> None:
    content = "user,item,event\nu,a,Basket Zapped\nu,b,buy\nu,c,scroll\nu,d,purchsed\n"
    rows, rejects, report = read_interactions(content)
    assert [row.item_id for row in rows] == ["b"]
    assert rejects[0].reason == "the event 'Basket Zapped' is not known"
    assert (report.read, report.kept, report.ignored, report.rejected) == (4, 1, 1, 2)
    assert "2 rows have an event or status that is not known, 'Basket Zapped' (1), 'purchsed' (1)" in report.warnings[0]
    words = shlex.split(report.warnings[0].partition("such as ")[2].partition(" (one of")[0])
    assert words == ["--map-event", "Basket Zapped=purchase", "--map-event", "purchsed=purchase"]  # as a shell takes it
    event_map = parse_event_map([*words[1::2], "scroll=view"])
    rows, _, report = read_interactions(content, ReadOptions(event_map=event_map))
    assert [row.event for row in rows] == [Event.PURCHASE, Event.PURCHASE, Event.VIEW, Event.PURCHASE]


@pytest.mark.parametrize("rating", ["inf", "good", "7"])
def test_an_impossible_rating_rejects_the_row(rating: str) -> None:
    ratings = "".join(f"u{number},a,{number % 5 + 1}\n" for number in range(200))
    rows, rejects, _ = read_interactions(f"user,item,rating\n{ratings}u,a,{rating}\n")
    assert len(rows) == 200
    assert "rating" in rejects[0].reason


def test_a_long_field_rejects_its_row_and_the_reject_is_cut() -> None:
    rows = [{"id": 1, "title": "Pan", "description": "x" * 10_000_000}, {"id": 2, "title": "Pot"}]
    products, rejects, _ = read_products("\n".join(map(json.dumps, rows)))
    assert [product.item_id for product in products] == ["2"]
    assert rejects[0].reason == "the field 'description' is longer than 1 MiB"
    assert isinstance(rejects[0].row, str)
    assert len(rejects[0].row) == 2_000


@pytest.mark.parametrize("content", ["id,title\n", "[]", "title,price\nPan,5\n"])
def test_a_file_without_rows_or_columns_is_an_input_error(content: str) -> None:
    with pytest.raises(InputError, match=r"no rows|no column for the id"):
        read_products(content)


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("id,title\n" + "".join(f"{number},Pan {number}\n" for number in range(5_000)))
    seen: list[tuple[int, int]] = []
    reading = open_catalogue(path, on_reject=lambda _: None, on_progress=lambda done, total: seen.append((done, total)))
    assert sum(1 for _ in reading) == 5_000
    done = [share for share, _ in seen]
    assert done == sorted(done)
    assert done[0] < done[-1] == reading.total_bytes
    assert {total for _, total in seen} == {path.stat().st_size}


def test_the_line_of_the_row_read_last_is_known() -> None:
    reading = open_histories(io.BytesIO(b"user,item\nu,a\nu,b\n"), on_reject=lambda _: None)
    assert [(row.item_id, reading.line) for row in reading] == [("a", 2), ("b", 3)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
)
FIELDS = st.sampled_from(
    ["id", "title", "price", "category", "in_stock", "user_id", "item_id", "event", "rating", "time"]
)


@given(st.lists(st.dictionaries(FIELDS | st.text(max_size=3), JSON, max_size=8), min_size=1, max_size=5))
def test_any_json_rows_are_rows_or_rejects(rows: list[dict[str, object]]) -> None:
    content = "\n".join(json.dumps(row) for row in rows)
    for read in (read_products, read_interactions):
        with suppress(InputError):
            kept, rejects, report = read(content)
            assert len(rejects) <= report.rejected
            assert (
                report.read
                == len(kept) + report.joined + report.merged + report.replaced + report.ignored + report.rejected
            )
            json.dumps([reject.row for reject in rejects], allow_nan=False, ensure_ascii=False).encode()


@given(st.binary(max_size=300), st.sampled_from([None, *FORMATS]))
def test_reading_raises_nothing_but_input_errors(data: bytes, file_format: str | None) -> None:
    rejects: list[Reject] = []
    for header in (b"", b"id,title,price\n", b"user_id,item_id,rating,time\n"):
        for open_rows in (open_catalogue, open_histories):
            with suppress(InputError):
                options = ReadOptions(file_format=file_format)
                list(open_rows(io.BytesIO(header + data), options, on_reject=rejects.append))
