"""A row of the table of settings, and what the settings in it can be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from newaisle.agent.models import catalog
from newaisle.errors import ConfigError


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """wanted: in words. read: makes the setting of a value that fits and the folder of its file.

    of_text: makes of a text in the environment what would stand in a file.
    """

    wanted: str
    fits: Callable[[Any], bool]
    read: Callable[[Any, Path], Any] = lambda value, _: value
    of_text: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()

    def checked(self, value: Any, folder: Path, name: str) -> Any:
        """The setting that a value makes; raises ConfigError, with the name, for one that does not fit."""
        with suppress(RuntimeError):  # `~nobody`
            if self.fits(value):
                return self.read(value, folder)
        raise ConfigError(f"{name} must be {self.wanted}")


def one_of(*choices: str) -> Kind:
    return Kind(f"one of {', '.join(map(repr, choices))}", lambda value: value in choices, choices=choices)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _path(text: str, folder: Path) -> Path:
    return folder / Path(text).expanduser()


def _is_currency(value: Any) -> bool:
    from newaisle.store.prices import ISO_4217

    return isinstance(value, str) and value.upper() in ISO_4217


TEXT = Kind("a text in quotes", _is_text)
TEXTS = Kind('a list of texts like ["one", "two"]', _are_texts, lambda texts, _: tuple(texts), str.split)
FILE = Kind("a path in quotes", _is_text, _path)
FOLDER = Kind("a path in quotes", _is_text, _path)
FOLDERS = Kind('a list of paths like ["~/shops"]', _are_texts, lambda texts, at: tuple(_path(one, at) for one in texts))
COUNT = Kind(
    "a whole number of at least 1",
    lambda value: type(value) is int and value >= 1,
    of_text=lambda text: int(text) if text.isdecimal() else text,
)
CURRENCY = Kind("an ISO 4217 code such as 'USD' or 'CNY'", _is_currency, lambda code, _: code.upper())


@dataclass(frozen=True, slots=True)
class Row:
    """All that files, the environment and the command line know of one setting.

    about: what a command is about that takes its flag; `answer`: what options of some commands are where left out.
    default: a value, or what makes one. proposed: of which models a shell proposes the names.
    guarded: a project's file may set it in a trusted folder alone.
    """

    kind: Kind
    help: str
    about: Literal["home", "prompts", "model", "embedder", "answer"]
    default: Any = None
    metavar: str | None = None
    proposed: catalog.Kind | None = None
    guarded: bool = False
    name: str = ""  # in Settings, and in a file

    @property
    def flag(self) -> str:
        return f"-{self.name}" if len(self.name) == 1 else f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        return f"NEWAISLE_{self.name.upper()}"

    @property
    def field(self) -> Any:
        """That of Settings, which gives it its name."""
        default = self.default if callable(self.default) else lambda: self.default
        return field(default_factory=default, metadata={"row": self})
