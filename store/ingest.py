"""From a catalogue and histories to a filled ledger and a current index.

Every step can be interrupted: rows and vectors are keyed by content and stored batch by batch, so the same command
takes up where it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import Generic, TextIO, TypeVar

from newaisle.errors import InputError
from newaisle.progress import StageProgress
from newaisle.store import index
from newaisle.store.embedders import Embedder
from newaisle.store.erase import finish_erasing
from newaisle.store.home import Home
from newaisle.store.ledger import Changes, Ledger
from newaisle.store.rows import Interaction, Moments, Product
from newaisle.store.shop import Reading, ReadOptions, ReadReport, Reject, Source, open_catalogue, open_histories

Row = TypeVar("Row")
_ROWS = 5_000  # rows in a transaction: readers wait for none, an interruption loses at most this many
_TEXTS = 1_024  # texts embedded between two commits


@dataclass(slots=True)
class FileReport:
    """What became of one file."""

    source: str
    read: ReadReport
    changes: Changes
    rejects_file: Path  # there only if rows were rejected


@dataclass(slots=True)
class IngestReport:
    """What an ingest did; `embedded` counts new texts."""

    files: list[FileReport] = field(default_factory=list)
    embedded: int = 0
    embedder_why: str = ""  # one line; empty where the shop had an embedder, or was given one
    generation: str | None = None
    counts: dict[str, int] = field(default_factory=dict)  # what the shop has now

    @property
    def rejected(self) -> int:
        return sum(file.read.rejected for file in self.files)


def ingest(
    home: Home,
    *,
    embedder: Embedder | Callable[[], Embedder],
    catalogue: Source | None = None,
    histories: Source | None = None,
    options: ReadOptions,
    replace: bool = False,
    rejects_folder: Path | None = None,
    with_index: bool = True,
    progress: StageProgress = lambda stage, done, total: None,
) -> IngestReport:
    """Read the files into the ledger, embed what is new, and bring the index up to date.

    `embedder` may be what opens one, and is asked for it once the texts are there that it may be chosen by. `replace`
    also removes what a file no longer has. `with_index` is False for a ledger that nothing is looked up in but what is
    measured. Raises InputError for a file of which no row can be used,
    LockedError while another process writes.
    """
    folder = rejects_folder or home.rejects_folder
    report = IngestReport()
    with home.writer() as ledger, ExitStack() as stack:
        finish_erasing(home, ledger)
        if isinstance(embedder, Embedder) or ledger.meta("embedder"):
            embedder = embedder if isinstance(embedder, Embedder) else embedder()
            check_embedder(ledger, embedder)
        # Both files are looked through before a row of either is stored, so that a wrong name costs no work.
        products = interactions = None
        if catalogue is not None:
            products = stack.enter_context(_opened(open_catalogue, catalogue, options, folder, "catalogue", progress))
        if histories is not None:
            interactions = stack.enter_context(
                _opened(open_histories, histories, options, folder, "histories", progress)
            )
        if products is not None:
            report.files.append(_store_products(ledger, products, replace))
        ledger.recount_words()
        if interactions is not None:
            report.files.append(_store_interactions(ledger, interactions, replace))
        if not isinstance(embedder, Embedder):
            embedder = embedder()
            report.embedder_why = embedder.why
        report.embedded = embed_new_texts(ledger, embedder, progress)
        ledger.drop_unused_vectors()
        if with_index:
            report.generation = bring_index_up_to_date(home, ledger, embedder, progress)
        report.counts = ledger.counts()
    return report


def reindex(
    home: Home, *, embedder: Embedder, progress: StageProgress = lambda stage, done, total: None
) -> tuple[int, str]:
    """Embed what `embedder` has not seen, make it the shop's, and build the index anew.

    Returns how many texts were embedded and the name of the generation. Raises LedgerError without a shop.
    """
    home.reader().close()  # a writer would make an empty ledger
    with home.writer() as ledger:
        embedded = embed_new_texts(ledger, embedder, progress)
        ledger.drop_vectors_of_others(embedder.name)
        generation = index.build(
            home.index_folder,
            ledger,
            embedder=embedder.name,
            progress=lambda done, total: progress("index", done, total),
        )
    return embedded, generation


def add_vectors(home: Home, embedder: Embedder, progress: StageProgress = lambda stage, done, total: None) -> int:
    """Embed what one more embedder has not seen, beside the shop's own; returns how many texts."""
    with home.writer() as ledger:
        return _embed(ledger, embedder, progress)


def check_embedder(ledger: Ledger, embedder: Embedder) -> None:
    """Raise InputError when the store was filled with another embedder: its vectors do not compare."""
    filled_with = ledger.meta("embedder")
    if filled_with not in (None, embedder.name):
        option = f" --embedder {quote(embedder.spec)}" if embedder.spec else ""
        raise InputError(
            f"this store was filled with the embedder {filled_with}, not {embedder.name}:"
            f" run `newaisle reindex{option}` to embed it anew"
        )


