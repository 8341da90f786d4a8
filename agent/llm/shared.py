"""A language model that several threads may ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from newaisle.agent.llm.base import Ask, Generated, LanguageModel, Likelihood, OnText, countdown
from newaisle.prompts.messages import Message

Answer = TypeVar("Answer")


class SharedModel(LanguageModel):
    """A model in a thread of its own, which does what it is asked in the order in which it was asked.

    An engine belongs to the thread that made it, and whoever asks waits for those who asked before, but for no one who
    came later. The time that a call waits counts towards its deadline. Raises what opening raises.
    """

    def __init__(self, open_model: Callable[[], LanguageModel]) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="newaisle-model")
        try:
            self._model = self._thread.submit(open_model).result()
        except BaseException:
            self._thread.shutdown(wait=False)
            raise

    @property
    def name(self) -> str:  # type: ignore[override]
        return self._model.name

    @property
    def sha256(self) -> str | None:  # type: ignore[override]
        return self._model.sha256

    @property
    def parameters(self) -> int | None:  # type: ignore[override]
        return self._model.parameters

    @property
    def context_size(self) -> int | None:  # type: ignore[override]
        return self._model.context_size

    @property
    def can_score(self) -> bool:  # type: ignore[override]
        return self._model.can_score

    @property
    def continues(self) -> bool:  # type: ignore[override]
        return self._model.continues

    @property
    def given_up(self) -> Sequence[str]:  # type: ignore[override]
        return self._model.given_up

    def prepare(self, head: Sequence[Message]) -> None:
        self._do(lambda model: model.prepare(head))

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        stop, left = cancel or threading.Event(), countdown(deadline)
        return self._do(lambda model: model.score(prompt, continuations, deadline=left(), cancel=stop), stop)

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        """See `LanguageModel.generate`; `on_text` is called in the model's thread."""
        stop, left = cancel or threading.Event(), countdown(deadline)
        return self._do(lambda model: model.generate(asks, deadline=left(), cancel=stop, on_text=on_text), stop)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._do(lambda model: model.count_tokens(messages))

    def masters(self, language: str) -> bool:
        return self._do(lambda model: model.masters(language))

    def close(self) -> None:
        self._thread.submit(self._model.close).result()
        self._thread.shutdown()

    def _do(self, work: Callable[[LanguageModel], Answer], stop: threading.Event | None = None) -> Answer:
        waiting = self._thread.submit(work, self._model)
        try:
            return waiting.result()
        except BaseException:
            # Whoever asked was interrupted: nobody wants the answer any more, and others wait for the model.
            if not (waiting.cancel() or waiting.done()) and stop is not None:
                stop.set()
            raise
