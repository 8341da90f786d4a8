"""Text embedders: text in, vectors of unit length out.

`OnnxEmbedder` runs any ONNX sentence-transformers folder; `HashEmbedder` needs no model and knows words only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newaisle.errors import EmbedderError
from newaisle.languages import HAN
from newaisle.progress import Progress

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]
Pooling = Callable[[Vectors, Vectors], Vectors]  # token vectors (n, length, d) and mask (n, length, 1) to (n, d)

DEFAULT_MAX_TOKENS = 256
UNREADABLE = 0.2  # share of unknown characters; in MiniLM's vocabulary English titles have 0, Chinese ones 0.3 to 0.8
BATCH_TOKENS = 256  # larger batches outgrow a core's cache, smaller ones read the weights too often
WINDOW_TEXTS = 4096  # sorted by length together; bounds the memory that encodings take
TOKEN_VECTORS = ("last_hidden_state", "token_embeddings")  # the usual names, where a graph has several outputs
CHARACTERS_PER_TOKEN = 40  # text beyond this many characters a token is cut before it is tokenized
_RUN = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")
_IS_HAN = re.compile(rf"[{HAN}]")


class Embedder(ABC):
    """Turns texts into vectors; `name` tells weights and variant, and only vectors of one name can be compared."""

    name: str
    dimensions: int
    spec: str = ""
    """What the settings call it, if that is known: for the commands that people are told to run."""
    why: str = ""
    """Why it was taken for a shop, in one line, where that was left to the shop's texts."""
    shortened: Sequence[str] = ()
    """Texts that were too long even after the usual cut, so that only their beginnings were embedded."""

    @abstractmethod
    def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Vectors of shape (len(texts), dimensions), rows of unit length, in the order of `texts`.

        `progress` is called with the number of texts done and the number of all.
        """

    @abstractmethod
    def unknown_share(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The share of each text's characters (0 to 1) that the embedder has no token for, shape (len(texts),)."""

    def close(self) -> None:  # noqa: B027 - most hold nothing but memory
        """Free what it holds; it cannot be used afterwards."""

    def embed_readable(self, texts: Sequence[str]) -> Vectors:
        """As `embed`, with zeros for a text of which the embedder cannot read more than UNREADABLE.

        The vector of such a text says which characters are unknown and little else (Chinese in an English vocabulary).
        """
        vectors = self.embed(texts)
        # No vocabulary lacks ASCII, and looking costs a second tokenization.
        suspects = [row for row, text in enumerate(texts) if _foreign_share(text) > UNREADABLE]
        unknown = self.unknown_share([texts[row] for row in suspects])
        vectors[[row for row, share in zip(suspects, unknown, strict=True) if share > UNREADABLE]] = 0.0
        return vectors


def _foreign_share(text: str) -> float:
    return 1 - len(text.encode("ascii", "ignore")) / max(len(text), 1)


