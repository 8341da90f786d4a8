"""From the bytes of generated tokens to text that is safe to show."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Joins the bytes of tokens, splits nothing inside a character and holds back what may become a stop string.

    After `stopped` is true, `text` is what came before the stop string that appeared first.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self.text = ""
        self.stopped = False
        self._stop = [string for string in stop if string]
        self._held = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def feed(self, piece: bytes) -> str:
        """Take a token's bytes; returns the text that is now certain, possibly empty."""
        return self._take(self._decoder.decode(piece))

    def end(self) -> str:
        """No more tokens come; returns the text that was still held back."""
        rest = "" if self.stopped else self._take(self._decoder.decode(b"", final=True)) + self._release()
        self._decoder.reset()
        return rest

    def _take(self, text: str) -> str:
        if self.stopped:
            return ""
        self._held += text
        found = [place for string in self._stop if (place := self._held.find(string)) >= 0]
        if found:
            self.stopped = True
            self._held = self._held[: min(found)]
            return self._release()
        return self._release(keep=self._possible_stop())

    def _possible_stop(self) -> int:
        """Length of the longest ending that begins a stop string."""
        longest = max(map(len, self._stop), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(string.startswith(self._held[-length:]) for string in self._stop):
                return length
        return 0

    def _release(self, keep: int = 0) -> str:
        cut = len(self._held) - keep
        certain, self._held = self._held[:cut], self._held[cut:]
        self.text += certain
        return certain
