from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from counting import CountingEmbedder, stored

from newaisle.errors import InputError, LedgerError, LockedError
from newaisle.store import index
from newaisle.store import ingest as module
from newaisle.store.home import Home
from newaisle.store.ingest import IngestReport, ingest, reindex
from newaisle.store.ledger import Ledger
from newaisle.store.shop import ReadOptions
from tests.conftest import DRILLS, HISTORIES, PRODUCTS, TEA, write_catalogue, write_histories

Run = Callable[..., IngestReport]
CHEAPER = [{**PRODUCTS[0], "price": 1}, *PRODUCTS[1:]]


@pytest.fixture
def run(home: Home, tmp_path: Path) -> Run:
    """Ingests rows and the text of a history file into `home`."""

    def call(rows: Any = None, histories: str | None = None, **how: Any) -> IngestReport:
        how.setdefault("embedder", CountingEmbedder())
        return ingest(
            home,
            catalogue=write_catalogue(tmp_path / "items.jsonl", rows) if rows else None,
            histories=write_histories(tmp_path / "histories.csv", histories) if histories else None,
            options=ReadOptions(),
            **how,
        )

    return call


def test_the_same_files_twice_change_nothing(shop: Home, run: Run) -> None:
    with shop.reader() as ledger:
        rows, revision = stored(shop), ledger.revision
    embedder = CountingEmbedder()
    report = run(PRODUCTS, HISTORIES, embedder=embedder)
    assert [(file.changes.any, file.changes.unchanged) for file in report.files] == [(False, 12), (False, 7)]
    assert (report.embedded, embedder.texts, report.generation) == (0, [], "g000001")
    assert stored(shop) == rows
    with shop.reader() as ledger:
        assert ledger.revision == revision
    assert [path.name for path in shop.index_folder.iterdir()] == ["g000001"]


def test_a_first_ingest_stores_embeds_and_indexes(home: Home, run: Run) -> None:
    embedder = CountingEmbedder()
    report = run(PRODUCTS, HISTORIES, embedder=embedder)
    assert [file.changes.added for file in report.files] == [12, 7]
    assert report.counts == {"products": 12, "customers": 3, "interactions": 7, "categories": 2}
    assert (report.embedded, len(embedder.texts), report.generation) == (12, 12, "g000001")
    with home.reader() as ledger:
        assert len(ledger.vectors(ledger.item_ids(), embedder.name)) == 12
        assert ledger.meta("embedder") == embedder.name
        assert index.is_current(home.index_folder, ledger, embedder.name)


def test_a_changed_text_is_embedded_once_and_no_other(shop: Home, run: Run) -> None:
    embedder = CountingEmbedder()
    report = run([{**PRODUCTS[0], "title": "Black tea"}, *PRODUCTS[1:]], embedder=embedder)
    assert (report.files[0].changes.updated, report.files[0].changes.unchanged) == (1, 11)
    assert embedder.texts == ["Black tea. Leaf. Tea"]
    assert report.generation == "g000002"
    with shop.reader() as ledger:
        assert ledger.products(["t0"])["t0"].title == "Black tea"
        assert ledger.product_frequencies(["black", "jasmine"]) == {"black": 1}
    assert len(stored(shop)["vectors"]) == 12


def test_a_changed_price_is_stored_without_embedding(shop: Home, run: Run) -> None:
    embedder = CountingEmbedder()
    report = run(CHEAPER, embedder=embedder)
    assert (report.files[0].changes.updated, embedder.texts) == (1, [])
    with shop.reader() as ledger:
        assert ledger.products(["t0"])["t0"].price == 1.0


def test_a_product_without_a_category_is_kept(home: Home, run: Run) -> None:
    run([{"id": "x", "title": "Odd thing"}], "user,item\nann,x\n")
    with home.reader() as ledger:
        assert ledger.products(["x"])["x"].category == ()
        assert ledger.categories() == {}


