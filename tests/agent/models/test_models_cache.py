from __future__ import annotations

import os
import threading
from pathlib import Path

import filelock
import httpx
import pytest
from tiny_models import write_files

from newaisle.agent.models.cache import ModelCache
from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, DEFAULT_LLM, known_models
from newaisle.errors import ModelDamaged, ModelDownloadFailed, ModelError, ModelMissing, UnknownModel

NAME = "hf:owner/repo/tiny.gguf"
GGUF = b"GGUF\x03\x00\x00\x00 general.architecture\x08\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00llama" + bytes(100)
BERT_GGUF = GGUF.replace(b"\x05\x00\x00\x00\x00\x00\x00\x00llama", b"\x04\x00\x00\x00\x00\x00\x00\x00bert")


@pytest.fixture
def requests() -> list[httpx.Request]:
    """What the hub was asked for."""
    return []


@pytest.fixture
def cache(tmp_path: Path, requests: list[httpx.Request]) -> ModelCache:
    """A cache whose hub has one model."""

    def hub(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, content=GGUF)

    return ModelCache(tmp_path / "cache", transport=httpx.MockTransport(hub))


@pytest.fixture
def pulled(cache: ModelCache) -> Path:
    """The language model's file in a cache that has it."""
    return cache.pull(NAME)


def state(cache: ModelCache, name: str = NAME) -> str:
    """What the list says of a model; one that it does not have is absent."""
    return {entry.name: entry.state for entry in cache.entries()}.get(name, "absent")


def leavings(cache: ModelCache) -> list[str]:
    return [path.name for path in cache.folder.glob("*") if not path.name.endswith(".lock")]


def test_what_was_not_pulled_is_missing_and_the_message_names_the_command(cache: ModelCache) -> None:
    assert {entry.state for entry in cache.entries()} == {"absent"}
    for ask in (cache.path, cache.verify, cache.remove, cache.manifest):
        with pytest.raises(ModelMissing, match="newaisle models"):
            ask(NAME)


def test_a_second_pull_fetches_nothing(cache: ModelCache, pulled: Path, requests: list[httpx.Request]) -> None:
    assert cache.pull(NAME) == pulled
    assert len(requests) == 1


def test_a_removed_model_is_absent_and_can_be_pulled_again(cache: ModelCache, pulled: Path) -> None:
    cache.remove(NAME)
    assert state(cache) == "absent"
    assert cache.pull(NAME) == pulled


def test_a_truncated_file_is_found_at_once_and_mended_by_a_pull(cache: ModelCache, pulled: Path) -> None:
    pulled.write_bytes(GGUF[:50])
    assert state(cache) == "damaged"
    with pytest.raises(
        ModelDamaged, match=r"50 bytes, \d+ expected; run `newaisle models pull hf:owner/repo/tiny\.gguf`"
    ):
        cache.path(NAME)
    assert cache.pull(NAME).read_bytes() == GGUF


def test_changed_bytes_of_the_same_size_are_found_by_their_checksum(cache: ModelCache, pulled: Path) -> None:
    pulled.write_bytes(GGUF[:-1] + b"x")
    for ask in (cache.path, cache.verify):
        with pytest.raises(ModelDamaged, match=r"sha256 [0-9a-f]{64}, [0-9a-f]{64} expected"):
            ask(NAME)


def test_changed_bytes_under_an_old_time_are_found_by_verify_and_mended_by_a_pull(
    cache: ModelCache, pulled: Path
) -> None:
    before = pulled.stat()
    pulled.write_bytes(GGUF[:-1] + b"x")
    os.utime(pulled, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelDamaged):
        cache.verify(NAME)
    assert cache.pull(NAME).read_bytes() == GGUF


def test_a_copied_cache_works_and_its_files_are_read_only_once(cache: ModelCache, pulled: Path) -> None:
    os.utime(pulled, ns=(1, 1))
    assert cache.path(NAME) == pulled
    assert cache.manifest(NAME).files[0].mtime_ns == 1


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "tiny"}', b"\xff"])
def test_a_damaged_manifest_is_named_and_mended_by_a_pull(cache: ModelCache, pulled: Path, content: bytes) -> None:
    (pulled.parent / "manifest.json").write_bytes(content)
    with pytest.raises(ModelDamaged, match=r"newaisle models pull hf:owner/repo/tiny\.gguf"):
        cache.path(NAME)
    assert cache.pull(NAME) == pulled


def test_a_known_model_with_a_damaged_manifest_is_listed_as_damaged(cache: ModelCache) -> None:
    write_files({"manifest.json": b"{"}, cache.folder / DEFAULT_LLM)
    assert state(cache, DEFAULT_LLM) == "damaged"


