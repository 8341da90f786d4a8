"""Settings out of files: the project's `newaisle.toml` and the user's `config.toml`.

A project file comes with a folder, which may be somebody else's. Unless the user's file trusts the folder, it may not
name a server elsewhere, a file of keys, or the folder of models, whose files native code reads.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newaisle.agent.settings import is_loopback, is_url
from newaisle.errors import ConfigError, did_you_mean

PROJECT_FILE = "newaisle.toml"
_TRUST = "trust"
_GUARDED = {"api_key_file", "models"}

Reader = Callable[[Any, Path], Any]  # of a value in a file of a folder; raises ValueError naming what is wanted


@dataclass(frozen=True, slots=True)
class Given:
    """A value of a setting and where it was given, `FILE:LINE` or `env NAME`; problem: why it must not be used."""

    value: Any
    origin: str
    problem: str | None = None


def _text(value: Any, _: Path) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value
    raise ValueError("a text in quotes")


def _texts(value: Any, folder: Path) -> tuple[str, ...]:
    try:
        if isinstance(value, list):
            return tuple(_text(one, folder) for one in value)
    except ValueError:
        pass
    raise ValueError('a list of texts like ["one", "two"]')


def _path(value: Any, folder: Path) -> Path:
    try:
        return folder / Path(_text(value, folder)).expanduser()
    except (ValueError, RuntimeError) as exc:  # `~nobody`
        raise ValueError("a path in quotes") from exc


def _paths(value: Any, folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(_path(one, folder) for one in _texts(value, folder))
    except ValueError as exc:
        raise ValueError('a list of paths like ["~/shops"]') from exc


def _one_of(*choices: str) -> Reader:
    def read(value: Any, _: Path) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise ValueError(f"one of {', '.join(map(repr, choices))}")

    return read


def _count(value: Any, _: Path) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError("a whole number of at least 1")


def _currency(value: Any, _: Path) -> str:
    from newaisle.store.prices import ISO_4217

    if isinstance(value, str) and value.upper() in ISO_4217:
        return value.upper()
    raise ValueError("an ISO 4217 code such as 'USD' or 'CNY'")


SETTINGS: Mapping[str, Reader] = {
    "home": _path,
    "prompts": _path,
    "models": _path,
    "backend": _one_of("local", "http"),
    "base_url": _text,
    "api_key_file": _path,
    "model": _text,
    "fallback": _texts,
    "embedder": _text,
}
# What the options of these names are where they are left out, for every command that has one.
DEFAULTS: Mapping[str, Reader] = {
    "language": _one_of("en", "zh"),
    "style": _one_of("short", "detailed", "seller"),
    "k": _count,
    "currency": _currency,
}
_KEYS = {**SETTINGS, **DEFAULTS, _TRUST: _paths}


def user_file() -> Path:
    """Where the user's own settings are, whether or not there are any."""
    from platformdirs import user_config_path

    return user_config_path("newaisle", appauthor=False) / "config.toml"


def project_file(folder: Path) -> Path | None:
    """The project file of the folder, or of the nearest folder above it that has one."""
    return next((path for above in (folder, *folder.parents) if (path := above / PROJECT_FILE).exists()), None)


def read_config(folder: Path) -> dict[str, Given]:
    """What the user's file and the project file for work in `folder` give, the project's first; `trust` left out.

    Raises ConfigError, with file, line and key, for what is no setting or no value of it.
    """
    user = _read(user_file())
    trusted = user.pop(_TRUST, Given((), "")).value
    project = project_file(folder)
    if project is None:
        return user
    return {**user, **_guarded(_read(project), project, trusted)}


def read_environment(environment: Mapping[str, str] = os.environ) -> dict[str, Given]:
    """Those of DEFAULTS that the environment sets; raises ConfigError where it sets one to what it cannot be."""
    found = {}
    for key, read in DEFAULTS.items():
        variable = f"NEWAISLE_{key.upper()}"
        if text := environment.get(variable):
            value = int(text) if key == "k" and text.isdecimal() else text
            found[key] = Given(_checked(read, value, Path(), variable), f"env {variable}")
    return found


def _read(file: Path) -> dict[str, Given]:
    """The settings of one file; none where there is no such file."""
    import tomllib

    try:
        text = file.read_bytes().decode("utf-8-sig")
        found = tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as exc:
        raise ConfigError(f"{file} cannot be read ({exc.strerror}): mend that, or move it away") from exc
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ConfigError(f"{file} is not TOML ({exc}): mend it, or move it away") from exc
    return {key: _given(file, key, value, text) for key, value in found.items()}


def _given(file: Path, key: str, value: Any, text: str) -> Given:
    where = f"{file}:{_line_of(key, text)}"
    if key == _TRUST and file.name == PROJECT_FILE:
        raise ConfigError(f"{where}: a project file cannot trust itself: put {_TRUST} into {user_file()}")
    if key not in _KEYS:
        raise ConfigError(
            f"{where}: there is no setting {key!r}{did_you_mean(key, list(_KEYS))}: mend it, or take it out"
        )
    return Given(_checked(_KEYS[key], value, file.parent, f"{where}: {key}"), where)


def _checked(read: Reader, value: Any, folder: Path, name: str) -> Any:
    try:
        return read(value, folder)
    except ValueError as exc:
        raise ConfigError(f"{name} must be {exc}") from exc


def _line_of(key: str, text: str) -> int:
    """The line that sets a key: the standard library's parser does not say."""
    pattern = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*[.=]|\s*\[+\s*(["']?){re.escape(key)}\2\s*[\].]""")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if pattern.match(line)), 1)


def _guarded(given: dict[str, Given], file: Path, trusted: tuple[Path, ...]) -> dict[str, Given]:
    """The settings of a project file, with the problem of each that only a trusted folder may give."""
    folder = file.parent.resolve()
    if not given or any(folder.is_relative_to(path.resolve()) for path in trusted):
        return given
    mend = f'if you trust what is in there, put `{_TRUST} = ["{folder}"]` into {user_file()}'
    if _is_of_another_user(file):
        raise ConfigError(f"{file} belongs to another user, and is not read: {mend}")
    return {
        key: Given(one.value, one.origin, f"{one.origin}: {what}: {mend}") if (what := _risk(key, one.value)) else one
        for key, one in given.items()
    }


def _risk(key: str, value: Any) -> str | None:
    """Why somebody else's project file must not set this."""
    texts = value if isinstance(value, tuple) else (value,)
    remote = next((text for text in texts if isinstance(text, str) and is_url(text) and not is_loopback(text)), None)
    if remote is not None:
        return f"{key} would send data of the shop to a server elsewhere"
    if key in _GUARDED:
        return f"{key} may be set by a project file of a trusted folder alone"
    return None


def _is_of_another_user(file: Path) -> bool:
    if not hasattr(os, "geteuid"):
        return False
    return not {file.stat().st_uid, file.lstat().st_uid} <= {os.geteuid(), 0}
