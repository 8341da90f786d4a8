from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import newaisle
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home


@pytest.fixture
def small(shop: Home) -> Iterator[newaisle.Shop]:
    """The small shop of tests/conftest.py, open; without a language model."""
    with newaisle.open_shop(shop.folder, model="none", embedder=HashEmbedder()) as opened:
        yield opened


@pytest.fixture
def command_line(shop: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same shop as the command line finds it, which is then asked without further options."""
    for name, value in {"HOME": str(shop.folder), "MODEL": "none", "EMBEDDER": "hash"}.items():
        monkeypatch.setenv(f"NEWAISLE_{name}", value)
    return shop.folder
