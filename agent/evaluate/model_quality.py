"""How fast a language model's variants are here, and what each loses against the file as published.

Runs as a child process, since native code that crashes cannot be caught:
`python -m newaisle.agent.evaluate.model_quality VARIANTS [--everything]`. VARIANTS is a JSON list of
`measurement.Variant`, the file as published first. Prints `3 of 20` after each step, then the measurements as JSON, in
the order of the variants.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np

from newaisle.agent.evaluate.sample_asks import SampleAsk, sample_asks
from newaisle.agent.llm.base import Generated, Likelihood
from newaisle.agent.llm.engine import LlamaEngine
from newaisle.agent.models.adapters.known import adapter_for
from newaisle.agent.models.convert import CALIBRATION_TEXTS, CHECK_TEXTS
from newaisle.agent.models.manifest import (
    ANSWER_SENTENCES,
    MEASUREMENTS,
    MOST_LOSS,
    SLOWER,
    VARIANTS,
    Measurement,
    Variant,
    answer_seconds,
    objection,
)
from newaisle.agent.schema.gain import Worded
from newaisle.agent.wording.gain import gain
from newaisle.progress import Progress
from newaisle.prompts.messages import Message, Part

ROUNDS = 3
EVERYTHING = "--everything"
HELD_OUT_TEXTS = tuple(text for text in CHECK_TEXTS + CALIBRATION_TEXTS if text)
_QUESTION = (Message("user", (Part("Name a product of a shop.", is_data=False),)),)


class _Tried:
    """A variant with its engine, the best speeds seen so far, and the explanations that it has written."""

    def __init__(self, variant: Variant, engine: LlamaEngine) -> None:
        self.variant = variant
        self.engine = engine
        self.prompt_tokens_s = self.written_tokens_s = 0.0
        self.written: dict[int, Generated] = {}
        self.loss = 0.0, 0.0  # nats a token, and the standard error of that
        self.worded: list[Worded] = []

    def write(self, asks: Sequence[SampleAsk], numbers: Sequence[int]) -> None:
        """Write the explanations with these numbers, and take the time."""
        watch = _Stopwatch()
        before = self.engine.usage.evaluated
        texts = self.engine.generate([asks[number].ask for number in numbers], on_text=watch)
        watch.stop()
        self.written.update(zip(numbers, texts, strict=True))
        written = sum(text.tokens for text in texts) - len(texts)  # the first token of each comes with its prompt
        self.prompt_tokens_s = max(self.prompt_tokens_s, (self.engine.usage.evaluated - before) / watch.reading_s)
        self.written_tokens_s = max(self.written_tokens_s, written / watch.writing_s)

    def check(self, asks: Sequence[SampleAsk]) -> None:
        """Write what is left of the explanations, and see how many pass their check."""
        left = [number for number in range(len(asks)) if number not in self.written]
        texts = self.engine.generate([asks[number].ask for number in left])
        self.written.update(zip(left, texts, strict=True))
        self.worded = [asks[number].worded(text) for number, text in self.written.items()]

    def score(self) -> list[Likelihood]:
        return self.engine.score(_QUESTION, HELD_OUT_TEXTS)

    def measurement(self) -> Measurement:
        timed = self.prompt_tokens_s > 0
        loss, error = self.loss
        seconds = answer_seconds(self.prompt_tokens_s, self.written_tokens_s) if timed else None
        found = gain(self.worded, None if seconds is None else seconds / ANSWER_SENTENCES * len(self.worded))
        return Measurement(
            variant=self.variant.name,
            bytes=self.variant.path.stat().st_size,
            prompt_tokens_s=round(self.prompt_tokens_s, 1) if timed else None,
            written_tokens_s=round(self.written_tokens_s, 1) if timed else None,
            answer_s=None if seconds is None else round(seconds, 3),
            loss=round(loss, 4),
            loss_se=round(error, 4),
            passed_share=None if found.refused is None else round(1 - found.refused, 3),
            gain=found if self.worded else None,
        )


class _Stopwatch:
    """Told of each new piece of text, it keeps the time of reading prompts and of writing apart.

    The time up to a text's first piece went into its prompt, whether texts are written together or one by one.
    """

    def __init__(self) -> None:
        self.reading_s = self.writing_s = 0.0
        self._begun: set[int] = set()
        self._last = time.perf_counter()

    def __call__(self, index: int, _text: str) -> None:
        now = time.perf_counter()
        if index in self._begun:
            self.writing_s += now - self._last
        else:
            self.reading_s += now - self._last
        self._begun.add(index)
        self._last = now

    def stop(self) -> None:
        self.writing_s += time.perf_counter() - self._last


def measure(
    variants: Sequence[Variant], report: Progress, *, everything: bool = False, rounds: int = ROUNDS
) -> list[Measurement]:
    """Measure what the variants lose, then how fast they are, until it is clear which one is best.

    The first is the file as published. A variant that loses too much is timed only where `everything` is wanted. Those
    that are timed take turns, so that a busy machine hits all alike, and the best of their rounds counts. Explanations
    are checked for the published file and, the fastest first, for the others until one passes as many.
    """
    asks = sample_asks()
    with ExitStack() as stack:
        tried = [_Tried(variant, stack.enter_context(_open(variant))) for variant in variants]
        steps = _Steps(report, len(tried) * (rounds + 3))
        reference = tried[0].score()
        for one in tried:
            if one is not tried[0]:
                one.loss = loss_per_token(reference, one.score())
            steps.add(1)
        timed = [one for one in tried if everything or one.loss[0] <= MOST_LOSS]
        for one in timed:  # so that all are warm, and what all the prompts begin with is evaluated
            one.engine.generate([asks[-1].ask])
        for turn in range(rounds):
            for one in timed:
                one.write(asks, range(turn * ANSWER_SENTENCES, (turn + 1) * ANSWER_SENTENCES))
                steps.add(1)
        _check_explanations(timed, asks, steps)
        return [one.measurement() for one in tried]


def _open(variant: Variant) -> LlamaEngine:
    return LlamaEngine(
        variant.path,
        use_extra_bufts=variant.use_extra_bufts,
        can_fork=variant.can_fork,
        adapter=adapter_for(variant.model, None),
    )


def _check_explanations(timed: Sequence[_Tried], asks: Sequence[SampleAsk], steps: _Steps) -> None:
    published, *others = timed
    published.check(asks)
    steps.add(2)
    limit = published.measurement()
    for one in sorted(others, key=lambda one: one.measurement().answer_s or math.inf):
        if objection(one.measurement(), limit) == SLOWER:  # nothing against it but that its explanations are not known
            one.check(asks)
            steps.add(2)
            if objection(one.measurement(), limit) is None:
                return


class _Steps:
    """Counts steps done, of at most so many."""

    def __init__(self, report: Progress, most: int) -> None:
        self._report, self._most, self._done = report, most, 0

    def add(self, count: int) -> None:
        self._done += count
        self._report(min(self._done, self._most), self._most)


def loss_per_token(reference: Sequence[Likelihood], found: Sequence[Likelihood]) -> tuple[float, float]:
    """By how many nats a token the texts are less likely than by the reference, and the standard error of that.

    The texts are the sample of which a ratio of totals is estimated (Cochran 1977, Sampling Techniques, section 2.9).
    """
    lost = np.array([before.total - after.total for before, after in zip(reference, found, strict=True)])
    tokens = np.array([likelihood.tokens for likelihood in reference])
    loss = lost.sum() / tokens.sum()
    residuals = lost - loss * tokens
    count = len(tokens)
    error = math.sqrt(count / (count - 1) * float(residuals @ residuals)) / tokens.sum()
    return float(loss), float(error)


def main() -> None:
    """The child."""
    variants, everything = VARIANTS.validate_json(sys.argv[1]), EVERYTHING in sys.argv[2:]

    def report(done: int, steps: int) -> None:
        print(f"{done} of {steps}", flush=True)

    measured = measure(variants, report, everything=everything)
    print(MEASUREMENTS.dump_json(tuple(measured)).decode(), flush=True)


if __name__ == "__main__":
    main()
