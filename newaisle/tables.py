"""Tables that stand in TOML files beside the code that reads them: texts by language, patterns, words, models."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def table(code: str, name: str) -> dict[str, Any]:
    """What the file `name` says that lies beside a module; code: the module's `__file__`."""
    import tomllib

    return tomllib.loads(Path(code).with_name(name).read_text(encoding="utf-8"))
