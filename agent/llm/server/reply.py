"""One answer while a server writes it, and which of a fixed list of strings it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from newaisle.agent.llm.base import Finish
from newaisle.agent.llm.server.stream import ChatChunk, ThoughtFilter
from newaisle.agent.llm.text_stream import TextStream
from newaisle.errors import ServerFailed


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
        """As the server counts them; where it does not, the pieces that came."""
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
