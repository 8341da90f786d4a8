from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent import sample
from tests.agent.cli.command import newaisle


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a folder of models of its own for every test; words only, and no language model."""
    for name, value in {
        "HOME": tmp_path / "home",
        "MODELS": tmp_path / "models",
        "MODEL": "none",
        "EMBEDDER": "hash",
    }.items():
        monkeypatch.setenv(f"NEWAISLE_{name}", str(value))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


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
