"""The log of answers: what is kept, for how long, by several at once, on bad disks, and how it is erased."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.errors import DamagedLog, InputError, LogError
from newaisle.store import log_file
from newaisle.store import logs as logs_module
from newaisle.store.erase import forget_user, remove_product
from newaisle.store.home import Home
from newaisle.store.logs import KEEP_DAYS, Entry, Exchange, Logs
from newaisle.store.sqlite import Format

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER, ITEM = "ann", "t2"
TITLE = 'Green tea "lemon" 绿茶'


def exchange(**changes: object) -> Exchange:
    fields: dict[str, object] = {
        "purpose": "explain",
        "template": "explain",
        "template_hash": "a1b2",
        "item_id": ITEM,
        "prompt": (("system", "Be brief."), ("user", f"Why {TITLE}?")),
        "answer": "It is green, like the mint you bought.",
        "finish": "stop",
    }
    return Exchange(**{**fields, **changes})  # type: ignore[arg-type]


def entry(id: str = "id", *, user_id: str | None = USER, days: float = 0.0, **changes: object) -> Entry:
    """An answer of so many days after NOW."""
    fields: dict[str, object] = {
        "category": "Food > Tea",
        "answer": json.dumps({"recommendations": [{"item_id": ITEM}]}, ensure_ascii=False),
        "exchanges": [exchange(), exchange(attempt=2, refusal="it names nothing")],
    }
    return Entry(id=id, created_at=NOW + timedelta(days=days), user_id=user_id, **{**fields, **changes})  # type: ignore[arg-type]


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path / "home" / "logs.sqlite3")


def ids(logs: Logs, count: int | None = None, **filters: str) -> list[str]:
    return [one.id for one in logs.newest(count, **filters)]


# What is written and read


def test_a_log_that_was_never_written_to_is_on_and_empty_and_makes_no_file(logs: Logs) -> None:
    status = logs.status()
    assert (status.is_on, status.answers, status.bytes, status.oldest, status.newest) == (True, 0, 0, None, None)
    assert (status.keep_days, status.most_answers, status.path) == (30, 10_000, logs.path)
    assert logs.newest() == []
    assert (logs.erase_user(USER), logs.clear()) == (0, 0)
    assert not logs.path.parent.exists()


texts = st.text(st.characters(codec="utf-8"), max_size=20)
exchanges = st.builds(
    Exchange,
    purpose=st.sampled_from(["explain", "rank", "listwise"]),
    template=texts,
    template_hash=texts,
    item_id=st.none() | texts,
    attempt=st.integers(1, 2),
    prompt=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    answer=texts,
    finish=texts,
    refusal=st.none() | texts,
)
zones = st.integers(-12, 12).map(lambda hours: timezone(timedelta(hours=hours)))
entries = st.builds(
    Entry,
    id=st.uuids().map(str),
    created_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=zones),
    user_id=st.none() | texts,
    category=texts,
    answer=st.dictionaries(texts, texts, max_size=2).map(json.dumps),
    exchanges=st.lists(exchanges, max_size=3),
)


@given(entry=entries)
def test_what_is_written_is_read(entry: Entry) -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = Logs(Path(folder) / "logs.sqlite3")
        logs.write(entry)
        assert logs.newest() == [entry]
        assert logs.find(entry.id) == entry


def test_half_a_character_is_replaced_and_does_not_stop_the_answer(logs: Logs) -> None:
    logs.write(entry(exchanges=[exchange(answer="a\ud800b", prompt=(("user", "\udfff"),))]))
    ((written,),) = [one.exchanges for one in logs.newest()]
    assert (written.answer, written.prompt) == ("a?b", (("user", "?"),))


def test_the_newest_come_last_and_may_be_one_customers(logs: Logs) -> None:
    for id, user_id, days in (("b", "bob", 2.0), ("a", USER, 1.0), ("c", None, 3.0), ("d", USER, 4.0)):
        logs.write(entry(id, user_id=user_id, days=days))
    assert ids(logs) == ["a", "b", "c", "d"]
    assert ids(logs, 2) == ["c", "d"]
    assert ids(logs, user_id=USER) == ["a", "d"]
    assert ids(logs, 1, user_id=USER) == ["d"]
    assert ids(logs, user_id="nobody") == []
    status = logs.status()
    assert (status.oldest, status.newest) == (NOW + timedelta(days=1), NOW + timedelta(days=4))
    assert (status.answers, status.exchanges) == (4, 8)
    assert status.bytes == logs.path.stat().st_size > 0


def test_an_answer_is_found_by_how_its_id_begins(logs: Logs) -> None:
    for id in ("3f9b", "3f9b21", "3a00", "%x"):
        logs.write(entry(id))
    assert logs.find("3a").id == "3a00"
    assert logs.find("3f9b2").id == "3f9b21"
    assert logs.find("3f9b").id == "3f9b"
    assert logs.find("%").id == "%x"
    with pytest.raises(InputError, match=r"several .* begins with '3' \(3a00, 3f9b, 3f9b21\): give more of it"):
        logs.find("3")
    for unknown in ("4", "_", "3f9b211", ""):
        with pytest.raises(InputError, match=r"no logged answer .* see `newaisle logs`"):
            logs.find(unknown)


def test_of_many_that_an_id_may_mean_a_few_are_named(logs: Logs) -> None:
    for number in range(5):
        logs.write(entry(f"a{number}"))
    with pytest.raises(InputError, match=r"\(a0, a1, a2, \.\.\.\)"):
        logs.find("a")


# On and off


def test_nothing_is_written_while_it_is_off_and_another_process_knows_that_it_is(logs: Logs) -> None:
    logs.write(entry("before"))
    logs.turn_off()
    Logs(logs.path).write(entry("meanwhile"))
    assert not logs.status().is_on
    logs.turn_on(now=NOW)
    logs.write(entry("after"))
    assert ids(logs) == ["before", "after"]
    assert logs.status().is_on


def test_it_may_be_turned_off_before_there_is_anything(logs: Logs) -> None:
    logs.turn_off()
    logs.write(entry())
    assert (logs.status().is_on, ids(logs)) == (False, [])


def test_a_customer_whom_nobody_knows_any_more_is_not_logged(logs: Logs) -> None:
    asked: list[str] = []

    def is_known(user_id: str) -> bool:
        asked.append(user_id)
        return user_id == "bob"

    for id, user_id in (("a", USER), ("b", "bob"), ("c", None)):
        logs.write(entry(id, user_id=user_id), is_known=is_known)
    assert ids(logs) == ["b", "c"]
    assert asked == [USER, "bob"]


# Retention


@given(
    days=st.lists(st.floats(0, 100), min_size=1, max_size=12).map(sorted),
    keep=st.integers(1, 60),
    most=st.integers(1, 8),
)
def test_just_the_newest_that_are_young_enough_are_kept(days: list[float], keep: int, most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = Logs(Path(folder) / "logs.sqlite3", most_answers=most)
        logs.turn_on(now=NOW, keep_days=keep)
        for number, day in enumerate(days):
            logs.write(entry(str(number), days=day))
        oldest = NOW + timedelta(days=days[-1]) - timedelta(days=keep)
        young = [str(number) for number, day in enumerate(days) if NOW + timedelta(days=day) >= oldest]
        assert ids(logs) == young[-most:]
        assert logs.status().exchanges == 2 * len(young[-most:])


def test_a_month_is_kept_unless_it_is_set_otherwise(logs: Logs) -> None:
    logs.write(entry("a"))
    logs.write(entry("b", days=KEEP_DAYS))
    assert ids(logs) == ["a", "b"]
    logs.write(entry("c", days=KEEP_DAYS + 0.01))
    assert ids(logs) == ["b", "c"]


def test_a_shorter_retention_holds_at_once_and_from_then_on(logs: Logs) -> None:
    for day in range(10):
        logs.write(entry(str(day), days=day, answer=json.dumps({"text": "long " * 5_000})))
    large = logs.path.stat().st_size
    logs.turn_on(now=NOW + timedelta(days=9), keep_days=2)
    assert ids(logs) == ["7", "8", "9"]
    assert logs.path.stat().st_size < large / 2
    logs.turn_off()
    logs.turn_on(now=NOW + timedelta(days=9))
    assert logs.status().keep_days == 2
    logs.write(entry("10", days=10))
    assert ids(logs) == ["8", "9", "10"]


# Erasing


def bytes_of(logs: Logs) -> bytes:
    return b"".join(path.read_bytes() for path in logs.path.parent.iterdir())


def fill(logs: Logs, count: int = 60) -> None:
    """Answers of two customers in turn, each with a text of its own in everything that is written."""
    for number in range(count):
        whose, item = (("zorblax", "qwyx-1"), ("bob", "plain-2"))[number % 2]
        said = f"{whose} {item} " * (1 + number * 7 % 90)
        logs.write(
            entry(
                f"{number:04}{whose}",
                user_id=whose,
                answer=json.dumps({"of": said, "items": [item]}),
                exchanges=[exchange(prompt=(("user", said),), answer=said, item_id=item, refusal=said)] * 3,
            )
        )


def test_no_byte_of_an_erased_customer_is_left(logs: Logs) -> None:
    fill(logs)
    assert b"zorblax" in bytes_of(logs)
    others = logs.newest(user_id="bob")
    assert logs.erase_user("zorblax") == 30
    assert b"zorblax" not in bytes_of(logs)
    assert b"qwyx" not in bytes_of(logs)
    assert logs.newest() == others
    assert logs.erase_user("zorblax") == 0


def test_no_byte_of_a_cleared_log_is_left_and_it_stays_as_it_was_set(logs: Logs) -> None:
    fill(logs)
    logs.turn_on(now=NOW, keep_days=3)
    logs.turn_off()
    assert logs.clear() == 60
    assert b"zorblax" not in bytes_of(logs)
    assert b"bob" not in bytes_of(logs)
    status = logs.status()
    assert (status.is_on, status.keep_days, status.answers, status.exchanges) == (False, 3, 0, 0)


@pytest.mark.parametrize("name", ['"quoted" tea', "back\\slash", "绿茶 tea", "per%cent_"])
def test_an_erased_product_is_found_by_its_id_and_in_prompts_by_its_title(logs: Logs, name: str) -> None:
    def answer(id: str) -> str:
        return json.dumps({"items": [id]}, ensure_ascii=False)

    logs.write(entry("by id", answer=answer(name), exchanges=[]))
    logs.write(entry("by title", answer=answer("x"), exchanges=[exchange(prompt=(("user", f"A {name} cup"),))]))
    logs.write(entry("longer id", answer=answer(name + "2"), exchanges=[]))
    logs.write(entry("another", answer=answer("x"), exchanges=[exchange(prompt=(("user", "tea"),))]))
    assert logs.erase_product(name, []) == 1
    assert logs.erase_product("unknown", [name]) == 2  # also the one whose id has the name in it
    assert ids(logs) == ["another"]


def test_an_erasure_that_was_killed_is_finished_by_the_same_call(logs: Logs) -> None:
    fill(logs)
    killed = """\
