"""llama.cpp by its low-level interface: one model with one context, and tokens in, logits out."""

from __future__ import annotations

import ctypes
import os
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newaisle.errors import BackendMissing, DecodeFailed, ModelUnusable

BATCH_TOKENS = 256
"""Tokens evaluated at once: more is no faster on a processor, and the logits of a batch are held in memory."""

_LEVEL_ERROR = 4  # GGML_LOG_LEVEL_ERROR in ggml.h
_complaints: deque[str] = deque(maxlen=20)
_log_callback: Any = None


def load_library() -> Any:
    """The ctypes module of llama.cpp, initialised once, its log kept away from the terminal."""
    global _log_callback
    # By GNU OpenMP's default a thread that waits for one displaced by another program spins, and keeps it displaced:
    # measured three to eight times slower on a busy machine. So short a spin costs 3 to 8 % on an idle one.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        from llama_cpp import llama_cpp as library
    except ImportError as exc:
        raise BackendMissing from exc
    if _log_callback is None:
        library.llama_backend_init()
        _log_callback = library.llama_log_callback(_keep_complaint)
        library.llama_log_set(_log_callback, ctypes.c_void_p(0))
    return library


def _keep_complaint(level: int, text: bytes, _user_data: object) -> None:
    if level == _LEVEL_ERROR:
        _complaints.append(text.decode("utf-8", "replace").strip())


def first_complaint() -> str:
    """The first error that llama.cpp logged since the last call; the ones after it are consequences."""
    complaint = _complaints[0] if _complaints else "no reason given"
    _complaints.clear()
    return complaint


