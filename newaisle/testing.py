"""A language model that says what a test has written down, for tests of code that uses newaisle.

It is asked as any other and needs no file, no server and no time, and a test can look at all that it was asked:

    from newaisle.testing import ScriptedModel

    model = ScriptedModel(["It is by Leaf, like the mint tea you bought."])
    with newaisle.open_shop("shop", model=model, embedder="hash") as shop:
        shop.recommend("ann", "Drills", k=1)
    assert "mint" in model.generate_calls[0].texts[0]

Texts of a model are checked in a test as ever: what says more than the claims is asked for once more, and then replaced
by the claims' own sentences.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newaisle.agent.llm.base import Ask, Finish, Generated, LanguageModel, Likelihood, OnText
from newaisle.agent.llm.text_stream import TextStream
from newaisle.errors import InputTooLong, Interrupted
from newaisle.prompts.messages import Message, Part

__all__ = ["GenerateCall", "Reply", "ScoreCall", "ScriptedModel", "asks", "chat"]

Reply = str | BaseException  # what a model writes, or what it fails with


def chat(*turns: tuple[str, str]) -> list[Message]:
    """A prompt made of (role, text), for a model that a test asks itself."""
    return [Message(role, (Part(text, is_data=False),)) for role, text in turns]  # type: ignore[arg-type]


def asks(*prompts: Sequence[Message], max_tokens: int = 20, **options: Any) -> list[Ask]:
    """An ask of each prompt; options: further fields of each, such as `stop` and `choices`."""
    return [Ask(prompt=prompt, max_tokens=max_tokens, **options) for prompt in prompts]


@dataclass(frozen=True, slots=True)
class ScoreCall:
    """One call of `score`: what was to be scored after which prompt."""

    prompt: tuple[Message, ...]
    continuations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GenerateCall:
    """One call of `generate`: all the texts that were wanted, and the seconds that there were for them."""

    asks: tuple[Ask, ...]
    deadline: float | None

    @property
    def texts(self) -> list[str]:
        """All that the model was told for each text, one message after the other."""
        return ["\n".join(message.text for message in ask.prompt) for ask in self.asks]


class ScriptedModel(LanguageModel):
    """A language model without a model: give it to `newaisle.open_shop(model=...)`, or ask it yourself.

    replies: taken in order, one for each text that is wanted, or made by a function of its prompt; an exception is
    raised. likelihoods: the log-probability of each continuation, or a function of prompt and continuation; one that is
    not listed gets minus one a token. A token is a word. languages: what `supports` says yes to. parameters: with three
    billion and more it takes part in ranking, too. score_calls, generate_calls: what it was asked, in order; closed:
    whether somebody closed it.
    """

    context_size: int

    def __init__(
        self,
        replies: Iterable[Reply] | Callable[[Sequence[Message]], Reply] = (),
        *,
        likelihoods: Mapping[str, float] | Callable[[Sequence[Message], str], float] | None = None,
        languages: Iterable[str] = ("en",),
        name: str = "scripted",
        parameters: int = 135_000_000,
        context_size: int = 4096,
    ) -> None:
        self.name = name
        self.sha256 = None
        self.parameters = parameters
        self.context_size = context_size
        self.score_calls: list[ScoreCall] = []
        self.generate_calls: list[GenerateCall] = []
        self.closed = False
        self._reply = replies if callable(replies) else None
        self._replies = deque(() if callable(replies) else replies)
        self._likelihoods = likelihoods if likelihoods is not None else {}
        self._languages = frozenset(languages)

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        if _stopped(deadline, cancel):
            raise Interrupted("the script was stopped")
        self.score_calls.append(ScoreCall(tuple(prompt), tuple(continuations)))
        needed = max((len(text.split()) for text in continuations), default=0)
        self._check_length(self.count_tokens(prompt) + needed)
        return [self._likelihood(prompt, text) for text in continuations]

    def _likelihood(self, prompt: Sequence[Message], text: str) -> Likelihood:
        tokens = len(text.split())
        if callable(self._likelihoods):
            return Likelihood(self._likelihoods(prompt, text), tokens)
        return Likelihood(self._likelihoods.get(text, -float(tokens)), tokens)

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        self.generate_calls.append(GenerateCall(tuple(asks), deadline))
        needed = max((self.count_tokens(ask.prompt) + ask.max_tokens for ask in asks), default=0)
        self._check_length(needed)
        if stopped := _stopped(deadline, cancel):
            return [Generated("", 0, stopped) for _ in asks]
        return [self._answer(index, ask, on_text) for index, ask in enumerate(asks)]

    def _answer(self, index: int, ask: Ask, on_text: OnText | None) -> Generated:
        if not ask.choices:
            return self._say(index, ask.prompt, ask.max_tokens, ask.stop, on_text)
        chosen = max(ask.choices, key=lambda choice: self._likelihood(ask.prompt, choice).mean)
        self._show(index, chosen, on_text)
        return Generated(chosen, len(chosen.split()), "stop")

    def _say(
        self, index: int, prompt: Sequence[Message], most: int, stop: Sequence[str], on_text: OnText | None
    ) -> Generated:
        if not (self._reply or self._replies):
            raise AssertionError("the script has no reply left: give one for each text that is wanted")
        reply = self._reply(prompt) if self._reply else self._replies.popleft()
        if isinstance(reply, BaseException):
            raise reply
        stream, tokens, finish = TextStream(stop), 0, "stop"
        for number, word in enumerate(reply.split(" ")):
            if tokens == most:
                finish = "length"
                break
            tokens += 1
            self._show(index, stream.feed((" " * bool(number) + word).encode()), on_text)
            if stream.stopped:
                break
        self._show(index, stream.end(), on_text)
        return Generated(stream.text, tokens, _finish(finish))

    @staticmethod
    def _show(index: int, text: str, on_text: OnText | None) -> None:
        if text and on_text is not None:
            on_text(index, text)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(1 + len(message.text.split()) for message in messages)

    def supports(self, language: str) -> bool:
        return language in self._languages

    def close(self) -> None:
        self.closed = True

    def _check_length(self, needed: int) -> None:
        if needed > self.context_size:
            raise InputTooLong(needed=needed, context=self.context_size)


def _stopped(deadline: float | None, cancel: threading.Event | None) -> Finish | None:
    if cancel is not None and cancel.is_set():
        return "cancelled"
    return "deadline" if deadline is not None and deadline <= 0 else None


def _finish(finish: str) -> Finish:
    return "length" if finish == "length" else "stop"
