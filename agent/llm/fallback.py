"""Language models in a configured order: when one fails, the next takes over for the rest of the session."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from newaisle.agent.llm.base import Ask, Generated, LanguageModel, Likelihood, OnText, WrappingModel, countdown
from newaisle.errors import CannotScore, InputTooLong, Interrupted, LanguageModelError, ModelError, WrongThread
from newaisle.prompts.messages import Message

Opener = Callable[[], LanguageModel]
Answer = TypeVar("Answer")

_FAILURES = (LanguageModelError, ModelError)
# What was asked is at fault here, or the time that was given; the next model would not help with that.
_NOT_THE_MODELS_FAULT = (CannotScore, InputTooLong, Interrupted, WrongThread)


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

    def prepare(self, head: Sequence[Message]) -> None:
        self._ask(lambda model: model.prepare(head))

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        """As every model, but raises CannotScore where the model that took over cannot: ask it in another way."""
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
        """As every model; a text of which a part was shown already is not begun anew by the next one.

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

    def supports(self, language: str) -> bool:
        return self._model.supports(language)

    def close(self) -> None:
        self._model.close()

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