import os, signal, sqlite3, sys
from pathlib import Path
from newaisle.store.logs import Logs
def stop(db, key): os.kill(os.getpid(), signal.SIGKILL)
from newaisle.store import logs as logs_module
logs_module._meta = stop
Logs(Path(sys.argv[1])).erase_user("zorblax")
"""
    child = subprocess.run([sys.executable, "-c", killed, str(logs.path)], capture_output=True)
    assert child.returncode == -9, child.stderr
    assert "zorblax" not in {one.user_id for one in logs.newest()}
    large = logs.path.stat().st_size
    assert logs.erase_user("zorblax") == 0
    assert logs.path.stat().st_size < large
    assert b"zorblax" not in bytes_of(logs)


def test_a_forgotten_customers_answers_are_erased_with_the_rows(shop: Home) -> None:
    logs = Logs(shop.logs_path)
    logs.write(entry("a"))
    logs.write(entry("b", user_id="bob"))
    assert forget_user(shop, USER) == 2 + 1
    assert ids(logs) == ["b"]
    assert USER.encode() not in shop.logs_path.read_bytes()


def test_a_customer_who_is_only_in_the_log_is_forgotten(shop: Home) -> None:
    Logs(shop.logs_path).write(entry(user_id="gone"))
    assert forget_user(shop, "gone") == 1
    with pytest.raises(InputError, match="nothing was erased"):
        forget_user(shop, "gone")


def test_an_answer_that_is_made_while_its_customer_is_forgotten_does_not_stay(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newaisle.store.ledger import Ledger

    logs, erase = Logs(shop.logs_path), Ledger.erase_user

    def meanwhile(self: Ledger, user_id: str) -> int:
        logs.write(entry("meanwhile"), is_known=lambda user_id: bool(self.history(user_id)))
        count = erase(self, user_id)
        logs.write(entry("too late"), is_known=lambda user_id: bool(self.history(user_id)))
        return count

    monkeypatch.setattr(Ledger, "erase_user", meanwhile)
    assert forget_user(shop, USER) == 2 + 1
    assert ids(logs) == []


def test_answers_that_name_a_removed_product_are_erased_with_it(shop: Home) -> None:
    logs = Logs(shop.logs_path)
    logs.write(entry("by id", answer=json.dumps({"item_id": ITEM}), exchanges=[]))
    asked = exchange(item_id="t4", prompt=(("user", "They bought Green tea lemon."),), answer="It is.")
    logs.write(entry("by title", answer="{}", exchanges=[asked]))
    logs.write(entry("other", answer="{}", exchanges=[exchange(item_id="t4", prompt=(("user", "Green tea rose"),))]))
    remove_product(shop, ITEM)
    assert ids(logs) == ["other"]


def test_a_damaged_log_keeps_a_customer_from_being_half_forgotten(shop: Home) -> None:
    shop.logs_path.write_bytes(b"no log" * 1_000)
    with pytest.raises(DamagedLog, match="newaisle logs clear"):
        forget_user(shop, USER)
    with shop.reader() as ledger:
        assert len(ledger.history(USER)) == 2
    Logs(shop.logs_path).discard()
    assert forget_user(shop, USER) == 2


# Several processes

WRITE = """\
import sys
from datetime import UTC, datetime
from pathlib import Path
from newaisle.store.logs import Entry, Logs
for number in range(30):
    Logs(Path(sys.argv[1])).write(Entry(id=f"{sys.argv[2]}{number}", created_at=datetime(2026, 3, 1, tzinfo=UTC),
        user_id=sys.argv[2], category="c", answer="{}" + " " * 5000, exchanges=[]))
