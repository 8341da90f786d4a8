"""The ready-made parts that answers are made with, and one answer in the making."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.learn.learned import Learned
from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.schema.gain import Worded
from newaisle.agent.schema.query import Query
from newaisle.agent.schema.style import Switch
from newaisle.agent.shop.wording import Wording
from newaisle.errors import BackendDown, LanguageModelError, ModelError, UselessAnswer
from newaisle.languages import Language
from newaisle.store.embedders import Embedder
from newaisle.store.index import Index
from newaisle.store.ledger import Ledger
from newaisle.store.logs import Entry, Exchange

if TYPE_CHECKING:
    from newaisle.prompts.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts that answers are made with; what is slow to load is loaded when it is first needed.

    `model` is None where no language model shall take part. `index` raises IndexDamaged, `model` ModelError or
    LanguageModelError; the answer is then made without them, and says so. `log` keeps what was asked and answered, and
    raises LogError where it cannot; None: nothing is kept. `template` words the texts in place of the one in use.
    `wording`: what the shop has found of the model's texts; `on_worded` is told of those of every answer.
    """

    ledger: Ledger
    embedder_name: str
    embedder: Callable[[], Embedder]
    multilingual: Callable[[], Embedder | None] = lambda: None  # see `Session.multilingual`
    index: Callable[[], Index]
    model: Callable[[], LanguageModel] | None
    prompts_folder: Path | None = None
    template: Template | None = None
    synonyms_file: Path | None = None
    learned: Learned = field(default_factory=Learned)
    log: Callable[[Entry], None] | None = None
    wording: Callable[[], Wording] | None = None
    on_worded: Callable[[Sequence[Worded]], None] = lambda worded: None

    def is_worded(self, switch: Switch, template: str, language: str) -> bool:
        """Whether the model is to word texts by a template: under `auto` unless it was found to add nothing here."""
        if switch != "auto":
            return switch == "on"
        wording = self.wording() if self.wording else None
        if wording is None:
            return True
        counts = wording.counts(template, language)
        return not wording.disliked and (counts is None or counts.adds is not False)


@dataclass(slots=True, kw_only=True)
class Run:
    """One answer in the making.

    wording: whether the model is to word the texts.
    failures: parts that the answer had to do without. refusals: texts of the model that failed the check.

    exchanges: all that was asked of a model. template: the last one that a model answered. cancel: stops the writing of
    texts soon after it is set, by whatever thread.
    """

    query: Query
    parts: Parts
    wording: Switch = "auto"
    cancel: threading.Event | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    template: Template | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long a stage takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            self.timings_ms[name] = round(self.timings_ms.get(name, 0.0) + spent, 1)

    @contextmanager
    def doing_without(self, part: str) -> Iterator[None]:
        """Note the failure of a part that an answer can do without."""
        try:
            yield
        except (ModelError, LanguageModelError) as exc:
            self.failures.append(" ".join([f"{part}: {exc}", *getattr(exc, "__notes__", ())]))

    def count(self, template: Template, worded: Sequence[Worded], model: LanguageModel) -> None:
        """Count the texts that a model wrote; one that took over for the one in use is not counted as that one."""
        self.parts.on_worded(worded)
        if self.parts.wording is None or model.given_up:
            return
        if (told := self.parts.wording().add(template, worded)) and self.wording == "auto":
            self.warnings.append(f"{model.name} {told} from now on; `--wording on` has it word texts all the same")

    @contextmanager
    def using(self, name: str, language: Language) -> Iterator[Template]:
        """A template, which is part of what the answer was made with if the model does not fail on it."""
        from newaisle.prompts.library import (
            load_template,  # and with it Jinja, which an answer without a model lacks
        )

        used = self.parts.template
        template = used or load_template(name, language=language, folder=self.parts.prompts_folder)
        yield template
        self.template = template

    def enforce(self) -> None:
        """Raise BackendDown for a part that failed, UselessAnswer for a text that did."""
        if self.failures:
            raise BackendDown(f"--strict allows no answer without a part: {self.failures[0]}")
        if self.refusals:
            raise UselessAnswer(
                f"{len(self.refusals)} of the model's texts failed the check, the first because {self.refusals[0]}:"
                " leave --strict out to have them replaced, or use a stronger model"
            )