def test_an_interrupted_pull_leaves_nothing(cache: ModelCache) -> None:
    def interrupt(_stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.pull(NAME, progress=interrupt)
    assert leavings(cache) == []


def test_what_a_killed_pull_left_goes_with_the_next(cache: ModelCache, pulled: Path) -> None:
    cache.remove(NAME)
    write_files({"ready/tiny.gguf": GGUF[:50]}, cache.folder / f".{pulled.parent.name}.abc.part")
    assert state(cache) == "absent"
    cache.pull(NAME)
    assert leavings(cache) == [pulled.parent.name]


def test_a_second_pull_at_the_same_time_waits_for_the_first(cache: ModelCache, pulled: Path) -> None:
    cache.remove(NAME)
    waiting = threading.Event()

    def note(stage: str, _done: int, _total: int) -> None:
        if stage == "waiting":
            waiting.set()

    second = threading.Thread(target=cache.pull, args=[NAME], kwargs={"progress": note})
    with filelock.FileLock(cache.folder / f".{pulled.parent.name}.lock"):
        second.start()
        assert waiting.wait(timeout=30)
        assert state(cache) == "absent"
    second.join()
    assert state(cache) == "present"


def test_a_folder_that_cannot_be_written_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelDownloadFailed, match="choose another folder") as caught:
        ModelCache(tmp_path / "file" / "cache").pull(DEFAULT_LLM)
    assert "\n" not in str(caught.value)


def test_a_misspelt_name_gets_a_suggestion(cache: ModelCache) -> None:
    for ask in (cache.path, cache.pull, cache.remove):
        with pytest.raises(UnknownModel, match="did you mean smollm2-135m"):
            ask("smollm2")
    with pytest.raises(UnknownModel, match="newaisle models list"):
        cache.path("qqqqqqqqqq")


def test_a_gguf_file_is_registered_where_it_is(cache: ModelCache, tmp_path: Path) -> None:
    own = tmp_path / "own model.gguf"
    own.write_bytes(GGUF)
    with pytest.raises(ModelMissing):
        cache.path(str(own))
    assert cache.pull(str(own)) == own == cache.path(str(own))
    assert state(cache, str(own)) == "present"
    assert not list(cache.folder.rglob("*.gguf"))
    cache.remove(str(own))
    assert own.exists()
    assert state(cache, str(own)) == "absent"


def test_a_registered_file_that_went_away_is_reported_and_can_be_removed(cache: ModelCache, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(GGUF)
    cache.pull(str(own))
    own.unlink()
    assert state(cache, str(own)) == "damaged"
    with pytest.raises(ModelDamaged, match="is gone"):
        cache.path(str(own))
    cache.remove(str(own))
    assert state(cache, str(own)) == "absent"


def test_a_registered_file_that_changed_is_accepted_by_a_new_pull(cache: ModelCache, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(GGUF)
    cache.pull(str(own))
    own.write_bytes(GGUF + b"more")
    with pytest.raises(ModelDamaged):
        cache.path(str(own))
    assert cache.pull(str(own)) == own


@pytest.mark.parametrize(("content", "kind"), [(GGUF, "llm"), (BERT_GGUF, "embedder")])
def test_the_kind_of_a_gguf_file_is_its_architectures(
    cache: ModelCache, tmp_path: Path, content: bytes, kind: str
) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(content)
    cache.pull(str(own))
    assert cache.manifest(str(own)).kind == kind


@pytest.mark.parametrize("graph", ["model.onnx", "onnx/model.onnx"])
def test_an_onnx_folder_is_registered_where_it_is(cache: ModelCache, tmp_path: Path, graph: str) -> None:
    own = write_files({graph: b"graph", "tokenizer.json": b"{}"}, tmp_path / "own")
    assert cache.pull(str(own)) == own
    assert cache.manifest(str(own)).kind == "embedder"


def test_a_path_that_holds_no_model_is_refused(cache: ModelCache, tmp_path: Path) -> None:
    write_files({"empty/readme.txt": b"", "text.gguf": b"no model"}, tmp_path)
    for name, error in (("empty", UnknownModel), ("text.gguf", ModelDamaged)):
        with pytest.raises(error):
            cache.pull(str(tmp_path / name))
    assert leavings(cache) == []


def test_the_defaults_are_in_the_catalog() -> None:
    assert known_models()[DEFAULT_LLM].kind == "llm"
    assert known_models()[DEFAULT_EMBEDDER].kind == "embedder"


def test_every_error_is_a_model_error() -> None:
    assert all(issubclass(kind, ModelError) for kind in (ModelMissing, ModelDamaged, ModelDownloadFailed, UnknownModel))