"""


def test_several_processes_write_at_once_and_one_reads(logs: Logs) -> None:
    logs.path.parent.mkdir()
    command = [sys.executable, "-c", WRITE, str(logs.path)]
    writers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in ("x", "y", "z")]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        found = len(logs.newest())
        assert found >= seen
        seen = found
    assert [writer.communicate()[1] for writer in writers] == ["", "", ""]
    assert sorted(ids(logs)) == sorted(f"{name}{number}" for name in "xyz" for number in range(30))


def test_a_log_that_another_process_makes_at_the_same_moment_is_used(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_of = Format.version_of

    def made_meanwhile(_: Format, __: sqlite3.Connection, path: Path) -> int:
        monkeypatch.setattr(Format, "version_of", version_of)
        Logs(path).write(entry("theirs"))
        return 0

    monkeypatch.setattr(Format, "version_of", made_meanwhile)
    logs.write(entry("ours"))
    assert ids(logs) == ["theirs", "ours"]


def test_a_log_in_the_making_is_no_foreign_file(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What tells it from one is read in one statement: between two, another process could make it."""
    logs.path.parent.mkdir()
    logs.path.touch()
    version_of = Format.version_of
    monkeypatch.setattr(log_file, "PATIENCE", 0.01)

    class Slow:
        """A connection during whose second statement another process begins to write."""

        def __init__(self, db: sqlite3.Connection) -> None:
            self._db, self._asked = db, 0

        def execute(self, query: str) -> sqlite3.Cursor:
            self._asked += 1
            if self._asked == 2:
                with monkeypatch.context() as patch, suppress(LogError):
                    patch.setattr(Format, "version_of", version_of)
                    Logs(logs.path).write(entry())
            return self._db.execute(query)

    def slowly(log: Format, db: sqlite3.Connection, path: Path) -> int:
        return version_of(log, Slow(db), path)  # type: ignore[arg-type]

    monkeypatch.setattr(Format, "version_of", slowly)
    assert logs.newest() == []
    logs.write(entry())
    assert ids(logs) == ["id"]


