"""The trial of a fresh build of llama.cpp, before it is trusted: on a model of 200 kB whose weights mean nothing.

Its matrices are of the types that models are quantized to here, so that they go through the processor's fast kernels.
Those may crash, which is why a child does it (`python -m newaisle.agent.llm.tiny`), and may compute nonsense, which is
why the slow ones do it too.
"""

from __future__ import annotations

import math
import struct
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.native import NativeModel

_SAME = 0.05  # of the largest logit: kernels round differently
_TOKENS = range(3, 51)
_WIDTH, _HIDDEN, _HEADS = 128, 256, 2
_VOCABULARY = 288
_ALIGNMENT = 32
# GGUF's numbers for the types of values and of tensors (ggml/docs/gguf.md)
_UINT32, _INT32, _FLOAT32, _STRING, _ARRAY = 4, 5, 6, 8, 9
_F32, _Q4_0, _Q8_0 = 0, 2, 8
_BLOCK = 32  # weights that share a scale
_BLOCK_BYTES = {_Q4_0: 16, _Q8_0: 32}
_SCALES = {_Q4_0: 0.02, _Q8_0: 0.001}
# of each: its type, and its shape with the length of a row first
_TENSORS = {
    "token_embd": (_Q8_0, _WIDTH, _VOCABULARY),
    "blk.0.attn_norm": (_F32, _WIDTH),
    "blk.0.attn_q": (_Q8_0, _WIDTH, _WIDTH),
    "blk.0.attn_k": (_Q8_0, _WIDTH, _WIDTH),
    "blk.0.attn_v": (_Q8_0, _WIDTH, _WIDTH),
    "blk.0.attn_output": (_Q8_0, _WIDTH, _WIDTH),
    "blk.0.ffn_norm": (_F32, _WIDTH),
    "blk.0.ffn_gate": (_Q4_0, _WIDTH, _HIDDEN),
    "blk.0.ffn_up": (_Q4_0, _WIDTH, _HIDDEN),
    "blk.0.ffn_down": (_Q8_0, _HIDDEN, _WIDTH),
    "output_norm": (_F32, _WIDTH),
    "output": (_Q8_0, _WIDTH, _VOCABULARY),
}


def main() -> int:
    """The child: says that the build decodes; 0 if its fast kernels come to the same as its slow ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_tiny(Path(folder) / "tiny.gguf")
        slow = _logits(path, use_extra_bufts=False)
        print("decodes", flush=True)
        fast = _logits(path, use_extra_bufts=True)
    return 0 if np.abs(fast - slow).max() < _SAME * np.abs(slow).max() else 1


def _logits(path: Path, *, use_extra_bufts: bool) -> NDArray[np.float32]:
    model = NativeModel(path, context=256, threads=2, sequences=1, use_extra_bufts=use_extra_bufts)
    count = len(_TOKENS)
    logits = model.decode(_TOKENS, range(count), [[0]] * count, logits=[True] * count).copy()
    model.close()
    return logits


def write_tiny(path: Path) -> Path:
    """Write the model as a GGUF file; the same bytes each time."""
    random = np.random.default_rng(0)
    keys = _keys()
    header = struct.pack("<4sIQQ", b"GGUF", 3, len(_TENSORS), len(keys))
    header += b"".join(_text(name) + value for name, value in keys.items())
    weights = b""
    for name, (kind, *shape) in _TENSORS.items():
        header += _text(f"{name}.weight") + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(weights))
        weights += _padded(_weights(random, kind, math.prod(shape)))
    path.write_bytes(_padded(header) + weights)
    return path


def _keys() -> dict[str, bytes]:
    llama = {
        "block_count": 1,
        "context_length": 256,
        "embedding_length": _WIDTH,
        "feed_forward_length": _HIDDEN,
        "attention.head_count": _HEADS,
    }
    tokens = [b"<unk>", b"<s>", b"</s>", *(b"<0x%02X>" % byte for byte in range(256))]
    tokens += [b"<%d>" % number for number in range(len(tokens), _VOCABULARY)]
    kinds = [2, 3, 3, *[6] * 256]  # unknown, control, byte; the others are normal
    kinds += [1] * (_VOCABULARY - len(kinds))
    return {
        "general.architecture": struct.pack("<I", _STRING) + _text("llama"),
        **{f"llama.{name}": struct.pack("<II", _UINT32, value) for name, value in llama.items()},
        "llama.attention.layer_norm_rms_epsilon": struct.pack("<If", _FLOAT32, 1e-5),
        "tokenizer.ggml.model": struct.pack("<I", _STRING) + _text("llama"),
        "tokenizer.ggml.tokens": _array(_STRING, [_text(token) for token in tokens]),
        "tokenizer.ggml.scores": _array(_FLOAT32, [struct.pack("<f", 0.0)] * _VOCABULARY),
        "tokenizer.ggml.token_type": _array(_INT32, [struct.pack("<i", kind) for kind in kinds]),
    }


def _array(kind: int, items: Sequence[bytes]) -> bytes:
    return struct.pack("<IIQ", _ARRAY, kind, len(items)) + b"".join(items)


def _text(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)


def _weights(random: np.random.Generator, kind: int, count: int) -> bytes:
    if kind == _F32:
        return np.ones(count, np.float32).tobytes()
    scales = np.full((count // _BLOCK, 1), _SCALES[kind], np.float16).view(np.uint8)
    return np.hstack([scales, random.integers(0, 256, (count // _BLOCK, _BLOCK_BYTES[kind]), np.uint8)]).tobytes()


if __name__ == "__main__":
    sys.exit(main())
