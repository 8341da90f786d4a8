"""What is measured on: a folder of data, read into a cache of its own, or the user's own shop, which is only read."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from newaisle.agent.embedders.auto import installed
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.leave_out import FEWEST_CANDIDATES, FEWEST_LIKED, folds, leave_out
from newaisle.agent.learn.split import Case, find_file, read_cases, require_file
from newaisle.agent.learn.visibility import category_paths
from newaisle.agent.models.catalog import AUTO_EMBEDDER
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.session import Loading, Session, load
from newaisle.errors import InputError, RequestError, did_you_mean
from newaisle.progress import StageProgress
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions

_CHUNK = 1 << 20  # bytes
_SHOWN = 5  # categories in a message
_AS_FOUND = ReadOptions()
_FEWEST_CUSTOMERS = 3  # of a category: cases of all categories are measured together, so that a few are of use


@dataclass(frozen=True, slots=True)
class Fold:
    """Cases of categories that are held out together; what is measured on them learns from everything else once."""

    held_out: frozenset[str]  # category paths
    cases: Sequence[Case]


@dataclass(frozen=True, slots=True)
class Measured:
    """A shop's past with the cases to measure."""

    name: str
    dataset: Dataset
    folds: Sequence[Fold]
    made_here: bool  # cases made by leaving categories out, not given
    kept: Path  # where results may be kept: another place for other data or other cases
    rejected: int = 0  # rows of the files that could not be used

    @property
    def cases(self) -> list[Case]:
        """All cases; a case's number is its place here."""
        return [case for fold in self.folds for case in fold.cases]

    def chosen(self, *, only: Sequence[str], most: int | None) -> list[int]:
        """Numbers of the cases of some categories (all where none is named), at most so many, spread evenly.

        Raises RequestError for a category without cases.
        """
        cases = self.cases
        known = {case.category for case in cases}
        for name in only:
            if name not in known:
                some = ", ".join(sorted(known)[:_SHOWN])
                raise RequestError(f"no case is about a category {name!r}{did_you_mean(name, known)}: try {some}")
        numbers = [i for i, case in enumerate(cases) if not only or case.category in only]
        if most is None or most >= len(numbers):
            return numbers
        return [numbers[i * len(numbers) // most] for i in range(most)]


def cache_folder() -> Path:
    """Where data sets and results are kept; everything in it can be made again."""
    from platformdirs import user_cache_path

    return user_cache_path("newaisle", appauthor=False) / "eval"


def read_folder(
    folder: Path,
    *,
    settings: Settings,
    loading: Loading = load,
    fresh: bool = False,
    options: ReadOptions = _AS_FOUND,
    progress: StageProgress = lambda stage, done, total: None,
) -> Measured:
    """The data set in a folder, read once for each content and embedder; without a split, cases are made.

    `fresh` forgets what was kept of it. Raises InputError for files that are missing or of no use.
    """
    home, rejected = read_into_cache(
        folder, settings=settings, loading=loading, fresh=fresh, options=options, progress=progress
    )
    kept = home.folder.parent
    with home.reader() as ledger:
        dataset = Dataset.read(ledger)
    name, split = folder.resolve().name, find_file(folder, "split.jsonl")
    if split is None:
        return Measured(name, dataset, _made(dataset), True, kept / "made", rejected)
    cases = read_cases(split, known=dataset.item_number)
    if not cases:
        raise InputError(f"{split} has no cases: take the file away, and cases are made from the interactions")
    fold = Fold(frozenset(category_paths(dataset, cases)), cases)
    return Measured(name, dataset, [fold], False, kept / _key([split], ""), rejected)


def read_into_cache(
    folder: Path,
    *,
    settings: Settings,
    loading: Loading = load,
    fresh: bool = False,
    options: ReadOptions = _AS_FOUND,
    progress: StageProgress = lambda stage, done, total: None,
) -> tuple[Home, int]:
    """The shop of a data set in a folder, in the cache and without an index, and how many rows could not be used.

    It is read once for each content, embedder and options; `loading` as for `Session`. Raises InputError for files that
    are missing or of no use.
    """
    items, interactions = require_file(folder, "items.jsonl"), require_file(folder, "interactions.csv")
    kept = cache_folder() / _key(
        (items, interactions), f"{_embedding(settings)}{'' if options == _AS_FOUND else options}"
    )
    if fresh:
        shutil.rmtree(kept, ignore_errors=True)
    home = Home(kept / "shop")
    if _is_filled(home):
        return home, 0
    with Session(replace(settings, home=home.folder), loading=loading) as session:
        report = ingest(
            home,
            embedder=session.embedder,
            catalogue=items,
            histories=interactions,
            options=options,
            with_index=False,
            progress=progress,
        )
    return home, report.rejected


def read_shop(home: Home, *, fresh: bool = False) -> Measured:
    """The user's own shop, with cases made by leaving out its categories."""
    with home.reader() as ledger:
        dataset = Dataset.read(ledger)
        # Feedback adds rows and leaves the revision.
        rows = ledger.counts()["interactions"]
        state = f"{home.folder.resolve()}\n{ledger.revision}\n{rows}\n{ledger.meta('embedder')}"
    kept = cache_folder() / hashlib.sha256(state.encode()).hexdigest()[:24]
    if fresh:
        shutil.rmtree(kept, ignore_errors=True)
    return Measured(home.folder.resolve().name, dataset, _made(dataset), True, kept)


def _made(dataset: Dataset) -> list[Fold]:
    made = [
        Fold(frozenset(part), leave_out(dataset, held_out=part))
        for part in folds(dataset, fewest_customers=_FEWEST_CUSTOMERS)
    ]
    made = [fold for fold in made if fold.cases]
    if not made:
        raise InputError(
            f"there is nothing to measure with: it takes a category of {FEWEST_CANDIDATES} products that"
            f" {_FEWEST_CUSTOMERS} customers came to after liking {FEWEST_LIKED} others elsewhere: ingest more history"
        )
    return made


def _is_filled(home: Home) -> bool:
    if not home.ledger_path.exists():
        return False
    with home.reader() as ledger:
        return ledger.meta("embedder") is not None  # the last thing that reading a shop writes into the ledger


def _embedding(settings: Settings) -> str:
    """What decides about the vectors of a data set, its texts aside."""
    if settings.embedder != AUTO_EMBEDDER:
        return settings.embedder
    return " or ".join(installed(settings.model_cache))


def _key(files: Sequence[Path], more: str) -> str:
    """The contents of files, and something more that matters."""
    digest = hashlib.sha256(more.encode())
    for path in files:
        digest.update(b"\n")
        for chunk in _chunks(path):
            digest.update(chunk)
    return digest.hexdigest()[:24]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
