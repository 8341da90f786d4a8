"""docs/python.md is true: its examples run, one after the other, and print what is shown below them."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import newaisle
from newaisle.agent import sample
from tests.shown import ROOT

PAGE = ROOT / "docs" / "python.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """The examples of the page in order, each with what it is said to print."""
    return _BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def run(code: str, names: dict[str, Any]) -> str:
    """What a piece of code prints; its names stay for the next."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, PAGE.name, "exec"), names)
    return printed.getvalue()


def test_every_example_prints_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(sample.CATALOGUE, "items.csv")
    shutil.copy(sample.HISTORIES, "histories.csv")
    names: dict[str, Any] = {}
    printed = [run(code, names) for code, _ in examples()]
    assert printed == [shown for _, shown in examples()]
    assert len(printed) > 10


def test_every_setting_of_a_shop_is_on_the_page() -> None:
    settings = inspect.signature(newaisle.open_shop).parameters
    rows = re.findall(r"^\| (`.*) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(settings) == set(re.findall(r"`(\w+)`(?:,|:| \|)", "\n".join(rows))) & set(settings)


def test_every_method_of_a_shop_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    methods = [name for name, _ in inspect.getmembers(newaisle.Shop, inspect.isfunction) if not name.startswith("_")]
    assert [name for name in methods if f"shop.{name}(" not in text and f"`{name}`" not in text] == []