def test_what_is_read_is_one_state_of_the_log(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    logs.write(entry())
    monkeypatch.setattr(log_file, "PATIENCE", 0.01)
    read = logs_module._exchanges

    def cleared_meanwhile(db: sqlite3.Connection, number: int, messages: list[tuple[str, str]]) -> list[Exchange]:
        with pytest.raises(LogError, match="locked"):  # it waits for the reader
            logs.clear()
        return read(db, number, messages)

    monkeypatch.setattr(logs_module, "_exchanges", cleared_meanwhile)
    assert len(logs.newest()[0].exchanges) == 2


# Bad disks and files


def everything(logs: Logs) -> Iterator[tuple[str, object]]:
    """Every method that writes, with what it is called with."""
    yield "write", lambda: logs.write(entry("new"))
    yield "turn_off", logs.turn_off
    yield "turn_on", lambda: logs.turn_on(now=NOW)
    yield "clear", logs.clear
    yield "erase_user", lambda: logs.erase_user(USER)
    yield "erase_product", lambda: logs.erase_product(ITEM, [])


def refused(logs: Logs, message: str, *, kind: type[LogError] = LogError) -> None:
    for name, call in everything(logs):
        with pytest.raises(kind, match=message) as caught:
            call()  # type: ignore[operator]
        assert "\n" not in str(caught.value), name


def test_a_damaged_log_says_how_to_begin_a_new_one(logs: Logs) -> None:
    logs.path.parent.mkdir()
    logs.path.write_bytes(b"This was a log once. " * 500)
    refused(logs, "is damaged .*: begin a new one with `newaisle logs clear`", kind=DamagedLog)
    for read in (logs.newest, logs.status, lambda: logs.find("i")):
        with pytest.raises(DamagedLog):
            read()
    logs.discard()
    logs.write(entry())
    assert ids(logs) == ["id"]


@pytest.mark.parametrize("damage", ["a page of noise", "a missing end", "a missing table"])
def test_damage_inside_is_told_too(logs: Logs, damage: str) -> None:
    fill(logs)
    size = logs.path.stat().st_size
    if damage == "a missing table":
        with closing(sqlite3.connect(logs.path)) as db:
            db.execute("DROP TABLE exchanges")
            db.commit()
    else:
        with logs.path.open("r+b") as file:
            file.truncate(4096) if damage == "a missing end" else None
            file.seek(4096)
            file.write(b"\xa5" * (size - 4096) if damage == "a page of noise" else b"")
    with pytest.raises(DamagedLog, match="newaisle logs clear"):
        logs.newest()
    with pytest.raises(DamagedLog, match="newaisle logs clear"):
        logs.write(entry())


def test_a_log_of_a_newer_version_is_left_as_it_is(logs: Logs) -> None:
    logs.write(entry())
    with closing(sqlite3.connect(logs.path)) as db:
        db.execute("PRAGMA user_version=2")
    before = logs.path.read_bytes()
    refused(logs, "newer newaisle .*: upgrade newaisle")
    assert logs.path.read_bytes() == before


def test_a_file_of_another_program_is_left_as_it_is(logs: Logs) -> None:
    logs.path.parent.mkdir()
    with closing(sqlite3.connect(logs.path)) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = logs.path.read_bytes()
    refused(logs, "is not a log of newaisle: move it away")
    assert logs.path.read_bytes() == before


def test_an_empty_file_becomes_a_log(logs: Logs) -> None:
    logs.path.parent.mkdir()
    logs.path.touch()
    assert logs.newest() == []
    assert logs.status().is_on
    logs.write(entry())
    assert ids(logs) == ["id"]


def test_a_log_that_stays_locked_is_told(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "PATIENCE", 0.01)
    logs.write(entry())
    with closing(sqlite3.connect(logs.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(logs, "locked by another program: close it")
        assert ids(logs) == ["id"]
    logs.write(entry("after"))
    assert ids(logs) == ["id", "after"]


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file may grow beyond a size: to the program that is like a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("filled", [0, 20])
def test_a_full_disk_costs_the_new_answer_alone(logs: Logs, filled: int) -> None:
    fill(logs, filled)
    before = ids(logs)
    size = logs.path.stat().st_size if filled else 0
    with disk_of(size + 4096), pytest.raises(LogError, match=r"full: free some space|sound and not full"):
        logs.write(entry("large", answer=json.dumps({"text": "long " * 50_000})))
    assert ids(logs) == before
    logs.write(entry("large", answer=json.dumps({"text": "long " * 50_000})))
    assert ids(logs) == [*before, "large"]


def test_a_file_that_may_have_no_more_pages_is_full(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(logs, 4)
    connect = sqlite3.connect

    def limited(*args: object, **more: object) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*args, **more)  # type: ignore[call-overload]
        db.execute("PRAGMA max_page_count=1")  # which SQLite takes as the pages that there are
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", limited)
        with pytest.raises(LogError, match=r"the disk of .*home is full: free some space"):
            logs.write(entry("large", answer=json.dumps({"text": "long " * 50_000})))
    assert len(ids(logs)) == 4


@contextmanager
def without_the_rights_of_root() -> Iterator[None]:
    """As another user where this one is root, for whom no folder is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Logs]:
    """A log that all may read and nobody may write, in a folder like that."""
    folder = Path(tempfile.mkdtemp())
    logs = Logs(folder / "logs.sqlite3")
    logs.write(entry())
    yield logs
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    shutil.rmtree(folder)


def protect(logs: Logs) -> None:
    logs.path.chmod(0o444)
    logs.path.parent.chmod(0o555)


def test_a_read_only_log_is_read_and_refuses_an_answer(read_only: Logs) -> None:
    protect(read_only)
    with without_the_rights_of_root():
        assert ids(read_only) == ["id"]
        assert read_only.status().answers == 1
        refused(read_only, "check its permissions")


def test_a_read_only_log_that_is_off_needs_no_writing(read_only: Logs) -> None:
    read_only.turn_off()
    protect(read_only)
    with without_the_rights_of_root():
        read_only.write(entry("new"))
        assert ids(read_only) == ["id"]


def test_a_read_only_folder_without_a_log_refuses_an_answer(read_only: Logs) -> None:
    read_only.discard()
    protect_folder = read_only.path.parent
    protect_folder.chmod(0o555)
    with without_the_rights_of_root():
        with pytest.raises(LogError, match="check its permissions"):
            read_only.write(entry())
        assert read_only.newest() == []
        with pytest.raises(LogError, match=r"cannot be used \(Permission denied\)"):
            Logs(protect_folder / "below" / "logs.sqlite3").write(entry())
