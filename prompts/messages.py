"""What a rendered template is: chat messages whose text remembers where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text that comes from the template itself or from data put into it.

    Data may hold anything, control tokens of some model included; whoever sends it to a model must keep it inert.
    """

    text: str
    is_data: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def as_pairs(messages: Iterable[Message]) -> tuple[tuple[str, str], ...]:
    """Role and text of each message, for a record of what was asked."""
    return tuple((message.role, message.text) for message in messages)