def test_replace_removes_what_the_file_lacks(shop: Home, run: Run) -> None:
    report = run(PRODUCTS[1:-1], replace=True)
    assert report.files[0].changes.removed == 2
    with shop.reader() as ledger:
        assert ledger.products(["t0", "d5"]).keys() == {"t0"}  # ann bought t0; nobody knows d5
        assert "t0" not in {product.item_id for product in ledger.candidates(TEA)}
        assert ledger.counts()["products"] == 10
        assert ledger.product_frequencies(["jasmine", "ten", "tea"]) == {"tea": 5}
        opened = index.Index.open(shop.index_folder, embedder=CountingEmbedder().name)
        vector = ledger.vectors(["t0"], CountingEmbedder().name)["t0"]
        found = {neighbour.id for neighbour in opened.nearest_products(vector, 20)}
        opened.close()
    assert len(found) == 10
    assert "t0" not in found


def test_a_product_comes_back_with_its_old_vector(shop: Home, run: Run) -> None:
    run(PRODUCTS[1:], replace=True)
    embedder = CountingEmbedder()
    assert run(PRODUCTS, replace=True, embedder=embedder).files[0].changes.added == 1
    assert embedder.texts == []
    with shop.reader() as ledger:
        assert "t0" in {product.item_id for product in ledger.candidates(TEA)}


def test_replace_of_histories_removes_rows_and_then_products_that_only_they_kept(shop: Home, run: Run) -> None:
    run(PRODUCTS[1:], replace=True)
    one = "user,item,event,timestamp\nbob,d0,purchase,2024-01-01\n"
    assert "lacks 6 of the 7 rows" in run(histories=one, replace=True).not_removed
    report = run(histories=one, replace=True, remove_most=True)
    changes = report.files[0].changes
    assert (changes.unchanged, changes.removed) == (1, 6)
    with shop.reader() as ledger:
        assert ledger.user_ids() == ["bob"]
        assert "t0" not in ledger.item_ids()
    assert len(stored(shop)["vectors"]) == 11


def test_a_product_whose_new_row_is_rejected_is_still_there(shop: Home, run: Run) -> None:
    bad = [{**row, "title": ""} for row in PRODUCTS[:6]]
    report = run([*bad, *PRODUCTS[6:-1]], replace=True)
    assert (report.files[0].read.rejected, report.files[0].changes.removed) == (6, 1)
    assert "lacks 7 of the 11 rows" in run([*bad[:3], PRODUCTS[-2]], replace=True).not_removed
    with shop.reader() as ledger:
        assert ledger.counts()["products"] == 11
        assert ledger.products(["t3"])["t3"].title == "Green tea ginger"


def test_nothing_is_removed_for_a_row_that_cannot_be_read(shop: Home, tmp_path: Path) -> None:
    path = write_catalogue(tmp_path / "items.jsonl", PRODUCTS[:-1])
    path.write_text(path.read_text() + '{"id": "d5", "title": "Steel dri\n')
    report = ingest(shop, catalogue=path, options=ReadOptions(), embedder=CountingEmbedder(), replace=True)
    assert report.files[0].changes.removed == 0
    assert "nothing was removed: 1 rows cannot be read" in report.files[0].read.warnings[-1]


def test_more_than_half_of_a_shop_goes_only_where_that_is_said(shop: Home, run: Run) -> None:
    other = [{**row, "id": f"new-{row['id']}"} for row in PRODUCTS[:3]]
    report = run([*PRODUCTS[:3], *other], replace=True)
    assert re.search(r"lacks 9 of the 12 rows that the shop had: they are still there.*--yes", report.not_removed)
    with shop.reader() as ledger:
        assert ledger.counts()["products"] == 15
        assert index.is_current(shop.index_folder, ledger, CountingEmbedder().name)  # all else is done
    report = run([*PRODUCTS[:3], *other], replace=True, remove_most=True)
    assert report.files[0].changes.removed == 9
    assert report.counts["products"] == 6


