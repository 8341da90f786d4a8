"""A Llama from a GGUF file as a torch model, and its LoRA matrices as a GGUF adapter.

llama.cpp keeps the rows of the query and key projections in the order of its own rotary embedding: interleaved, where
torch has halves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LlamaConfig, LlamaForCausalLM

_LAYER = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
_OUTSIDE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
Weights = NDArray[np.float32]


def load(path: Path) -> LlamaForCausalLM:
    """The model of a GGUF file with 32-bit weights."""
    reader = gguf.GGUFReader(path)
    config = _config(reader)
    weights = {}
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        weights[_torch_name(tensor.name)] = torch.from_numpy(np.ascontiguousarray(_halves(tensor.name, values, config)))
    model = LlamaForCausalLM(config)
    missing = model.load_state_dict(weights, strict=False)
    if missing.unexpected_keys or set(missing.missing_keys) - {"lm_head.weight"}:
        raise ValueError(f"{path} is no Llama: {missing}")
    model.tie_weights()
    return model


def save_adapter(model: Any, path: Path) -> None:
    """Write the LoRA matrices of a peft model, which are all of one rank, with 16 bits each."""
    lora, config = model.peft_config["default"], model.get_base_model().config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(lora.lora_alpha))
    names = {torch_name: name for name, torch_name in _LAYER.items()}
    for name, weights in model.named_parameters():
        if ".lora_" not in name:
            continue
        layer, module = name.split(".layers.")[1].split(".lora_")[0].split(".", 1)
        values = weights.detach().float().numpy()
        side = "a" if ".lora_A." in name else "b"
        if side == "b":
            values = _interleaved(names[module], values, config)
        target = f"blk.{layer}.{names[module]}.weight.lora_{side}"
        writer.add_tensor(target, np.ascontiguousarray(values.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _config(reader: gguf.GGUFReader) -> LlamaConfig:
    def value(name: str) -> Any:
        return reader.fields[f"llama.{name}"].contents()

    return LlamaConfig(
        vocab_size=len(reader.fields["tokenizer.ggml.tokens"].data),
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv"),
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        rope_theta=value("rope.freq_base"),
        max_position_embeddings=value("context_length"),
        tie_word_embeddings=not any(tensor.name == "output.weight" for tensor in reader.tensors),
        attn_implementation="sdpa",
    )


def _torch_name(name: str) -> str:
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{_LAYER[part]}.{kind}"


def _heads(name: str, config: LlamaConfig) -> int | None:
    """The heads of a projection whose rows are in another order; None for the others."""
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    return next((count for part, count in heads.items() if part in name), None)


def _halves(name: str, values: Weights, config: LlamaConfig) -> Weights:
    heads = _heads(name, config)
    if heads is None:
        return values
    return values.reshape(heads, -1, 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)


def _interleaved(name: str, values: Weights, config: LlamaConfig) -> Weights:
    heads = _heads(name, config)
    if heads is None:
        return values
    return values.reshape(heads, 2, -1, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)
