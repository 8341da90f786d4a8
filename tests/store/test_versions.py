"""What an earlier newaisle wrote, read and written by a later one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newaisle.errors import LedgerError
from newaisle.store import sqlite
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.logs import Entry, Logs
from newaisle.store.rows import Product
from newaisle.store.sqlite import open_reader, open_writer
from tests.conftest import DRILLS
from tests.store import later
from tests.store.later import tables


@pytest.fixture
def earlier(shop: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The small shop, as it was when a later newaisle came."""
    later.come(monkeypatch)
    return shop


def version(home: Home) -> int:
    return read(home, "PRAGMA user_version")[0][0]  # type: ignore[no-any-return]


def read(home: Home, query: str) -> list[tuple]:  # type: ignore[type-arg]
    """What stands in the file, whatever a reader of ours makes of it."""
    with closing(sqlite3.connect(home.ledger_path)) as db:
        return db.execute(query).fetchall()


def test_a_reader_reads_an_earlier_ledger_as_it_is(earlier: Home) -> None:
    before = earlier.ledger_path.read_bytes()
    with closing(open_reader(earlier.ledger_path)) as db:
        assert db.execute("SELECT item_id, origin, length FROM products WHERE item_id = 't0'").fetchall() == [
            ("t0", "not said", None)
        ]
        assert db.execute("SELECT * FROM pictures").fetchall() == []
    assert earlier.ledger_path.read_bytes() == before
    assert version(earlier) == later.LEDGER.version - 2


def everything(home: Home) -> list[object]:
    with home.reader() as ledger:
        return [
            ledger.counts(),
            ledger.candidates(DRILLS),
            [ledger.history(user) for user in ledger.user_ids()],
            ledger.category_samples(3),
            ledger.product_sample(3),
            ledger.texts([key for (key,) in read(home, "SELECT text_key FROM products")]),
            ledger.vectors(ledger.item_ids(), "hash-64").keys(),
            ledger.category_words(),
        ]


def test_all_that_is_read_of_an_earlier_ledger_is_what_it_was(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(shop)
    later.come(monkeypatch)
    assert everything(shop) == before
    with shop.writer():
        pass
    assert everything(shop) == before


def test_the_first_writer_brings_an_earlier_ledger_up(earlier: Home, tmp_path: Path) -> None:
    with earlier.writer() as ledger:
        ledger.put_products([Product(item_id="late", title="Whisk")])
        assert "t0" in ledger.item_ids()
    assert version(earlier) == later.LEDGER.version
    assert read(earlier, "SELECT origin FROM products WHERE item_id IN ('t0', 'late')") == [("not said",)] * 2
    with closing(open_writer(tmp_path / "new.sqlite3")) as new, closing(open_reader(earlier.ledger_path)) as old:
        assert tables(old) == tables(new)
        assert not old.execute("SELECT * FROM temp.sqlite_master").fetchall()


def test_feedback_brings_it_up_too(earlier: Home) -> None:
    with Ledger.open(earlier.ledger_path, writable=True):
        assert version(earlier) == later.LEDGER.version


def test_who_is_reading_meanwhile_goes_on(earlier: Home) -> None:
    with closing(open_reader(earlier.ledger_path)) as db:
        rows = db.execute("SELECT item_id, origin FROM products")
        first = rows.fetchone()
        with earlier.writer():
            pass
        assert [origin for _, origin in [first, *rows]] == ["not said"] * 12
        assert len(db.execute("SELECT length FROM products").fetchall()) == 12


def failing(db: sqlite3.Connection) -> None:
    later.add_pictures(db)
    raise KeyboardInterrupt


def test_what_fails_in_the_middle_leaves_the_earlier_ledger_whole(
    earlier: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read(earlier, "SELECT * FROM sqlite_master"), read(earlier, "SELECT * FROM products")
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "LEDGER", replace(later.LEDGER, steps=(later.add_origin, failing)))
        with pytest.raises(KeyboardInterrupt):
            Ledger.open(earlier.ledger_path, writable=True)
    assert version(earlier) == later.LEDGER.version - 2
    assert (read(earlier, "SELECT * FROM sqlite_master"), read(earlier, "SELECT * FROM products")) == before
    with earlier.writer():
        pass
    assert version(earlier) == later.LEDGER.version


_AS_LATER = """
import os, sys
from dataclasses import replace
from pathlib import Path
from newaisle.store import sqlite
from newaisle.store.ledger import Ledger
from tests.store import later
from tests.store.later import tables
def dying(db):
    later.add_pictures(db)
    os._exit(9)
sqlite.LEDGER = replace(later.LEDGER, steps=(later.add_origin, dying)) if sys.argv[2:] else later.LEDGER
sys.stdin.readline()
Ledger.open(Path(sys.argv[1]), writable=True).close()
"""


def as_later(home: Home, *more: str) -> subprocess.Popen[str]:
    """A process of the later newaisle that opens the ledger for writing as soon as it is sent a line."""
    command = [sys.executable, "-c", _AS_LATER, str(home.ledger_path), *more]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_is_killed_in_the_middle_leaves_the_earlier_ledger_whole(shop: Home) -> None:
    before = everything(shop)
    with as_later(shop, "dying") as process:
        process.communicate("\n")
    assert process.returncode == 9
    assert version(shop) == sqlite.LEDGER.version
    assert everything(shop) == before
    assert "origin" not in read(shop, "SELECT sql FROM sqlite_master WHERE name = 'products'")[0][0]


def test_several_processes_at_once_bring_it_up_once(shop: Home) -> None:
    processes = [as_later(shop) for _ in range(3)]
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in processes] == ["", "", ""]
    assert version(shop) == later.LEDGER.version
    assert len(read(shop, "SELECT * FROM products")) == 12


@pytest.fixture
def read_only(earlier: Home) -> Iterator[Home]:
    """The earlier shop where all may read and nobody may write."""
    folder = Path(tempfile.mkdtemp())
    home = Home(folder)
    shutil.copy(earlier.ledger_path, folder)
    home.ledger_path.chmod(0o444)
    folder.chmod(0o555)
    am_root = os.geteuid() == 0
    if am_root:
        os.seteuid(65534)  # for root no folder is read-only
    yield home
    if am_root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_an_earlier_ledger_on_a_read_only_disk_is_read_and_left(read_only: Home) -> None:
    with closing(open_reader(read_only.ledger_path)) as db:
        assert db.execute("SELECT DISTINCT origin FROM products").fetchall() == [("not said",)]
        assert len(db.execute("SELECT rowid FROM products").fetchall()) == 12
    with pytest.raises(LedgerError, match=r"cannot be opened: check its permissions or choose another --home"):
        Ledger.open(read_only.ledger_path, writable=True)


def entry(id: str) -> Entry:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    return Entry(id=id, created_at=now, user_id="ann", category="Tea", answer="{}", exchanges=[])


def test_an_earlier_log_is_read_as_it_is_and_brought_up_by_the_next_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = Logs(tmp_path / "logs.sqlite3")
    logs.write(entry("before"))
    later.come(monkeypatch)
    before = logs.path.read_bytes()
    assert [one.id for one in logs.newest()] == ["before"]
    assert logs.status().answers == 1
    assert logs.path.read_bytes() == before

    logs.write(entry("after"))
    assert [one.id for one in logs.newest()] == ["before", "after"]
    with closing(sqlite3.connect(logs.path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT id, shown FROM answers").fetchall() == [("before", None), ("after", None)]
        found = tables(db)
    Logs(tmp_path / "new.sqlite3").turn_off()
    with closing(sqlite3.connect(tmp_path / "new.sqlite3")) as db:
        assert tables(db) == found
