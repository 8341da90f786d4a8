"""What shops, libraries and trackers call what was done, and what became of orders."""

from __future__ import annotations

import json

import pytest

from newaisle.store.liking import parse_event_map
from newaisle.store.rows import Event
from newaisle.store.shop import ReadOptions
from tests.store.shops import read_interactions


def events(content: str, *event_map: str) -> dict[str, str]:
    """What was read of each product."""
    rows, rejects, _ = read_interactions(content, ReadOptions(event_map=parse_event_map(event_map)))
    assert rejects == []
    return {row.item_id: row.event.value for row in rows}


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("loan", "purchase"),
        ("Ausgeliehen", "purchase"),
        ("préstamo", "purchase"),
        ("Order Completed", "purchase"),
        ("wc-completed", "purchase"),
        ("booking confirmed", "purchase"),
        ("réservé", "purchase"),
        ("播放", "purchase"),
        ("productAdded", "view"),
        ("begin_checkout", "view"),
        ("In den Warenkorb", "view"),
        ("ORDER_REFUNDED", "return"),
        ("wc-cancelled", "ignore"),
        ("star", "like"),
        ("View Item List", "impression"),
        ("曝光", "impression"),
        ("remove_from_cart", None),
    ],
)
def test_the_words_of_other_trades_and_languages_are_known(word: str, event: str | None) -> None:
    assert events(f"user,item,event\nu,a,{word}\n").get("a") == (None if event == "ignore" else event)


def test_what_is_lent_comes_back_without_being_disliked() -> None:
    lent = "user,item,event\nu,a,loan\nu,b,return\n"
    assert events(lent) == {"a": "purchase"}
    assert events(lent, "return=return") == {"a": "purchase", "b": "return"}
    assert events("user,item,event\nu,a,buy\nu,b,return\n") == {"a": "purchase", "b": "return"}


def test_an_order_counts_by_its_status() -> None:
    content = (
        "order_id,customer_id,sku,Order Status\n1,u,paid,Completed\n2,u,sent,Shipped - Delivered to Buyer\n"
        "3,u,back,Shipped - Returned to Seller\n4,u,money,refunded\n5,u,no,Cancelled\n6,u,wait,pending\n"
        "7,u,none,\n8,u,de,Bezahlt\n9,u,zh,已取消\n10,u,odd,Quux\n"
    )
    rows, _, report = read_interactions(content)
    assert {row.item_id: row.event.value for row in rows} == {
        "paid": "purchase", "sent": "purchase", "back": "return", "money": "return",
        "none": "purchase", "de": "purchase", "odd": "purchase",
    }  # fmt: skip
    assert report.ignored == 3
    assert "'Cancelled' ignore (1)" in report.notes[-1]
    assert "--map-event Quux=purchase" in report.warnings[-2]
    assert events(content, "Quux=ignore", "pending=purchase")["wait"] == "purchase"


def test_a_status_that_is_named_as_the_event_is_read_as_one() -> None:
    content = "user,sku,status\nu,a,completed\nu,b,refunded\nu,c,pending\n"
    rows, rejects, _ = read_interactions(content, ReadOptions(mapping={"event": ("status",)}))
    assert ({row.item_id: row.event.value for row in rows}, rejects) == ({"a": "purchase", "b": "return"}, [])


def test_a_column_that_is_no_status_of_an_order_says_nothing() -> None:
    rows, _, report = read_interactions("user,sku,state,event,day\nu,a,CA,buy,1\nu,b,NY,view,2\n")
    assert [row.event for row in rows] == [Event.PURCHASE, Event.VIEW]
    assert report.warnings == []


def test_what_went_back_was_returned_whatever_says_so() -> None:
    header = "InvoiceNo,StockCode,Quantity,CustomerID,returned,cancelled_at\n"
    lines = "1,a,2,u,,\n2,b,-1,u,,\n3,c,0,u,,\n4,d,1,u,yes,\n5,e,1,u,0,2024-01-01\n6,f,1,u,no,\n"
    assert events(header + lines) == {"a": "purchase", "b": "return", "d": "return", "f": "purchase"}


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([1, 1, 1], [None, None, None]),  # a box that was ticked
        ([0, 0, 8, 10, 1], [None, None, 8, 10, 1]),  # 0 is no rating of 1 to 10
        ([-1, -1, 3, 9], [None, None, 3, 9]),
        ([0, 1, 0], [0, 1, 0]),  # thumbs
        ([0, 0.5, 4, 5], [0, 0.5, 4, 5]),  # half stars from 0
        ([5, 5], [5, 5]),
        ([3] * 20, [None] * 20),
    ],
)
def test_ratings_that_are_none_are_not_read_as_dislikes(ratings: list[float], expected: list[float | None]) -> None:
    lines = "".join(f"u,i{place},{rating}\n" for place, rating in enumerate(ratings))
    rows, _, report = read_interactions("user,item,rating\n" + lines)
    assert [row.rating for row in rows] == expected
    assert {row.liking for row in rows if row.rating is None} <= {1.0}
    assert any("read as no rating" in text for text in report.warnings) is (None in expected)


ORDER = {"id": 9, "email": "ann@shop.example", "created_at": "2024-03-02", "financial_status": "paid"}
ITEMS = [{"sku": "k1", "quantity": 1}, {"sku": "k2", "quantity": 2}]


