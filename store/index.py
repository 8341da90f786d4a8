"""The index: Chroma collections built from the ledger, in generations that are never written to again.

A writer builds the next generation beside the current one and renames it in; readers open the newest. Chroma's own
durability is not relied on: a kill can cost it its vectors for good, and two processes on one folder corrupt it. So a
generation carries a manifest with its counts and files, is probed in a child process (native code can crash) when it
is built and whenever its files are not as the manifest says, and is rebuilt from the ledger when that fails.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from store.errors import IndexDamaged
from store.ledger import Ledger, embedding_text
from store.liking import liking_by_product
from store.rows import PATH_SEPARATOR, Product

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

Vector = NDArray[np.float32]
Progress = Callable[[int, int], None]
PRODUCTS, HISTORIES, CATEGORIES = COLLECTIONS = ("products", "histories", "categories")
_MANIFEST = "manifest.json"
_HISTORY_TITLES = 20  # titles in the text of a customer's history: the newest say most and Chroma indexes every word


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record of the index and its cosine similarity to what was asked for."""

    id: str
    similarity: float


class Index:
    """One generation of the index, open for reading."""

    def __init__(self, client: Client, generation: str, revision: int) -> None:
        self._client = client
        self.generation = generation
        self.revision = revision

    @classmethod
    def open(cls, folder: Path, *, embedder: str) -> Self:
        """Open the newest generation; raises IndexDamaged when there is none that is sound and made by `embedder`."""
        path = newest_generation(folder)
        if path is None:
            raise IndexDamaged("the index is missing: run `newaisle reindex`")
        manifest = _read_manifest(path)
        if manifest["embedder"] != embedder:
            raise IndexDamaged(f"the index was made with {manifest['embedder']}: run `newaisle reindex`")
        if manifest["files"] != _fingerprint(path):
            _probe_in_child(path)
        return cls(_client(path), path.name, manifest["revision"])

    def nearest_categories(self, vector: Vector, k: int) -> list[Neighbour]:
        """The category paths whose mean product vector is nearest to `vector`."""
        return self._query(CATEGORIES, vector, k)

    def nearest_customers(self, vector: Vector, k: int) -> list[Neighbour]:
        """The customers whose mean liked product is nearest to `vector`."""
        return self._query(HISTORIES, vector, k)

    def nearest_products(self, vector: Vector, k: int, *, categories: Sequence[str] = ()) -> list[Neighbour]:
        """The nearest products, anywhere or in the given category paths."""
        where = {"category": {"$in": list(categories)}} if categories else None
        return self._query(PRODUCTS, vector, k, where=where)

    def _query(self, name: str, vector: Vector, k: int, **how: Any) -> list[Neighbour]:
        try:
            collection = self._client.get_collection(name, embedding_function=None)
            found = collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=["distances"], **how)
        except Exception as exc:  # Chroma's native errors share no base class with its Python ones
            raise IndexDamaged(f"the index cannot be read ({exc}): run `newaisle reindex`") from exc
        distances = (found["distances"] or [[]])[0]
        return [Neighbour(id, 1.0 - float(d)) for id, d in zip(found["ids"][0], distances, strict=True)]

    def close(self) -> None:
        self._client.close()


def newest_generation(folder: Path) -> Path | None:
    """The folder of the newest complete generation."""
    complete = sorted(path.parent for path in folder.glob(f"g*/{_MANIFEST}"))
    return complete[-1] if complete else None


def is_current(folder: Path, ledger: Ledger, embedder: str) -> bool:
    """Whether the newest generation holds just what the ledger holds now and its files are as they were written."""
    path = newest_generation(folder)
    if path is None:
        return False
    try:
        manifest = _read_manifest(path)
    except IndexDamaged:
        return False
    made_from = (manifest["revision"], manifest["embedder"])
    return made_from == (ledger.revision, embedder) and manifest["files"] == _fingerprint(path)


def build(folder: Path, ledger: Ledger, *, embedder: str, progress: Progress | None = None) -> str:
    """Build the next generation from the ledger, probe it, rename it in, and remove all older ones but the last.

    Call it under the writer's lock. Returns the generation's name.
    """
    last = newest_generation(folder)
    path = folder / f"g{int(last.name[1:]) + 1 if last else 1:06d}"
    draft = folder / f"{path.name}.draft"
    for leftover in folder.glob("*.draft"):
        shutil.rmtree(leftover)
    draft.mkdir(parents=True)
    counts = _fill(draft, ledger, embedder, progress or (lambda done, total: None))
    manifest = {
        "revision": ledger.revision,
        "embedder": embedder,
        "counts": counts,
        "files": _fingerprint(draft),
    }
    (draft / _MANIFEST).write_text(json.dumps(manifest, indent=1))
    _probe_in_child(draft)
    if path.exists():  # an incomplete generation of the same number: no manifest, so nobody reads it
        shutil.rmtree(path)
    draft.rename(path)
    remove_generations(folder, keep=(path, last))
    return path.name


def remove_generations(folder: Path, *, keep: Sequence[Path | None] = ()) -> None:
    """Delete every generation but those in `keep`, finished or not."""
    for path in folder.glob("g*"):
        if path not in keep:
            shutil.rmtree(path, ignore_errors=True)


