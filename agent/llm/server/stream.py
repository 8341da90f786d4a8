"""From the bytes of a server's answer to the text in it: its events, what stands in them, and the reply so far."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from newaisle.agent.llm.base import Finish
from newaisle.agent.llm.text_stream import TextStream
from newaisle.errors import ServerFailed

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


def match_choice(text: str, choices: Sequence[str]) -> str:
    """The choice that the text is, begins with, is the beginning of, or contains, in this order.

    "" where that is none, or not just one.
    Case, spaces and punctuation do not count. "1" is not found in "10", but "one" is in "the one, I think".
    """
    said = _words(text)
    tests: tuple[Callable[[str], bool], ...] = (
        lambda choice: choice == said,
        lambda choice: _find(choice, said) == 0,
        lambda choice: choice.startswith(said),
        lambda choice: _find(choice, said) >= 0,
    )
    if text in choices:
        return text
    if not said:
        return ""
    for test in tests:
        found = {choice for choice in choices if (words := _words(choice)) and test(words)}
        if len(found) == 1:
            return found.pop()
    return ""


def _words(text: str) -> str:
    letters = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _find(choice: str, said: str) -> int:
    """Where the choice stands in the text, letters and digits of ASCII not running on at its ends; -1 for nowhere."""
    before = r"(?<![a-z0-9])" if choice[0].isascii() else ""
    after = r"(?![a-z0-9])" if choice[-1].isascii() else ""
    found = re.search(f"{before}{re.escape(choice)}{after}", said)
    return found.start() if found else -1


class Reply:
    """What an answer says so far.

    finish: None until the answer has come to its end. shown: what `on_text` was told, piece by piece.
    """

    def __init__(self, stop: Sequence[str] = (), on_text: Callable[[str], None] | None = None) -> None:
        self.shown = ""
        self._stop = stop
        self._on_text = on_text
        self.begin()

    def begin(self) -> None:
        """A request is sent, the first or one more; what was shown stands, and has to be said again."""
        self.finish: Finish | None = None
        self.stopped = False
        self._stream = TextStream(self._stop)
        self._thoughts = ThoughtFilter()
        self._pieces = 0
        self._counted: int | None = None

    @property
    def text(self) -> str:
        return self._stream.text

    @property
    def tokens(self) -> int:
        """How many tokens the answer has, as the server counts them; where it does not, the pieces that came."""
        return self._pieces if self._counted is None else self._counted

    def take(self, chunk: ChatChunk) -> None:
        self._pieces += chunk.is_token
        self._feed(self._thoughts.feed(chunk.content))
        if chunk.finish_reason:
            self.finish = "length" if chunk.finish_reason == "length" else "stop"
        if chunk.usage is not None and chunk.usage.completion_tokens is not None:
            self._counted = chunk.usage.completion_tokens
        if self._stream.stopped:
            self.finish, self.stopped = "stop", True

    def end(self) -> None:
        """Nothing more comes."""
        self._feed(self._thoughts.end())
        self._stream.end()
        if self._stream.stopped:
            self.finish = "stop"
        self._show()

    def _feed(self, text: str) -> None:
        self._stream.feed(text.encode())
        self._show()

    def _show(self) -> None:
        if self._on_text is None:
            return
        text = self.text
        if not text.startswith(self.shown) and not self.shown.startswith(text):
            raise ServerFailed("the server broke off an answer that was being shown, and began another: ask again")
        new = text[len(self.shown) :]
        if new:
            self.shown = text
            self._on_text(new)
