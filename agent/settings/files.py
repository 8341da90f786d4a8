"""Settings out of the environment and of files: the project's `newaisle.toml` and the user's `config.toml`.

A project file comes with a folder, which may be somebody else's. Unless the user's file trusts the folder, it may not
name a server elsewhere, a file of keys, or the folder of models, whose files native code reads.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newaisle.agent.llm.server.address import is_loopback, is_url
from newaisle.agent.settings.settings import FOLDERS, TABLE, Settings
from newaisle.errors import ConfigError, did_you_mean

PROJECT_FILE = "newaisle.toml"
_TRUST = "trust"
_KINDS = {**{key: row.kind for key, row in TABLE.items()}, _TRUST: FOLDERS}


@dataclass(frozen=True, slots=True)
class Given:
    """A value of a setting and where it was given, `FILE:LINE` or `env NAME`; problem: why it must not be used."""

    value: Any
    origin: str
    problem: str | None = None


def user_file() -> Path:
    """Where the user's own settings are, whether or not there are any."""
    from platformdirs import user_config_path

    return user_config_path("newaisle", appauthor=False) / "config.toml"


def project_file(folder: Path) -> Path | None:
    """The project file of the folder, or of the nearest folder above it that has one."""
    return next((path for above in (folder, *folder.parents) if (path := above / PROJECT_FILE).exists()), None)


def fill_in(settings: Settings, folder: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Set what has no origin yet as the environment says, the project file for work in `folder`, or the user's file.

    Returns which files gave something. Raises ConfigError, with variable or file, line and key, for what is no setting
    or no value of it, and for what a project file must not set.
    """
    given = {**_read_files(folder), **_read_environment(environment, settings.origins)}
    for key, one in given.items():
        if key in settings.origins:
            continue
        if one.problem:
            raise ConfigError(one.problem)
        settings.give(key, one.value, one.origin)
    return list(dict.fromkeys(one.origin.rpartition(":")[0] for one in given.values() if ":" in one.origin))


def _read_environment(environment: Mapping[str, str], known: Container[str]) -> dict[str, Given]:
    return {
        key: Given(row.kind.checked(row.kind.of_text(text), Path(), row.variable), f"env {row.variable}")
        for key, row in TABLE.items()
        if key not in known and (text := environment.get(row.variable))
    }


def _read_files(folder: Path) -> dict[str, Given]:
    """What the user's file and the project file give, the project's first; `trust` left out."""
    user = _read(user_file())
    trusted = user.pop(_TRUST, Given((), "")).value
    project = project_file(folder)
    if project is None:
        return user
    return {**user, **_guarded(_read(project), project, trusted)}


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
    if key not in _KINDS:
        hint = did_you_mean(key, list(_KINDS))
        raise ConfigError(f"{where}: there is no setting {key!r}{hint}: mend it, or take it out")
    return Given(_KINDS[key].checked(value, file.parent, f"{where}: {key}"), where)


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
    # What must not be set keeps its place, with the problem: another source may win over it.
    return {
        key: Given(one.value, one.origin, f"{one.origin}: {what}: {mend}") if (what := _risk(key, one.value)) else one
        for key, one in given.items()
    }


def _risk(key: str, value: Any) -> str | None:
    """Why somebody else's project file must not set this."""
    texts = value if isinstance(value, tuple) else (value,)
    if any(isinstance(text, str) and is_url(text) and not is_loopback(text) for text in texts):
        return f"{key} would send data of the shop to a server elsewhere"
    return f"{key} may be set by a project file of a trusted folder alone" if TABLE[key].guarded else None


def _is_of_another_user(file: Path) -> bool:
    return hasattr(os, "geteuid") and not {file.stat().st_uid, file.lstat().st_uid} <= {os.geteuid(), 0}
