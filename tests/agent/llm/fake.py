"""A language model that says what a test has written down, and shows what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.llm.base import Finish, Generated, LanguageModel, Likelihood, OnText
from agent.llm.errors import InputTooLong
from agent.llm.text_stream import TextStream
from prompts.messages import Message, Part

Reply = str | BaseException


def chat(*turns: tuple[str, str]) -> list[Message]:
    """Messages of (role, text), as template text."""
    return [Message(role, (Part(text, is_data=False),)) for role, text in turns]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class ScoreCall:
    prompt: tuple[Message, ...]
    continuations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GenerateCall:
    prompts: tuple[tuple[Message, ...], ...]
    max_tokens: int
    stop: tuple[str, ...]
    deadline: float | None

    @property
    def texts(self) -> list[str]:
        """The text of each prompt, one message after the other."""
        return ["\n".join(message.text for message in prompt) for prompt in self.prompts]


class ScriptedModel(LanguageModel):
    """Replies are taken one per prompt, in order, or made by a function of the prompt; an exception is raised.

    likelihoods: log-probability of each continuation, or a function of prompt and continuation; a continuation
    that is not listed gets minus one per token. A token is a word.
    """

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

    def score(self, prompt: Sequence[Message], continuations: Sequence[str]) -> list[Likelihood]:
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
        prompts: Sequence[Sequence[Message]],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        deadline: float | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        self.generate_calls.append(GenerateCall(tuple(map(tuple, prompts)), max_tokens, tuple(stop), deadline))
        self._check_length(max(map(self.count_tokens, prompts), default=0) + max_tokens)
        if deadline is not None and deadline <= 0:
            return [Generated("", 0, "deadline") for _ in prompts]
        return [self._say(index, prompt, max_tokens, stop, on_text) for index, prompt in enumerate(prompts)]

    def _say(
        self, index: int, prompt: Sequence[Message], most: int, stop: Sequence[str], on_text: OnText | None
    ) -> Generated:
        assert self._reply or self._replies, "the script has no reply left"
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

    def masters(self, language: str) -> bool:
        return language in self._languages

    def close(self) -> None:
        self.closed = True

    def _check_length(self, needed: int) -> None:
        if needed > self.context_size:
            raise InputTooLong(needed=needed, context=self.context_size)


def _finish(finish: str) -> Finish:
    return "length" if finish == "length" else "stop"
