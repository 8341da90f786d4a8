"""Choosing one of a fixed list of strings, token by token: a walk down the trie of their tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.batch import Tokens


class Choices:
    """What may still be chosen. `end` is the token that ends an answer; it competes where a choice is complete."""

    def __init__(self, sequences: Sequence[Tokens], end: int) -> None:
        self._alive = [[*tokens, end] for tokens in sequences]
        self._end = end
        self._depth = 0

    def choose(self, logits: NDArray[np.float32]) -> Tokens:
        """Take the likeliest of the tokens that can come next, and all that are certain after it."""
        allowed = sorted({tokens[self._depth] for tokens in self._alive})
        chosen = [allowed[int(logits[allowed].argmax())]]
        self._narrow(chosen[0])
        while chosen[-1] != self._end and (certain := self._certain()) is not None:
            chosen.append(certain)
            self._narrow(certain)
        return chosen

    def _certain(self) -> int | None:
        first = self._alive[0][self._depth]
        return first if all(tokens[self._depth] == first for tokens in self._alive) else None

    def _narrow(self, token: int) -> None:
        self._alive = [tokens for tokens in self._alive if tokens[self._depth] == token]
        self._depth += 1
