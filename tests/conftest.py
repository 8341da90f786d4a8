"""A small shop of two categories whose right answers are known in advance, filled once and copied for each test."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from newaisle.store import index
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions

# Else every process that a test starts would compile all that it imports anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start with them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# As `agent.llm.native` sets it, for a test that imports llama.cpp before that: OpenMP reads it when it is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# The matrices here are small: a second thread of OpenBLAS would spin for longer than it works, on what a test beside
# this one needs. What is started from here on, tests on several cores too, has read it when it loads NumPy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["XDG_CONFIG_HOME"] = os.devnull  # no settings of whoever runs the tests

# Nearly every test writes a shop, and a disk that others write to as well would keep it waiting for most of its time.
MEMORY = Path("/dev/shm")
if (
    "TMPDIR" not in os.environ
    and os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > 3 << 30
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# How fast the machine is decides nothing. Every run tries examples of its own, so few of them a time will do.
settings.register_profile("any machine", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

TEA, DRILLS = "Food > Tea", "Home > Drills"
PRODUCTS: list[dict[str, object]] = [
    {
        "id": f"t{i}",
        "title": f"Green tea {flavour}",
        "category": TEA,
        "brand": "Leaf" if i < 4 else "Bush",
        "price": 4 + i,
        "currency": "EUR",
    }
    for i, flavour in enumerate(("jasmine", "mint", "lemon", "ginger", "rose", "honey"))
] + [
    {"id": f"d{i}", "title": f"Steel drill {size} mm", "category": DRILLS, "brand": "Bore", "price": 10 + i}
    for i, size in enumerate(("four", "five", "six", "eight", "nine", "ten"))
]
HISTORIES = """\
user,item,event,timestamp
ann,t0,purchase,2024-01-01
ann,t1,purchase,2024-01-02
bob,d0,purchase,2024-01-01
bob,d1,purchase,2024-01-03
bob,d2,return,2024-01-04
cy,t2,view,2024-02-01
cy,d3,purchase,2024-02-02
"""


def write_catalogue(path: Path, rows: Iterable[Mapping[str, object]] = PRODUCTS) -> Path:
    """The rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_histories(path: Path, text: str = HISTORIES) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


_PROBE = index._probe_in_child


@pytest.fixture(scope="session", autouse=True)
def _unprobed() -> Iterator[None]:
    """An index is built without its probe: a child that loads Chroma, which takes it two seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_probe_in_child", lambda path: None)
        yield


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe is made, for the tests of it."""
    monkeypatch.setattr(index, "_probe_in_child", _PROBE)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server failed at is tried again at once."""
    monkeypatch.setattr("newaisle.agent.llm.server.sender.FIRST_WAIT", 0.0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder that does not exist yet."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    ingest(
        Home(folder / "home"),
        embedder=HashEmbedder(),
        catalogue=write_catalogue(folder / "items.jsonl"),
        histories=write_histories(folder / "histories.csv"),
        options=ReadOptions(),
    )
    return folder / "home"


@pytest.fixture
def shop(_filled: Path, home: Home) -> Home:
    """The small shop, filled with HashEmbedder; this test's own copy."""
    shutil.copytree(_filled, home.folder)
    return home
