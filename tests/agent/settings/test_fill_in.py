"""Settings without a command line, as a program has them that uses newaisle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newaisle.agent.settings.files import fill_in
from newaisle.agent.settings.settings import Settings
from newaisle.errors import ConfigError


def test_what_a_program_says_wins_over_the_environment_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "newaisle.toml"
    file.write_text('model = "large"\nk = 3\nhome = "shop"\nstyle = "seller"\n', encoding="utf-8")
    environment = {"NEWAISLE_MODEL": "small", "NEWAISLE_K": "4", "NEWAISLE_FALLBACK": "x  y", "NEWAISLE_MODELS": "m"}
    settings = Settings(model="none", origins={"model": "argument"})
    assert fill_in(settings, tmp_path / "below", environment) == [str(file)]
    given = Settings(model="none", k=4, home=tmp_path / "shop", style="seller", fallback=("x", "y"), models=Path("m"))
    assert settings == given
    assert settings.origins == {
        "model": "argument",
        "k": "env NEWAISLE_K",
        "home": f"{file}:3",
        "style": f"{file}:4",
        "fallback": "env NEWAISLE_FALLBACK",
        "models": "env NEWAISLE_MODELS",
    }


@pytest.mark.parametrize(("name", "text"), [("BACKEND", "https"), ("MODEL", "a\nb"), ("HOME", "~nobody-at-all/x")])
def test_what_is_wrong_in_the_environment_names_the_variable(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"NEWAISLE_{name} must be"):
        fill_in(Settings(), tmp_path, {f"NEWAISLE_{name}": text})


def test_they_need_nothing_of_the_command_line_and_nothing_heavy() -> None:
    script = """
import sys
import newaisle.agent.settings.files
print(sorted(sys.modules.keys() & {"newaisle.agent.cli", "click", "jinja2", "numpy", "pydantic", "rapidfuzz", "yaml"}))
"""
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
