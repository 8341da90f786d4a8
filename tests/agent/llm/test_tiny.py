"""The trial of a build on a model that is made for it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from newaisle.agent.llm import tiny
from newaisle.agent.models.quantize import CANDIDATES

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="needs llama-cpp-python: pip install 'newaisle[local]'"
)


@needs_library
def test_the_build_that_is_installed_passes() -> None:
    tried = subprocess.run([sys.executable, "-P", "-m", "newaisle.agent.llm.tiny"], capture_output=True, text=True)
    assert (tried.returncode, tried.stdout) == (0, "decodes\n")


def test_the_model_has_all_types_that_models_are_quantized_to(tmp_path: Path) -> None:
    tensors = gguf.GGUFReader(tiny.write_tiny(tmp_path / "tiny.gguf")).tensors
    assert {tensor.tensor_type.name for tensor in tensors} == {"F32", *CANDIDATES}


@needs_library
def test_what_the_model_says_depends_on_all_its_weights(tmp_path: Path) -> None:
    """So that a kernel that goes wrong on any of them is found out."""
    path = tiny.write_tiny(tmp_path / "tiny.gguf")
    right = tiny._logits(path, use_extra_bufts=True)
    for tensor in gguf.GGUFReader(path).tensors:
        start, end = tensor.data_offset, tensor.data_offset + tensor.n_bytes
        content = path.read_bytes()
        wrong = tmp_path / "wrong.gguf"
        wrong.write_bytes(content[:start] + bytes(end - start) + content[end:])
        lost = np.abs(tiny._logits(wrong, use_extra_bufts=True) - right).max()
        assert lost > tiny._SAME * np.abs(right).max(), tensor.name


@pytest.mark.parametrize(("error", "code"), [(0.01, 0), (0.2, 1), (np.nan, 1)])
def test_fast_kernels_that_come_to_something_else_do_not_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: float, code: int
) -> None:
    slow = np.linspace(-4, 4, 24, dtype=np.float32).reshape(4, 6)

    def logits(_path: Path, *, use_extra_bufts: bool) -> NDArray[np.float32]:
        return slow * (1 + error) if use_extra_bufts else slow

    monkeypatch.setattr(tiny, "_logits", logits)
    assert tiny.main() == code
    assert capsys.readouterr().out == "decodes\n"
