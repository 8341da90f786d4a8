"""What a server can do, found out once and remembered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from newaisle.agent.llm.kept_files import Memory
from newaisle.agent.llm.server.api import ModelInfo
from newaisle.agent.llm.server.scoring import Way

BELIEVED = 24 * 3600.0  # seconds; servers are started again with other options
_SIZE = re.compile(r"(?<![a-z0-9.])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)


class Abilities(BaseModel):
    """What was found out about a model behind a server.

    found: when, in seconds since 1970. listed: whether `parameters` and `context_size` are what its list of models
    says. tried: whether a way to score was looked for. refused: parts of a request that it does not take.
    one_at_a_time: it breaks off an answer when the next request comes.
    """

    model_config = ConfigDict(frozen=True)

    found: float = 0.0
    listed: bool = False
    parameters: int | None = None
    context_size: int | None = None
    tried: bool = False
    scoring: Way | None = None
    refused: frozenset[str] = frozenset()
    one_at_a_time: bool = False


class AbilityMemory:
    """The abilities of one model of one server in a file; what it could not do is believed for a day."""

    def __init__(self, file: Path, name: str, *, now: Callable[[], float] = time.time) -> None:
        self._memory = Memory(file, Abilities)
        self._name = name
        self._now = now
        known = self._memory.recall(name) or Abilities()
        if not 0 <= now() - known.found < BELIEVED:
            known = Abilities(found=now(), scoring=known.scoring, tried=known.scoring is not None)
        self.known = known

    def learn(self, **findings: object) -> None:
        """Remember what was found out."""
        changed = self.known.model_copy(update=findings)
        if changed != self.known:
            self.known = changed
            self._memory.remember(self._name, changed)


def size_of(info: ModelInfo | None) -> tuple[int | None, int | None]:
    """Number of weights and of tokens in the context that a server states for a model."""
    if info is None:
        return None, None
    meta = info.meta
    parameters = meta.n_params if meta else None
    context = info.max_model_len or (meta and (meta.n_ctx or meta.n_ctx_train)) or None
    return parameters, context


def size_in_name(name: str) -> int | None:
    """Number of weights by a model's name ("qwen2.5-7b-instruct", "8x7b"); None where it says nothing."""
    found = _SIZE.search(name)
    if found is None:
        return None
    return round(int(found[1] or 1) * float(found[2]) * (1e9 if found[3] in "bB" else 1e6))
