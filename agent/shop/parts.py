"""The ready-made parts that answers are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from newaisle.agent.learn.learned import Learned
from newaisle.agent.llm.base import LanguageModel
from newaisle.store.embedders import Embedder
from newaisle.store.index import Index
from newaisle.store.ledger import Ledger
from newaisle.store.logs import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is slow to load is loaded when it is first needed.

    `model` is None where no language model shall take part. `index` raises IndexDamaged, `model` ModelError or
    LanguageModelError; the answer is then made without them, and says so. `log` keeps what was asked and answered, and
    raises LogError where it cannot; None: nothing is kept.
    """

    ledger: Ledger
    embedder_name: str
    embedder: Callable[[], Embedder]
    multilingual: Callable[[], Embedder | None] = lambda: None  # see `Session.multilingual`
    index: Callable[[], Index]
    model: Callable[[], LanguageModel] | None
    prompts_folder: Path | None = None
    learned: Learned = field(default_factory=Learned)
    log: Callable[[Entry], None] | None = None
