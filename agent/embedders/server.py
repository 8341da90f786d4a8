"""Embeds by a server's `/v1/embeddings`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.server.client import Client
from newaisle.agent.llm.server.endpoint import Endpoint
from newaisle.errors import EmbedderError, InputTooLong, LanguageModelError, RequestRejected
from newaisle.progress import Progress
from newaisle.store.embedders import Embedder, Vectors, unit_rows

TEXTS = 32  # in a request: some servers take no more
MAX_BYTES = 1500  # of a text, which 512 tokens hold in nearly any language: many servers refuse more
SHORT_BYTES = 400  # what is left of a text that is refused all the same, and then half of it, and so on
_SHORTEST = 25  # bytes: a server that refuses so few refuses something else


class ServerEmbedder(Embedder):
    """A model of a server. It is asked for one vector at once, which tells the dimensions.

    Its name is `URL#MODEL/DIMENSIONS`: a server does not tell its weights, so after another model was put behind the
    same name a shop has to be read anew. Raises EmbedderError where the server does not give vectors.
    """

    def __init__(self, client: Client, endpoint: Endpoint) -> None:
        self._client = client
        self._where = f"{endpoint.base_url}#{endpoint.model}"
        self.shortened: list[str] = []
        self.dimensions = 0
        self.dimensions = self._request(["a product"]).shape[1]
        self.name = f"{self._where}/{self.dimensions}"

    def embed(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Embed texts (see `Embedder.embed`), cut at MAX_BYTES; raises EmbedderError where the server fails."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), TEXTS):
            batch = [_cut(text, MAX_BYTES) for text in texts[start : start + TEXTS]]
            vectors[start : start + len(batch)] = self._embed_batch(batch)
            if progress:
                progress(start + len(batch), len(texts))
        return vectors

    def unknown_share(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """How much of each text the model does not know: all zero, as a server does not tell."""
        return np.zeros(len(texts))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _embed_batch(self, texts: Sequence[str]) -> Vectors:
        """Embed texts by one request; if refused, by one for each text, and what is refused alone is shortened."""
        try:
            return self._request(texts)
        except _Refused:
            if len(texts) > 1:
                return np.vstack([self._embed_batch([text]) for text in texts])
            return self._embed_shortened(texts[0])

    def _embed_shortened(self, text: str) -> Vectors:
        size = min(SHORT_BYTES, len(text.encode()) - 1)
        while True:
            try:
                vector = self._request([_cut(text, size)])
            except _Refused:
                if (size := size // 2) < _SHORTEST:
                    raise
            else:
                self.shortened.append(text)
                return vector

    def _request(self, texts: Sequence[str]) -> Vectors:
        try:
            rows = self._client.embed(texts)
        except LanguageModelError as exc:
            # llama.cpp and Ollama answer a text that is too long for them with status 500.
            is_refused = isinstance(exc, InputTooLong | RequestRejected) or getattr(exc, "status_code", None) == 500
            raise (_Refused if is_refused else EmbedderError)(self._advise(str(exc))) from exc
        vectors = np.array(rows, np.float64)
        found = vectors.shape[1]
        if found != (self.dimensions or found):
            raise EmbedderError(
                self._advise(
                    f"{self._where} gave {found} dimensions and {self.dimensions} before: it has another model"
                )
            )
        if not vectors.any(axis=1).all():
            raise EmbedderError(self._advise(f"{self._where} gave an empty vector, or one of zeros"))
        return unit_rows(np.asarray(vectors, np.float32))

    def _advise(self, what: str) -> str:
        return f"{what}{' ' if what.endswith('?') else '; '}mend the server, or take another --embedder"


class _Refused(EmbedderError):
    """The server does not take these texts; fewer or shorter ones it may."""


def _cut(text: str, size: int) -> str:
    """The beginning of a text in at most `size` bytes of UTF-8; servers refuse the empty text."""
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore").strip() or "-"