def _fill(path: Path, ledger: Ledger, embedder: str, progress: Progress) -> dict[str, int]:
    client = _client(path)
    try:
        total = ledger.counts()["products"] + ledger.counts()["customers"]
        by_category: dict[str, tuple[Vector, int]] = {}
        done = 0
        writer = _Writer(client)
        for product, vector in _products_with_vectors(ledger, embedder):
            category = PATH_SEPARATOR.join(product.category)
            writer.add(PRODUCTS, product.item_id, vector, embedding_text(product), {"category": category})
            if category:
                total_vector, products = by_category.get(category, (np.zeros_like(vector), 0))
                by_category[category] = (total_vector + vector, products + 1)
            done += 1
            progress(done, total)
        for category, (vector, products) in by_category.items():
            writer.add(CATEGORIES, category, _unit(vector), category, {"products": products})
        for user_id, vector, text in _customers(ledger, embedder):
            writer.add(HISTORIES, user_id, vector, text, {"rows": text.count("\n") + 1})
            done += 1
            progress(done, total)
        return writer.finish()
    finally:
        client.close()


class _Writer:
    """Adds records to collections in batches of the size that Chroma takes."""

    def __init__(self, client: Client) -> None:
        self._batch = client.get_max_batch_size()
        self._collections: dict[str, Collection] = {
            name: client.create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
            for name in COLLECTIONS
        }
        self._waiting: dict[str, list[tuple[str, Vector, str, Mapping[str, str | int]]]] = defaultdict(list)

    def add(self, name: str, id: str, vector: Vector, text: str, metadata: Mapping[str, str | int]) -> None:
        waiting = self._waiting[name]
        waiting.append((id, vector, text, metadata))
        if len(waiting) == self._batch:
            self._flush(name)

    def finish(self) -> dict[str, int]:
        for name in COLLECTIONS:
            self._flush(name)
        return {name: collection.count() for name, collection in self._collections.items()}

    def _flush(self, name: str) -> None:
        if rows := self._waiting.pop(name, None):
            ids, vectors, texts, metadatas = zip(*rows, strict=True)
            self._collections[name].add(
                ids=list(ids), embeddings=list(vectors), documents=list(texts), metadatas=list(metadatas)
            )


def _products_with_vectors(ledger: Ledger, embedder: str) -> Iterator[tuple[Product, Vector]]:
    products = ledger.listed()
    while chunk := list(islice(products, 5000)):
        vectors = ledger.vectors([product.item_id for product in chunk], embedder)
        for product in chunk:
            if product.item_id in vectors:
                yield product, vectors[product.item_id]


def _customers(ledger: Ledger, embedder: str) -> Iterator[tuple[str, Vector, str]]:
    """Each customer's mean liked product vector, with the titles it comes from, newest first."""
    by_user = ((user, list(rows)) for user, rows in groupby(ledger.interactions(), lambda row: row.user_id))
    while chunk := list(islice(by_user, 500)):
        liked = {user: [i for i, liking in liking_by_product(rows).items() if liking > 0] for user, rows in chunk}
        ids = sorted({item for items in liked.values() for item in items})
        vectors, products = ledger.vectors(ids, embedder), ledger.products(ids)
        for user, items in liked.items():
            seen = [item for item in items if item in vectors]
            if seen:
                text = "\n".join(products[item].title for item in seen[: -_HISTORY_TITLES - 1 : -1])
                yield user, _unit(np.sum([vectors[item] for item in seen], axis=0)), text


def _unit(vector: Vector) -> Vector:
    norm = float(np.linalg.norm(vector))
    return vector / norm if norm else vector


def _client(path: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    try:
        client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
        return cast("Client", client)
    except Exception as exc:  # as in `_query`
        raise IndexDamaged(f"the index cannot be opened ({exc}): run `newaisle reindex`") from exc


def _fingerprint(path: Path) -> dict[str, list[int]]:
    """Size and time of every vector file. Chroma writes to its SQLite file whenever it is opened, never to these."""
    files = sorted(path.glob("*/*.bin"))
    return {str(file.relative_to(path)): [file.stat().st_size, file.stat().st_mtime_ns] for file in files}


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((path / _MANIFEST).read_text())
        manifest["revision"], manifest["embedder"], manifest["counts"], manifest["files"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise IndexDamaged(f"the index's manifest is damaged ({exc}): run `newaisle reindex`") from exc
    return manifest


def _probe_in_child(path: Path) -> None:
    command = [sys.executable, "-m", "store.index", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or [f"exit {result.returncode}"])[-1]
        raise IndexDamaged(f"the index failed its probe ({reason}): run `newaisle reindex`")


def _probe(path: Path) -> None:
    """Raise IndexDamaged unless every collection has its count and finds one of its own records by its vector."""
    counts = _read_manifest(path)["counts"]
    client = _client(path)
    for name in COLLECTIONS:
        collection = client.get_collection(name, embedding_function=None)
        if collection.count() != counts[name]:
            raise IndexDamaged(f"{name}: {collection.count()} records instead of {counts[name]}")
        sample = collection.get(limit=1, include=["embeddings"])
        if sample["ids"]:
            found = collection.query(query_embeddings=sample["embeddings"], n_results=1, include=["distances"])
            if not found["distances"] or not found["distances"][0] or found["distances"][0][0] > 1e-3:
                raise IndexDamaged(f"{name}: a record is not found by its own vector")


if __name__ == "__main__":
    try:
        _probe(Path(sys.argv[1]))
    except Exception as error:  # the parent reads the last line
        sys.exit(f"{type(error).__name__}: {error}")
