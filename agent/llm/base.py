"""What the pipeline asks of a language model, whatever runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from prompts.messages import Message

Finish = Literal["stop", "length", "deadline"]
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


class LanguageModel(ABC):
    """A model that scores and writes texts; a context manager that frees it at the end."""

    name: str
    sha256: str | None
    parameters: int
    """Number of weights."""
    context_size: int
    """Tokens that a prompt and its answer may have together."""

    def prepare(self, head: Sequence[Message]) -> None:  # noqa: B027 - most backends have nothing to do
        """Announce messages that many prompts will begin with; a model may evaluate them once for all. Optional."""

    @abstractmethod
    def score(self, prompt: Sequence[Message], continuations: Sequence[str]) -> list[Likelihood]:
        """Likelihood of each continuation right after the prompt, in the order given.

        A prompt that ends with a message of the assistant is continued inside that message.
        Raises InputTooLong when prompt and longest continuation exceed the context.
        """

    @abstractmethod
    def generate(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        deadline: float | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        """The most likely answer to each prompt, in the order given.

        stop: strings that end a text and are not part of it.
        deadline: seconds for all the texts together; what is there by then is returned.
        on_text: called with the number of the prompt and each new piece of its text.
        Raises InputTooLong when a prompt and max_tokens exceed the context.
        """

    @abstractmethod
    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens that the messages take as a prompt, chat markup included."""

    @abstractmethod
    def masters(self, language: str) -> bool:
        """Whether texts in the language ("en", "zh") may be left to this model."""

    @abstractmethod
    def close(self) -> None:
        """Free what the model holds; it cannot be used afterwards. Closing twice is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
