"""From the bytes of an answer to the text in it: server-sent events, and what OpenAI-compatible servers put in them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

MAX_LINE = 4 << 20  # bytes
DONE = "[DONE]"

_LINE_ENDS = re.compile(rb"[\r\n]")
_THINK, _THINK_END = "<think>", "</think>"


class EventParser:
    """Takes the bytes of a stream of server-sent events, cut anywhere, and gives the data of each event.

    Every `data:` line is an event of its own: JSON has no raw line ends, and some servers leave out the blank line
    between events. A line that is JSON without `data:` counts too. Raises ValueError where a line does not end.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[str]:
        first, *rest = _LINE_ENDS.split(chunk)
        self._keep(first)
        for piece in rest:
            yield from self.end()
            self._keep(piece)

    def end(self) -> Iterator[str]:
        """The line that has come so far is whole."""
        line = b"".join(self._pieces).decode("utf-8", errors="replace").removeprefix("\ufeff")
        self._pieces, self._size = [], 0
        data = line.removeprefix("data:").strip() if line.startswith("data:") else line if line.startswith("{") else ""
        if data:
            yield data

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > MAX_LINE:
            raise ValueError(f"a line of more than {MAX_LINE >> 20} MB")


async def events(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[str, None]:
    """The data of each event of a stream."""
    parser = EventParser()
    async with aclosing(chunks):
        async for chunk in chunks:
            for data in parser.feed(chunk):
                yield data
    for data in parser.end():
        yield data


class _Content(BaseModel):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(BaseModel):
    delta: _Content | None = None
    message: _Content | None = None
    finish_reason: str | None = None


class Usage(BaseModel):
    """Tokens as a server counts them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ChatChunk(BaseModel):
    """One event of a chat's stream, or its whole answer, as far as it is looked at."""

    choices: list[_Choice] | None = None
    usage: Usage | None = None
    error: Any = None
    object: Any = None
    code: Any = None

    @property
    def is_error(self) -> bool:
        return bool(self.error) or self.object == "error"

    @property
    def error_status(self) -> int:
        """The HTTP status that an error in an answer with status 200 stands for."""
        error = self.error if isinstance(self.error, dict) else {}
        code = error.get("code", self.code)
        return code if isinstance(code, int) and 400 <= code <= 599 else 500

    @property
    def content(self) -> str:
        """The new piece of the answer."""
        return "".join(part.content or "" for part in self._parts())

    @property
    def is_token(self) -> bool:
        """Whether the model wrote something, be it to itself."""
        return any(part.content or part.reasoning_content or part.reasoning for part in self._parts())

    @property
    def finish_reason(self) -> str | None:
        return next((choice.finish_reason for choice in self.choices or [] if choice.finish_reason), None)

    def _parts(self) -> list[_Content]:
        found = [choice.delta or choice.message for choice in (self.choices or [])[:1]]
        return [part for part in found if part is not None]


def read_chunk(data: str | bytes) -> ChatChunk:
    """Raises ValueError where the data is not what such a server sends."""
    try:
        return ChatChunk.model_validate_json(data)
    except ValidationError as exc:
        raise ValueError(f"{exc.errors()[0]['msg']}") from None


class ThoughtFilter:
    """Takes an answer piece by piece and leaves out a block of <think> at its beginning."""

    def __init__(self) -> None:
        self._state: Literal["start", "thought", "after", "answer"] = "start"
        self._held = ""

    def feed(self, piece: str) -> str:
        """The text that is certain to belong to the answer."""
        if self._state == "answer":
            return piece
        self._held += piece
        if self._state == "start":
            start = self._held.lstrip()
            if not start.startswith(_THINK):
                return "" if _THINK.startswith(start) else self.end()
            self._state, self._held = "thought", start[len(_THINK) :]
        if self._state == "thought":
            _, mark, rest = self._held.partition(_THINK_END)
            if not mark:
                self._held = self._held[1 - len(_THINK_END) :]
                return ""
            self._state, self._held = "after", rest
        self._held = self._held.lstrip()
        return self.end() if self._held else ""

    def end(self) -> str:
        """The text that was held back."""
        held = "" if self._state == "thought" else self._held
        self._state, self._held = "answer", ""
        return held
