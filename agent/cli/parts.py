"""The parts of an answer for commands: `agent.shop.session`, with a line that says what is being loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from newaisle.agent.cli.screen import detail, note, say, working

if TYPE_CHECKING:
    from newaisle.agent.llm.base import LanguageModel
    from newaisle.agent.settings import Settings
    from newaisle.agent.shop.parts import Parts
    from newaisle.store.embedders import Embedder

Loaded = TypeVar("Loaded")

_FINDING = "looking for what matters"


@contextmanager
def open_parts(settings: Settings) -> Iterator[Parts]:
    """`agent.shop.session.open_parts`, with what goes on shown meanwhile; says why an index is built anew."""
    from newaisle.agent.shop import session

    with working(_FINDING), session.open_parts(settings, on_rebuild=_note_rebuild) as parts:
        detail(f"shop in {settings.home}, embedded by {parts.embedder_name}; models in {settings.models}")
        detail(f"own templates in {settings.prompts_folder}")
        model = parts.model
        if model is not None:
            model = _telling("language model", model, lambda loaded: loaded.name, then="asking the language model")
        yield replace(
            parts,
            index=_telling("index", parts.index, lambda index: f"generation {index.generation}"),
            embedder=_telling("embedder", parts.embedder, lambda embedder: embedder.name),
            model=model,
        )


def load_embedder(settings: Settings) -> Embedder:
    """`agent.shop.session.load_embedder`, saying so on the line of `working`."""
    from newaisle.agent.shop import session

    return _telling("embedder", lambda: session.load_embedder(settings), lambda embedder: embedder.name)()


def load_model(settings: Settings) -> LanguageModel:
    """`agent.shop.session.load_model`, saying so on the line of `working`."""
    from newaisle.agent.shop import session

    return _telling("language model", lambda: session.load_model(settings), lambda model: model.name)()


def _note_rebuild(reason: str) -> None:
    note(f"{reason}; building it anew from the ledger")
    say("building the index")


def _telling(
    what: str, load: Callable[[], Loaded], name: Callable[[Loaded], str], *, then: str = _FINDING
) -> Callable[[], Loaded]:
    """`load`, saying what it does; the one thing that it makes is made once."""

    @cache
    def telling() -> Loaded:
        say(f"loading the {what}")
        begin = time.perf_counter()
        loaded = load()
        detail(f"{what} {name(loaded)}: loaded in {time.perf_counter() - begin:.2f} s")
        say(then)
        return loaded

    return telling
