from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newaisle.prompts.template import Template, read_template

WriteTemplate = Callable[..., Path]


@pytest.fixture
def write_template(tmp_path: Path) -> WriteTemplate:
    """Writes explain.en.yaml around a prompt, or NAME with exactly the TEXT given."""

    def write(prompt: str = "Hello", *, more: str = "", text: str | None = None, name: str = "explain.en.yaml") -> Path:
        lines = "".join(f"  {line}\n" for line in prompt.split("\n"))
        path = tmp_path / name
        path.write_text(
            text if text is not None else f"description: A test.\nlanguage: en\nprompt: |-\n{lines}{more}",
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def template(write_template: WriteTemplate) -> Callable[..., Template]:
    def build(prompt: str, *, more: str = "") -> Template:
        return read_template(write_template(prompt, more=more), "yours")

    return build
