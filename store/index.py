"""The index: Chroma collections built from the ledger, in generations that are never written to again.

A writer builds the next generation beside the current one and renames it in; readers open the newest. Chroma's own
durability is not relied on: a kill can cost it its vectors for good, two processes on one folder corrupt it, and a
damaged vector file crashes the process that reads it. So a generation is probed in a child process when it is built,
carries a manifest with the checksums of its files, is opened only while they are as it says, and is rebuilt from the
ledger when they are not.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from newaisle.child import python_child
from newaisle.errors import IndexDamaged, LedgerError, LockedError
from newaisle.progress import Progress
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Product, liking_by_product
from newaisle.store.spill import Batch, SpillBuffer
from newaisle.store.sqlite import connect

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection


Vector = NDArray[np.float32]
PRODUCTS, HISTORIES, CATEGORIES = COLLECTIONS = ("products", "histories", "categories")
_MANIFEST = "manifest.json"
_NUMBER = "generation"  # key in the ledger's meta: a number is never given twice, for a reader may still have the old
_MEND = "see that the disk is neither full nor read-only, then run `newaisle reindex`"
_BATCH = 2_000  # records added between two signs of progress
_ROUND = 50_000  # records added between two writes of a collection's vector files
_PROBES = 20  # records of a collection that the probe looks up
_PROBE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record of the index and its cosine similarity to what was asked for."""

    id: str
    similarity: float


class Index:
    """One generation of the index, open for reading. Chroma is loaded, a second's work, when it is first searched."""

    def __init__(self, path: Path, revision: int) -> None:
        self._path = path
        self.generation = path.name
        self.revision = revision
        self._client: Client | None = None
        self._opening = threading.Lock()
        self._opened: dict[str, Collection] = {}

    @classmethod
    def open(cls, folder: Path, *, embedder: str) -> Self:
        """Open the newest generation; raises IndexDamaged when there is none that is sound and made by `embedder`."""
        path = newest_generation(folder)
        if path is None:
            raise IndexDamaged("the index is missing: run `newaisle reindex`")
        manifest = _read_manifest(path)
        if manifest["embedder"] != embedder:
            raise IndexDamaged(f"the index was made with {manifest['embedder']}: run `newaisle reindex`")
        if not _is_sound(path, manifest):
            raise IndexDamaged("files of the index are missing or damaged: run `newaisle reindex`")
        if not _may_write(path):
            raise IndexDamaged("the index may not be written to, which Chroma does to read it: mend its permissions")
        return cls(path, manifest["revision"])

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

    def check(self) -> None:
        """Raise IndexDamaged where Chroma cannot read every collection."""
        for collection in self._collections.values():
            with _chroma("read"):
                collection.count()

    def _query(self, name: str, vector: Vector, k: int, **how: Any) -> list[Neighbour]:
        collection = self._collections[name]
        with _chroma("read"):
            found = collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=["distances"], **how)
        distances = (found["distances"] or [[]])[0]
        return [Neighbour(id, 1.0 - float(d)) for id, d in zip(found["ids"][0], distances, strict=True)]

    @property
    def _collections(self) -> dict[str, Collection]:
        with self._opening:  # two clients of one folder would be two programs to Chroma
            if not self._opened:
                self._client = client = _client(self._path)
                with _chroma("read"):
                    self._opened = {name: client.get_collection(name, embedding_function=None) for name in COLLECTIONS}
            return self._opened

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def __del__(self) -> None:
        self.close()  # of a generation that is looked up in no longer


def newest_generation(folder: Path) -> Path | None:
    """The folder of the newest complete generation."""
    complete = [path.parent for path in folder.glob(f"g*/{_MANIFEST}") if re.fullmatch(r"g\d+", path.parent.name)]
    return max(complete, key=_number, default=None)


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
    return made_from == (ledger.revision, embedder) and _is_sound(path, manifest)