@pytest.mark.parametrize(
    "record",
    [
        {**ORDER, "line_items": ITEMS, "tax_lines": [{"rate": 0.2}]},
        {"order": {**ORDER, "lines": ITEMS}},
        {"customer": {"id": "ann@shop.example", "created_at": "2020"}, "date": "2024-03-02", "skus": ["k1", "k2"]},
        {"event": "Order Completed", "userId": "ann@shop.example", "timestamp": "2024-03-02",
         "properties": {"products": [{"product_id": "k1"}, {"product_id": "k2"}]}},
        {"user_pseudo_id": "ann@shop.example", "event_name": "purchase", "event_timestamp": 1709337600000000,
         "items": [{"id": "k1"}, {"id": "k2"}], "event_params": [{"key": "page", "value": {"string_value": "x"}}]},
        {"session": "ann@shop.example", "events": [{"aid": "k1", "ts": 1709337600000, "type": "orders"},
                                                  {"aid": "k2", "ts": 1709337600000, "type": "orders"}]},
        {**ORDER, "items": [{"product": {"id": "k1", "name": "Kettle"}}, {"product": {"id": "k2"}}]},
    ],
)  # fmt: skip
def test_an_order_with_its_lines_is_a_row_for_each(record: dict[str, object]) -> None:
    rows, rejects, report = read_interactions(json.dumps(record) + "\n", ReadOptions(file_format="jsonl"))
    assert [(row.user_id, row.item_id, row.event) for row in rows] == [
        ("ann@shop.example", "k1", Event.PURCHASE),
        ("ann@shop.example", "k2", Event.PURCHASE),
    ]
    assert {str(row.time)[:10] for row in rows} == {"2024-03-02"}
    assert (rejects, report.read, report.kept) == ([], 2, 2)


@pytest.mark.parametrize(
    "content",
    [
        'customer_id,skus\nu,"k1,k2"\n',
        "customer_id,items\nu,k1|k2\n",
        "user,products\nu,k1 k2\n",
        'user,basket\nu,"[""k1"", ""k2""]"\n',
        'user,items\nu,"[{""sku"": ""k1""}, {""sku"": ""k2""}]"\n',
        "customer_email,line_items\nu,id:1|sku:k1|quantity:1;id:2|sku:k2|quantity:1\n",
        'customer_id,product details\nu,"Product SKU: k1, Product Qty: 1| Product SKU: k2, Product Qty: 1"\n',
        "customer_email,line_item_1_sku,line_item_1_quantity,line_item_2_sku,line_item_3_sku\nu,k1,1,k2,\n",
        "user,item1,item2\nu,k1,k2\n",
        "user,basket\nu,k1 x2\nu,3x k2\n",
        "Klant;Artikelen\nu;2x k1 + 1x k2\n",
        "klient;pozycje\nu;k1:2,k2:1\n",
        'klient;pozycje\nu;"[{""kod_produktu"": ""k1""}, {""kod_produktu"": ""k2""}]"\n',
    ],
)
def test_several_items_in_a_line_are_a_row_each(content: str) -> None:
    assert events(content) == {"k1": "purchase", "k2": "purchase"}


def test_a_long_list_in_a_cell_is_read_whole_or_not_at_all() -> None:
    many = json.dumps([{"sku": f"k{place}"} for place in range(1_000)]).replace('"', '""')
    assert len(events(f'user,items\nu,"{many}"\n')) == 1_000
    rows, rejects, _ = read_interactions(f'user,items\nu,"{many[:-10]}"\n')
    assert (rows, len(rejects)) == ([], 1)


def test_the_lines_of_an_order_share_what_only_the_first_of_them_says() -> None:
    content = (
        "Name,Email,Financial Status,Paid at,Created at,Lineitem quantity,Lineitem name,Lineitem sku\n"
        "#1,ann,refunded,2024-03-02,2024-03-02,1,Kettle,k1\n#1,,,,,1,Mug,k2\n#2,bo,paid,2024-03-03,2024-03-03,1,Mug,k2\n"
    )
    rows, rejects, _ = read_interactions(content)
    assert [(row.user_id, row.item_id, row.event.value) for row in rows] == [
        ("ann", "k1", "return"), ("ann", "k2", "return"), ("bo", "k2", "purchase"),
    ]  # fmt: skip
    assert rejects == []


def test_a_list_beside_the_product_of_an_event_is_not_taken_for_it() -> None:
    record = {"user": "u", "item_id": "k1", "event": "click", "candidates": [{"item_id": "k2"}, {"item_id": "k3"}]}
    rows, _, _ = read_interactions(json.dumps(record) + "\n", ReadOptions(file_format="jsonl"))
    assert [row.item_id for row in rows] == ["k1"]


def test_what_no_row_says_is_said() -> None:
    _, _, report = read_interactions("user,sku,event,timestmp\nu,a,view,\n")
    assert report.warnings == [
        "no row has a time, so their order in the file counts: name the column with --map timestamp=timestmp"
    ]
    _, _, report = read_interactions("user,sku,event,day\nu,a,return,1\n")
    assert report.warnings == ["no row says that a customer likes anything, so nothing can be learned from them"]
