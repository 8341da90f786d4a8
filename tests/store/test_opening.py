from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from newaisle.errors import IndexDamaged
from newaisle.store import index
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.index import Index, open_index
from tests.conftest import TEA

EMBEDDER = HashEmbedder()
Damage = Callable[[Path], None]


def every(pattern: str, damage: Damage) -> Damage:
    def damage_all(generation: Path) -> None:
        files = list(generation.glob(pattern))
        assert files, pattern
        for file in files:
            damage(file)

    return damage_all


def halve(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def flip(file: Path) -> None:
    """One byte changed, the size the same."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def garble(file: Path) -> None:
    file.write_bytes(b"\x00garbage\xff" * 50)


def change_manifest(key: str, value: object) -> Damage:
    def change(generation: Path) -> None:
        file = generation / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))

    return change


DAMAGES: dict[str, Damage] = {
    "no folder": shutil.rmtree,
    "no index at all": lambda generation: shutil.rmtree(generation.parent),
    "vector files gone": every("*/*.bin", Path.unlink),
    "folders of vectors gone": every("*-*-*", shutil.rmtree),
    "ids gone": every("*/index_metadata.pickle", Path.unlink),
    "vector files cut": every("*/data_level0.bin", halve),
    "links cut": every("*/link_lists.bin", halve),
    "vectors flipped": every("*/data_level0.bin", flip),
    "ids flipped": every("*/index_metadata.pickle", flip),
    "database gone": every("chroma.sqlite3", Path.unlink),
    "database cut": every("chroma.sqlite3", halve),
    "database garbled": every("chroma.sqlite3", garble),
    "database empty": every("chroma.sqlite3", lambda file: os.truncate(file, 0)),
    "manifest garbled": every("manifest.json", garble),
    "manifest cut": every("manifest.json", lambda file: os.truncate(file, 1)),
    "manifest without files": change_manifest("files", {}),
    "manifest with odd files": change_manifest("files", {"a": 1}),
    "manifest of another embedder": change_manifest("embedder", "another"),
}


def open_it(home: Home, told: list[str]) -> Index:
    return open_index(home, embedder=EMBEDDER.name, on_rebuild=told.append)


def test_a_sound_index_is_opened_as_it_is(shop: Home) -> None:
    told: list[str] = []
    opened = open_it(shop, told)
    assert (opened.generation, told) == ("g000001", [])
    opened.close()


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_index_is_found_and_rebuilt(shop: Home, kind: str) -> None:
    DAMAGES[kind](shop.index_folder / "g000001")
    told: list[str] = []
    opened = open_it(shop, told)
    assert len(told) == 1
    assert opened.generation == "g000002"
    assert opened.nearest_categories(EMBEDDER.embed(["green tea"])[0], 1)[0].id == TEA
    assert len(opened.nearest_products(EMBEDDER.embed(["green tea"])[0], 20)) == 12
    opened.close()
    again = open_it(shop, told)
    assert (again.generation, len(told)) == ("g000002", 1)
    again.close()


def test_a_rebuilt_index_has_passed_its_probe(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise IndexDamaged("the index failed its probe (exit -11): run `newaisle reindex`")

    shutil.rmtree(shop.index_folder)
    monkeypatch.setattr(index, "_probe_in_child", refuse)
    with pytest.raises(IndexDamaged, match="failed its probe"):
        open_it(shop, [])
    assert list(shop.index_folder.iterdir()) == []


def test_a_damaged_index_is_not_rebuilt_while_another_process_writes(shop: Home) -> None:
    shutil.rmtree(shop.index_folder)
    told: list[str] = []
    with shop.writer(), pytest.raises(IndexDamaged, match=r"^the index is missing, and it is not rebuilt because an"):
        open_it(shop, told)
    assert told == ["the index is missing"]


def test_an_older_sound_generation_does_not_stand_in_for_a_damaged_one(shop: Home) -> None:
    with shop.writer() as ledger:
        index.build(shop.index_folder, ledger, embedder=EMBEDDER.name)
    every("*/data_level0.bin", flip)(shop.index_folder / "g000002")
    opened = open_it(shop, [])
    assert opened.generation == "g000003"
    opened.close()
