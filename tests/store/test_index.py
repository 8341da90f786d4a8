from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from newaisle.errors import IndexDamaged
from newaisle.store import index
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.index import Index, Vector
from newaisle.store.rows import Product
from tests.conftest import DRILLS, TEA

EMBEDDER = HashEmbedder()


def open_index(home: Home) -> Index:
    return Index.open(home.index_folder, embedder=EMBEDDER.name)


def build(home: Home, **how: Callable[[int, int], None]) -> str:
    with home.writer() as ledger:
        return index.build(home.index_folder, ledger, embedder=EMBEDDER.name, **how)


def vector_of(text: str) -> Vector:
    vector: Vector = EMBEDDER.embed([text])[0]
    return vector


@pytest.fixture
def opened(shop: Home) -> Iterator[Index]:
    one = open_index(shop)
    yield one
    one.close()


def test_categories_are_found_by_what_their_products_are_like(opened: Index) -> None:
    for text, nearest, other in (("green tea", TEA, DRILLS), ("steel drill 7 mm", DRILLS, TEA)):
        first, second = opened.nearest_categories(vector_of(text), 5)
        assert (first.id, second.id) == (nearest, other)
        assert first.similarity > 0.5 > second.similarity


def test_customers_are_found_by_what_they_liked(opened: Index) -> None:
    tea = [customer.id for customer in opened.nearest_customers(vector_of("green tea mint"), 3)]
    drills = [customer.id for customer in opened.nearest_customers(vector_of("steel drill five mm"), 3)]
    assert (tea[0], drills[0]) == ("ann", "bob")
    assert sorted(tea) == sorted(drills) == ["ann", "bob", "cy"]


def test_a_customer_is_the_mean_of_the_liked_products_only(opened: Index) -> None:
    vectors = EMBEDDER.embed([f"Steel drill {size} mm. Bore. Drills" for size in ("four", "five")])  # six was returned
    mean = vectors.sum(axis=0) / np.linalg.norm(vectors.sum(axis=0))
    assert opened.nearest_customers(mean, 1)[0].similarity == pytest.approx(1, abs=1e-5)


def test_products_are_found_anywhere_or_in_given_categories(opened: Index, shop: Home) -> None:
    with shop.reader() as ledger:
        vectors = ledger.vectors(ledger.item_ids(), EMBEDDER.name)
    asked = vectors["t1"]
    exact = {item: float(vector @ asked) for item, vector in vectors.items()}
    found = opened.nearest_products(asked, 12)
    assert found[0].id == "t1"
    assert {neighbour.id: neighbour.similarity for neighbour in found} == pytest.approx(exact, abs=1e-5)
    assert found == sorted(found, key=lambda neighbour: -neighbour.similarity)
    drills = opened.nearest_products(asked, 12, categories=[DRILLS])
    assert sorted(neighbour.id for neighbour in drills) == [f"d{i}" for i in range(6)]
    assert len(opened.nearest_products(asked, 12, categories=[DRILLS, TEA])) == 12
    assert opened.nearest_products(asked, 12, categories=["Garden"]) == []


