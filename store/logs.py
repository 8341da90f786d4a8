"""The log: every answer that was given, with every prompt, answer and check behind it, until it is too old.

One SQLite file beside the ledger, opened for each use and for no longer than a transaction, so that several processes
may log at once and nothing of it is held open. It is on until it is turned off, which the file itself remembers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from newaisle.errors import InputError
from newaisle.store.log_file import open_reader, open_writer, transaction, translated

KEEP_DAYS = 30
MOST_ANSWERS = 10_000

Purpose = Literal["explain", "rank", "listwise"]

# Keys in `meta`: the first and the last are there while they are true.
_OFF, _KEEP_DAYS, _ERASING = "off", "keep_days", "erasing"
_EXCHANGE = "purpose, template, template_hash, item_id, attempt, prompt, answer, finish, refusal"
_TOLD = 3  # ids that an ambiguous one is explained with


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One thing that a language model was asked, as it was asked, what it answered, and what the check said to that.

    template_hash: of the template's text. prompt: the messages, as pairs of role and text. finish: why the model
    stopped. refusal: why the answer was not used; None where it was.
    """

    purpose: Purpose
    template: str
    template_hash: str
    item_id: str | None = None
    attempt: int = 1
    prompt: tuple[tuple[str, str], ...]
    answer: str
    finish: str
    refusal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer and the exchanges behind it, in the order in which they happened.

    id: the answer's. created_at: timezone-aware. user_id: None for somebody without a history. answer: all of it, as
    JSON.
    """

    id: str
    created_at: datetime
    user_id: str | None
    category: str
    answer: str
    exchanges: Sequence[Exchange]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a log is set to and holds; `bytes` is the size of its file, 0 where there is none yet."""

    is_on: bool
    keep_days: int
    most_answers: int
    answers: int
    exchanges: int
    oldest: datetime | None
    newest: datetime | None
    bytes: int
    path: Path


class Logs:
    """The log in the file at `path`, which is made when it is first written to.

    Every method raises LogError where the file cannot be used: damaged, foreign, written by a newer newaisle, or
    refused by its disk.
    """

    def __init__(self, path: Path, *, most_answers: int = MOST_ANSWERS) -> None:
        self.path = path
        self._most = most_answers

    def write(self, entry: Entry, *, is_known: Callable[[str], bool] = lambda user_id: True) -> None:
        """Add an answer, and drop those that are too old or too many beside it; nothing happens while the log is off.

        `is_known` is asked about the customer while nobody else can write here: what is said of one who was forgotten
        while the answer was made is not kept.
        """
        with open_writer(self.path) as db:
            if _meta(db, _OFF):
                return
            with transaction(db):
                if entry.user_id is not None and not is_known(entry.user_id):
                    return
                _insert(db, entry)
                self._prune(db, entry.created_at)

    def newest(self, count: int | None = None, *, user_id: str | None = None) -> list[Entry]:
        """The last `count` answers (None: all), of one customer if given, oldest first."""
        condition, values = ("WHERE user_id = ?", (user_id,)) if user_id is not None else ("", ())
        with open_reader(self.path) as db:
            chosen = f"{condition} ORDER BY created_at DESC, number DESC LIMIT ?"
            return _entries(db, chosen, (*values, -1 if count is None else count))[::-1]

    def find(self, id: str) -> Entry:
        """The answer with this id, or the only one whose id begins so; raises InputError where there is none."""
        with open_reader(self.path) as db:
            query = "SELECT id FROM answers WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT ?2"
            found = [one for (one,) in db.execute(query, (id, _TOLD + 1))]
            if not id or not found:
                raise InputError(f"no logged answer has an id that begins with {id!r}: see `newaisle logs`")
            if len(found) > 1 and found[0] != id:
                told = ", ".join(found[:_TOLD]) + (", ..." if len(found) > _TOLD else "")
                raise InputError(f"several logged answers have an id that begins with {id!r} ({told}): give more of it")
            (entry,) = _entries(db, "WHERE id = ?", found[:1])
        return entry

    def status(self) -> Status:
        with open_reader(self.path) as db:
            answers, oldest, newest = db.execute(
                "SELECT count(*), min(created_at), max(created_at) FROM answers"
            ).fetchone()
            (exchanges,) = db.execute("SELECT count(*) FROM exchanges").fetchone()
            return Status(
                is_on=not _meta(db, _OFF),
                keep_days=_keep_days(db),
                most_answers=self._most,
                answers=answers,
                exchanges=exchanges,
                oldest=datetime.fromisoformat(oldest) if oldest else None,
                newest=datetime.fromisoformat(newest) if newest else None,
                bytes=self.path.stat().st_size if self.path.exists() else 0,
                path=self.path,
            )

    def turn_off(self) -> None:
        """Log nothing from now on, in any process; what was logged stays."""
        with open_writer(self.path) as db, transaction(db):
            _put_meta(db, _OFF, "yes")

    def turn_on(self, *, now: datetime, keep_days: int | None = None) -> None:
        """Log from now on, and keep for `keep_days` (None: as before); what is older than that at `now` is dropped."""
        with open_writer(self.path) as db:
            with transaction(db):
                _drop_meta(db, _OFF)
                if keep_days is not None:
                    _put_meta(db, _KEEP_DAYS, str(keep_days))
                pruned = self._prune(db, now)
            if pruned:
                db.execute("VACUUM")

    def clear(self) -> int:
        """Erase every answer; returns how many there were. What the log is set to stays."""
        return self._erase("TRUE")

    def discard(self) -> None:
        """Delete the file, whatever it holds; the next answer begins a new one."""
        with translated(self.path):
            for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
                path.unlink(missing_ok=True)

    def erase_user(self, user_id: str) -> int:
        """Erase a customer's answers for good; returns how many there were."""
        return self._erase("user_id = ?", user_id)

    def erase_product(self, item_id: str, titles: Sequence[str]) -> int:
        """Erase for good every answer that names a product, by its id or by how a title of it begins; returns how many.

        Prompts have titles without ids.
        """
        texts = [json.dumps(item_id, ensure_ascii=False), *(_in_json(title) for title in titles)]
        mention = " OR ".join(
            f"instr(answer, ?{place}) OR instr(messages, ?{place})" for place in range(1, len(texts) + 1)
        )
        return self._erase(mention, *texts)

    def _erase(self, condition: str, *values: str) -> int:
        """Delete answers and rewrite the file, so that no page of it still holds them; returns how many there were."""
        if not self.path.exists():
            return 0
        with open_writer(self.path) as db:
            with transaction(db):
                count = db.execute(f"DELETE FROM answers WHERE {condition}", values).rowcount
                if count:
                    _put_meta(db, _ERASING, "yes")
            if _meta(db, _ERASING):  # also where that was interrupted before
                db.execute("VACUUM")
                with transaction(db):
                    _drop_meta(db, _ERASING)
        return count

    def _prune(self, db: sqlite3.Connection, now: datetime) -> int:
        """Drop what is older than is kept, and the oldest of too many; returns how many."""
        oldest = _moment(now - timedelta(days=_keep_days(db)))
        count = db.execute("DELETE FROM answers WHERE created_at < ?", (oldest,)).rowcount
        # The index of times alone is walked here, so that ten thousand answers cost a fraction of a millisecond.
        surplus = "SELECT number FROM answers ORDER BY created_at DESC, number DESC LIMIT -1 OFFSET ?"
        return count + db.execute(f"DELETE FROM answers WHERE number IN ({surplus})", (self._most,)).rowcount


