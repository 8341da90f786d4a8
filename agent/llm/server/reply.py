"""One answer while a server writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newaisle.agent.llm.base import Finish
from newaisle.agent.llm.server.stream import ChatChunk, ThoughtFilter
from newaisle.agent.llm.text_stream import TextStream
from newaisle.errors import ServerFailed


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
