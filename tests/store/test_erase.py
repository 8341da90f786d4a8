from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from counting import CountingEmbedder, stored

from newaisle.errors import IndexDamaged, InputError, LedgerError
from newaisle.store import sqlite
from newaisle.store.erase import forget_user, remove_product
from newaisle.store.home import Home
from newaisle.store.index import Index, open_index
from newaisle.store.ingest import ingest
from newaisle.store.rows import Event, Interaction, Product
from newaisle.store.shop import ReadOptions
from tests.conftest import DRILLS, HISTORIES, PRODUCTS, write_catalogue, write_histories

EMBEDDER = CountingEmbedder()
USER, ITEM = "zorblax-7731", "qwyx-0042"
TITLE = "Vermilion samovar 茶炊 deluxe"
SECRET_PRODUCT: dict[str, object] = {
    "id": ITEM,
    "title": TITLE,
    "category": "Food > Tea",
    "description": "Hammered by Hephzibah.",
}
SECRET_ROWS = f"""\
{USER},t0,purchase,2024-03-01
{USER},{ITEM},purchase,2024-03-02
{USER},unheard-of,purchase,2024-03-02
{USER}2,t1,purchase,2024-03-03
{USER}2,{ITEM},purchase,2024-03-04
{USER}2,unheard-of,purchase,2024-03-04
ann,{ITEM},like,2024-03-05
"""


@pytest.fixture
def kept(home: Home, tmp_path: Path) -> Home:
    """The small shop with a customer and a product of their own, in two generations of the index and in rejects."""
    products: list[dict[str, object]] = [*PRODUCTS, SECRET_PRODUCT, {"id": ITEM + "b", "title": "Plain samovar"}]
    histories = write_histories(tmp_path / "histories.csv", HISTORIES + SECRET_ROWS)
    bad: list[dict[str, object]] = [{"id": f"{ITEM}-c", "title": ""}, {"id": "y", "description": TITLE}]
    for rows in (products[:-1], products + bad):
        ingest(
            home,
            embedder=EMBEDDER,
            catalogue=write_catalogue(tmp_path / "items.jsonl", rows),
            histories=histories,
            options=ReadOptions(),
        )
    assert len(list(home.index_folder.iterdir())) == 2
    return home


def places_of(text: str, home: Home) -> list[str]:
    """The files below `home` that hold a text, in any encoding that something here writes."""
    spellings = [text.encode("utf-8"), text.encode("utf-16-le"), text.encode("utf-16-be"), json.dumps(text).encode()]
    files = [path for path in home.folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if any(one.strip(b'"') in path.read_bytes() for one in spellings))


