"""The shop that a command answers from or measures, with a line that says what is being loaded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from newaisle.agent.cli.screen import detail, note, say, working
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.evaluate.data import Measured
    from newaisle.agent.library.shop import Shop
    from newaisle.agent.llm.base import LanguageModel

Loaded = TypeVar("Loaded")

READING = {"catalogue": "reading products", "histories": "reading histories", "embed": "embedding texts"}
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


def loaded_model(settings: Settings) -> LanguageModel:
    """The language model in use, saying what is loaded."""
    from newaisle.agent.shop.backends import load_model

    return loaded("language model", partial(load_model, settings))


def _note_rebuild(reason: str) -> None:
    note(f"{reason}; building it anew from the ledger")
    say("building the index")


def measured(settings: Settings, folder: Path | None, *, fresh: bool = False, **how: Any) -> Measured:
    """The cases to measure, and what may be learned from; `how` as for `read_folder`."""
    from newaisle.agent.evaluate.data import read_folder, read_shop
    from newaisle.agent.shop.session import require_shop

    if folder is None:
        require_shop(settings)
        return read_shop(settings.shop, fresh=fresh)
    return read_folder(folder, fresh=fresh, settings=settings, loading=loaded, **how)


def with_shop_of(settings: Settings, folder: Path | None, **how: Any) -> Settings:
    """The settings with the shop to measure as theirs; `how` as for `read_into_cache`."""
    from newaisle.agent.evaluate.data import read_into_cache
    from newaisle.agent.shop.session import require_shop

    if folder is None:
        require_shop(settings)
        return settings
    home, _ = read_into_cache(folder, settings=settings, loading=loaded, **how)
    return replace(settings, home=home.folder)
