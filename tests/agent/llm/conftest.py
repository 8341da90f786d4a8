from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from newaisle.agent.models.catalog import DEFAULT_LLM
from newaisle.agent.settings.settings import Settings


@pytest.fixture(scope="session")
def gguf_path() -> Path:
    """The model file that tests marked `models` run on: the default one, as `newaisle models pull` makes it."""
    folder = os.environ.get("NEWAISLE_MODELS")
    cache = Settings(models=Path(folder)).model_cache if folder else Settings().model_cache
    return cache.pull(DEFAULT_LLM)


@pytest.fixture(scope="session")
def exact_gguf_path(gguf_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with 32-bit weights: what differs on it is no matter of rounding."""
    from llama_cpp import llama_cpp

    path = tmp_path_factory.mktemp("exact") / "f32.gguf"
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype, params.allow_requantize, params.nthread = llama_cpp.LLAMA_FTYPE_ALL_F32, True, 2
    assert llama_cpp.llama_model_quantize(str(gguf_path).encode(), str(path).encode(), ctypes.byref(params)) == 0
    return path
