"""What can go wrong with prompts. Every message is one line and ends with the next move where there is one.

PromptError
├── TemplateError    a template file that is missing, unreadable or wrong: mend it (`path` and `line` say where)
└── RenderError      a sound template and inputs that do not go together, or that together exceed a limit

A retry never helps: neither depends on anything but the file and the inputs.
"""

from __future__ import annotations

from pathlib import Path


class PromptError(Exception):
    """Base of everything the prompts raise on purpose; `path` and `line` (from 1) say where, if anywhere."""

    def __init__(self, message: str, *, path: Path | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = ":".join(str(place) for place in (self.path, self.line) if place is not None)
        return f"{where}: {self.message}" if where else self.message


class TemplateError(PromptError):
    """A template that cannot be found, read or used."""


class RenderError(PromptError):
    """Inputs that a template cannot be rendered with."""