def test_without_replace_a_second_file_adds_to_the_first(shop: Home, run: Run) -> None:
    report = run([{"id": "x", "title": "Whisk"}], "user,item,event,timestamp\nann,x,purchase,2024-03-01\n")
    assert [file.changes.added for file in report.files] == [1, 1]
    assert report.counts == {"products": 13, "customers": 3, "interactions": 8, "categories": 2}
    with shop.reader() as ledger:
        assert [row.item_id for row in ledger.history("ann")] == ["t0", "t1", "x"]


def test_exact_duplicates_are_stored_once(run: Run) -> None:
    report = run([*PRODUCTS, PRODUCTS[3]], HISTORIES + "ann,t0,purchase,2024-01-01\n")
    assert [(file.read.merged, file.changes.added) for file in report.files] == [(1, 12), (1, 7)]


def test_a_line_put_into_an_undated_history_adds_one_row(home: Home, run: Run) -> None:
    lines = ["user,item", "ann,t0", "ann,t1", "ann,t2", "bob,d0"]
    run(PRODUCTS, "\n".join(lines))
    changes = run(histories="\n".join([*lines[:2], "ann,d5", *lines[2:]])).files[0].changes
    assert (changes.added, changes.updated, changes.unchanged) == (1, 2, 2)
    with home.reader() as ledger:
        assert [row.item_id for row in ledger.history("ann")] == ["t0", "d5", "t1", "t2"]
        assert [row.time for row in ledger.history("ann")] == [None] * 4


def test_rows_about_unknown_products_are_rejected_with_their_line(run: Run) -> None:
    report = run(PRODUCTS, "user,item\nann,t0\nann,zzz\nbob,d0\n")
    file = report.files[1]
    assert (file.read.read, file.read.kept, file.read.rejected, file.changes.added) == (3, 2, 1, 2)
    (reject,) = [json.loads(line) for line in file.rejects_file.read_text().splitlines()]
    assert (reject["line"], reject["reason"]) == (3, "the catalogue has no product 'zzz'")
    assert reject["row"] == {"user_id": "ann", "item_id": "zzz"}
    assert report.rejected == 1


def test_histories_that_know_products_by_another_column_are_told_which(run: Run) -> None:
    run([{**row, "shelf mark": f"400{place}", "size": "1"} for place, row in enumerate(PRODUCTS)])
    with pytest.raises(
        InputError, match=r"has its products by 'shelf mark' and not by their id.*--map 'id=shelf mark'"
    ):
        run(histories="user,item\nann,4001\nbob,4002\ncy,1\n")
    with pytest.raises(InputError, match="all 1 rows were rejected"):
        run(histories="user,item\nann,zzz\n")


def test_a_rejects_file_is_there_only_while_there_are_rejects(home: Home, run: Run) -> None:
    bad = [*PRODUCTS, {"id": "y"}]
    report = run(bad, HISTORIES)
    assert [file.rejects_file.exists() for file in report.files] == [True, False]
    assert report.files[0].rejects_file == home.rejects_folder / "catalogue.jsonl"
    report = run(PRODUCTS, HISTORIES)
    assert [file.rejects_file.exists() for file in report.files] == [False, False]


def test_rejects_go_where_they_are_wanted(home: Home, run: Run, tmp_path: Path) -> None:
    run([*PRODUCTS, {"id": "y"}], rejects_folder=tmp_path / "else" / "where")
    assert [path.name for path in (tmp_path / "else" / "where").iterdir()] == ["catalogue.jsonl"]
    assert not home.rejects_folder.exists()


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    ("rows", "histories", "reason"),
    [
        ([{"id": "", "title": "Whisk"}, {"id": "x"}], None, "all 2 rows were rejected: see .*catalogue.jsonl"),
        (None, "user,item\nann,zzz\n", "all 1 rows were rejected: see .*histories.jsonl"),
        (None, "user,item,event\nann,t0,scroll\n", "it has no rows"),
        (None, "user,item\n", "has no rows"),
    ],
)
def test_a_file_without_a_usable_row_loses_nothing(
    shop: Home, run: Run, rows: Any, histories: str | None, reason: str, replace: bool
) -> None:
    before = stored(shop)
    with pytest.raises(InputError, match=reason):
        run(rows, histories, replace=replace)
    assert stored(shop) == before


