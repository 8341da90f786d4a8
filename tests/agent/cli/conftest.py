from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newaisle.agent import sample
from tests.agent.cli import fork_server
from tests.agent.cli.command import newaisle


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, models and settings of its own for every test, in a folder of its own; words only, no language model."""
    for name, value in {
        "HOME": tmp_path / "home",
        "MODELS": tmp_path / "models",
        "MODEL": "none",
        "EMBEDDER": "hash",
    }.items():
        monkeypatch.setenv(f"NEWAISLE_{name}", str(value))
    for name in ("NO_COLOR", "FORCE_COLOR", "NEWAISLE_PROMPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def _fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What PROGRAM is forked from."""
    address = str(tmp_path_factory.mktemp("forks") / "socket")
    server = subprocess.Popen([sys.executable, fork_server.__file__, "--serve", address])
    while not Path(address).exists():
        assert server.poll() is None
        time.sleep(0.02)
    os.environ[fork_server.ADDRESS] = address
    yield
    del os.environ[fork_server.ADDRESS]
    server.kill()
    server.wait()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample shop, to be copied."""
    home = tmp_path_factory.mktemp("sample") / "home"
    newaisle("--embedder", "hash", "ingest", sample.CATALOGUE, "--histories", sample.HISTORIES, "--home", home).ok()
    return home


@pytest.fixture
def shop(filled: Path, surroundings: Path) -> Path:
    """The home of this test, with the sample shop in it."""
    home = surroundings / "home"
    shutil.copytree(filled, home)
    return home
