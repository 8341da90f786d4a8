"""A language model whose work is counted: tokens read and written, and seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from newaisle.agent.llm.base import Ask, Generated, LanguageModel, Likelihood, OnText
from newaisle.agent.llm.wrapping import WrappingModel
from newaisle.prompts.messages import Message


@dataclass(slots=True)
class Spent:
    """evaluated: tokens of prompts that were run through the model; generated: tokens of answers."""

    evaluated: int = 0
    generated: int = 0
    seconds: float = 0.0


class Metered(WrappingModel):
    """Passes everything on to another model, and adds up in `spent` what that takes.

    A local engine says itself how many tokens it evaluated, those that it had kept left out. Of any other model, all
    tokens of the prompts and of what is scored are taken to be evaluated. What is prepared is for all answers, so
    that it belongs to none.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.spent = Spent()

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        with self._metering([prompt]) as spent:
            found = self._model.score(prompt, continuations, deadline=deadline, cancel=cancel)
        if not self._counts_itself:
            spent.evaluated += sum(one.tokens for one in found)
        return found

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        with self._metering([ask.prompt for ask in asks]) as spent:
            answers = self._model.generate(asks, deadline=deadline, cancel=cancel, on_text=on_text)
        spent.generated += sum(answer.tokens for answer in answers)
        return answers

    @property
    def _counts_itself(self) -> bool:
        return hasattr(self._model, "usage")

    @contextmanager
    def _metering(self, prompts: Sequence[Sequence[Message]]) -> Iterator[Spent]:
        usage = getattr(self._model, "usage", None)
        before = usage.evaluated if usage else 0
        start = time.perf_counter()
        yield self.spent
        self.spent.seconds += time.perf_counter() - start
        self.spent.evaluated += usage.evaluated - before if usage else sum(map(self.count_tokens, prompts))
