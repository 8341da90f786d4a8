"""What is said of the llama.cpp that is installed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from newaisle.agent.llm import installed


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    installed.features.cache_clear()
    yield
    installed.features.cache_clear()


class Distribution:
    def __init__(self, wheel: str) -> None:
        self.wheel = wheel

    def read_text(self, _name: str) -> str:
        return f"Wheel-Version: 1.0\nGenerator: scikit-build-core\n{self.wheel}Tag: py3-none-linux_x86_64\n"


def says(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The child that loads llama.cpp runs this instead."""
    monkeypatch.setattr(installed, "python_child", lambda _module: (sys.executable, "-c", code))


def install(monkeypatch: pytest.MonkeyPatch, wheel: str) -> None:
    """An installation from a wheel that has this line, and from which llama.cpp says what it uses."""
    monkeypatch.setattr(installed, "distribution", lambda _: Distribution(wheel))
    monkeypatch.setattr(installed, "version", lambda _: "0.3.36")
    says(monkeypatch, "print('CPU : AVX2 = 1 | AVX512 = 0 | AMX_INT8 = 1 | REPACK = 1 | ')")


@pytest.mark.parametrize(
    ("name", "by"),
    [("GCC 12.2.0", "GCC 12.2.0"), ("ziglang 0.17.1", "ziglang 0.17.1"), (None, "pip, not by the set-up")],
)
def test_who_built_it_with_what_is_said(monkeypatch: pytest.MonkeyPatch, name: str | None, by: str) -> None:
    install(monkeypatch, f"Build: {installed.build_tag(name)}\n" if name else "")
    assert installed.compiler() == name
    assert installed.description() == f"llama-cpp-python 0.3.36, built by {by}; uses AVX2 AMX_INT8 REPACK"


def test_a_build_number_of_somebody_else_is_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "Build: 1conda\n")
    assert installed.compiler() is None


def test_a_build_that_crashes_when_loaded_has_no_features(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "")
    says(monkeypatch, "print('AVX2 = 1', flush=True); import os; os.abort()")
    assert installed.features() == ()


def test_of_nothing_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installed, "version", version)
    assert installed.description() == ""


@pytest.mark.skipif(importlib.util.find_spec("llama_cpp") is None, reason="needs llama-cpp-python")
def test_the_real_one_is_asked_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "llama_cpp.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert installed.features()
