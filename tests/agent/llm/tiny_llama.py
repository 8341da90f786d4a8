"""Writes a language model of a few kilobytes as a GGUF file: a Llama with random weights that spells in bytes."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

HIDDEN, WIDE, CONTEXT = 32, 32, 4096
END, SPACE, STOP = 2, 3 + ord(" "), 3 + ord(".")
PIECES = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]


def write_llama(path: Path) -> Path:
    """A GGUF file with 32-bit weights that llama.cpp loads, requantizes and runs; what it writes means nothing."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(WIDE)
    writer.add_block_count(1)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    _add_vocabulary(writer)
    _add_weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_adapter(path: Path, hidden: int = HIDDEN) -> Path:
    """A GGUF adapter for that model, with which it ends every answer at once."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, 1.0)
    first_in, first_out = np.eye(1, hidden, dtype=np.float32), np.eye(WIDE, 1, dtype=np.float32)
    for part in ("ffn_gate", "ffn_up"):  # from the dimension that every token has, to one that is wide
        writer.add_tensor(f"blk.0.{part}.weight.lora_a", first_in)
        writer.add_tensor(f"blk.0.{part}.weight.lora_b", first_out)
    writer.add_tensor("blk.0.ffn_down.weight.lora_a", np.eye(1, WIDE, dtype=np.float32))
    writer.add_tensor("blk.0.ffn_down.weight.lora_b", 100 * np.eye(hidden, 1, -2, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter) -> None:
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(PIECES)
    writer.add_token_scores([0.0] * len(PIECES))
    writer.add_token_types([*kinds, *[gguf.TokenType.BYTE] * 256])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def _add_weights(writer: gguf.GGUFWriter) -> None:
    """What is written next depends on the last token alone: a space after most, then a full stop, then the end."""
    random = np.random.default_rng(0)
    for part, shape in {"ffn_gate": (WIDE, HIDDEN), "ffn_up": (WIDE, HIDDEN), "ffn_down": (HIDDEN, WIDE)}.items():
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros(shape, np.float32))
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros((HIDDEN, HIDDEN), np.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(HIDDEN, np.float32))
    embedding, output = random.normal(0, 0.01, (2, len(PIECES), HIDDEN)).astype(np.float32)
    embedding[:, 0] = output[SPACE, 0] = 1
    embedding[SPACE, 1] = embedding[STOP, 2] = 1
    output[STOP, 1] = output[END, 2] = 2
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output.weight", output)
