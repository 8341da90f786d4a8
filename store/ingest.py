"""From a catalogue and histories to a filled ledger and a current index.

Every step can be interrupted: rows and vectors are keyed by content and stored batch by batch, so the same command
takes up where it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import Any, Generic, TextIO, TypeVar

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
_LOOKED_FOR = 1_000  # unknown ids that are looked for elsewhere
_NAMED, _NAMED_BY = 5, 60  # texts in a warning, and the characters that name each


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
    warnings: list[str] = field(default_factory=list)  # of no single file
    not_removed: str = ""  # what more than half of the shop would have been, and what to do

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
    remove_most: bool = False,
    rejects_folder: Path | None = None,
    with_index: bool = True,
    progress: StageProgress = lambda stage, done, total: None,
) -> IngestReport:
    """Read the files into the ledger, embed what is new, and bring the index up to date.

    `embedder` may be what opens one, and is asked for it once the texts are there that it may be chosen by. `replace`
    also removes what a file no longer has; more than half of what there is only under `remove_most`, and else the
    report says that it was not. `with_index` is False for a ledger that nothing is looked up in but what is measured.
    Raises InputError for a file of which no row can be used, LockedError while another process writes.
    """
    folder = rejects_folder or home.rejects_folder
    report = IngestReport()
    removal = _Removal(replace, remove_most)
    _check_names(options, catalogue, histories)
    with home.writer() as ledger, ExitStack() as stack:
        finish_erasing(home, ledger)
        if isinstance(embedder, Embedder) or ledger.meta("embedder"):
            embedder = embedder if isinstance(embedder, Embedder) else embedder()
            check_embedder(ledger, embedder)
        # Both files are looked through before a row of either is stored, so that a wrong name costs no work.
        products = interactions = None
        if histories is not None:
            interactions = stack.enter_context(
                _opened(partial(open_histories, catalogue=catalogue), histories, options, folder, "histories", progress)
            )
        if catalogue is not None:
            open_products = partial(
                open_catalogue, used_ids=interactions.rows.used_ids if interactions else frozenset()
            )
            products = stack.enter_context(_opened(open_products, catalogue, options, folder, "catalogue", progress))
        if products is not None:
            report.files.append(_store_products(ledger, products, removal))
        ledger.recount_words()
        if interactions is not None:
            report.files.append(_store_interactions(ledger, interactions, removal))
        if not isinstance(embedder, Embedder):
            embedder = embedder()
            report.embedder_why = embedder.why
        report.embedded = embed_new_texts(ledger, embedder, progress)
        if embedder.shortened:
            named = ", ".join(repr(f"{text[:_NAMED_BY]}…") for text in embedder.shortened[:_NAMED])
            report.warnings.append(
                f"{len(embedder.shortened):,} texts are too long for the embedder, which read their beginnings: {named}"
            )
        ledger.drop_unused_vectors()
        if with_index:
            report.generation = bring_index_up_to_date(home, ledger, embedder, progress)
        report.counts, report.not_removed = ledger.counts(), removal.refused
    return report


def _check_names(options: ReadOptions, catalogue: Source | None, histories: Source | None) -> None:
    """Raise InputError for names of the columns of a file that is not given."""
    for file, of_histories, kind in ((catalogue, False, "a catalogue"), (histories, True, "histories")):
        if file is None and options.names(histories=of_histories):
            raise InputError(f"--columns names those of {kind}, and none is given: with a user_id they are histories'")


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
        return _embed(ledger, embedder, progress, revise=False)


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


def _embed(ledger: Ledger, embedder: Embedder, progress: StageProgress, *, revise: bool = True) -> int:
    # In the order of their length: batches of similar texts need little padding.
    waiting = ledger.keys_without_vector(embedder.name)
    for start in range(0, len(waiting), _TEXTS):
        keys = waiting[start : start + _TEXTS]
        ledger.put_vectors(keys, embedder.name, embedder.embed_readable(ledger.texts(keys)), revise=revise)
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


@dataclass(slots=True)
class _Removal:
    """Whether what a file no longer has is removed, and if so all of it or up to half of what there was."""

    wanted: bool
    even_most: bool
    refused: str = ""  # what was not removed, and what to do

    def __call__(
        self, file: _Input[Any], changes: Changes, there: Sequence[Any], kept: Set[Any], retire: Callable[[Any], None]
    ) -> None:
        """Remove rows of the ledger that a file lacks; changes: what the file has brought."""
        rows, before, gone = file.rows, len(there) - changes.added, [key for key in there if key not in kept]
        if gone and rows.unread:
            rows.report.warnings.append(
                f"nothing was removed: {rows.unread:,} rows cannot be read, and may be those that are missing"
            )
        elif 2 * len(gone) > before and not self.even_most:
            self.refused = (
                f"{rows.name} lacks {len(gone):,} of the {before:,} rows that the shop had: they are still there, and"
                " all else is done; give --yes with --replace to remove them"
            )
        elif gone:
            retire(gone)
            changes.removed = len(gone)


def _store_products(ledger: Ledger, file: _Input[Product], removal: _Removal) -> FileReport:
    changes = Changes()
    seen: set[str] = set()
    for batch in _batches(file.rows):
        changes += ledger.put_products(batch)
        if removal.wanted:
            seen.update(product.item_id for product in batch)
    file.require_rows()
    if removal.wanted:
        seen |= file.rows.rejected_ids  # the shop still has it, whatever is wrong with its row
        removal(file, changes, ledger.offered_ids(), seen, ledger.retire_products)
    return file.report(changes)


def _store_interactions(ledger: Ledger, file: _Input[Interaction], removal: _Removal) -> FileReport:
    changes, moment_of = Changes(), Moments()
    seen: set[tuple[str, str, str, str]] = set()
    unknown: set[str] = set()
    for batch in _batches(_of_known_products(file, set(ledger.item_ids()), ledger.ids(), unknown)):
        moments = [moment_of(row) for row in batch]
        changes += ledger.put_interactions(batch, moments)
        if removal.wanted:
            seen.update((row.user_id, row.item_id, row.event.value, m) for row, m in zip(batch, moments, strict=True))
    if unknown and not file.rows.report.kept and (column := _column_of(unknown, ledger)):
        raise InputError(
            f"nothing in {file.rows.name} can be used: the catalogue has its products by {column!r} and not by their"
            f" id, so read that first, with --map {quote(f'id={column}')}"
        )
    file.require_rows()
    if removal.wanted:
        removal(file, changes, ledger.interaction_keys(), seen, ledger.retire_interactions)
    return file.report(changes)


def _of_known_products(
    file: _Input[Interaction], known: Set[str], standing_for: Mapping[str, str], unknown: set[str]
) -> Iterator[Interaction]:
    """The rows about products that the ledger has, or that another id stands for; nothing is learned of the others.

    unknown: gets ids of those.
    """
    rows = file.rows
    for row in rows:
        if row.item_id in standing_for:
            yield replace(row, item_id=standing_for[row.item_id])
        elif row.item_id in known:
            yield row
        else:
            rows.report.kept -= 1
            rows.report.rejected += 1
            if len(unknown) < _LOOKED_FOR:
                unknown.add(row.item_id)
            reason = f"the catalogue has no product {row.item_id!r}"
            file.on_reject(Reject(rows.name, rows.line, reason, {"user_id": row.user_id, "item_id": row.item_id}))


def _column_of(ids: Set[str], ledger: Ledger) -> str | None:
    """The column of the catalogue that has the most of these ids, if it has half of them."""
    there = {pair for one in ledger.listed() for pair in one.attributes.items() if pair[1] in ids}
    found = Counter(name for name, _ in there)
    return next((name for name, count in found.most_common(1) if 2 * count >= len(ids)), None)


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