def test_a_history_file_that_is_not_there_is_found_before_any_work(shop: Home, tmp_path: Path) -> None:
    before = stored(shop)
    with pytest.raises(InputError, match="there is no file"):
        ingest(
            shop,
            embedder=CountingEmbedder(),
            catalogue=write_catalogue(tmp_path / "items.jsonl", CHEAPER),
            histories=tmp_path / "historys.csv",
            options=ReadOptions(),
        )
    assert stored(shop) == before


def test_a_stream_is_read_like_a_file(home: Home) -> None:
    catalogue = io.BytesIO(b"id,title\n1,Kettle\n")
    ingest(home, embedder=CountingEmbedder(), catalogue=catalogue, options=ReadOptions())
    with home.reader() as ledger:
        assert ledger.item_ids() == ["1"]


def test_progress_tells_every_stage_to_its_end(run: Run) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    run(PRODUCTS, HISTORIES, progress=lambda stage, *far: told.setdefault(stage, []).append(far))
    assert list(told) == ["histories", "catalogue", "embed", "index"]
    for steps in told.values():
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert steps[-1][0] == steps[-1][1] > 0


class Interrupted(BaseException):
    """Stands for Ctrl-C at a chosen moment."""


def interrupting(at: int) -> Callable[..., None]:
    """A callback that raises when it is called for the `at`th time."""
    calls = iter(range(at + 1))

    def interrupt(*_: object) -> None:
        if next(calls, None) == at:
            raise Interrupted

    return interrupt


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 3)
    monkeypatch.setattr(module, "_TEXTS", 5)


@pytest.mark.usefixtures("small_steps")
def test_an_ingest_interrupted_anywhere_is_finished_by_the_same_command(home: Home, run: Run, tmp_path: Path) -> None:
    calls: list[tuple[object, ...]] = []
    whole = run(PRODUCTS, HISTORIES, progress=lambda *told: calls.append(told))
    expected = stored(home)
    first = next(at for at, told in enumerate(calls) if told[0] == "index")
    assert len(calls) > first > 5
    for at in (*range(first + 2), len(calls) - 1):  # while the index is built, one moment is like another
        other = Home(tmp_path / f"home{at}")
        embedder = CountingEmbedder()
        how: dict[str, Any] = {
            "catalogue": tmp_path / "items.jsonl",
            "histories": tmp_path / "histories.csv",
            "embedder": embedder,
            "options": ReadOptions(),
        }
        with pytest.raises(Interrupted):
            ingest(other, progress=interrupting(at), **how)
        report = ingest(other, **how)
        assert sorted(embedder.texts) == sorted(set(embedder.texts)), calls[at]
        assert (stored(other), report.counts) == (expected, whole.counts), calls[at]
        with other.reader() as ledger:
            assert index.is_current(other.index_folder, ledger, embedder.name)
        assert [path.name for path in other.index_folder.iterdir()] == [report.generation]


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("call", [0, 1, 2])
def test_a_failing_embedder_costs_none_of_the_texts_it_did(run: Run, call: int) -> None:
    failing = CountingEmbedder(before=interrupting(call))
    with pytest.raises(Interrupted):
        run(PRODUCTS, HISTORIES, embedder=failing)
    assert len(failing.texts) == 5 * call
    embedder = CountingEmbedder()
    assert run(PRODUCTS, HISTORIES, embedder=embedder).embedded == 12 - 5 * call
    assert not set(embedder.texts) & set(failing.texts)


def test_words_are_counted_after_an_interruption_between_rows_and_words(
    shop: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*PRODUCTS, {"id": "t9", "title": "Oolong tea", "category": TEA}]
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "recount_words", interrupting(0))
        with pytest.raises(Interrupted):
            run(rows)
    with shop.reader() as ledger:
        assert "t9" in ledger.item_ids()
        assert ledger.product_frequencies(["oolong"]) == {}
    run(histories=HISTORIES)
    with shop.reader() as ledger:
        assert ledger.product_frequencies(["oolong"]) == {"oolong": 1}