class OnnxEmbedder(Embedder):
    """A sentence-transformers model as ONNX: `model.onnx` or `onnx/model.onnx`, and `tokenizer.json`, in a folder.

    Where the graph yields token vectors, they are pooled as `1_Pooling/config.json` says. `threads` defaults to the
    processors this process may use. Raises EmbedderError where a file is missing or does not load.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        model = find_graph(folder)
        self._max_tokens = read_json(folder, "sentence_bert_config.json").get("max_seq_length", DEFAULT_MAX_TOKENS)
        self._tokenizer, self._padding = load_tokenizer(folder, self._max_tokens)
        self._session = load_session(folder, model)
        self._threads = threads or available_processors()
        self._inputs = [item.name for item in self._session.get_inputs()]
        self._output, rank = choose_output(self._session)
        self._pool = None if rank == 2 else choose_pooling(folder)
        self.name = identify(folder, model)
        self.dimensions = self._trial_run(folder)

    def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See `Embedder.embed`. Texts longer than the model's limit are cut there."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            for start in range(0, len(texts), WINDOW_TEXTS):
                encodings = self._encode(texts[start : start + WINDOW_TEXTS])
                batched = list(batches([len(encoding) for encoding in encodings]))
                parts = pool.map(lambda rows, encodings=encodings: self._run([encodings[row] for row in rows]), batched)
                for rows, part in zip(batched, parts, strict=True):
                    vectors[start + rows] = part
                    done += len(rows)
                    if progress:
                        progress(done, len(texts))
        return vectors

    def unknown_share(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """See `Embedder.unknown_share`; only what lies within the model's limit counts."""
        unknown = {self._tokenizer.token_to_id(token) for token in ("[UNK]", "<unk>")}
        shares = np.zeros(len(texts))
        for start in range(0, len(texts), WINDOW_TEXTS):
            for row, encoding in enumerate(self._encode(texts[start : start + WINDOW_TEXTS]), start):
                widths = [end - begin for begin, end in encoding.offsets]
                lost = sum(width for width, token in zip(widths, encoding.ids, strict=True) if token in unknown)
                shares[row] = lost / max(sum(widths), 1)
        return shares

    def token_counts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """How many tokens each text has, those that open and close it aside; no more than the model's limit."""
        added = len(self._tokenizer.encode(""))
        return np.array([len(encoding) - added for encoding in self._encode(texts)], np.int64)

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        limit = self._max_tokens * CHARACTERS_PER_TOKEN
        return self._tokenizer.encode_batch([text[:limit] for text in texts])

    def _run(self, encodings: Sequence[Encoding]) -> Vectors:
        """Vectors of one batch; the first text is the longest."""
        shape = len(encodings), len(encodings[0])
        tokens = np.full(shape, self._padding, np.int64)
        mask = np.zeros(shape, np.int64)
        for row, encoding in enumerate(encodings):
            tokens[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        output = self._session.run([self._output], {name: feed[name] for name in self._inputs})[0].astype(np.float32)
        if self._pool:
            output = self._pool(output, mask[:, :, np.newaxis].astype(np.float32))
        return unit_rows(output)

    def _trial_run(self, folder: Path) -> int:
        """Embed one empty text, so that a graph that cannot run is found out here; returns the dimensions."""
        try:
            return int(self._run(self._encode([""])).shape[1])
        except Exception as exc:  # onnxruntime's errors have no common base
            raise EmbedderError(f"The graph in {folder} does not run: {one_line(exc)}; use another embedder.") from exc


class HashEmbedder(Embedder):
    """A bag of words hashed into a few dimensions: the lexical stand-in where no model is installed.

    Signed feature hashing (Weinberger et al. 2009, arXiv 0902.2206) of words, and of single Chinese characters and
    their pairs, with the logarithm of their counts. Texts are near when they share words; meaning plays no part.
    """

    def __init__(self, dimensions: int = 64) -> None:
        self.name = f"hash-{dimensions}"
        self.dimensions = dimensions

    def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See `Embedder.embed`. A text without words gets a fixed vector."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word, count in Counter(words(text)).items():
                place, sign = hash_word(word)
                vectors[row, place % self.dimensions] += sign * (1 + np.log(count))
            if not vectors[row].any():
                vectors[row, 0] = 1
        if progress:
            progress(len(texts), len(texts))
        return unit_rows(vectors)

    def unknown_share(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """All zero: every word has a hash."""
        return np.zeros(len(texts))


def available_processors() -> int:
    """The processors this process may run on, which in a container can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batches(lengths: Sequence[int], *, tokens: int = BATCH_TOKENS) -> Iterator[NDArray[np.int64]]:
    """Rows in batches of similar length, longest first, each at most `tokens` with its padding (or one row)."""
    order = np.argsort(np.negative(lengths), kind="stable")
    start = 0
    while start < len(order):
        size = max(1, tokens // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def unit_rows(vectors: Vectors) -> Vectors:
    """The rows scaled to length 1."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def words(text: str) -> list[str]:
    """Words in lower case; a run of Chinese characters gives each character and each pair of neighbours."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for word in _RUN.findall(folded):
        if _IS_HAN.match(word):
            found += [*word, *map("".join, pairwise(word))]
        else:
            found.append(word)
    return found


@lru_cache(maxsize=100_000)
def hash_word(word: str) -> tuple[int, int]:
    """A number for the word's place and a sign, the same on every machine."""
    number = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
    return number >> 1, 1 if number & 1 else -1


def find_graph(folder: Path) -> Path:
    """The ONNX file of a sentence-transformers folder."""
    for path in (folder / "model.onnx", folder / "onnx" / "model.onnx"):
        if path.is_file():
            return path
    raise EmbedderError(f"No model.onnx in {folder}; run `newaisle models list` for what is installed.")


def load_tokenizer(folder: Path, max_tokens: int) -> tuple[Tokenizer, int]:
    """The folder's tokenizer, cutting at `max_tokens` and not padding, and its padding token.

    Files as published may pad every text to a fixed length, which multiplies the work.
    """
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise EmbedderError(f"No tokenizer.json in {folder}; pull the model again or add the file.")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as exc:  # tokenizers raises nothing narrower
        raise EmbedderError(f"{path} does not load: {one_line(exc)}; {mend(folder)}.") from exc
    padding = tokenizer.padding or {}
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer, padding.get("pad_id", read_json(folder, "config.json").get("pad_token_id") or 0)


def load_session(folder: Path, model: Path) -> Any:
    """An onnxruntime session on the CPU that logs nothing below an error.

    One thread runs one batch: threads that share a batch wait for one another, and spin while they do.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime's errors have no common base
        raise EmbedderError(f"{model} does not load: {one_line(exc)}; {mend(folder)}.") from exc


def choose_output(session: Any) -> tuple[str, int]:
    """Name and rank of the output to use: sentence vectors (rank 2) where the graph has them, else token vectors."""
    outputs = {item.name: item.shape for item in session.get_outputs()}
    if "sentence_embedding" in outputs:
        return "sentence_embedding", 2
    name = next((known for known in TOKEN_VECTORS if known in outputs), next(iter(outputs)))
    return name, len(outputs[name])


def choose_pooling(folder: Path) -> Pooling:
    """The pooling that `1_Pooling/config.json` asks for.

    Raises EmbedderError for one that is not known here, and where a layer that the graph lacks would follow it.
    """
    name = "1_Pooling/config.json"
    settings = read_json(folder, name)
    modes = {mode for mode, chosen in settings.items() if mode.startswith("pooling_mode") and chosen is True}
    if (folder / "2_Dense").exists():
        raise EmbedderError(f"{folder} has a 2_Dense that its graph lacks; export sentence vectors, or use another.")
    if len(modes) == 1 and (pooling := POOLINGS.get(modes.pop())):
        return pooling
    raise EmbedderError(
        f"{folder / name} is missing or asks for a pooling other than {', '.join(POOLINGS)}; use another embedder."
    )


POOLINGS: dict[str, Pooling] = {
    "pooling_mode_mean_tokens": lambda tokens, mask: (tokens * mask).sum(axis=1) / mask.sum(axis=1),
    "pooling_mode_cls_token": lambda tokens, _: tokens[:, 0],
    "pooling_mode_max_tokens": lambda tokens, mask: np.where(mask > 0, tokens, -np.inf).max(axis=1),
    "pooling_mode_lasttoken": lambda tokens, mask: tokens[
        range(len(tokens)), mask[:, :, 0].sum(axis=1).astype(int) - 1
    ],
}


def identify(folder: Path, model: Path) -> str:
    """`NAME/VARIANT-CHECKSUM`, the checksum from the model cache's manifest where there is one, else computed."""
    manifest = read_json(folder, "manifest.json")
    known = {file["path"]: file["sha256"] for file in manifest.get("files", [])}
    checksum = known.get(model.relative_to(folder).as_posix()) or hash_file(model)
    return f"{manifest.get('name', folder.name)}/{manifest.get('variant', 'onnx')}-{checksum[:12]}"


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """The object in a JSON file, empty where there is no such file. Raises EmbedderError where it is not JSON."""
    path = folder / name
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as exc:
        raise EmbedderError(f"{path} is not a JSON object; {mend(folder)}.") from exc


def mend(folder: Path) -> str:
    """What to do about a damaged file in `folder`: a cached model is pulled by its name, another by its path."""
    name = folder.name if (folder / "manifest.json").is_file() else folder
    return f"run `newaisle models pull {name}`"


def one_line(exc: Exception) -> str:
    """The first line of an error's text, shortened."""
    return str(exc).strip().partition("\n")[0][:200]
