"""What is kept between processes, and what a file that is damaged or cannot be written does to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from newaisle.agent.llm.kept_files import Memory


@dataclass(frozen=True)
class Finding:
    works: bool


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "findings.json"


def test_findings_are_recalled_by_name(path: Path) -> None:
    Memory(path, Finding).remember("tea", Finding(True))
    Memory(path, Finding).remember("milk", Finding(False))
    memory = Memory(path, Finding)
    assert [memory.recall(name) for name in ("tea", "milk", "pot")] == [Finding(True), Finding(False), None]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"tea": 5}', b"\xff"])
def test_a_damaged_file_holds_nothing_and_is_written_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    memory = Memory(path, Finding)
    assert memory.recall("tea") is None
    memory.remember("tea", Finding(True))
    assert memory.recall("tea") == Finding(True)


def test_a_place_that_cannot_be_written_costs_only_the_finding(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    memory = Memory(path, Finding)
    memory.remember("tea", Finding(True))
    assert memory.recall("tea") is None


def test_nothing_but_the_file_is_left_behind(path: Path) -> None:
    Memory(path, Finding).remember("tea", Finding(True))
    assert list(path.parent.iterdir()) == [path]
