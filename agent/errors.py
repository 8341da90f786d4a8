"""What can go wrong in answering. Every message is one line and ends with the next move.

AgentError
├── RequestError      what was asked for does not exist or makes no sense: ask again
├── ConfigError       a setting in a file or in the environment cannot be used: mend it there
├── BackendDown       under `--strict`: a part that the answer needs does not work: mend it, see `newaisle doctor`
└── UselessAnswer     under `--strict`: the language model answered, but nothing that could be used
"""

from __future__ import annotations

from collections.abc import Iterable


class AgentError(Exception):
    """Base of everything the agent raises on purpose."""


class RequestError(AgentError):
    """An unknown customer or category, or a combination of options that makes no sense."""


class ConfigError(AgentError):
    """A setting in a file or in the environment that is unknown, cannot be read, or must not be used."""


class BackendDown(AgentError):
    """A part that the answer needs does not work, and the caller wants no answer without it."""


class UselessAnswer(AgentError):
    """The language model answered, but nothing that could be used, and the caller wants no answer without it."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known names, to be put into a message; empty when none is near."""
    from rapidfuzz import process, utils

    near = process.extract(name, known, limit=3, score_cutoff=60, processor=utils.default_process)
    return f" (did you mean {' or '.join(repr(choice) for choice, *_ in near)}?)" if near else ""
