"""Embedders behind a server: what is sent, and what is made of its answers. The servers here answer in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.embedders.server import MAX_BYTES, SHORT_BYTES, TEXTS, ServerEmbedder
from newaisle.agent.llm.server.client import Client
from newaisle.agent.llm.server.endpoint import Endpoint, Keys
from newaisle.errors import EmbedderError
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.rows import Product
from newaisle.store.shop import ReadOptions

ENDPOINT = Endpoint.parse("http://words.example:8080/v1#bge", keys=Keys(by_host={"words.example": "s3cret"}))
Vectorise = Callable[[Sequence[str]], list[list[Any]]]


class Server:
    """Answers `/v1/embeddings`; rows come back in reverse, which their `index` tells."""

    def __init__(
        self, vectorise: Vectorise, *, most_bytes: int = 10**9, most_texts: int = 10**9, status: int = 400
    ) -> None:
        self.status = status
        self.vectorise = vectorise
        self.most_bytes = most_bytes
        self.most_texts = most_texts
        self.requests: list[list[str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        assert (request.url.path, body["model"]) == ("/v1/embeddings", "bge")
        texts = body["input"]
        self.requests.append(texts)
        if len(texts) > self.most_texts or max(len(text.encode()) for text in texts) > self.most_bytes:
            return httpx.Response(self.status, json={"error": {"message": "this input is too much"}})
        rows = [{"index": index, "embedding": row} for index, row in enumerate(self.vectorise(texts))]
        return httpx.Response(200, text=json.dumps({"data": rows[::-1]}))


def hashed(texts: Sequence[str]) -> list[list[float]]:
    """Vectors that are not of unit length."""
    return (3 * HashEmbedder(8).embed(texts)).tolist()


def connect(server: Callable[[httpx.Request], httpx.Response]) -> ServerEmbedder:
    async def at_once(_seconds: float) -> None:
        """Waits for nothing."""

    client = Client(ENDPOINT, transport=httpx.MockTransport(server), sleep=at_once)
    try:
        return ServerEmbedder(client, ENDPOINT)
    except BaseException:
        client.close()
        raise


@pytest.fixture
def server() -> Server:
    return Server(hashed)


@pytest.fixture
def embedder(server: Server) -> Iterator[ServerEmbedder]:
    embedder = connect(server)
    server.requests.clear()
    yield embedder
    embedder.close()


def test_vectors_are_the_servers_in_the_order_of_the_texts_and_of_unit_length(embedder: ServerEmbedder) -> None:
    texts = [f"kettle {row}" for row in range(3 * TEXTS)]
    np.testing.assert_allclose(embedder.embed(texts), HashEmbedder(8).embed(texts), atol=1e-6)
    assert embedder.embed([]).shape == (0, 8)


def test_its_name_has_address_model_and_dimensions_and_no_key(embedder: ServerEmbedder) -> None:
    assert embedder.name == "http://words.example:8080/v1#bge/8"
    assert embedder.dimensions == 8


def test_a_request_has_no_more_texts_than_servers_take(embedder: ServerEmbedder, server: Server) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed(["a kettle"] * (2 * TEXTS + 1), progress=lambda done, total: seen.append((done, total)))
    assert [len(texts) for texts in server.requests] == [TEXTS, TEXTS, 1]
    assert seen == [(TEXTS, 2 * TEXTS + 1), (2 * TEXTS, 2 * TEXTS + 1), (2 * TEXTS + 1, 2 * TEXTS + 1)]


def test_a_server_does_not_tell_what_it_cannot_read(embedder: ServerEmbedder) -> None:
    assert embedder.unknown_share(["保温杯", "kettle"]).tolist() == [0, 0]
    assert embedder.embed_readable(["保温杯"]).any()


def test_an_empty_text_is_not_sent_as_such(embedder: ServerEmbedder, server: Server) -> None:
    assert embedder.embed(["", " \n"]).any(axis=1).all()
    assert all(text.strip() for text in server.requests[-1])


class Listening:
    """A client that keeps what it was asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.texts = list(texts)
        return hashed(texts)

    def close(self) -> None:
        """Holds nothing."""


@given(st.lists(st.text(max_size=3000), min_size=1, max_size=4))
def test_no_text_that_is_sent_is_empty_or_longer_than_servers_take(texts: list[str]) -> None:
    client = Listening()
    assert ServerEmbedder(client, ENDPOINT).embed(texts).shape == (len(texts), 8)
    assert all(1 <= len(text.encode()) <= MAX_BYTES for text in client.texts)


def test_texts_that_are_refused_together_are_sent_alone_and_the_long_ones_shortened() -> None:
    server = Server(hashed, most_bytes=SHORT_BYTES)
    embedder = connect(server)
    texts = ["a kettle", "wool " * 200, "yarn"]
    np.testing.assert_allclose(
        embedder.embed(texts), HashEmbedder(8).embed(["a kettle", "wool " * (SHORT_BYTES // 5), "yarn"]), atol=1e-6
    )
    embedder.close()


@pytest.mark.parametrize("status", [400, 500])
def test_one_text_that_is_too_long_is_shortened_until_it_is_taken_and_named(status: int, home: Home) -> None:
    server = Server(hashed, most_bytes=60, status=status)
    embedder = connect(server)
    with home.writer() as ledger:
        ledger.put_products([Product(item_id=str(n), title=f"wool {n} " * (1 + 40 * (n == 3))) for n in range(5)])
    report = ingest(home, embedder=embedder, options=ReadOptions(), with_index=False)
    assert report.embedded == 5
    assert report.warnings == [
        f"1 texts are too long for the embedder, which read their beginnings: '{('wool 3 ' * 40)[:60]}…'"
    ]
    embedder.close()


def test_a_server_that_takes_one_text_at_a_time_gets_them_so() -> None:
    embedder = connect(Server(hashed, most_texts=1))
    assert embedder.embed(["a kettle", "yarn"]).shape == (2, 8)
    embedder.close()


def test_a_server_that_changes_its_model_is_found_out(embedder: ServerEmbedder, server: Server) -> None:
    server.vectorise = lambda texts: [[1.0, 2.0]] * len(texts)
    with pytest.raises(EmbedderError, match="gave 2 dimensions and 8 before"):
        embedder.embed(["a kettle"])


def test_what_is_no_vector_is_refused_in_one_line() -> None:
    for vectorise in [
        lambda texts: [[]] * len(texts),
        lambda texts: [[0.0, 0.0]] * len(texts),
        lambda texts: [[float("nan")]] * len(texts),
        lambda texts: [[float("inf")]] * len(texts),
        lambda texts: [["a", "b"]] * len(texts),
        lambda texts: [],
        lambda texts: [[1.0]] * (len(texts) + 1),
    ]:
        assert_refused(Server(vectorise))


def test_a_server_that_refuses_is_named_in_one_line_with_the_next_move() -> None:
    for status in [400, 401, 404, 429, 500, 503]:
        message = assert_refused(
            lambda request, status=status: httpx.Response(status, json={"error": {"message": "not\ntoday"}})
        )
        assert "words.example" in message, status


def test_a_server_that_is_not_there_is_named_in_one_line() -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    assert "words.example" in assert_refused(nobody)


def assert_refused(server: Callable[[httpx.Request], httpx.Response]) -> str:
    with pytest.raises(EmbedderError, match="take another --embedder") as caught:
        connect(server)
    message = str(caught.value)
    assert "\n" not in message
    assert "s3cret" not in message
    return message
