"""Embedding models as GGUF files, run by llama.cpp: many texts in one batch, each a sequence of its own.

`python -m newaisle.agent.embedders.gguf MODEL` tries one where a crash harms nothing, see `agent.llm.trial`.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.native import NativeModel
from newaisle.agent.llm.trial import DECODES, FORKS, main, trial
from newaisle.child import python_child
from newaisle.errors import DecodeFailed, EmbedderError, LanguageModelError, ModelUnusable
from newaisle.progress import Progress
from newaisle.store.embedders import (
    CHARACTERS_PER_TOKEN,
    Embedder,
    Vectors,
    available_processors,
    batches,
    hash_file,
    unit_rows,
)

MAX_TOKENS = 512
"""Tokens of a text that are read at most; the memory of a batch grows with its square."""
SEQUENCES = 64

_CHILD = python_child("newaisle.agent.embedders.gguf")
_SAME = 0.999  # least cosine: batches of other sizes take other kernels, which round differently
_TEXTS = ("a kettle of stainless steel", "blue", "yarn, needles and a book about knitting for two cold winters")


class NativeEncoder(NativeModel):
    """A loaded embedding model. Raises ModelUnusable where it does not pool its tokens' vectors into one."""

    def _open_context(self, size: int, threads: int, sequences: int) -> None:
        library = self._library
        params = library.llama_context_default_params()
        params.n_batch = params.n_ubatch = size  # a text is pooled within one micro-batch
        params.embeddings = True
        self.sequences = min(sequences, size)  # more than tokens abort the process
        self.longest = size  # in tokens; the context may be rounded up beyond what the model knows
        self._create_context(params, size, threads, self.sequences)
        pooled = (library.LLAMA_POOLING_TYPE_MEAN, library.LLAMA_POOLING_TYPE_CLS, library.LLAMA_POOLING_TYPE_LAST)
        if library.llama_pooling_type(self._context) not in pooled:
            raise ModelUnusable(f"{self._path}: is no embedding model (it pools nothing, or ranks); take another")
        self._batch = library.llama_batch_init(size, 0, 1)
        self._is_encoder = library.llama_model_has_encoder(self._model) and not library.llama_model_has_decoder(
            self._model
        )
        self.dimensions: int = library.llama_model_n_embd_out(self._model)

    @property
    def unknown_token(self) -> int | None:
        """The token for what the vocabulary lacks, where it has one."""
        buffer = ctypes.create_string_buffer(32)
        length = self._library.llama_model_meta_val_str(
            self._model, b"tokenizer.ggml.unknown_token_id", buffer, len(buffer)
        )
        return int(buffer.value) if length > 0 else None

    def encode(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """The pooled vectors of texts given as tokens, together no more than the context holds; not of unit length."""
        batch = self._batch
        batch.n_tokens = 0
        for sequence, tokens in enumerate(texts):
            for position, token in enumerate(tokens):
                index = batch.n_tokens
                batch.token[index] = token
                batch.pos[index] = position
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = sequence
                batch.logits[index] = True
                batch.n_tokens += 1
        if self._memory:
            self.clear()
        self._evaluate(self._library.llama_encode if self._is_encoder else self._library.llama_decode)
        return np.stack([self._vector(sequence) for sequence in range(len(texts))])

    def _vector(self, sequence: int) -> Vectors:
        values = self._library.llama_get_embeddings_seq(self._context, sequence)
        if not values:
            raise DecodeFailed(f"{self._path}: llama.cpp gave no vector; take another embedder")
        return np.ctypeslib.as_array(values, shape=(self.dimensions,)).copy()


class GgufEmbedder(Embedder):
    """An embedding model in a GGUF file, pooled as the file says; texts are cut at `max_tokens` or the model's limit.

    can_batch: whether texts may share a batch. sha256: that of the file, where it is known. Raises ModelUnusable,
    BackendMissing. Open files that were never tried with `open_gguf`.
    """

    def __init__(
        self,
        path: Path,
        *,
        sha256: str | None = None,
        threads: int | None = None,
        max_tokens: int = MAX_TOKENS,
        can_batch: bool = True,
        use_extra_bufts: bool = True,
    ) -> None:
        self._model = NativeEncoder(
            path,
            context=max_tokens,
            threads=threads or available_processors(),
            sequences=SEQUENCES if can_batch else 1,
            use_extra_bufts=use_extra_bufts,
        )
        self._lock = threading.Lock()
        self._unknown = self._model.unknown_token
        self._limit = self._model.longest
        self.name = f"{path.stem}/gguf-{(sha256 or hash_file(path))[:12]}"
        self.dimensions = self._model.dimensions

    def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Embed texts (see `Embedder.embed`); raises EmbedderError where llama.cpp fails."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        tokenized = [self._tokens(text) for text in texts]
        done = 0
        for rows in self._batches([len(tokens) for tokens in tokenized]):
            try:
                with self._lock:  # one context, whatever thread asks
                    vectors[rows] = self._model.encode([tokenized[row] for row in rows])
            except DecodeFailed as exc:
                raise EmbedderError(str(exc)) from exc
            done += len(rows)
            if progress:
                progress(done, len(texts))
        if not np.isfinite(vectors).all():
            raise EmbedderError(f"{self.name} gave a vector that is not finite: use another embedder")
        return unit_rows(vectors)

    def unknown_share(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """How much of each text the model does not know; zeros for a vocabulary that spells out what it lacks."""
        return np.array([self._unknown_share_of(text) for text in texts], np.float64)

    def close(self) -> None:
        """Free the model."""
        self._model.close()

    def _unknown_share_of(self, text: str) -> float:
        text = text[: self._limit * CHARACTERS_PER_TOKEN]
        tokens = self._model.tokenize(text, special=False, framed=True)
        characters = len("".join(text.split()))
        if self._unknown not in tokens or not characters:
            return 0.0
        # llama.cpp does not say where in the text a token stands, so what is known is counted, not what is not.
        known = sum(len(self._model.piece(token).decode("utf-8", "ignore").strip()) for token in tokens)
        return max(0.0, 1 - known / characters)

    def _tokens(self, text: str) -> list[int]:
        tokens = self._model.tokenize(text[: self._limit * CHARACTERS_PER_TOKEN], special=False, framed=True)
        if len(tokens) > self._limit:
            tokens = [*tokens[: self._limit - 1], tokens[-1]]  # the last one closes the text
        return tokens or [0]

    def _batches(self, lengths: Sequence[int]) -> Iterator[NDArray[np.int64]]:
        most = self._model.sequences
        for rows in batches(lengths, tokens=self._limit):
            for start in range(0, len(rows), most):
                yield rows[start : start + most]


def open_gguf(path: Path, *, state_folder: Path, sha256: str | None = None) -> GgufEmbedder:
    """The embedder in a GGUF file, after its trial in a child process. Raises EmbedderError where it does not work."""
    try:
        result = trial(path, state_folder=state_folder, child=_CHILD)
        if not result.ok:
            raise EmbedderError(result.detail)
        return GgufEmbedder(path, sha256=sha256, can_batch=result.can_fork, use_extra_bufts=result.use_extra_bufts)
    except LanguageModelError as exc:
        raise EmbedderError(str(exc)) from exc


def find_out(path: Path, *, use_extra_bufts: bool) -> Iterator[str]:
    """Yields DECODES once the model has embedded texts, then FORKS if texts in one batch leave each other alone.

    Raises ModelUnusable; may crash the process at any point, which is why a child does it.
    """
    try:
        embedder = GgufEmbedder(path, sha256="trial", threads=1, max_tokens=256, use_extra_bufts=use_extra_bufts)
        alone = np.vstack([embedder.embed([text]) for text in _TEXTS])
        yield DECODES
        if (embedder.embed(_TEXTS) * alone).sum(axis=1).min() > _SAME:
            yield FORKS
    except EmbedderError as exc:
        raise ModelUnusable(str(exc)) from exc


if __name__ == "__main__":
    sys.exit(main(find_out=find_out))
