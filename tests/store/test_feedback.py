"""Feedback: stored at once after everything else, left alone by ingests, erased with its customer."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.errors import InputError, LedgerError
from newaisle.store import index, sqlite
from newaisle.store.embedders import HashEmbedder
from newaisle.store.erase import forget_user, remove_product
from newaisle.store.feedback import UnknownProduct, give_feedback
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.rows import Event, position_at
from newaisle.store.shop import ReadOptions
from tests.conftest import HISTORIES, PRODUCTS, write_catalogue, write_histories

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GIVE = """\
import sys
from datetime import UTC, datetime
from pathlib import Path
from newaisle.store.feedback import give_feedback
from newaisle.store.home import Home
from newaisle.store.rows import Event
for _ in range(20):
    give_feedback(Home(Path(sys.argv[1])), "ann", "t2", Event.VIEW, time=datetime(2026, 3, 1, tzinfo=UTC))
"""


def again(home: Home, folder: Path, *, replace: bool = False, histories: str = HISTORIES) -> None:
    ingest(
        home,
        embedder=HashEmbedder(),
        catalogue=write_catalogue(folder / "items.jsonl"),
        histories=write_histories(folder / "histories.csv", histories),
        options=ReadOptions(),
        replace=replace,
        remove_most=replace,
    )


@pytest.mark.parametrize(
    ("event", "liking"), [(Event.LIKE, 1), (Event.DISLIKE, -1), (Event.PURCHASE, 1), (Event.VIEW, 0.25)]
)
def test_a_row_comes_last_in_its_customers_history_with_the_usual_liking(
    shop: Home, event: Event, liking: float
) -> None:
    stored = give_feedback(shop, "ann", "t3", event, time=NOW)
    assert (stored.row.liking, stored.is_first) == (liking, False)
    with shop.reader() as ledger:
        assert ledger.history("ann")[-1] == stored.row
        assert stored.row.time == NOW
        assert len(ledger.history("ann")) == 3


def test_a_row_is_last_even_where_the_histories_run_ahead_of_the_clock(shop: Home, tmp_path: Path) -> None:
    again(shop, tmp_path, histories=HISTORIES + "ann,t5,purchase,2090-01-01\n")
    assert give_feedback(shop, "ann", "t3", Event.LIKE, time=NOW).row.position > position_at(NOW)
    with shop.reader() as ledger:
        assert [row.item_id for row in ledger.history("ann")] == ["t0", "t1", "t5", "t3"]


def test_the_same_again_is_another_row(shop: Home) -> None:
    for _ in range(3):
        give_feedback(shop, "ann", "t3", Event.VIEW, time=NOW)
    with shop.reader() as ledger:
        assert [row.item_id for row in ledger.history("ann")] == ["t0", "t1", "t3", "t3", "t3"]
        assert len({row.position for row in ledger.history("ann")}) == 5


def test_an_unknown_customer_becomes_one_with_the_first_row(shop: Home) -> None:
    assert give_feedback(shop, "dora", "t3", Event.LIKE, time=NOW).is_first
    assert not give_feedback(shop, "dora", "t3", Event.PURCHASE, time=NOW).is_first
    with shop.reader() as ledger:
        assert "dora" in ledger.user_ids()


def test_an_unknown_product_stores_nothing(shop: Home) -> None:
    with pytest.raises(UnknownProduct, match="no product 'nothing'"):
        give_feedback(shop, "dora", "nothing", Event.LIKE, time=NOW)
    with shop.reader() as ledger:
        assert ledger.history("dora") == []


@pytest.mark.parametrize("user_id", ["", "  ", "a\u200bb", "x" * 201])
def test_an_id_that_no_file_could_have_is_refused(shop: Home, user_id: str) -> None:
    with pytest.raises(InputError, match="user_id"):
        give_feedback(shop, user_id, "t0", Event.LIKE, time=NOW)


def test_ids_are_cleaned_as_in_a_file(shop: Home) -> None:
    give_feedback(shop, " re\u0301mi ", "t0", Event.LIKE, time=NOW)
    with shop.reader() as ledger:
        assert "r\u00e9mi" in ledger.user_ids()


def test_without_a_shop_none_is_made(home: Home) -> None:
    with pytest.raises(LedgerError, match="there is no shop"):
        give_feedback(home, "ann", "t0", Event.LIKE, time=NOW)
    assert not home.folder.exists()


def test_nothing_is_embedded_and_the_index_is_not_behind(shop: Home) -> None:
    with shop.reader() as ledger:
        before = index.newest_generation(shop.index_folder), ledger.revision
        give_feedback(shop, "ann", "t3", Event.LIKE, time=NOW)
        assert (index.newest_generation(shop.index_folder), ledger.revision) == before
        assert index.is_current(shop.index_folder, ledger, HashEmbedder().name)


@pytest.mark.parametrize("replace", [False, True])
def test_reading_the_histories_again_neither_loses_nor_doubles_it(shop: Home, tmp_path: Path, replace: bool) -> None:
    give_feedback(shop, "ann", "t0", Event.PURCHASE, time=NOW)
    give_feedback(shop, "dora", "t3", Event.LIKE, time=NOW)
    with shop.reader() as ledger:
        before = list(ledger.interactions())
    for _ in range(2):
        again(shop, tmp_path, replace=replace)
    with shop.reader() as ledger:
        assert list(ledger.interactions()) == before


def test_replace_removes_what_files_lack_and_keeps_the_feedback(shop: Home, tmp_path: Path) -> None:
    give_feedback(shop, "bob", "t3", Event.LIKE, time=NOW)
    again(shop, tmp_path, replace=True, histories="user,item,event,timestamp\nann,t0,purchase,2024-01-01\n")
    with shop.reader() as ledger:
        assert [(row.user_id, row.item_id) for row in ledger.interactions()] == [("ann", "t0"), ("bob", "t3")]


def test_a_product_that_leaves_the_catalogue_stays_readable_for_its_feedback(shop: Home, tmp_path: Path) -> None:
    give_feedback(shop, "dora", "t5", Event.LIKE, time=NOW)
    ingest(
        shop,
        embedder=HashEmbedder(),
        catalogue=write_catalogue(tmp_path / "fewer.jsonl", [row for row in PRODUCTS if row["id"] != "t5"]),
        options=ReadOptions(),
        replace=True,
    )
    with shop.reader() as ledger:
        assert "t5" in ledger.products(["t5"])
        assert "t5" not in [product.item_id for product in ledger.candidates("Food > Tea")]


def test_forgetting_a_customer_erases_their_feedback(shop: Home) -> None:
    give_feedback(shop, "zorblax-7731", "t3", Event.LIKE, time=NOW)
    assert forget_user(shop, "zorblax-7731") == 1
    files = [path for path in shop.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"zorblax-7731" in path.read_bytes()] == []


def test_removing_a_product_erases_the_feedback_about_it(shop: Home) -> None:
    give_feedback(shop, "dora", "t3", Event.LIKE, time=NOW)
    remove_product(shop, "t3")
    with shop.reader() as ledger:
        assert ledger.history("dora") == []


def test_an_ingest_at_work_does_not_keep_feedback_out(shop: Home) -> None:
    with shop.writer():
        give_feedback(shop, "ann", "t3", Event.LIKE, time=NOW)
    with shop.reader() as ledger:
        assert len(ledger.history("ann")) == 3


def test_it_waits_for_a_transaction_and_gives_up_in_the_end(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(shop.ledger_path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.2, other.rollback).start()
        give_feedback(shop, "ann", "t3", Event.LIKE, time=NOW)
        monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="locked by another program"):
            give_feedback(shop, "ann", "t3", Event.LIKE, time=NOW)


def test_processes_that_give_feedback_at_once_all_succeed(shop: Home) -> None:
    command = [sys.executable, "-c", GIVE, str(shop.folder)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[1] for process in started] == ["", "", ""]
    with shop.reader() as ledger:
        rows = ledger.history("ann")
    assert len(rows) == 2 + 3 * 20
    assert len({row.position for row in rows}) == len(rows)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(0, 10**6))
def test_positions_are_in_the_order_of_time(moment: datetime, milliseconds: int) -> None:
    earlier = moment.replace(tzinfo=UTC)
    later = earlier + timedelta(milliseconds=milliseconds + 1)
    assert position_at(earlier) < position_at(later) < 2**63
