"""One text while a model writes it: what it says so far, and which tokens are evaluated next.

These are guessed from where the last ones stood before: what a model says about a text repeats much of it. Guesses are
checked by the model, several in the time of one, so the text is the one it would have written anyway (Yang et al. 2023,
"Inference with Reference", arXiv 2304.04487).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.base import Ask, Finish, Generated, OnText
from newaisle.agent.llm.batch import Tokens
from newaisle.agent.llm.native import NativeModel
from newaisle.agent.llm.text_stream import TextStream


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


Logits = NDArray[np.float32]


def _likeliest(logits: Logits) -> int:
    return int(logits.argmax())


def _drawn(temperature: float, prompt: Tokens) -> Callable[[Logits], int]:
    """Draw each token by its probability at a temperature; the same prompt gives the same draws."""
    chance = np.random.default_rng(prompt)

    def draw(logits: Logits) -> int:
        # The largest of the logits with Gumbel noise is a draw from their softmax (Maddison et al. 2014, section 2.2).
        return int((logits / temperature + chance.gumbel(size=logits.shape)).argmax())

    return draw


class Writing:
    """The answer to an ask, whose prompt has been read by a sequence of the model.

    most: the most tokens that it can have.
    read: the tokens that the sequence has read.
    next: those to evaluate after them. The first belongs to the text; the others belong to it where it has to be one
    of `choices`, else they are guesses.
    """

    def __init__(
        self,
        index: int,
        ask: Ask,
        model: NativeModel,
        *,
        prompt: Tokens,
        choices: list[Tokens],
        guesses: bool,
        on_text: OnText | None,
    ) -> None:
        self.index = index
        self.sequence = -1
        self.most = max(map(len, choices)) if choices else ask.max_tokens
        self.read = list(prompt)
        self.next: Tokens = []
        self.finish: Finish | None = None
        self.tokens = 0
        self._model = model
        self._draw = _drawn(ask.temperature, prompt) if ask.temperature > 0 else _likeliest
        self._choices = Choices(choices, model.end_token) if choices else None
        self._lookup = Lookup(prompt) if guesses and not choices else None
        self._stream = TextStream(() if choices else ask.stop)
        self._on_text = on_text

    def begin(self, logits: Logits) -> None:
        """Choose the first token from the logits that follow the prompt, shape (vocabulary,)."""
        self.next = self._choose(logits)

    def propose(self, guesses: int, room: int) -> tuple[Tokens, list[bool]]:
        """Up to `room` tokens to evaluate, at most `guesses` of them guessed, and of which the logits are needed."""
        if self._lookup is not None:
            self.next += self._lookup.guess(min(guesses, self.most - self.tokens, room - 1))
            return self.next, [True] * len(self.next)
        proposed = self.next[:room]
        certain = len(self.next) - 1
        return proposed, [place >= certain for place in range(len(proposed))]

    def take(self, proposed: int, logits: Sequence[Logits]) -> int:
        """Go on from the logits wanted, each of shape (vocabulary,); returns how many guesses were wrong."""
        evaluated = proposed - len(logits)
        following = self.next[evaluated:]
        for row in logits:
            evaluated += 1
            chosen = self._choose(row)
            following, goes_on = chosen, chosen == self.next[evaluated : evaluated + 1]
            if self.finish or not goes_on:
                break
        self.read += self.next[:evaluated]
        self.next = following
        return proposed - evaluated

    def result(self, stopped: Finish) -> Generated:
        """The text; `stopped` is why a text that has not come to its end ends here."""
        self._show(self._stream.end())
        return Generated(self._stream.text, self.tokens, self.finish or stopped)

    def _choose(self, logits: Logits) -> Tokens:
        chosen = self._choices.choose(logits) if self._choices else [self._draw(logits)]
        for token in chosen:
            self._add(token)
        return chosen

    def _add(self, token: int) -> None:
        if token == self._model.end_token or self._model.is_end(token):
            self.finish = "stop"
            return
        self.tokens += 1
        self._show(self._stream.feed(self._model.piece(token)))
        if self._lookup is not None:
            self._lookup.add(token)
        if self._stream.stopped:
            self.finish = "stop"
        elif self.tokens >= self.most and self._choices is None:
            self.finish = "length"

    def _show(self, text: str) -> None:
        if text and self._on_text is not None:
            self._on_text(self.index, text)
