"""The data folder of one shop: what lies where, and who may write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.errors import LedgerError, LockedError

if TYPE_CHECKING:
    from newaisle.store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Home:
    """One data folder. Everything that newaisle keeps about a shop and its customers is below it."""

    folder: Path

    @property
    def ledger_path(self) -> Path:
        return self.folder / "ledger.sqlite3"

    @property
    def logs_path(self) -> Path:
        return self.folder / "logs.sqlite3"

    @property
    def index_folder(self) -> Path:
        return self.folder / "index"

    @property
    def rejects_folder(self) -> Path:
        return self.folder / "rejects"

    @property
    def prompts_folder(self) -> Path:
        return self.folder / "prompts"

    @property
    def synonyms_file(self) -> Path:
        """The shop's own synonyms, if it has any."""
        return self.folder / "synonyms.txt"

    @property
    def wording_file(self) -> Path:
        """How many texts of which language model added something here."""
        return self.folder / "wording.json"

    @property
    def chat_history_path(self) -> Path:
        """What was typed in chats, for the arrow keys."""
        return self.folder / "chat_history"

    def reader(self) -> Ledger:
        """The ledger, open for reading; raises LedgerError when there is none yet."""
        from newaisle.store.ledger import Ledger  # not needed to say where things are, and slow to import

        return Ledger.open(self.ledger_path)

    @contextmanager
    def writer(self) -> Iterator[Ledger]:
        """The ledger, open for writing, while holding the writer's lock.

        Raises LockedError at once when another process writes. Readers are not affected.
        """
        from filelock import FileLock, Timeout

        from newaisle.store.ledger import Ledger

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "write.lock", timeout=0)
            lock.acquire()
        except Timeout as exc:
            raise LockedError(
                f"another newaisle is writing to {self.folder}: wait until it is done, then run this again"
            ) from exc
        except OSError as exc:
            raise LedgerError(
                f"cannot write to {self.folder} ({exc.strerror}): mend that or choose another --home"
            ) from exc
        try:
            with Ledger.open(self.ledger_path, writable=True) as ledger:
                yield ledger
        finally:
            lock.release()