def build(folder: Path, ledger: Ledger, *, embedder: str, progress: Progress = lambda done, total: None) -> str:
    """Build the next generation from the ledger, probe it, rename it in, and remove all older ones but the last.

    Call it under the writer's lock. Returns the generation's name. Raises IndexDamaged, with the older generations as
    they were, where the disk refuses or the probe fails.
    """
    last = newest_generation(folder)
    number = 1 + max(int(ledger.meta(_NUMBER) or 0), _number(last) if last else 0)
    ledger.set_meta(_NUMBER, str(number))
    path = folder / f"g{number:06d}"
    draft = folder / f"{path.name}.draft"
    try:
        with _disk_errors(folder):
            for leftover in folder.glob("*.draft"):
                shutil.rmtree(leftover)
            draft.mkdir(parents=True)
            counts = _fill(draft, ledger, embedder, progress)
            _vacuum(draft)
            _zero_unused(draft)
            manifest = {
                "revision": ledger.revision,
                "embedder": embedder,
                "counts": counts,
                "files": _fingerprint(draft),
            }
            (draft / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            _probe_in_child(draft)
            draft.rename(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    remove_generations(folder, keep=(path, last))
    return path.name


def remove_generations(folder: Path, *, keep: Sequence[Path | None] = ()) -> list[Path]:
    """Delete every generation but those in `keep`, finished or not; returns those that could not be deleted."""
    doomed = [path for path in folder.glob("g*") if path not in keep]
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)
    return [path for path in doomed if path.exists()]


def _number(path: Path) -> int:
    return int(path.name[1:])


def _fill(path: Path, ledger: Ledger, embedder: str, progress: Progress) -> dict[str, int]:
    client = _client(path)
    try:
        with ExitStack() as stack:
            buffers = {name: stack.enter_context(closing(SpillBuffer(path))) for name in COLLECTIONS}
            _spill(buffers, ledger, embedder)
            total = sum(map(len, buffers.values()))
            done = 0
            for name, buffer in buffers.items():
                for batch in _add(client, name, buffer):
                    done += len(batch.ids)
                    progress(done, total)
        with _chroma("build"):
            return {name: client.get_collection(name, embedding_function=None).count() for name in COLLECTIONS}
    finally:
        client.close()


def _spill(buffers: Mapping[str, SpillBuffer], ledger: Ledger, embedder: str) -> None:
    sums: dict[str, Vector] = {}
    metadatas: dict[str, dict[str, str]] = {}  # one object for all products of a category
    for product, vector in _products_with_vectors(ledger, embedder):
        category = PATH_SEPARATOR.join(product.category)
        buffers[PRODUCTS].add(product.item_id, vector, metadatas.setdefault(category, {"category": category}))
        if category:
            sums[category] = sums.get(category, 0) + vector
    for category, vector in sums.items():
        buffers[CATEGORIES].add(category, _unit(vector))
    for user_id, vector in _customers(ledger, embedder):
        buffers[HISTORIES].add(user_id, vector)


def _add(client: Client, name: str, buffer: SpillBuffer) -> Iterator[Batch]:
    """Add the records to a new collection; yields each batch when it is in.

    Chroma writes its vector files when as many records as the threshold are new; what is fewer it keeps in its
    write-ahead log only. So the rounds are equal and each ends in a write: with a write after every batch, what is
    written would grow with the square of the records.
    """
    rounds = max(1, -(-len(buffer) // _ROUND))
    configuration: Any = {"hnsw": {"space": "cosine", "sync_threshold": max(1, len(buffer) // rounds)}}
    with _chroma("build"):
        largest = min(_BATCH, client.get_max_batch_size())
        collection = client.create_collection(name, embedding_function=None, configuration=configuration)
    for batch in buffer.batches(rounds=rounds, largest=largest):
        with _chroma("build"):
            collection.add(ids=batch.ids, embeddings=batch.vectors, metadatas=cast("Any", batch.metadatas))
        yield batch


def _vacuum(path: Path) -> None:
    """Give back the room that Chroma's write-ahead log took in its file."""
    with _chroma("build"), closing(connect(path / "chroma.sqlite3", mode="rw")) as db:
        db.execute("VACUUM")


def _zero_unused(path: Path) -> None:
    """Overwrite what Chroma writes to its files beyond the records.

    It is unset memory of this process, so it may hold anything, such as the name of a customer to be forgotten.
    """
    for header in path.glob("*/header.bin"):
        # As hnswlib writes it: version, offset, room for elements, elements, bytes of an element, and more.
        *_, count, size = struct.unpack_from("<i4Q", header.read_bytes())
        for name, used in (("data_level0.bin", count * size), ("length.bin", count * 4)):
            file = header.with_name(name)
            unused = max(file.stat().st_size - used, 0)
            with file.open("r+b") as stream:
                stream.seek(-unused, io.SEEK_END)
                stream.write(bytes(unused))


def _products_with_vectors(ledger: Ledger, embedder: str) -> Iterator[tuple[Product, Vector]]:
    products = ledger.listed()
    while chunk := list(islice(products, 5000)):
        vectors = ledger.vectors([product.item_id for product in chunk], embedder)
        for product in chunk:
            if product.item_id in vectors:
                yield product, vectors[product.item_id]


def _customers(ledger: Ledger, embedder: str) -> Iterator[tuple[str, Vector]]:
    """Each customer's mean liked product vector."""
    by_user = ((user, list(rows)) for user, rows in groupby(ledger.interactions(), lambda row: row.user_id))
    while chunk := list(islice(by_user, 500)):
        liked = {user: [i for i, liking in liking_by_product(rows).items() if liking > 0] for user, rows in chunk}
        vectors = ledger.vectors(sorted({item for items in liked.values() for item in items}), embedder)
        for user, items in liked.items():
            seen = [vectors[item] for item in items if item in vectors]
            if seen:
                yield user, _unit(np.sum(seen, axis=0))


def _unit(vector: Vector) -> Vector:
    norm = float(np.linalg.norm(vector))
    return vector / norm if norm else vector


def _client(path: Path) -> Client:
    try:
        import chromadb
        from chromadb.config import Settings
    except ValueError as exc:
        refusal = f"Chroma refuses the file .env of this folder ({_in_one_line(exc)})"
        raise IndexDamaged(f"{refusal}: run newaisle in another folder") from exc
    with _chroma("open"):
        # The .env of the folder that one stands in could name a server, and every record would go there.
        settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]
        return cast("Client", chromadb.PersistentClient(str(path), settings=settings))


@contextmanager
def _chroma(work: str) -> Iterator[None]:
    """Raise IndexDamaged for whatever Chroma raises: its native errors share no base class with its Python ones."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as exc:  # a panic of its native part is no Exception
        raise IndexDamaged(f"Chroma cannot {work} the index ({_in_one_line(exc)}): {_MEND}") from exc


def _in_one_line(exc: BaseException) -> str:
    return " ".join(str(exc).split())[:200]


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise IndexDamaged(f"the index cannot be built in {folder} ({exc.strerror or exc}): {_MEND}") from exc


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        manifest["revision"], manifest["embedder"], manifest["counts"]
        manifest["files"] = {name: (size, time, crc) for name, (size, time, crc) in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise IndexDamaged(f"the manifest of the index is damaged ({exc}): run `newaisle reindex`") from exc
    return manifest


def _fingerprint(path: Path) -> dict[str, list[int]]:
    """Size, time and checksum of the files that hold vectors. Chroma writes to its SQLite file, but never to these."""
    return {name: [*_size_and_time(path / name), _checksum(path / name)] for name in _vector_files(path)}


def _is_sound(path: Path, manifest: dict[str, Any]) -> bool:
    """Whether the vector files are as the manifest says, and SQLite finds nothing wrong with the rest."""
    try:
        return (
            _vector_files(path) == sorted(manifest["files"])
            and all(
                # A copied folder has other times.
                _size_and_time(path / name) == (size, time) or _checksum(path / name) == checksum
                for name, (size, time, checksum) in manifest["files"].items()
            )
            and _passes_quick_check(path / "chroma.sqlite3")
        )
    except OSError:  # another process removed it, or the disk fails
        return False


def _passes_quick_check(file: Path) -> bool:
    """Whether SQLite finds nothing wrong, and every collection."""
    try:
        with closing(connect(file, mode="rw")) as db:
            names = {name for (name,) in db.execute("SELECT name FROM collections")}
            return names == set(COLLECTIONS) and db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error:
        return False


def _may_write(path: Path) -> bool:
    own = os.access in os.supports_effective_ids
    return all(os.access(one, os.W_OK, effective_ids=own) for one in (path, path / "chroma.sqlite3"))


def _vector_files(path: Path) -> list[str]:
    return sorted(file.relative_to(path).as_posix() for file in path.glob("*/*"))


def _size_and_time(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _probe_in_child(path: Path) -> None:
    """Raise IndexDamaged unless a generation passes its probe. A child runs it: native code can crash or hang."""
    command = python_child("newaisle.store.index", str(path))
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_SECONDS)
    except subprocess.TimeoutExpired as exc:
        raise IndexDamaged(f"the index's probe took more than {_PROBE_SECONDS} s: {_MEND}") from exc
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or [f"exit {result.returncode}"])[-1]
        raise IndexDamaged(f"the index failed its probe ({reason}): {_MEND}")


def _probe(path: Path) -> None:
    """Raise IndexDamaged unless every collection has its count and its records are found by their vectors."""
    counts = _read_manifest(path)["counts"]
    client = _client(path)
    for name in COLLECTIONS:
        collection = client.get_collection(name, embedding_function=None)
        if collection.count() != counts[name]:
            raise IndexDamaged(f"{name}: {collection.count()} records instead of {counts[name]}")
        sample = collection.get(limit=_PROBES, include=["embeddings"])
        if sample["ids"]:
            found = collection.query(query_embeddings=sample["embeddings"], n_results=1, include=["distances"])
            near = sum(bool(distances) and distances[0] < 1e-3 for distances in found["distances"] or [])
            if 2 * near < len(sample["ids"]):  # the search is approximate: a few misses are no damage
                raise IndexDamaged(f"{name}: {near} of {len(sample['ids'])} records are found by their vectors")


if __name__ == "__main__":
    try:
        _probe(Path(sys.argv[1]))
    except Exception as error:  # the parent reads the last line
        sys.exit(f"{type(error).__name__}: {error}")


def open_index(home: Home, *, embedder: str, on_rebuild: Callable[[str], None] = lambda reason: None) -> Index:
    """The newest sound generation. One that is not sound is rebuilt first, and `on_rebuild` told why.

    Raises IndexDamaged where it cannot be rebuilt now: another process writes, or the disk refuses.
    """
    try:
        return Index.open(home.index_folder, embedder=embedder)
    except IndexDamaged as exc:
        reason = str(exc).rpartition(": ")[0]
        on_rebuild(reason)
        try:
            with home.writer() as ledger:
                build(home.index_folder, ledger, embedder=embedder)
        except (LockedError, LedgerError) as refusal:
            raise IndexDamaged(f"{reason}, and it is not rebuilt because {refusal}") from refusal
    return Index.open(home.index_folder, embedder=embedder)