def embed_new_texts(ledger: Ledger, embedder: Embedder, progress: StageProgress) -> int:
    """Embed every product text that has no vector yet, as the shop's embedder does; returns how many."""
    embedded = _embed(ledger, embedder, progress)
    if ledger.meta("embedder") != embedder.name:
        ledger.set_meta("embedder", embedder.name)
    return embedded


def _embed(ledger: Ledger, embedder: Embedder, progress: StageProgress) -> int:
    # In the order of their length: batches of similar texts need little padding.
    waiting = ledger.keys_without_vector(embedder.name)
    for start in range(0, len(waiting), _TEXTS):
        keys = waiting[start : start + _TEXTS]
        ledger.put_vectors(keys, embedder.name, embedder.embed_readable(ledger.texts(keys)))
        progress("embed", start + len(keys), len(waiting))
    return len(waiting)


def bring_index_up_to_date(home: Home, ledger: Ledger, embedder: Embedder, progress: StageProgress) -> str:
    """Build a new generation of the index if the newest is behind the ledger or damaged; returns the newest's name."""
    newest = index.newest_generation(home.index_folder)
    if newest and index.is_current(home.index_folder, ledger, embedder.name):
        return newest.name
    return index.build(
        home.index_folder,
        ledger,
        embedder=embedder.name,
        progress=lambda done, total: progress("index", done, total),
    )


@dataclass(frozen=True, slots=True)
class _Input(Generic[Row]):
    """A file open for reading, and where its rejected rows go."""

    rows: Reading[Row]
    on_reject: Callable[[Reject], None]
    rejects_file: Path

    def report(self, changes: Changes) -> FileReport:
        return FileReport(self.rows.name, self.rows.report, changes, self.rejects_file)

    def require_rows(self) -> None:
        """Raise InputError when no row of the file could be used."""
        if not self.rows.report.kept:
            rejected = self.rows.report.rejected
            reason = f"all {rejected:,} rows were rejected: see {self.rejects_file}" if rejected else "it has no rows"
            raise InputError(f"nothing in {self.rows.name} can be used, {reason}")


@contextmanager
def _opened(
    open_rows: Callable[..., Reading[Row]],
    source: Source,
    options: ReadOptions,
    folder: Path,
    kind: str,
    progress: StageProgress,
) -> Iterator[_Input[Row]]:
    path = folder / f"{kind}.jsonl"
    with (
        _rejects(path) as on_reject,
        open_rows(
            source, options, on_reject=on_reject, on_progress=lambda done, total: progress(kind, done, total)
        ) as rows,
    ):
        yield _Input(rows, on_reject, path)


def _store_products(ledger: Ledger, file: _Input[Product], replace: bool) -> FileReport:
    changes = Changes()
    seen: set[str] = set()
    for batch in _batches(file.rows):
        changes += ledger.put_products(batch)
        if replace:
            seen.update(product.item_id for product in batch)
    file.require_rows()
    if replace:
        changes.removed = ledger.retire_products(seen.__contains__)
    return file.report(changes)


def _store_interactions(ledger: Ledger, file: _Input[Interaction], replace: bool) -> FileReport:
    changes, moment_of = Changes(), Moments()
    seen: set[tuple[str, str, str, str]] = set()
    for batch in _batches(_of_known_products(file, set(ledger.item_ids()))):
        moments = [moment_of(row) for row in batch]
        changes += ledger.put_interactions(batch, moments)
        if replace:
            seen.update((row.user_id, row.item_id, row.event.value, m) for row, m in zip(batch, moments, strict=True))
    file.require_rows()
    if replace:
        changes.removed = ledger.retire_interactions(seen.__contains__)
    return file.report(changes)


def _of_known_products(file: _Input[Interaction], known: Set[str]) -> Iterator[Interaction]:
    """The rows about products that the ledger has; nothing can be learned from the others."""
    rows = file.rows
    for row in rows:
        if row.item_id in known:
            yield row
        else:
            rows.report.kept -= 1
            rows.report.rejected += 1
            reason = f"the catalogue has no product {row.item_id!r}"
            file.on_reject(Reject(rows.name, rows.line, reason, {"user_id": row.user_id, "item_id": row.item_id}))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _ROWS)):
        yield batch


@contextmanager
def _rejects(path: Path) -> Iterator[Callable[[Reject], None]]:
    """Write rejects to `path` as JSON Lines, one object each; the file is there only if there are any."""
    path.unlink(missing_ok=True)
    with ExitStack() as stack:
        file: TextIO | None = None

        def write(reject: Reject) -> None:
            nonlocal file
            if file is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(path.open("w", encoding="utf-8"))
            file.write(json.dumps(asdict(reject), ensure_ascii=False) + "\n")

        yield write