def _insert(db: sqlite3.Connection, entry: Entry) -> None:
    places: dict[tuple[str, str], int] = {}
    prompts = [[places.setdefault(message, len(places)) for message in one.prompt] for one in entry.exchanges]
    messages = [{"role": role, "text": text} for role, text in places]
    number = db.execute(
        "INSERT INTO answers (id, created_at, user_id, category, answer, messages) VALUES (?, ?, ?, ?, ?, ?)",
        (
            entry.id,
            _moment(entry.created_at),
            entry.user_id,
            entry.category,
            entry.answer,
            _storable(json.dumps(messages, ensure_ascii=False)),
        ),
    ).lastrowid
    db.executemany(
        f"INSERT INTO exchanges (answer_number, position, {_EXCHANGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (number, position, *_exchange_record(one, prompt))
            for position, (one, prompt) in enumerate(zip(entry.exchanges, prompts, strict=True))
        ],
    )


def _exchange_record(one: Exchange, prompt: list[int]) -> tuple[str | int | None, ...]:
    """The columns _EXCHANGE of an exchange."""
    return (
        one.purpose,
        one.template,
        one.template_hash,
        one.item_id,
        one.attempt,
        json.dumps(prompt),
        _storable(one.answer),
        one.finish,
        None if one.refusal is None else _storable(one.refusal),
    )


def _entries(db: sqlite3.Connection, chosen: str, values: Sequence[object]) -> list[Entry]:
    """The answers that a condition, order and limit choose, with their exchanges."""
    columns = "number, id, created_at, user_id, category, answer, messages"
    answers = db.execute(f"SELECT {columns} FROM answers {chosen}", values).fetchall()
    return [
        Entry(
            id=id,
            created_at=datetime.fromisoformat(created_at),
            user_id=user_id,
            category=category,
            answer=answer,
            exchanges=_exchanges(db, number, [(one["role"], one["text"]) for one in json.loads(messages)]),
        )
        for number, id, created_at, user_id, category, answer, messages in answers
    ]


def _exchanges(db: sqlite3.Connection, number: int, messages: list[tuple[str, str]]) -> list[Exchange]:
    query = f"SELECT {_EXCHANGE} FROM exchanges WHERE answer_number = ? ORDER BY position"
    return [
        Exchange(
            purpose=purpose,
            template=template,
            template_hash=template_hash,
            item_id=item_id,
            attempt=attempt,
            prompt=tuple(messages[place] for place in json.loads(prompt)),
            answer=answer,
            finish=finish,
            refusal=refusal,
        )
        for purpose, template, template_hash, item_id, attempt, prompt, answer, finish, refusal in db.execute(
            query, (number,)
        )
    ]


def _in_json(text: str) -> str:
    """A text as it stands inside the JSON of a prompt or an answer."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _storable(text: str) -> str:
    """A text without halves of characters, which a server may send and no file can hold."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _moment(time: datetime) -> str:
    """A time as text that is in order as times are."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _meta(db: sqlite3.Connection, key: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def _put_meta(db: sqlite3.Connection, key: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _drop_meta(db: sqlite3.Connection, key: str) -> None:
    db.execute("DELETE FROM meta WHERE key = ?", (key,))


def _keep_days(db: sqlite3.Connection) -> int:
    return int(_meta(db, _KEEP_DAYS) or KEEP_DAYS)
