"""Erasing a customer or a product for good: ledger, index, log and rejects, with the bytes that deletion leaves."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from newaisle.errors import InputError, LedgerError
from newaisle.store import index
from newaisle.store.cleaning import flat_text
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.logs import Logs

_TOLD_APART = 20  # characters of a title: another that begins with them may go too


def forget_user(home: Home, user_id: str) -> int:
    """Erase everything a customer did, and what they were answered; returns the number of rows and of answers.

    What was typed in chats goes altogether.

    Raises InputError for an unknown customer, and LogError, with the ledger as it was, where the log cannot be erased
    from. Where that is interrupted, or another program holds on to the old bytes (LedgerError), the same call finishes
    the work; so does the next ingest, once the rows are gone.
    """
    logs = Logs(home.logs_path)
    with home.writer() as ledger:
        # The log first: what is interrupted there is the same call's to finish, however the ledger is.
        count = logs.erase_user(user_id) + ledger.erase_user(user_id) + _scrub_rejects(home, user_id)
        count += logs.erase_user(user_id)  # what was answered while this erased
        home.chat_history_path.unlink(missing_ok=True)  # nothing in it says whose words they are
        _clear(home, ledger, count, f"no customer {user_id!r}")
    return count


def remove_product(home: Home, item_id: str) -> int:
    """Erase a product, what customers did with it and the answers that name it; as `forget_user`."""
    logs = Logs(home.logs_path)
    with home.writer() as ledger:
        titles = [_beginning(product.title) for product in ledger.products([item_id]).values()]
        count = logs.erase_product(item_id, titles) + ledger.erase_product(item_id) + _scrub_rejects(home, item_id)
        count += logs.erase_product(item_id, titles)
        _clear(home, ledger, count, f"no product {item_id!r}")
    return count


def finish_erasing(home: Home, ledger: Ledger) -> None:
    """Clear what erased rows left behind: every generation of the index, free pages, the write-ahead log.

    Does nothing when nothing is left. Raises LedgerError while another program holds on to the old bytes.
    """
    if not ledger.is_erasing:
        return
    if held := index.remove_generations(home.index_folder):  # Chroma's files keep what is deleted from them
        raise LedgerError(f"the rows are deleted, but {held[0]} cannot be: close what reads it and run it again")
    ledger.purge()


def _clear(home: Home, ledger: Ledger, count: int, unknown: str) -> None:
    if not count and not ledger.is_erasing:
        raise InputError(f"{unknown}, nothing was erased: check the id")
    embedder = ledger.meta("embedder")
    try:
        finish_erasing(home, ledger)
    finally:
        if embedder is not None and index.newest_generation(home.index_folder) is None:
            index.build(home.index_folder, ledger, embedder=embedder)


def _beginning(title: str) -> str:
    """As much of a title as is left of it where it is shortened for a sentence."""
    head = re.split(r"[(（\[【,，;；|]", title, maxsplit=1)[0].strip()
    return (head or title)[:_TOLD_APART]


def _scrub_rejects(home: Home, id: str) -> int:
    """Take the lines that mention an id out of the rejects files; returns how many."""
    if not id:
        return 0
    forms = (unicodedata.normalize(form, id) for form in ("NFC", "NFD"))
    spellings = {spelling for form in forms for spelling in (form, _escaped(form), _escaped(form, ascii=True))}
    # u1 is not mentioned by u12 or u1-b.
    mention = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, spellings))})(?![\w-])")
    return sum(_scrub(path, mention) for path in home.rejects_folder.glob("*.jsonl"))


def _escaped(text: str, *, ascii: bool = False) -> str:
    """A text as it stands in JSON: a rejected row may be a piece of raw JSON."""
    return json.dumps(text, ensure_ascii=ascii)[1:-1]


def _scrub(path: Path, mention: re.Pattern[str]) -> int:
    lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    kept = [line for line in lines if not mention.search(_text_of(line))]
    if not any(kept):
        path.unlink()
    elif len(kept) < len(lines):
        path.write_text("\n".join(kept), encoding="utf-8", errors="surrogateescape")
    return len(lines) - len(kept)


def _text_of(line: str) -> str:
    """All that a line of a rejects file says, in the Unicode form that ids are kept in."""
    try:
        text = "\n".join(_texts(json.loads(line)))
    except (ValueError, RecursionError):  # somebody edited it
        text = line
    return unicodedata.normalize("NFC", text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    else:
        yield flat_text(value)