KILLED = """
import os, signal, sys
from pathlib import Path
from newaisle.store import ingest as module
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.shop import ReadOptions

folder, stage, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
module._TEXTS, calls = 5, 0

def kill_at(name):
    global calls
    calls += name == stage
    if name == stage and calls == at:
        os.kill(os.getpid(), signal.SIGKILL)

class Embedder(HashEmbedder):
    def embed(self, texts, *, progress=None):
        kill_at("inside the embedder")
        return super().embed(texts, progress=progress)

module.ingest(Home(folder / "home"), embedder=Embedder(), catalogue=folder / "items.jsonl",
              histories=folder / "histories.csv", options=ReadOptions(), progress=lambda name, *_: kill_at(name))
"""


@pytest.mark.parametrize(
    ("stage", "at", "left"),
    [("catalogue", 2, 12), ("embed", 1, 7), ("inside the embedder", 3, 2), ("index", 1, 0), ("index", 3, 0)],
)
def test_a_killed_ingest_is_finished_by_the_same_command(
    home: Home, run: Run, tmp_path: Path, stage: str, at: int, left: int
) -> None:
    write_catalogue(tmp_path / "items.jsonl")
    write_histories(tmp_path / "histories.csv")
    child = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), stage, str(at)], capture_output=True)
    assert child.returncode == -signal.SIGKILL, child.stderr
    embedder = CountingEmbedder()
    report = run(PRODUCTS, HISTORIES, embedder=embedder)
    assert (len(embedder.texts), report.embedded) == (left, left)
    assert report.counts == {"products": 12, "customers": 3, "interactions": 7, "categories": 2}
    assert [path.name for path in home.index_folder.iterdir()] == [report.generation]
    with home.reader() as ledger:
        assert index.is_current(home.index_folder, ledger, embedder.name)


def test_a_second_ingest_is_refused_while_another_process_writes(shop: Home, run: Run) -> None:
    code = "import sys; from pathlib import Path; from newaisle.store.home import Home\n"
    code += "with Home(Path(sys.argv[1])).writer(): print('in', flush=True); input()"
    command = [sys.executable, "-c", code, str(shop.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"in\n"
        before = stored(shop)
        with pytest.raises(LockedError, match="another newaisle is writing"):
            run(CHEAPER)
        with shop.reader() as ledger:
            assert len(ledger.candidates(DRILLS)) == 6
        assert stored(shop) == before
        child.communicate(b"\n")
    assert run(CHEAPER).files[0].changes.updated == 1


def test_another_embedder_is_refused_until_the_shop_is_embedded_anew(shop: Home, run: Run) -> None:
    other = CountingEmbedder()
    other.name = "other"
    before = stored(shop)
    with pytest.raises(InputError, match=r"filled with the embedder hash-64, not other: run `newaisle reindex`"):
        run(CHEAPER, embedder=other)
    assert stored(shop) == before
    assert reindex(shop, embedder=other) == (12, "g000002")
    assert len(stored(shop)["vectors"]) == 12
    other.texts.clear()
    run(CHEAPER, embedder=other)
    assert other.texts == []


def test_a_reindex_without_a_shop_makes_none(home: Home) -> None:
    with pytest.raises(LedgerError, match="there is no shop"):
        reindex(home, embedder=CountingEmbedder())
    assert not home.folder.exists()


def test_a_missing_index_is_built_by_an_ingest_that_changes_nothing(shop: Home, run: Run) -> None:
    for path in sorted(shop.index_folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    report = run(PRODUCTS, HISTORIES)
    assert (report.embedded, report.generation) == (0, "g000002")


def test_an_ingest_needs_a_folder_it_may_write_to(tmp_path: Path, run: Run) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(LedgerError, match=r"cannot write to .*home .*: mend that or choose another --home"):
        run(PRODUCTS)