def others(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """What the ledger holds about anybody and anything else."""
    gone = (USER, ITEM)
    return {
        table: [row for row in rows if not any(part in gone for part in row)]
        for table, rows in stored(home).items()
        if table in ("products", "interactions")
    }


def test_the_shop_holds_them_before(kept: Home) -> None:
    assert {"ledger.sqlite3", "chroma.sqlite3", "index_metadata.pickle", "histories.jsonl"} <= set(
        places_of(USER, kept)
    )
    assert {"ledger.sqlite3", "chroma.sqlite3"} <= set(places_of(ITEM, kept))
    assert places_of("Hephzibah", kept) == ["ledger.sqlite3"]


def test_no_byte_of_a_forgotten_customer_is_left(kept: Home) -> None:
    before = others(kept)
    assert forget_user(kept, USER) == 2 + 1  # and a line of the rejects
    assert others(kept) == before
    assert places_of(f"{USER}2", kept) != []
    with kept.reader() as ledger:
        assert ledger.history(USER) == []
        assert f"{USER}2" in ledger.user_ids()
    for path in kept.folder.rglob("*"):
        if path.is_file():
            assert USER.encode() not in path.read_bytes().replace(f"{USER}2".encode(), b""), path
    opened = Index.open(kept.index_folder, embedder=EMBEDDER.name)
    customers = [customer.id for customer in opened.nearest_customers(EMBEDDER.embed(["tea"])[0], 9)]
    opened.close()
    assert sorted(customers) == ["ann", "bob", "cy", f"{USER}2"]


def test_no_byte_of_a_removed_product_is_left(kept: Home) -> None:
    with kept.writer() as ledger:
        ledger.erase_product(f"{ITEM}b")  # its id begins with the other's
        ledger.purge()
    before = others(kept)
    assert remove_product(kept, ITEM) == 1 + 3
    assert others(kept) == before
    for text in (ITEM, "Vermilion", "vermilion", "茶炊", "Hephzibah", "hephzibah", "deluxe"):
        left = places_of(text, kept)
        assert left == (["catalogue.jsonl"] if text in TITLE or text == ITEM else []), text  # another row says it too
    with kept.reader() as ledger:
        assert ledger.products([ITEM]) == {}
        assert len(ledger.candidates(DRILLS)) == 6
        assert ledger.product_frequencies(["samovar", "tea"]) == {"tea": 6}
        assert "samovar" not in str(ledger.category_words())
        assert len(stored(kept)["vectors"]) == 12


@pytest.mark.parametrize("size", [1, 300])
def test_free_pages_and_the_log_hold_nothing_either(home: Home, size: int) -> None:
    def products(title: str) -> list[Product]:
        return [Product(item_id=f"{i:04}", title=title, description=title * 20) for i in range(size)]

    with home.writer() as ledger:
        ledger.put_products([*products(TITLE), Product(item_id="other", title="Kettle")])
        rows = [
            Interaction(user_id=USER, item_id=f"{i:04}", event=Event.PURCHASE, liking=1.0, position=i)
            for i in range(size)
        ]
        ledger.put_interactions(rows, [""] * size)
        ledger.set_meta("embedder", EMBEDDER.name)
        reader = home.reader()  # keeps the log from being deleted when the writer closes
    assert "ledger.sqlite3-wal" in [path.name for path in home.folder.iterdir()]
    forget_user(home, USER)
    for i in range(size):
        with home.writer() as ledger:
            ledger.erase_product(f"{i:04}")
        if i == 3:
            break
    with home.writer() as ledger:
        ledger.retire_products([one for one in ledger.item_ids() if one != "other"])
        ledger.purge()
    reader.close()
    assert places_of(USER, home) == places_of("Vermilion", home) == []


def test_what_was_typed_in_chats_goes_with_any_customer(kept: Home) -> None:
    kept.chat_history_path.write_text("+for my sister, she knits\n", encoding="utf-8")
    forget_user(kept, USER)
    assert not kept.chat_history_path.exists()


def test_a_customer_who_is_only_in_the_rejects_is_forgotten(kept: Home) -> None:
    rejects = kept.rejects_folder / "histories.jsonl"
    lines = [{"source": "a", "line": 3, "reason": "r", "row": row} for row in (f"{USER};5", {"who": 7731}, "x,7,y")]
    rejects.write_text("".join(json.dumps(line) + "\n" for line in lines) + "edited by hand: 7731\n", encoding="utf-8")
    assert forget_user(kept, "7") == 1
    assert "x,7,y" not in rejects.read_text(encoding="utf-8")
    assert forget_user(kept, "7731") == 2
    assert [json.loads(line)["row"] for line in rejects.read_text(encoding="utf-8").splitlines()] == [f"{USER};5"]
    assert forget_user(kept, USER) == 3
    assert not rejects.exists()


@pytest.mark.parametrize("user", ['say "hi"', "back\\slash", "張三", "e\u0301", "a\u2028b", "{}", "(.*", "100%_"])
def test_ids_in_any_spelling_are_found_in_rejects(shop: Home, user: str) -> None:
    shop.rejects_folder.mkdir()
    rejects = shop.rejects_folder / "histories.jsonl"
    rows = [{"user": user}, json.dumps({"user": user}), json.dumps({"user": user}, ensure_ascii=False), f"{user},1"]
    lines = [{"source": "a", "line": 3, "reason": "r", "row": row} for row in [*rows, "nobody"]]
    rejects.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")
    assert forget_user(shop, "é" if user == "e\u0301" else user) == 4
    assert [json.loads(line)["row"] for line in rejects.read_text(encoding="utf-8").split("\n") if line] == ["nobody"]


@pytest.mark.parametrize("erase", [forget_user, remove_product])
def test_what_nobody_knows_is_not_erased_and_nothing_changes(kept: Home, erase: object) -> None:
    def everything() -> dict[str, bytes]:
        files = (path for path in kept.folder.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files if not path.name.endswith(("-shm", "-wal"))}

    before = everything()
    for unknown in ("nobody", USER[:-1], ITEM[:-1], "", "%"):
        with pytest.raises(InputError, match="nothing was erased"):
            erase(kept, unknown)  # type: ignore[operator]
    assert everything() == before


def test_a_retired_product_goes_with_the_last_who_knew_it(kept: Home, tmp_path: Path) -> None:
    forget_user(kept, f"{USER}2")
    forget_user(kept, "ann")
    plain = write_catalogue(tmp_path / "items.jsonl", PRODUCTS)
    ingest(kept, embedder=EMBEDDER, catalogue=plain, options=ReadOptions(), replace=True)
    assert "ledger.sqlite3" in places_of("Hephzibah", kept)
    forget_user(kept, USER)
    assert places_of("Hephzibah", kept) == []


def test_an_open_reader_does_not_stop_the_erasure(kept: Home) -> None:
    forget_user(kept, f"{USER}2")
    with kept.reader() as reader:
        opened = open_index(kept, embedder=EMBEDDER.name)
        assert reader.history(USER)
        assert forget_user(kept, USER) == 3
        assert reader.history(USER) == []
        assert places_of(USER, kept) == []
        try:
            opened.nearest_categories(EMBEDDER.embed(["tea"])[0], 1)
        except IndexDamaged as exc:
            assert "newaisle reindex" in str(exc)  # noqa: PT017
        opened.close()
        newer = open_index(kept, embedder=EMBEDDER.name)
        assert newer.generation == "g000004"
        newer.close()


def test_a_reader_in_the_middle_of_reading_holds_the_bytes_and_that_is_said(
    kept: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    forget_user(kept, f"{USER}2")
    with kept.reader() as reader:
        under_way = reader.interactions()
        next(under_way)
        with pytest.raises(LedgerError, match=r"the rows are deleted, but .* close it and run the same command again"):
            forget_user(kept, USER)
        assert USER in {row.user_id for row in under_way}
        open_index(kept, embedder=EMBEDDER.name).close()
    with kept.reader() as reader:
        assert reader.history(USER) == []
    assert forget_user(kept, USER) == 0
    assert places_of(USER, kept) == []
    with pytest.raises(InputError, match="nothing was erased"):
        forget_user(kept, USER)


KILLED = """
import os, signal, sys
from pathlib import Path
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store import erase
Ledger.purge = lambda self: os.kill(os.getpid(), signal.SIGKILL)
erase.forget_user(Home(Path(sys.argv[1])), sys.argv[2])
"""


@pytest.mark.parametrize("finished_by", ["the same command", "an ingest"])
def test_an_erasure_that_was_killed_is_finished(kept: Home, tmp_path: Path, finished_by: str) -> None:
    forget_user(kept, f"{USER}2")
    child = subprocess.run([sys.executable, "-c", KILLED, str(kept.folder), USER], capture_output=True)
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert places_of(USER, kept) != []
    if finished_by == "an ingest":
        ingest(kept, embedder=EMBEDDER, catalogue=write_catalogue(tmp_path / "one.jsonl"), options=ReadOptions())
    else:
        assert forget_user(kept, USER) == 0
    assert places_of(USER, kept) == []
    open_index(kept, embedder=EMBEDDER.name).close()


def test_a_generation_that_cannot_be_deleted_is_named(kept: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_user(kept, f"{USER}2")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda path, ignore_errors=False: None)  # as where an open file is protected
        with pytest.raises(LedgerError, match=r"the rows are deleted, but .*g00000\d cannot be: close what reads it"):
            forget_user(kept, USER)
    assert forget_user(kept, USER) == 0
    assert places_of(USER, kept) == []


def test_the_ledger_is_smaller_after_much_was_erased(home: Home) -> None:
    with home.writer() as ledger:
        rows = [Interaction(user_id=USER, item_id=str(i), event=Event.VIEW, liking=0.25) for i in range(20_000)]
        ledger.put_interactions(rows, [""] * len(rows))
    large = home.ledger_path.stat().st_size
    forget_user(home, USER)
    assert home.ledger_path.stat().st_size < large / 10
    with sqlite3.connect(home.ledger_path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
