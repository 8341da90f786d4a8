"""Trials of models in a child process, and their memory. The children here are small Python programs."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

from newaisle.agent.llm import trial as module
from newaisle.agent.llm.native import load_library
from newaisle.agent.llm.trial import MEMORY_FILE, TrialResult, main, open_engine, trial
from newaisle.errors import BackendMissing, ModelUnusable

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="needs llama-cpp-python: pip install 'newaisle[local]'"
)

COUNT = "import sys, pathlib; p = pathlib.Path(sys.argv[1] + '.tries'); p.open('a').write('x'); "
KILL = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


def child(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", COUNT + program)


def tries(model: Path) -> int:
    return len(Path(f"{model}.tries").read_text())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF, and nothing that this library could read")
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@needs_library
def test_what_a_model_can_do_is_found_out(model: Path, state: Path) -> None:
    result = trial(model, state_folder=state, child=child("print('decodes'); print('forks')"))
    assert result == TrialResult(ok=True, can_fork=True, use_extra_bufts=True)


@needs_library
def test_a_model_whose_fork_goes_wrong_is_used_without(model: Path, state: Path) -> None:
    result = trial(model, state_folder=state, child=child("print('decodes')"))
    assert result == TrialResult(ok=True, can_fork=False, use_extra_bufts=True)


@needs_library
def test_a_crash_while_forking_means_a_model_that_cannot_fork(model: Path, state: Path) -> None:
    result = trial(model, state_folder=state, child=child(f"print('decodes', flush=True); {KILL}"))
    assert result == TrialResult(ok=True, can_fork=False, use_extra_bufts=True)


@needs_library
def test_a_crash_leads_to_a_second_try_without_extra_buffers(model: Path, state: Path) -> None:
    program = f"'--no-extra-bufts' in sys.argv and sys.exit(print('decodes') or print('forks'))\n{KILL}"
    result = trial(model, state_folder=state, child=child(program))
    assert result == TrialResult(ok=True, can_fork=True, use_extra_bufts=False)
    assert tries(model) == 2


@needs_library
def test_a_model_that_crashes_both_ways_is_refused_in_one_line_and_not_remembered(model: Path, state: Path) -> None:
    result = trial(model, state_folder=state, child=child(KILL))
    assert not result.ok
    assert "crashed" in result.detail
    assert "SIGSEGV" in result.detail
    assert "\n" not in result.detail
    assert not (state / MEMORY_FILE).exists()


@needs_library
def test_a_child_that_never_answers_is_given_up(model: Path, state: Path) -> None:
    result = trial(model, state_folder=state, child=child("import time; time.sleep(60)"), timeout=0.2)
    assert not result.ok
    assert "no answer" in result.detail


@needs_library
def test_a_trial_is_remembered(model: Path, state: Path) -> None:
    program = child("print('decodes'); print('forks')")
    first = trial(model, state_folder=state, child=program)
    assert trial(model, state_folder=state, child=program) == first
    assert tries(model) == 1


@needs_library
def test_a_changed_model_file_is_tried_again(model: Path, state: Path) -> None:
    program = child("print('decodes')")
    trial(model, state_folder=state, child=program)
    model.write_bytes(model.read_bytes() + b"!")
    trial(model, state_folder=state, child=program)
    os.utime(model, ns=(1, 1))
    trial(model, state_folder=state, child=program)
    assert tries(model) == 3


@needs_library
def test_another_processor_means_another_trial(model: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = child("print('decodes')")
    trial(model, state_folder=state, child=program)
    monkeypatch.setattr(module, "processor", lambda: "one without AVX2")
    trial(model, state_folder=state, child=program)
    assert tries(model) == 2


@needs_library
@pytest.mark.parametrize("damage", ["", "{", "[]", '{"x": 1}', '{"/m": {"circumstances": 7}}'])
def test_a_damaged_memory_is_ignored_and_replaced(model: Path, state: Path, damage: str) -> None:
    state.mkdir()
    (state / MEMORY_FILE).write_text(damage)
    assert trial(model, state_folder=state, child=child("print('decodes')")).ok
    assert list(json.loads((state / MEMORY_FILE).read_text())) == [str(model.resolve())]
    assert [path.name for path in state.iterdir()] == [MEMORY_FILE]


@needs_library
def test_two_models_are_remembered_side_by_side(model: Path, state: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(model.read_bytes())
    for path in (model, other):
        trial(path, state_folder=state, child=child("print('decodes')"))
    assert trial(model, state_folder=state, child=child(KILL)).ok
    assert trial(other, state_folder=state, child=child(KILL)).ok


@needs_library
def test_a_folder_that_cannot_be_written_costs_only_the_memory(model: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert trial(model, state_folder=blocked / "state", child=child("print('decodes')")).ok


@needs_library
@pytest.mark.parametrize("content", [b"", b"GG", b"<html>not found</html>"])
def test_a_file_that_is_no_model_is_refused_without_a_child(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.gguf"
    path.write_bytes(content)
    result = trial(path, state_folder=tmp_path, child=("/no/such/program",))
    assert not result.ok
    assert "not a GGUF model file" in result.detail


@needs_library
def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="No such file"):
        open_engine(tmp_path / "none.gguf", state_folder=tmp_path)


@needs_library
def test_a_damaged_file_is_refused_by_the_real_child_in_one_line(model: Path, state: Path) -> None:
    with pytest.raises(ModelUnusable, match="does not load") as caught:
        open_engine(model, state_folder=state)
    assert "\n" not in str(caught.value)
    assert "newaisle models pull" in str(caught.value)


def test_without_the_library_the_message_says_how_to_install_it(
    model: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(BackendMissing, match=r"newaisle\.agent\.llm\.build"):
        open_engine(model, state_folder=state)
    with pytest.raises(BackendMissing):
        load_library()


@pytest.mark.models
def test_a_real_model_is_tried_and_opened(gguf_path: Path, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(gguf_path)]) == 0
    assert capsys.readouterr().out.split() == ["decodes", "forks"]
    with open_engine(gguf_path, state_folder=state, name="tiny", sha256="ab") as engine:
        assert (engine.name, engine.sha256) == ("tiny", "ab")
    assert (state / MEMORY_FILE).exists()


@pytest.mark.models
def test_a_truncated_real_model_is_refused(gguf_path: Path, state: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with gguf_path.open("rb") as file:
        cut.write_bytes(file.read(20_000_000))
    with pytest.raises(ModelUnusable, match="does not load"):
        open_engine(cut, state_folder=state)
