"""Evaluated beginnings of templates on disk: whole or not there, and never taken for another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.llm.kept_files import StateFiles


@pytest.fixture
def states(tmp_path: Path) -> StateFiles:
    return StateFiles(tmp_path / "states", "a model, a build, a processor")


def test_a_state_comes_back_as_it_was(states: StateFiles) -> None:
    states.save([1, 2, 3], b"what the context held")
    assert states.load([1, 2, 3]) == b"what the context held"


def test_other_tokens_have_no_state(states: StateFiles) -> None:
    states.save([1, 2, 3], b"state")
    assert states.load([1, 2]) is None
    assert states.load([12, 3]) is None


def test_another_build_has_no_state(states: StateFiles) -> None:
    states.save([1, 2, 3], b"state")
    assert StateFiles(states.folder, "another build").load([1, 2, 3]) is None


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 200])
def test_a_damaged_file_is_no_state(states: StateFiles, damage: bytes) -> None:
    states.save([1, 2, 3], b"state" * 20)
    (file,) = states.folder.iterdir()
    file.write_bytes(damage)
    assert states.load([1, 2, 3]) is None


def test_a_flipped_byte_is_no_state(states: StateFiles) -> None:
    states.save([1, 2, 3], b"state" * 20)
    (file,) = states.folder.iterdir()
    content = bytearray(file.read_bytes())
    content[50] ^= 1
    file.write_bytes(content)
    assert states.load([1, 2, 3]) is None


def test_only_a_few_files_are_kept(states: StateFiles) -> None:
    for token in range(30):
        states.save([token], b"state")
    assert len(list(states.folder.iterdir())) <= 8
    assert states.load([29]) == b"state"


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    states = StateFiles(tmp_path / "file" / "states", "")
    states.save([1], b"state")
    assert states.load([1]) is None
