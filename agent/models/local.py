"""Models that lie in a folder of the user's: recognised and described, never copied."""

from __future__ import annotations

from pathlib import Path

from newaisle.agent.models.catalog import Kind
from newaisle.agent.models.manifest import FileRecord
from newaisle.errors import ModelDamaged, UnknownModel

GGUF_MAGIC = b"GGUF"
HEADER_BYTES = 1 << 16
ARCHITECTURE_KEY = b"general.architecture"
POOLING_KEY = b".pooling_type"


def local_model(path: Path) -> tuple[Kind, tuple[FileRecord, ...]]:
    """Kind and files of a .gguf file or of a folder with an ONNX sentence-transformers model; model file first."""
    if path.is_file():
        return gguf_kind(path), (FileRecord.of(path, str(path)),)
    graphs = [path / name for name in ("model.onnx", "onnx/model.onnx") if (path / name).is_file()]
    companions = [path / name for name in ("tokenizer.json", "1_Pooling/config.json") if (path / name).is_file()]
    if not graphs or not companions:
        raise UnknownModel(f"{path} has no model.onnx with a tokenizer.json; name such a folder or a .gguf file.")
    return "embedder", tuple(FileRecord.of(file, str(file)) for file in (*graphs[:1], *companions))


def gguf_kind(path: Path) -> Kind:
    """Whether a GGUF file generates or embeds, by its architecture and whether it pools its tokens' vectors.

    Raises ModelDamaged where it is no GGUF file.
    """
    with path.open("rb") as stream:
        header = stream.read(HEADER_BYTES)
    if not header.startswith(GGUF_MAGIC):
        raise ModelDamaged(f"{path} is not a GGUF file; download it again.")
    # the key is followed by the value's type (4 bytes) and length (8 bytes), then the value
    start = header.find(ARCHITECTURE_KEY) + len(ARCHITECTURE_KEY) + 4
    length = int.from_bytes(header[start : start + 8], "little")
    architecture = header[start + 8 : start + 8 + length]
    if b"bert" in architecture or architecture.endswith(b"embedding"):
        return "embedder"
    # some embedders have the architecture of a language model; a number (4 bytes) follows key and type
    key = architecture + POOLING_KEY
    place = header.find(key)
    pools = place >= 0 and any(header[place + len(key) + 4 : place + len(key) + 8])
    return "embedder" if pools else "llm"
