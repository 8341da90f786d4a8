"""What a model goes through once, after its download: the embedder becomes an ONNX graph, the LLM is requantized."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agent.models.bert import BertGraph, QuantizedBertGraph, Ranges, write_graph
from agent.models.sample_texts import CALIBRATION_TEXTS, CHECK_TEXTS
from agent.models.watch import Report, run_child
from store.embedders import DEFAULT_MAX_TOKENS, OnnxEmbedder, load_tokenizer

LEAST_COSINE = 0.99  # int8 is used only where its vectors are this near to fp32's, on average,
LEAST_SPEEDUP = 1.0  # and where it is faster
TIMING_ROUNDS = 3
COMPANIONS = ("tokenizer.json", "config.json", "sentence_bert_config.json", "1_Pooling/config.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The variant that was made, and in a few words why this one."""

    variant: str
    note: str


def convert_embedder(source: Path, target: Path, report: Report) -> Conversion:
    """Make an ONNX folder in `target` from the sentence-transformers folder `source` (BERT, mean pooling).

    Both fp32 and int8 are built; int8 is taken where it is faster on this processor and near enough to fp32.
    """
    from safetensors.numpy import load_file

    report(0, 3)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    weights = load_file(source / "model.safetensors")
    candidates = {variant: _companions(source, source / variant) for variant in ("fp32", "int8")}
    full = BertGraph(weights, config)
    write_graph(full, config, candidates["fp32"] / "model.onnx")
    report(1, 3)
    ranges = activation_ranges(candidates["fp32"], list(full.factors), CALIBRATION_TEXTS)
    write_graph(QuantizedBertGraph(weights, config, ranges), config, candidates["int8"] / "model.onnx")
    report(2, 3)
    conversion = choose_variant(candidates)
    shutil.copytree(candidates[conversion.variant], target, dirs_exist_ok=True)
    report(3, 3)
    return conversion


def _companions(source: Path, target: Path) -> Path:
    """Copy everything beside the weights into a new folder."""
    for name in COMPANIONS:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    return target


def activation_ranges(folder: Path, names: Sequence[str], texts: Sequence[str]) -> Ranges:
    """Least and greatest value of each channel of the graph's inner tensors `names`, over `texts`.

    Rounded to three digits, so that processors which add in another order agree.
    """
    import onnx
    import onnxruntime

    model = onnx.load(folder / "model.onnx")
    for name in names:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    tokenizer, _ = load_tokenizer(folder, DEFAULT_MAX_TOKENS)
    ranges: dict[str, tuple[Any, Any]] = {}
    for text in texts:
        tokens = np.array([tokenizer.encode(text).ids])
        feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        for name, value in zip(names, session.run(list(names), feed), strict=True):
            low, high = value.min(axis=(0, 1)), value.max(axis=(0, 1))
            least, most = ranges.get(name, (low, high))
            ranges[name] = np.minimum(least, low), np.maximum(most, high)
    return {name: (low.round(3), high.round(3)) for name, (low, high) in ranges.items()}


def choose_variant(candidates: Mapping[str, Path]) -> Conversion:
    """Compare int8 with fp32 on texts that took no part in its calibration."""
    full, small = OnnxEmbedder(candidates["fp32"]), OnnxEmbedder(candidates["int8"])
    cosine = float((full.embed(CHECK_TEXTS) * small.embed(CHECK_TEXTS)).sum(axis=1).mean())
    seconds = {full: [0.0], small: [0.0]}
    for _ in range(TIMING_ROUNDS):
        for embedder, taken in seconds.items():
            start = time.perf_counter()
            embedder.embed(CHECK_TEXTS)
            taken.append(time.perf_counter() - start)
    speedup = min(seconds[full][1:]) / min(seconds[small][1:])
    chosen = "int8" if cosine >= LEAST_COSINE and speedup >= LEAST_SPEEDUP else "fp32"
    note = f"int8 is {speedup:.1f} times as fast as fp32 on this processor, mean cosine to it {cosine:.4f}"
    return Conversion(variant=chosen, note=note)


def convert_llm(source: Path, target: Path, report: Report, *, variant: str) -> Conversion | None:
    """Requantize a GGUF file in a child process, since native code that crashes cannot be caught.

    None where llama-cpp-python is missing or fails; `target` then does not exist.
    """
    code = "import sys; from agent.models.convert import requantize; requantize(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(source), str(target), variant]
    target.parent.mkdir(parents=True, exist_ok=True)
    status, _ = run_child(command, folder=target.parent, total=source.stat().st_size, report=report)
    if status != 0:
        target.unlink(missing_ok=True)
        return None
    return Conversion(variant=variant, note=f"requantized to {variant}, which runs faster than what was published")


def requantize(source: str, target: str, variant: str) -> None:
    """Quantize a GGUF file anew as `variant` (a llama.cpp file type such as Q4_0). Raises RuntimeError if it fails."""
    import ctypes

    import llama_cpp

    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{variant}")
    parameters.allow_requantize = True
    if llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(parameters)) != 0:
        raise RuntimeError(f"llama.cpp could not make {variant} from {source}")
