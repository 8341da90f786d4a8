"""Models that ask others: several in an order, of which the next takes over on failure, and one shared by threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any, TypeVar

from newaisle.agent.llm.adapter import Adapter
from newaisle.agent.llm.base import (
    Ask,
    Finish,
    Generated,
    LanguageModel,
    Likelihood,
    OnText,
    countdown,
)
from newaisle.errors import CannotScore, InputTooLong, Interrupted, LanguageModelError, ModelError, WrongThread
from newaisle.prompts.messages import Message

Opener = Callable[[], LanguageModel]
Answer = TypeVar("Answer")

_FAILURES = (LanguageModelError, ModelError)
# What was asked is at fault here, or the time that was given; the next model would not help with that.
_NOT_THE_MODELS_FAULT = (CannotScore, InputTooLong, Interrupted, WrongThread)


def _passed_on(attribute: str) -> Any:
    """An attribute that is what the wrapped model says of itself."""
    return property(lambda self: getattr(self._model, attribute))


class WrappingModel(LanguageModel):
    """A model that asks another, `_model`, and is what that one is in all that it does not override."""

    _model: LanguageModel

    name: str = _passed_on("name")
    sha256: str | None = _passed_on("sha256")
    parameters: int | None = _passed_on("parameters")
    context_size: int | None = _passed_on("context_size")
    can_score: bool = _passed_on("can_score")
    continues: bool = _passed_on("continues")
    adapter: Adapter | None = _passed_on("adapter")

    def prepare(self, head: Sequence[Message], template: str = "") -> None:
        self._model.prepare(head, template)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._model.count_tokens(messages)

    def supports(self, language: str) -> bool:
        return self._model.supports(language)

    def close(self) -> None:
        self._model.close()


class Fallback(WrappingModel):
    """The first of several models that opens and works; its attributes are those of the model in use.

    A model that fails in a call is closed and never asked again: the call is made once more, of the next one, with the
    time that is left. `given_up` says of each why. The failure of the last one is raised, and again by later calls.
    """

    def __init__(self, openers: Sequence[Opener]) -> None:
        """Opens the first that opens; raises what the last one failed with, with notes on those before it."""
        self._openers = deque(openers)
        self._failure: Exception | None = None
        self.given_up: list[str] = []
        try:
            self._model = self._open_next()
        except _FAILURES as exc:
            for reason in self.given_up:
                exc.add_note(f"(before it: {reason})")
            raise

    def prepare(self, head: Sequence[Message], template: str = "") -> None:
        self._ask(lambda model: model.prepare(head, template))

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        """Likelihood of each continuation; raises CannotScore where a model took over that gives none."""
        left = countdown(deadline)

        def ask(model: LanguageModel) -> list[Likelihood]:
            if not model.can_score:
                raise CannotScore(model.name)
            return model.score(prompt, continuations, deadline=left(), cancel=cancel)

        return self._ask(ask)

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        """The answer to each ask; a text of which a part was shown already is not begun anew by the next model.

        It ends where the failure cut it off, as if it had been cancelled, since nobody can take back what was shown.
        """
        left = countdown(deadline)
        shown: dict[int, list[str]] = {}

        def ask(model: LanguageModel) -> list[Generated]:
            numbers = [number for number in range(len(asks)) if number not in shown]
            answers = {number: _cut_off(pieces) for number, pieces in shown.items()}

            def show(place: int, piece: str) -> None:
                shown.setdefault(numbers[place], []).append(piece)
                if on_text is not None:
                    on_text(numbers[place], piece)

            if numbers:
                wanted = [asks[number] if model.continues else _without_start(asks[number]) for number in numbers]
                watch = None if on_text is None else show
                written = model.generate(wanted, deadline=left(), cancel=cancel, on_text=watch)
                answers.update(zip(numbers, written, strict=True))
            return [answers[number] for number in range(len(asks))]

        return self._ask(ask)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._ask(lambda model: model.count_tokens(messages))

    def _ask(self, call: Callable[[LanguageModel], Answer]) -> Answer:
        """What the first model that does not fail says."""
        while self._failure is None:
            try:
                return call(self._model)
            except _NOT_THE_MODELS_FAULT:
                raise
            except _FAILURES as exc:
                self._move_on(exc)
        raise self._failure

    def _move_on(self, failure: Exception) -> None:
        if self._openers:
            self.given_up.append(str(failure))
            try:
                following = self._open_next()
            except _FAILURES as exc:
                failure = exc
            else:
                self._model.close()
                self._model = following
                return
        self._failure = failure

    def _open_next(self) -> LanguageModel:
        while True:
            try:
                return self._openers.popleft()()
            except _FAILURES as exc:
                if not self._openers:
                    raise
                self.given_up.append(str(exc))


def _without_start(ask: Ask) -> Ask:
    """The ask for a model that does not continue a message: its prompt was made for one that came before it."""
    return replace(ask, prompt=ask.prompt[:-1]) if ask.prompt[-1].role == "assistant" else ask


def _cut_off(pieces: Sequence[str]) -> Generated:
    return Generated("".join(pieces), len(pieces), "cancelled")


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

    given_up: Sequence[str] = _passed_on("given_up")

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

    def prepare(self, head: Sequence[Message], template: str = "") -> None:
        """Announce what many prompts begin with; it is not waited for: what is asked next has its turn after it."""
        self._submit(lambda model: model.prepare(head, template))

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
        """The answer to each ask; `on_text` is called in the model's thread."""
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
        """Whether texts in a language may be left to the model: asked once, so that not everybody has to wait."""
        key = self.name, language
        if key not in self._supports:
            self._supports[key] = self._do(lambda model, _: model.supports(language))
        return self._supports[key]

    def close(self) -> None:
        """Free the model, once what was asked before is done."""
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
