"""Embedders by what the settings call them, and shops that change theirs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from shlex import quote

import pytest

from newaisle.agent.embedders.opening import open_embedder
from newaisle.agent.embedders.server import ServerEmbedder
from newaisle.agent.llm.server.endpoint import Endpoint, Keys
from newaisle.agent.models.bert import BertGraph
from newaisle.agent.models.cache import ModelCache
from newaisle.agent.models.graph import write_graph
from newaisle.errors import InputError, ModelMissing, RequestError, UnknownModel, WrongKind
from newaisle.store.embedders import Embedder, HashEmbedder, OnnxEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import check_embedder, reindex
from tests.agent.embedders.test_server import Listening
from tests.agent.models.tiny_models import CONFIG, encoder_files, tiny_weights, write_files

KEYS = Keys()


@pytest.fixture
def cache(tmp_path: Path) -> ModelCache:
    return ModelCache(tmp_path / "models")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An ONNX sentence-transformers folder; its name needs quotes in a shell."""
    folder = write_files(encoder_files(), tmp_path / "my encoder")
    write_graph(BertGraph(tiny_weights(), CONFIG), folder / "model.onnx")
    return folder


def test_hash_needs_no_model(cache: ModelCache) -> None:
    assert isinstance(open_embedder("hash", cache=cache, keys=KEYS), HashEmbedder)


def test_a_folder_that_was_pulled_is_opened(cache: ModelCache, folder: Path) -> None:
    cache.pull(str(folder))
    embedder = open_embedder(str(folder), cache=cache, keys=KEYS)
    assert isinstance(embedder, OnnxEmbedder)
    assert embedder.name.startswith("my encoder/onnx-")


def test_a_gguf_file_that_was_pulled_is_tried_and_opened(cache: ModelCache, tmp_path: Path) -> None:
    path = gguf_file(tmp_path)
    cache.pull(str(path))
    embedder = open_embedder(str(path), cache=cache, keys=KEYS)
    assert embedder.name == f"tiny/gguf-{cache.manifest(str(path)).sha256[:12]}"
    assert embedder.dimensions == CONFIG["hidden_size"]


def gguf_file(folder: Path) -> Path:
    pytest.importorskip("llama_cpp", reason="needs llama-cpp-python: pip install 'newaisle[local]'")
    from tokenizers import Tokenizer

    from tests.agent.embedders.gguf_files import write_bert
    from tests.agent.models.tiny_models import tiny_tokenizer

    return write_bert(folder / "tiny.gguf", tiny_weights(), CONFIG, Tokenizer.from_str(tiny_tokenizer()))


def test_an_embedder_that_is_not_there_is_refused_with_the_command_that_fetches_it(
    cache: ModelCache, folder: Path
) -> None:
    with pytest.raises(ModelMissing, match="newaisle models pull minilm-l6"):
        open_embedder("minilm-l6", cache=cache, keys=KEYS)
    with pytest.raises(ModelMissing, match=r"newaisle models pull '/.*/my encoder'"):
        open_embedder(str(folder), cache=cache, keys=KEYS)
    with pytest.raises(UnknownModel, match="did you mean minilm-l6"):
        open_embedder("minilm", cache=cache, keys=KEYS)


def test_a_language_model_is_no_embedder_and_an_embedder_no_language_model(
    cache: ModelCache, folder: Path, tmp_path: Path
) -> None:
    header = tmp_path / "writer.gguf"
    header.write_bytes(b"GGUF" + b"general.architecture" + bytes([8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]) + b"llama")
    cache.pull(str(header))
    cache.pull(str(folder))
    with pytest.raises(WrongKind, match="is a language model, not an embedder"):
        open_embedder(str(header), cache=cache, keys=KEYS)
    with pytest.raises(WrongKind, match="is an embedder, not a language model"):
        cache.manifest(str(folder)).require("llm")


@pytest.mark.parametrize("spec", ["http://localhost:8080", "http://localhost:8080/v1#"])
def test_a_server_needs_the_name_of_a_model(cache: ModelCache, spec: str) -> None:
    with pytest.raises(RequestError, match="URL#MODEL"):
        open_embedder(spec, cache=cache, keys=KEYS)


def test_a_key_in_the_address_is_refused_and_not_shown(cache: ModelCache) -> None:
    with pytest.raises(RequestError) as caught:
        open_embedder("https://me:s3cret@host.example/v1#bge", cache=cache, keys=KEYS)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["onnx", "gguf", "server"])
def test_a_filled_shop_refuses_another_embedder_with_the_command_that_changes_it(
    kind: str, shop: Home, cache: ModelCache, folder: Path, tmp_path: Path
) -> None:
    if kind == "server":
        spec = "http://localhost:8080/v1#bge (large)"
        embedder: Embedder = ServerEmbedder(Listening(), Endpoint.parse(spec, keys=KEYS))
        embedder.spec = spec
    else:
        spec = str(folder if kind == "onnx" else gguf_file(tmp_path))
        cache.pull(spec)
        embedder = open_embedder(spec, cache=cache, keys=KEYS)
    command = f"run `newaisle reindex --embedder {quote(spec)}`"
    with shop.reader() as ledger, pytest.raises(InputError, match=re.escape(command)) as caught:
        check_embedder(ledger, embedder)
    assert f"the embedder hash-64, not {embedder.name}" in str(caught.value)


def test_reindex_changes_the_embedder_of_a_filled_shop(shop: Home) -> None:
    embedder = ServerEmbedder(Listening(), Endpoint.parse("http://localhost:8080/v1#bge", keys=KEYS))
    embedded, _ = reindex(shop, embedder=embedder)
    with shop.reader() as ledger:
        check_embedder(ledger, embedder)
        assert embedded == len(ledger.vectors(ledger.item_ids(), embedder.name)) > 0


def test_the_same_model_under_another_path_keeps_its_name(cache: ModelCache, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / folder.name
    shutil.copytree(folder, copy)
    names = set()
    for path in (folder, copy):
        cache.pull(str(path))
        names.add(open_embedder(str(path), cache=cache, keys=KEYS).name)
    assert len(names) == 1
