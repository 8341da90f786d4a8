"""What the commands that measure read: the shop in use, or data in a folder, which is read into a cache of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.evaluate.data import Measured

READING = {"catalogue": "reading products", "histories": "reading histories", "embed": "embedding texts"}


def measured(settings: Settings, folder: Path | None, *, fresh: bool = False, **how: Any) -> Measured:
    """The cases to measure, and what may be learned from; `how` as for `read_folder`."""
    from newaisle.agent.cli.opening import loaded
    from newaisle.agent.evaluate.data import read_folder, read_shop
    from newaisle.agent.shop.session import require_shop

    if folder is None:
        require_shop(settings)
        return read_shop(settings.shop, fresh=fresh)
    return read_folder(folder, fresh=fresh, settings=settings, loading=loaded, **how)


def with_shop_of(settings: Settings, folder: Path | None, **how: Any) -> Settings:
    """The settings with the shop to measure as theirs; `how` as for `read_into_cache`."""
    from newaisle.agent.cli.opening import loaded
    from newaisle.agent.evaluate.data import read_into_cache
    from newaisle.agent.shop.session import require_shop

    if folder is None:
        require_shop(settings)
        return settings
    home, _ = read_into_cache(folder, settings=settings, loading=loaded, **how)
    return replace(settings, home=home.folder)
