"""What an embedder goes through once, after its download: it becomes an ONNX graph, in fp32 or int8."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from newaisle.agent.models.bert import BertGraph, QuantizedBertGraph
from newaisle.agent.models.graph import Graph, Ranges, write_graph
from newaisle.agent.models.manifest import EmbedderMeasurement, Variants
from newaisle.agent.models.use import QuantizedUseGraph, UseGraph, write_tokenizer
from newaisle.progress import Progress
from newaisle.store.embedders import DEFAULT_MAX_TOKENS, Embedder, OnnxEmbedder, find_graph, load_tokenizer
from newaisle.tables import table

_TEXTS = table(__file__, "sample_texts.toml")
CALIBRATION_TEXTS: tuple[str, ...] = tuple(_TEXTS["calibration"])
CHECK_TEXTS: tuple[str, ...] = tuple(_TEXTS["check"])


LEAST_COSINE = 0.99  # int8 is used only where its vectors are this near to fp32's, on average,
LEAST_SPEEDUP = 1.0  # and where it is faster
TIMING_ROUNDS = 3
TIMED_TEXTS = 4 * CHECK_TEXTS
USE_WEIGHTS, USE_PIECES = "weights.npz", "sp.model"
COMPANIONS = ("tokenizer.json", "config.json", "sentence_bert_config.json", "1_Pooling/config.json")


@dataclass(frozen=True, slots=True)
class _Published:
    """What can be made of an encoder as it is published: its graph, the same in int8, and what lies beside them."""

    full: Graph
    quantized: Callable[[Ranges], Graph]
    write_companions: Callable[[Path], None]


def convert_embedder(source: Path, target: Path, report: Progress) -> Variants[EmbedderMeasurement]:
    """Make an ONNX folder in `target` from `source`: a sentence-transformers folder (BERT, mean pooling), or USE.

    Both fp32 and int8 are built; int8 is taken where it is faster on this processor and near enough to fp32.
    """
    conversion = make_variants(source, report)
    shutil.copytree(conversion.paths[conversion.chosen.variant], target, dirs_exist_ok=True)
    return conversion


def make_variants(source: Path, report: Progress) -> Variants[EmbedderMeasurement]:
    """Make fp32 and int8 of a published encoder in two folders beside its files, and compare them."""
    report(0, 3)
    published = _use(source) if (source / USE_WEIGHTS).is_file() else _bert(source)
    candidates = {variant: source / variant for variant in ("fp32", "int8")}
    for folder in candidates.values():
        folder.mkdir()
        published.write_companions(folder)
    write_graph(published.full, candidates["fp32"] / "model.onnx")
    report(1, 3)
    ranges = activation_ranges(candidates["fp32"], list(published.full.factors), CALIBRATION_TEXTS)
    write_graph(published.quantized(ranges), candidates["int8"] / "model.onnx")
    report(2, 3)
    conversion = choose_variant(candidates)
    report(3, 3)
    return conversion


def _bert(source: Path) -> _Published:
    from safetensors.numpy import load_file

    def copy(target: Path) -> None:
        for name in COMPANIONS:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    weights = load_file(source / "model.safetensors")
    return _Published(BertGraph(weights, config), partial(QuantizedBertGraph, weights, config), copy)


def _use(source: Path) -> _Published:
    with np.load(source / USE_WEIGHTS, allow_pickle=False) as packed:
        weights = dict(packed)
    return _Published(
        UseGraph(weights), partial(QuantizedUseGraph, weights), partial(write_tokenizer, source / USE_PIECES)
    )


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


def choose_variant(candidates: Mapping[str, Path]) -> Variants[EmbedderMeasurement]:
    """Compare int8 with fp32 on texts that took no part in its calibration."""
    embedders = {variant: OnnxEmbedder(folder) for variant, folder in candidates.items()}
    vectors = {variant: embedder.embed(CHECK_TEXTS) for variant, embedder in embedders.items()}
    speeds = texts_per_second(embedders)
    cosine = {variant: float((vectors["fp32"] * own).sum(axis=1).mean()) for variant, own in vectors.items()}
    speedup = speeds["int8"] / speeds["fp32"]
    chosen = "int8" if cosine["int8"] >= LEAST_COSINE and speedup >= LEAST_SPEEDUP else "fp32"
    note = f"int8 is {speedup:.1f} times as fast as fp32 on this processor, mean cosine to it {cosine['int8']:.4f}"
    measurements = tuple(
        EmbedderMeasurement(
            variant=variant,
            bytes=sum(file.stat().st_size for file in (find_graph(folder), *folder.glob("*.bin"))),
            texts_s=round(speeds[variant], 1),
            cosine=round(cosine[variant], 4),
            chosen=variant == chosen,
            why=note if variant == chosen else "",
        )
        for variant, folder in candidates.items()
    )
    return Variants(measurements=measurements, paths=dict(candidates))


def texts_per_second(embedders: Mapping[str, Embedder]) -> dict[str, float]:
    """How many product texts each embeds in a second: the best of some rounds, in which they take turns."""
    best = dict.fromkeys(embedders, 0.0)
    for _ in range(TIMING_ROUNDS):
        for name, embedder in embedders.items():
            start = time.perf_counter()
            embedder.embed(TIMED_TEXTS)
            best[name] = max(best[name], len(TIMED_TEXTS) / (time.perf_counter() - start))
    return best
