"""Disks that are full or read-only, as far as a test can make them so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from counting import CountingEmbedder

from newaisle.errors import IndexDamaged, LedgerError
from newaisle.store.home import Home
from newaisle.store.index import open_index
from newaisle.store.ingest import ingest
from newaisle.store.ledger import Ledger
from newaisle.store.rows import Product
from newaisle.store.shop import ReadOptions
from tests.conftest import DRILLS, HISTORIES, PRODUCTS, write_catalogue, write_histories

EMBEDDER = CountingEmbedder()
# A file may not grow beyond a limit: to the program that is like a full disk, and it needs no disk of its own.
LIMITED = """
import resource, sys
from pathlib import Path
from newaisle.store.embedders import HashEmbedder
from newaisle.errors import StoreError
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions

folder, limit = Path(sys.argv[1]), int(sys.argv[2]) * 1024
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    ingest(Home(folder / "home"), embedder=HashEmbedder(), catalogue=folder / "items.jsonl",
           histories=folder / "histories.csv", options=ReadOptions())
except StoreError as exc:
    sys.exit(f"{type(exc).__name__}: {exc}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
@pytest.mark.parametrize(
    ("kilobytes", "error"), [(1, "LedgerError: "), (60, "LedgerError: "), (180, "IndexDamaged: Chroma cannot")]
)
def test_a_full_disk_stops_an_ingest_in_one_line_and_costs_nothing(
    shop: Home, tmp_path: Path, kilobytes: int, error: str
) -> None:
    many = [{"id": f"x{i}", "title": f"Whisk {i}", "description": "fine " * 20} for i in range(150)]
    catalogue = write_catalogue(tmp_path / "items.jsonl", [*PRODUCTS, *many])
    histories = write_histories(tmp_path / "histories.csv", HISTORIES + "ann,x1,purchase,2024-05-05\n")
    command = [sys.executable, "-c", LIMITED, str(tmp_path), str(kilobytes)]
    child = subprocess.run(command, capture_output=True, text=True)
    assert (child.returncode, child.stdout) == (1, "")
    assert child.stderr.startswith(error), child.stderr
    assert child.stderr.count("\n") == 1
    assert "`newaisle" in child.stderr or "free some space" in child.stderr
    with shop.reader() as ledger:
        ledger.check()
        assert set(ledger.user_ids()) == {"ann", "bob", "cy"}
        assert len(ledger.candidates(DRILLS)) == 6
    assert not list(shop.index_folder.glob("*.draft"))
    opened = open_index(shop, embedder=EMBEDDER.name)
    assert opened.generation == "g000001"
    opened.close()
    embedder = CountingEmbedder()
    report = ingest(shop, embedder=embedder, catalogue=catalogue, histories=histories, options=ReadOptions())
    assert report.counts["products"] == 162
    assert len(embedder.texts) == (0 if error.startswith("Index") else 150)


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
def read_only(shop: Home) -> Iterator[Home]:
    """The small shop in a folder that may be read by all and written to by nobody."""
    folder = Path(tempfile.mkdtemp())
    home = Home(folder / "home")
    shutil.copytree(shop.folder, home.folder)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)
    yield home
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


needs_posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are POSIX")


@needs_posix
def test_a_read_only_shop_answers(read_only: Home) -> None:
    with without_the_rights_of_root(), read_only.reader() as ledger:
        assert ledger.user_ids() == ["ann", "bob", "cy"]
        assert len(ledger.candidates(DRILLS)) == 6
        assert len(ledger.vectors(["t0"], EMBEDDER.name)) == 1


@needs_posix
def test_a_read_only_shop_refuses_a_writer(read_only: Home) -> None:
    with (
        without_the_rights_of_root(),
        pytest.raises(LedgerError, match=r"cannot write to .*home \(Permission denied\): mend that or choose another"),
        read_only.writer(),
    ):
        pass


@needs_posix
def test_the_index_of_a_read_only_shop_is_done_without(read_only: Home) -> None:
    with (
        without_the_rights_of_root(),
        pytest.raises(IndexDamaged, match=r"it is not rebuilt because cannot write to .*home"),
    ):
        open_index(read_only, embedder=EMBEDDER.name)


@needs_posix
def test_rows_that_only_the_log_holds_are_read_from_a_read_only_shop(shop: Home) -> None:
    with shop.writer() as ledger:
        ledger.put_products([Product(item_id="late", title="Whisk")])
        folder = Path(tempfile.mkdtemp())
        for path in shop.folder.glob("ledger*"):  # as a writer that was killed leaves them
            shutil.copy(path, folder)
    try:
        assert len(list(folder.iterdir())) == 3
        for path in (*folder.iterdir(), folder):
            path.chmod(0o555)
        with without_the_rights_of_root(), Ledger.open(folder / "ledger.sqlite3") as ledger:
            assert "late" in ledger.item_ids()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
