"""The shop for commands: `agent.library.shop`, with a line that says what is being loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from newaisle.agent.cli.screen import detail, note, say, working

if TYPE_CHECKING:
    from newaisle.agent.library.shop import Shop
    from newaisle.agent.settings.settings import Settings

Loaded = TypeVar("Loaded")

_FINDING = "looking for what matters"


@contextmanager
def opened(settings: Settings) -> Iterator[Shop]:
    """The shop, with what goes on shown meanwhile; says why an index is built anew."""
    with working(_FINDING), unseen(settings, loading=loaded) as shop:
        detail(f"shop in {settings.home}, embedded by {shop.parts.embedder_name}; models in {settings.models}")
        detail(f"own templates in {settings.prompts_folder}")
        yield shop


def unseen(settings: Settings, **how: Any) -> Shop:
    """The shop, with nothing on the screen but why an index is built anew; `how` as for `Session`."""
    from newaisle.agent.library.shop import Shop
    from newaisle.agent.shop.session import Session

    return Shop(Session(settings, on_rebuild=_note_rebuild, **how))


def loaded(what: str, load: Callable[[], Loaded]) -> Loaded:
    """What is loaded, saying so on the line of `working`."""
    say(f"loading the {what}")
    begin = time.perf_counter()
    found = load()
    name = getattr(found, "name", None) or f"generation {getattr(found, 'generation', '')}"
    detail(f"{what} {name}: loaded in {time.perf_counter() - begin:.2f} s")
    say("asking the language model" if what == "language model" else _FINDING)
    return found


def _note_rebuild(reason: str) -> None:
    note(f"{reason}; building it anew from the ledger")
    say("building the index")
