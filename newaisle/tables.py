"""Tables that stand in TOML and YAML files beside the code that reads them: texts, patterns, words, models, formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def table(code: str, name: str) -> dict[str, Any]:
    """What the file `name` says that lies beside a module; code: the module's `__file__`."""
    import tomllib

    return tomllib.loads(Path(code).with_name(name).read_text(encoding="utf-8"))


def read_yaml(path: Path) -> Any:
    """What a file of YAML holds, by the parser in C where there is one."""
    import yaml  # which takes longer than tomllib, and most commands need no such file

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader)
