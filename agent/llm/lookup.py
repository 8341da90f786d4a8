"""Guessing the next tokens from where the last ones stood before: what a model says about a text repeats much of it.

Guesses are checked by the model, several in the time of one, so the text is the one it would have written anyway
(Yang et al. 2023, "Inference with Reference", arXiv 2304.04487).
"""

from __future__ import annotations

from newaisle.agent.llm.batch import Tokens

_PATTERN = 2  # tokens that have to have stood together before


class Lookup:
    """The tokens so far, prompt and answer, by the pairs in which they stand."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens: Tokens = []
        self._after: dict[tuple[int, ...], int] = {}  # where the last such pair but the newest ended
        for token in tokens:
            self.add(token)

    def add(self, token: int) -> None:
        """The next token of the text."""
        if len(self._tokens) >= _PATTERN:
            self._after[tuple(self._tokens[-_PATTERN:])] = len(self._tokens)
        self._tokens.append(token)

    def guess(self, most: int) -> Tokens:
        """Up to `most` tokens that followed the last pair when it stood before; none where it never did."""
        place = self._after.get(tuple(self._tokens[-_PATTERN:]))
        return self._tokens[place : place + most] if place is not None else []
