"""What the pipeline asks of a language model, whatever runs it."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from newaisle.agent.llm.adapter import Adapter
from newaisle.prompts.messages import Message

Finish = Literal["stop", "length", "deadline", "cancelled"]
OnText = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a model finds a text after a prompt.

    total: natural logarithm of the probability of the whole text.
    tokens: number of tokens it was read as.
    """

    total: float
    tokens: int

    @property
    def mean(self) -> float:
        """Log-probability per token; 0 for the empty text."""
        return self.total / self.tokens if self.tokens else 0.0


@dataclass(frozen=True, slots=True)
class Generated:
    """A text that a model wrote; `finish` says what ended it."""

    text: str
    tokens: int
    finish: Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One text that is wanted from a model.

    A prompt that ends with a message of the assistant is continued inside that message by a model that `continues`.
    max_tokens: the most that the text may have.
    stop: strings that end the text and are not part of it.
    temperature: of the distribution that tokens are drawn from; at 0 each is the likeliest.
    template: the name of the template that made the prompt: an adapter may be made for it.
    choices: where given, the text is one of these strings, or what was there when the time was up. A server that
    answered something else gives the empty text.
    """

    prompt: Sequence[Message]
    max_tokens: int
    stop: Sequence[str] = ()
    choices: Sequence[str] = ()
    temperature: float = 0.0
    template: str = ""

    @property
    def start(self) -> str:
        """What the prompt has begun of the answer, which a model goes on with; empty where it has begun nothing."""
        return self.prompt[-1].text if self.prompt[-1].role == "assistant" else ""


class LanguageModel(ABC):
    """A model that scores and writes texts; a context manager that frees it at the end."""

    name: str
    sha256: str | None
    parameters: int | None
    """Number of weights; None where nobody says."""
    context_size: int | None
    """Tokens that a prompt and its answer may have together; None where nobody says."""
    can_score: bool = True
    """Whether `score` can be asked."""
    continues: bool = True
    """Whether a prompt that ends inside a message of the assistant is continued there; if not, it must not end so."""
    given_up: Sequence[str] = ()
    """Why backends that come before this one in the configured order are not used."""

    adapter: Adapter | None = None
    """What takes part in the answers to some templates."""

    def prepare(self, head: Sequence[Message], template: str = "") -> None:  # noqa: B027 - most have nothing to do
        """Announce messages that many prompts, of a template, will begin with: evaluated once for all. Optional."""

    @abstractmethod
    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        """Likelihood of each continuation right after the prompt, in the order given.

        A prompt that ends with a message of the assistant is continued inside that message.
        deadline: seconds for all of them. cancel: stops the work soon after it is set, by whatever thread.
        Raises InputTooLong when prompt and longest continuation exceed the context, Interrupted when the deadline
        passed or `cancel` was set before all were scored.
        """

    @abstractmethod
    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        """The most likely answer to each ask, in the order given.

        deadline: seconds for all the texts together. cancel: stops the work soon after it is set, by whatever thread.
        What is there by then is returned, and `finish` says so.
        on_text: called with the number of the ask and each new piece of its text.
        Raises InputTooLong when a prompt and its max_tokens exceed the context.
        """

    @abstractmethod
    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens that the messages take as a prompt, chat markup included."""

    @abstractmethod
    def supports(self, language: str) -> bool:
        """Whether texts in the language ("en", "zh") may be left to this model."""

    @abstractmethod
    def close(self) -> None:
        """Free what the model holds; it cannot be used afterwards. Closing twice is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def countdown(seconds: float | None) -> Callable[[], float | None]:
    """How many of the seconds of a deadline are left, whenever it is called."""
    end = None if seconds is None else time.monotonic() + seconds
    return lambda: None if end is None else max(0.0, end - time.monotonic())
