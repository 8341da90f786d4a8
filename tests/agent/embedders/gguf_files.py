"""Writes BERT encoders as GGUF files, as llama.cpp's converter does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
from numpy.typing import NDArray
from tokenizers import Tokenizer

MEAN, CLS, RANK = gguf.PoolingType.MEAN, gguf.PoolingType.CLS, gguf.PoolingType.RANK
_WHOLE = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_OF_A_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


def write_bert(
    path: Path,
    weights: Mapping[str, NDArray[Any]],
    config: Mapping[str, Any],
    tokenizer: Tokenizer,
    *,
    pooling: gguf.PoolingType = MEAN,
) -> Path:
    """A GGUF file with 32-bit weights from those of a sentence-transformers folder with a WordPiece vocabulary."""
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(len(weights["embeddings.position_embeddings.weight"]))
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(pooling)
    _add_vocabulary(writer, tokenizer)
    for name, file_name in _names(config["num_hidden_layers"]).items():
        for part in ("weight", "bias"):
            if f"{name}.{part}" in weights:
                writer.add_tensor(f"{file_name}.{part}", weights[f"{name}.{part}"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_header(path: Path, architecture: str, pooling: gguf.PoolingType | None) -> Path:
    """A GGUF file without vocabulary and weights."""
    writer = gguf.GGUFWriter(path, architecture)
    if pooling is not None:
        writer.add_pooling_type(pooling)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    rows = tokenizer.get_vocab()
    tokens = sorted(rows, key=lambda token: rows[token])
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    writer.add_tokenizer_model("bert")
    writer.add_token_type_count(2)
    writer.add_token_list([token if token in special else _with_phantom_space(token) for token in tokens])
    writer.add_token_types([gguf.TokenType.CONTROL if token in special else gguf.TokenType.NORMAL for token in tokens])
    writer.add_unk_token_id(rows["[UNK]"])
    writer.add_bos_token_id(rows["[CLS]"])
    writer.add_sep_token_id(rows["[SEP]"])
    writer.add_pad_token_id(rows["[PAD]"])


def _with_phantom_space(token: str) -> str:
    """llama.cpp marks where a word begins, WordPiece where it goes on."""
    return token[2:] if token.startswith("##") else f"\u2581{token}"


def _names(layers: int) -> dict[str, str]:
    of_layers = {
        f"encoder.layer.{layer}.{name}": f"blk.{layer}.{short}"
        for layer in range(layers)
        for name, short in _OF_A_LAYER.items()
    }
    return {**_WHOLE, **of_layers}
