"""Opens any embedder by what the settings call it."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from newaisle.agent.llm.server.address import is_url
from newaisle.agent.models.catalog import HASH_EMBEDDER
from newaisle.errors import ModelMissing, RequestError
from newaisle.store.embedders import Embedder, HashEmbedder, OnnxEmbedder

if TYPE_CHECKING:
    from newaisle.agent.llm.server.endpoint import Keys
    from newaisle.agent.models.cache import ModelCache


def open_embedder(spec: str, *, cache: ModelCache, keys: Keys) -> Embedder:
    """The embedder called `hash`, `URL#MODEL`, or as a model of the cache (its name, `hf:…`, or a path).

    Raises ModelError, EmbedderError, and RequestError for an address without a model.
    """
    if spec == HASH_EMBEDDER:
        embedder: Embedder = HashEmbedder()
    elif is_url(spec):
        embedder = _open_server(spec, keys)
    else:
        embedder = _open_cached(spec, cache)
    embedder.spec = spec
    return embedder


def _open_cached(spec: str, cache: ModelCache) -> Embedder:
    try:
        manifest = cache.manifest(spec)
        manifest.require("embedder")
        path = cache.path(spec)
    except ModelMissing as exc:
        mend = f"run `newaisle models pull {quote(spec)}`, or compare words only with --embedder {HASH_EMBEDDER}"
        raise ModelMissing(f"the embedder {spec} is not installed: {mend}") from exc
    if path.is_dir():
        return OnnxEmbedder(path)
    from newaisle.agent.embedders.gguf import open_gguf

    return open_gguf(path, state_folder=cache.folder, sha256=manifest.sha256)


def _open_server(spec: str, keys: Keys) -> Embedder:
    from newaisle.agent.embedders.server import ServerEmbedder
    from newaisle.agent.llm.server.client import Client
    from newaisle.agent.llm.server.endpoint import Endpoint

    endpoint = Endpoint.parse(spec, keys=keys)
    if endpoint.model is None:
        raise RequestError(f"{endpoint.base_url} may have several models: name one with --embedder URL#MODEL")
    client = Client(endpoint)
    try:
        return ServerEmbedder(client, endpoint)
    except BaseException:
        client.close()
        raise
