"""A language model that several threads may ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from newaisle.agent.llm.base import (
    Ask,
    Finish,
    Generated,
    LanguageModel,
    Likelihood,
    OnText,
    WrappingModel,
    countdown,
)
from newaisle.errors import Interrupted
from newaisle.prompts.messages import Message

Answer = TypeVar("Answer")
_GLANCE = 0.05  # seconds between looks at whether somebody still waits


class _GaveUp(Exception):
    """Whoever asked did not wait for their turn: `why` not."""

    def __init__(self, why: Finish) -> None:
        self.why: Finish = why


class SharedModel(WrappingModel):
    """A model in a thread of its own, which does what it is asked in the order in which it was asked.

    An engine belongs to the thread that made it, and whoever asks waits for those who asked before, but for no one who
    came later. The time that a call waits counts towards its deadline, and one that is cancelled waits no longer.

    model: what opens one, in that thread, or a ready one, which stays open. Raises what opening raises.
    """

    def __init__(self, model: LanguageModel | Callable[[], LanguageModel]) -> None:
        self._is_own = not isinstance(model, LanguageModel)
        self._is_closed = False
        self._supports: dict[tuple[str, str], bool] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="newaisle-model")
        try:
            self._model = model if isinstance(model, LanguageModel) else self._thread.submit(model).result()
        except BaseException:
            self._thread.shutdown(wait=False)
            raise

    @property
    def given_up(self) -> Sequence[str]:  # type: ignore[override]
        return self._model.given_up

    def prepare(self, head: Sequence[Message]) -> None:
        """See `LanguageModel.prepare`; it is not waited for: what is asked next has its turn after it."""
        self._submit(lambda model: model.prepare(head))

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        left = countdown(deadline)
        try:
            return self._do(
                lambda model, stop: model.score(prompt, continuations, deadline=left(), cancel=stop), cancel, left
            )
        except _GaveUp as exc:
            raise Interrupted(f"not all was scored ({exc.why}): do without with --llm-rank off") from None

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        """See `LanguageModel.generate`; `on_text` is called in the model's thread."""
        left = countdown(deadline)
        try:
            return self._do(
                lambda model, stop: model.generate(asks, deadline=left(), cancel=stop, on_text=on_text), cancel, left
            )
        except _GaveUp as exc:
            return [Generated("", 0, exc.why) for _ in asks]

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._do(lambda model, _: model.count_tokens(messages))

    def supports(self, language: str) -> bool:
        """See `LanguageModel.supports`; asked once, so that not everybody has to wait for it."""
        key = self.name, language
        if key not in self._supports:
            self._supports[key] = self._do(lambda model, _: model.supports(language))
        return self._supports[key]

    def close(self) -> None:
        """See `LanguageModel.close`; what was asked before is done first."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._is_own:
            self._thread.submit(self._model.close).result()
        self._thread.shutdown()

    def _do(
        self,
        work: Callable[[LanguageModel, threading.Event], Answer],
        cancel: threading.Event | None = None,
        left: Callable[[], float | None] = lambda: None,
    ) -> Answer:
        """The answer of the model when its turn has come. Raises _GaveUp where it was not waited for."""
        stop = cancel or threading.Event()
        waiting: Future[Answer] | None = None
        try:
            waiting = self._submit(lambda model: work(model, stop))
            while not wait([waiting], timeout=_GLANCE).done:
                over: Finish | None = "cancelled" if stop.is_set() else "deadline" if left() == 0 else None
                if over and waiting.cancel():
                    raise _GaveUp(over)
            return waiting.result()
        except BaseException:
            # Whoever asked was interrupted: nobody wants the answer any more, and others wait for the model.
            if waiting is None or not (waiting.cancel() or waiting.done()):
                stop.set()
            raise

    def _submit(self, work: Callable[[LanguageModel], Answer]) -> Future[Answer]:
        try:
            return self._thread.submit(work, self._model)
        except RuntimeError as exc:  # of an executor that was shut down
            raise Interrupted("the language model was closed while it was needed: open the shop again") from exc