def test_the_shortlist_of_a_large_category_is_the_exact_one(home: Home) -> None:
    numbers = np.random.default_rng(1)
    vectors = numbers.normal(size=(6_000, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with home.writer() as ledger:
        ledger.put_products(
            [
                Product(item_id=str(i), title=f"{i:04}", category=("Odd" if i % 2 else "Even",))
                for i in range(len(vectors))
            ]
        )
        keys = ledger.keys_without_vector(EMBEDDER.name)
        ledger.put_vectors(keys, EMBEDDER.name, vectors[[int(text.partition(".")[0]) for text in ledger.texts(keys)]])
        index.build(home.index_folder, ledger, embedder=EMBEDDER.name)
    opened = open_index(home)
    found = opened.nearest_products(vectors[1], 2_000, categories=["Odd"])
    opened.close()
    odd = np.arange(1, len(vectors), 2)
    exact = odd[np.argsort(-(vectors[odd] @ vectors[1]))][:2_000]
    assert len(found) == 2_000
    assert len({neighbour.id for neighbour in found} & set(map(str, exact))) > 1_980


def test_a_product_that_the_embedder_cannot_read_is_left_out(home: Home) -> None:
    with home.writer() as ledger:
        ledger.put_products([Product(item_id="a", title="Kettle"), Product(item_id="b", title="水壶")])
        vectors = np.array([[0, 0], [0, 1]], np.float32)
        ledger.put_vectors(ledger.keys_without_vector("one"), "one", vectors)  # the shortest text comes first
        index.build(home.index_folder, ledger, embedder="one")
    opened = Index.open(home.index_folder, embedder="one")
    assert [neighbour.id for neighbour in opened.nearest_products(vectors[1], 5)] == ["a"]
    opened.close()


def test_an_index_of_nothing_answers_with_nothing(home: Home) -> None:
    build(home)
    opened = open_index(home)
    assert opened.nearest_categories(vector_of("tea"), 3) == []
    assert opened.nearest_customers(vector_of("tea"), 3) == []
    assert opened.nearest_products(vector_of("tea"), 3) == []
    opened.close()


def test_a_reader_keeps_its_generation_while_and_after_the_next_is_built(opened: Index, shop: Home) -> None:
    def answers() -> list[str]:
        return [neighbour.id for neighbour in opened.nearest_products(vector_of("green tea mint"), 20)]

    before, during = answers(), []
    with shop.writer() as ledger:
        ledger.put_products([Product(item_id="t1", title="Coal", category=("Fuel",))])
    assert build(shop, progress=lambda done, total: during.append(answers())) == "g000002"
    assert during
    assert all(answer == before for answer in during)
    assert (opened.generation, answers()) == ("g000001", before)
    newer = open_index(shop)
    assert (newer.generation, newer.revision) == ("g000002", opened.revision + 1)
    assert len(newer.nearest_products(vector_of("green tea mint"), 20)) == 11
    newer.close()


def test_the_last_generation_stays_for_its_readers_and_older_ones_go(shop: Home) -> None:
    assert [build(shop) for _ in range(3)] == ["g000002", "g000003", "g000004"]
    assert sorted(path.name for path in shop.index_folder.iterdir()) == ["g000003", "g000004"]


def test_a_number_is_never_given_twice(shop: Home) -> None:
    shutil.rmtree(shop.index_folder)
    assert build(shop) == "g000002"
    assert index.newest_generation(shop.index_folder) == shop.index_folder / "g000002"


def test_the_newest_generation_is_the_one_with_the_highest_number(tmp_path: Path) -> None:
    for name in ("g000009", "g999999", "g1000000", "g1000001.draft", "garden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    (tmp_path / "g1000002").mkdir()  # without its manifest it is not complete
    assert index.newest_generation(tmp_path) == tmp_path / "g1000000"
    assert index.newest_generation(tmp_path / "nowhere") is None


def test_what_a_killed_build_left_is_cleared_away(shop: Home) -> None:
    (shop.index_folder / "g000002.draft" / "deep").mkdir(parents=True)
    build(shop)
    assert sorted(path.name for path in shop.index_folder.iterdir()) == ["g000001", "g000002"]


def test_an_index_is_current_until_the_ledger_changes(shop: Home) -> None:
    with shop.writer() as ledger:
        assert index.is_current(shop.index_folder, ledger, EMBEDDER.name)
        assert not index.is_current(shop.index_folder, ledger, "another")
        ledger.put_products([Product(item_id="x", title="Whisk")])
        assert not index.is_current(shop.index_folder, ledger, EMBEDDER.name)


def test_reading_leaves_an_index_sound(shop: Home) -> None:
    for _ in range(3):
        opened = open_index(shop)
        opened.nearest_products(vector_of("tea"), 3)
        opened.close()
    with shop.reader() as ledger:
        assert index.is_current(shop.index_folder, ledger, EMBEDDER.name)


def test_a_copied_index_is_sound(shop: Home, tmp_path: Path) -> None:
    shutil.copytree(shop.index_folder, tmp_path / "copy", copy_function=shutil.copy)  # with new times
    Index.open(tmp_path / "copy", embedder=EMBEDDER.name).close()


@pytest.mark.usefixtures("probed")
def test_a_damaged_draft_is_found_by_the_probe_in_a_child_and_thrown_away(
    shop: Home, opened: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = index._fill

    def fill_and_damage(path: Path, *rest: object) -> dict[str, int]:
        counts = fill(path, *rest)  # type: ignore[arg-type]
        for file in path.glob("*/data_level0.bin"):
            file.write_bytes(bytes(255 - byte for byte in file.read_bytes()))  # crashes the process that reads it
        return counts

    monkeypatch.setattr(index, "_fill", fill_and_damage)
    with pytest.raises(IndexDamaged, match=r"failed its probe \(.*\): .*run `newaisle reindex`"):
        build(shop)
    assert [path.name for path in shop.index_folder.iterdir()] == ["g000001"]
    assert opened.nearest_categories(vector_of("tea"), 1)[0].id == TEA


def test_nothing_but_records_is_written_to_the_vector_files(shop: Home) -> None:
    for file in shop.index_folder.glob("*/*/*"):
        if file.name in ("data_level0.bin", "length.bin"):
            content = file.read_bytes()  # room for 100 records, of which at most 12 are used
            assert not any(content[len(content) // 8 :]), file


@pytest.mark.parametrize(("round_size", "batch"), [(50_000, 2_000), (5, 2), (4, 4), (1, 1)])
def test_every_record_is_in_the_vector_files_in_however_many_rounds(
    shop: Home, monkeypatch: pytest.MonkeyPatch, round_size: int, batch: int
) -> None:
    monkeypatch.setattr(index, "_ROUND", round_size)
    monkeypatch.setattr(index, "_BATCH", batch)
    generation = shop.index_folder / build(shop)
    counts = sorted(json.loads((generation / "manifest.json").read_text())["counts"].values())
    assert counts == [2, 3, 12]
    # What Chroma kept in its write-ahead log alone would be missing from the number of elements.
    assert (
        sorted(struct.unpack_from("<i4Q", file.read_bytes())[3] for file in generation.glob("*/header.bin")) == counts
    )


@pytest.mark.usefixtures("probed")
def test_a_hanging_probe_is_given_up(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_PROBE_SECONDS", 0.01)
    with pytest.raises(IndexDamaged, match=r"probe took more than 0\.01 s"):
        build(shop)


@pytest.mark.usefixtures("probed")
def test_lost_records_are_found_by_the_probe(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill = index._fill
    monkeypatch.setattr(index, "_fill", lambda *a: {**fill(*a), "products": 13})
    with pytest.raises(IndexDamaged, match=r"products: 12 records instead of 13"):
        build(shop)


def test_a_failure_of_chroma_is_one_line_and_leaves_no_draft(
    shop: Home, opened: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """A panic of Chroma's native part is no Exception."""

    def panic(*_: object, **__: object) -> None:
        raise Panic("disk\nfull")

    monkeypatch.setattr("chromadb.api.models.Collection.Collection.add", panic)
    with pytest.raises(IndexDamaged, match=r"^Chroma cannot build the index \(disk full\): .*`newaisle reindex`$"):
        build(shop)
    monkeypatch.setattr("chromadb.api.models.Collection.Collection.query", panic)
    with pytest.raises(IndexDamaged, match=r"^Chroma cannot read the index \(disk full\): "):
        opened.nearest_categories(vector_of("tea"), 1)
    assert [path.name for path in shop.index_folder.iterdir()] == ["g000001"]
