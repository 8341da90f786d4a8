"""One answer in the making: what it is made with, and what is noted along the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newaisle.agent.schema.query import Query
from newaisle.agent.shop.parts import Parts
from newaisle.errors import BackendDown, LanguageModelError, ModelError, UselessAnswer
from newaisle.languages import Language
from newaisle.store.logs import Exchange

if TYPE_CHECKING:
    from newaisle.prompts.template import Template


@dataclass(slots=True, kw_only=True)
class Run:
    """failures: parts that the answer had to do without. refusals: texts of the model that failed the check.

    exchanges: all that was asked of a model. template: the last one that a model answered. cancel: stops the writing of
    texts soon after it is set, by whatever thread.
    """

    query: Query
    parts: Parts
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

    @contextmanager
    def using(self, name: str, language: Language) -> Iterator[Template]:
        """A template, which is part of what the answer was made with if the model does not fail on it."""
        from newaisle.prompts.library import (
            load_template,  # and with it Jinja and YAML, which an answer without a model lacks
        )

        template = load_template(name, language=language, folder=self.parts.prompts_folder)
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
