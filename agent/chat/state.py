"""What a chat knows: who, what holds, what was liked, what is on the screen; and the whole of it in a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from newaisle.agent.chat.intent import Intent
from newaisle.agent.chat.wishes import Wishes
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.style import Style
from newaisle.errors import RequestError
from newaisle.files import write_whole
from newaisle.store.earlier import read_model
from newaisle.store.rows import Event

_EARLIER_NAMES: Mapping[str, str] = {}  # of parts of a saved chat: see `read_model`


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Opinion(_Model):
    """What was said of a product in this chat alone: nothing of it is stored in the shop."""

    item_id: str
    event: Literal[Event.LIKE, Event.DISLIKE]


class State(_Model):
    """shown: ids of the products on the screen, in their order."""

    user_id: str | None = None
    wishes: Wishes = Wishes()
    opinions: tuple[Opinion, ...] = ()
    shown: tuple[str, ...] = ()


class SaidTurn(_Model):
    """A turn, how it was read (None for a command), and what was on the screen after it."""

    say: str
    intent: Intent | None
    shown: tuple[str, ...]
    constraints: Constraints


class SavedChat(_Model):
    """A chat as it is written into a file, version 1."""

    version: Literal["1"] = "1"
    saved_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    index_generation: str | None
    k: int
    style: Style
    start: State
    state: State
    turns: tuple[SaidTurn, ...]


def save(chat: SavedChat, path: Path) -> None:
    """Write a chat into a file, whole or not at all; what is no chat is not written over.

    Raises RequestError where it cannot be written.
    """
    if path.exists():
        load(path)
    try:
        write_whole(path, f"{chat.model_dump_json(indent=2)}\n".encode())
    except OSError as exc:
        raise RequestError(f"cannot write {path} ({exc.strerror}): choose another file") from exc


def load(path: Path) -> SavedChat:
    """The chat of a file; raises RequestError where it cannot be read, or is none."""
    try:
        return read_model(path, SavedChat, earlier_names=_EARLIER_NAMES)
    except OSError as exc:
        raise RequestError(f"cannot read {path} ({exc.strerror}): give the file of a saved chat") from exc
    except ValueError as exc:
        raise RequestError(
            f"{path} is no chat that was saved with /save, or one of a newer newaisle: choose another file"
        ) from exc