def check_file(path: Path) -> None:
    """Raise ModelUnusable, before anything is loaded, for a file that cannot be a model."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as exc:
        raise ModelUnusable(f"{path}: {exc.strerror}; see `newaisle models list`") from exc
    if magic != b"GGUF":
        raise ModelUnusable(f"{path}: not a GGUF model file; see `newaisle models list`")


class NativeModel:
    """A loaded model and its context of `context` tokens for up to `sequences` sequences.

    A sequence is a number; what it has read so far lies in cells of the context, and sequences share cells.
    """

    def __init__(self, path: Path, *, context: int, threads: int, sequences: int, use_extra_bufts: bool) -> None:
        check_file(path)
        self._library = library = load_library()
        self._path = path
        self._context: Any = None
        self._batch: Any = None
        self._pieces: dict[int, bytes] = {}
        self._adapters: dict[Path, Any] = {}
        self._model = self._load(use_extra_bufts)
        try:
            self._vocabulary = library.llama_model_get_vocab(self._model)
            self.vocabulary_size: int = library.llama_vocab_n_tokens(self._vocabulary)
            trained: int = library.llama_model_n_ctx_train(self._model)
            self._open_context(min(context, trained) if trained > 0 else context, threads, sequences)
        except BaseException:
            self.close()
            raise
        self.parameters: int = library.llama_model_n_params(self._model)
        self.context_size: int = library.llama_n_ctx(self._context)

    def _load(self, use_extra_bufts: bool) -> Any:
        params = self._library.llama_model_default_params()
        params.use_extra_bufts = use_extra_bufts
        _complaints.clear()
        model = self._library.llama_model_load_from_file(str(self._path).encode(), params)
        if not model:
            raise ModelUnusable(
                f"{self._path}: does not load ({first_complaint()}); fetch it again: `newaisle models pull`"
            )
        return model

    def _open_context(self, size: int, threads: int, sequences: int) -> None:
        params = self._library.llama_context_default_params()
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        self._create_context(params, size, threads, sequences)
        self._batch = self._library.llama_batch_init(BATCH_TOKENS, 0, sequences)

    def _create_context(self, params: Any, size: int, threads: int, sequences: int) -> None:
        params.n_ctx = size
        params.n_seq_max = sequences
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True  # else the context is divided and a partial copy aborts the process
        params.no_perf = True
        _complaints.clear()
        self._context = self._library.llama_init_from_model(self._model, params)
        if not self._context:
            raise ModelUnusable(f"{self._path}: no context of {size} tokens ({first_complaint()}); take another")
        self._memory = self._library.llama_get_memory(self._context)

    def adapt(self, path: Path | None) -> None:
        """Have an adapter take part in what is decoded from now on, or none; raises ModelUnusable where it cannot."""
        adapter = self._adapter(path) if path else None
        adapters = (self._library.llama_adapter_lora_p_ctypes * 1)(adapter)
        scales = (ctypes.c_float * 1)(1.0)
        self._library.llama_set_adapters_lora(self._context, adapters, int(adapter is not None), scales)

    def _adapter(self, path: Path) -> Any:
        """An adapter, loaded once and freed with the model."""
        if path in self._adapters:
            return self._adapters[path]
        check_file(path)
        _complaints.clear()
        adapter = self._library.llama_adapter_lora_init(self._model, str(path).encode())
        if not adapter:
            raise ModelUnusable(f"{path}: no adapter for {self._path.stem} ({first_complaint()}); see --adapter")
        self._adapters[path] = adapter
        return adapter

    def close(self) -> None:
        """Free batch, context and model."""
        if self._batch is not None:
            self._library.llama_batch_free(self._batch)
        if self._context is not None:
            self._library.llama_free(self._context)
        if self._model is not None:
            self._library.llama_model_free(self._model)
        self._batch = self._context = self._model = None

    @property
    def chat_template(self) -> str | None:
        """The Jinja source of the model's own chat template."""
        source = self._library.llama_model_chat_template(self._model, None)
        return source.decode("utf-8", "replace") if source else None

    @property
    def first_token(self) -> int | None:
        """The token that every input begins with, for models that want one."""
        wanted = self._library.llama_vocab_get_add_bos(self._vocabulary)
        return int(self._library.llama_vocab_bos(self._vocabulary)) if wanted else None

    @property
    def end_token(self) -> int:
        """The token that ends a turn, or where the vocabulary has none, a text."""
        turn = int(self._library.llama_vocab_eot(self._vocabulary))
        return turn if turn >= 0 else int(self._library.llama_vocab_eos(self._vocabulary))

    def token_text(self, which: str) -> str:
        """The text of the special token `which` ("bos", "eos"); empty for a model without it."""
        token = getattr(self._library, f"llama_vocab_{which}")(self._vocabulary)
        return str(self._library.llama_vocab_get_text(self._vocabulary, token).decode()) if token >= 0 else ""

    def tokenize(self, text: str, *, special: bool, framed: bool = False) -> list[int]:
        """The tokens of a text; only with `special` do control tokens written in it become control tokens.

        framed: with the tokens that the model wants before and after every input.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 2
        while True:
            tokens = (ctypes.c_int32 * room)()
            count = self._library.llama_tokenize(self._vocabulary, data, len(data), tokens, room, framed, special)
            if count >= 0:
                return tokens[:count]
            room = -count

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; none for a control token."""
        if token not in self._pieces:
            room = 256
            buffer = ctypes.create_string_buffer(room)
            length = self._library.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, False)
            self._pieces[token] = buffer.raw[: max(length, 0)]
        return self._pieces[token]

    def is_end(self, token: int) -> bool:
        """Whether a token ends an answer."""
        return bool(self._library.llama_vocab_is_eog(self._vocabulary, token))

    def is_control(self, token: int) -> bool:
        """Whether a token is markup that no plain text can contain."""
        return bool(self._library.llama_vocab_is_control(self._vocabulary, token))

    def decode(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequences: Sequence[Sequence[int]],
        *,
        logits: Sequence[bool] | None = None,
    ) -> NDArray[np.float32]:
        """Evaluate up to BATCH_TOKENS tokens, each at its position of all of its sequences.

        Returns the logits asked for, one row per such token in order: a view, valid until the next decode.
        """
        batch, count = self._batch, len(tokens)
        batch.n_tokens = count
        for index in range(count):
            members = sequences[index]
            batch.token[index] = tokens[index]
            batch.pos[index] = positions[index]
            batch.n_seq_id[index] = len(members)
            row = batch.seq_id[index]
            for place, sequence in enumerate(members):
                row[place] = sequence
            batch.logits[index] = logits is not None and logits[index]
        self._evaluate(self._library.llama_decode)
        return self._logits(sum(logits) if logits is not None else 0)

    def _evaluate(self, run: Callable[[Any, Any], int]) -> None:
        """Run what lies in the batch through the model, by one of llama.cpp's functions for that."""
        _complaints.clear()
        if status := run(self._context, self._batch):
            raise DecodeFailed(f"{self._path}: llama.cpp failed with {status} ({first_complaint()}); take another")

    def _logits(self, rows: int) -> NDArray[np.float32]:
        if not rows:
            return np.empty((0, self.vocabulary_size), np.float32)
        first = self._library.llama_get_logits(self._context)
        return np.ctypeslib.as_array(first, shape=(rows, self.vocabulary_size))

    def fork(self, source: int, target: int, length: int) -> None:
        """Let a sequence share the first `length` cells of another."""
        self._library.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def trim(self, sequence: int, length: int) -> None:
        """Take away what a sequence has read beyond its first `length` tokens."""
        self._library.llama_memory_seq_rm(self._memory, sequence, length, -1)

    def clear(self) -> None:
        """Take away what all sequences have read."""
        self._library.llama_memory_clear(self._memory, False)

    def state(self, sequence: int) -> bytes:
        """What the context holds for a sequence, to be given to `restore`."""
        size = self._library.llama_state_seq_get_size(self._context, sequence)
        buffer = (ctypes.c_ubyte * size)()
        written = self._library.llama_state_seq_get_data(self._context, buffer, size, sequence)
        return bytes(memoryview(buffer)[:written])

    def restore(self, sequence: int, state: bytes) -> bool:
        """Put a state back into a sequence that holds nothing; whether llama.cpp took it."""
        buffer = (ctypes.c_ubyte * len(state)).from_buffer_copy(state)
        return bool(self._library.llama_state_seq_set_data(self._context, buffer, len(state), sequence))
