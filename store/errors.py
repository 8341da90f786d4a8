"""What can go wrong in the store. Every message is one line and ends with the next move.

StoreError
├── InputError       a file, option or row set that cannot be used: mend the input and run again
├── LockedError      another process is writing: wait for it, then run again
├── LedgerError      the ledger is damaged, newer than this program, or its disk refuses: see `newaisle doctor`
├── LogError         the log cannot be read or written; nothing else needs it
│   └── DamagedLog   its file is damaged: `newaisle logs clear` begins a new one
├── IndexDamaged     the index (Chroma) is missing or damaged: it is rebuilt from the ledger
└── EmbedderError    the embedder's files are missing or do not load: `newaisle models pull`
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of everything the store raises on purpose."""


class InputError(StoreError):
    """A file, option or set of rows that cannot be used as it is."""


class LockedError(StoreError):
    """Another process holds the writer's lock; nothing was changed."""


class LedgerError(StoreError):
    """The ledger cannot be read or written; what it held before is still there."""


class LogError(StoreError):
    """The log of answers cannot be read or written; nothing else needs it."""


class DamagedLog(LogError):
    """The log's file is damaged; `newaisle logs clear` begins a new one."""


class IndexDamaged(StoreError):
    """The index is missing, incomplete or fails its probe; the ledger can rebuild it."""


class EmbedderError(StoreError):
    """The embedder cannot be loaded or does not work."""
