"""An HTTP server on loopback that does to each request what a test has written down, and shows what it was asked."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from newaisle.agent.llm.server.client import Client
from newaisle.agent.llm.server.endpoint import Endpoint
from newaisle.agent.llm.server.sender import Deadlines

Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    body: Any


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Misbehaving
    asked: Request

    def do_GET(self) -> None:
        self._respond(None)

    def do_POST(self) -> None:
        self._respond(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def start(self, status: int, kind: str, headers: Mapping[str, str] = {}, length: int | None = None) -> None:
        """Status and headers; a body without length lasts until the connection is closed."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass

    def _respond(self, body: Any) -> None:
        self.asked = request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        try:
            self.server.behaviour(request)(self)
        except OSError:
            self.close_connection = True  # the client has gone


class Misbehaving(ThreadingHTTPServer):
    """Takes one behaviour from `script` for each request, and `usual` when there is none left.

    The list of models is always given, and counted apart. released: set when the test is over, which ends all waits.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: deque[Behaviour] = deque()
        self.usual: Behaviour = stream("Tea", " is", " warm.")
        self.models: list[dict[str, Any]] = [{"id": "small"}]
        self.requests: list[Request] = []
        self.listings: list[Request] = []
        self.released = threading.Event()
        self.arrived = threading.Semaphore(0)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def behaviour(self, request: Request) -> Behaviour:
        if request.path == "/v1/models":
            self.listings.append(request)
            return answer({"data": self.models})
        with self._lock:
            self.requests.append(request)
            chosen = self.script.popleft() if self.script else self.usual
        self.arrived.release()
        return chosen

    def handle_error(self, *args: object) -> None:
        pass

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()


class Sleeps(list[float]):
    """Waits that nobody waits for."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client_of(
    url: str, *, model: str | None = "small", key: str | None = None, sleep: Sleeps | None = None, **deadlines: float
) -> Client:
    endpoint = Endpoint(base_url=url, model=model, key=key, key_advice="check the key")
    return Client(endpoint, deadlines=Deadlines(**deadlines), sleep=Sleeps() if sleep is None else sleep)


def answer(body: Any, status: int = 200, headers: Mapping[str, str] = {}) -> Behaviour:
    """One JSON value, or the bytes given."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def behave(handler: Handler) -> None:
        handler.start(status, "application/json", headers, len(content))
        handler.wfile.write(content)

    return behave


def failure(status: int, message: str = "", headers: Mapping[str, str] = {}) -> Behaviour:
    return answer({"error": {"message": message}}, status, headers)


def chunk(content: str | None = None, finish: str | None = None) -> bytes:
    """One event of a chat's stream."""
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


def raw(*pieces: bytes, hang: bool = False) -> Behaviour:
    """The bytes as a stream of events; `hang` leaves the connection open after them."""

    def behave(handler: Handler) -> None:
        handler.start(200, "text/event-stream")
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
        if hang:
            handler.server.released.wait()

    return behave


def stream(*texts: str, finish: str | None = "stop", done: bool = True, hang: bool = False) -> Behaviour:
    end = [chunk(finish=finish)] if finish else []
    return raw(*map(chunk, texts), *end, *([b"data: [DONE]\n\n"] if done else []), hang=hang)


def hang_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def silence(handler: Handler) -> None:
    """Take the request and say nothing."""
    handler.server.released.wait()


def drip(piece: bytes, *first: bytes) -> Behaviour:
    """A stream that never ends, a piece at a time."""

    def behave(handler: Handler) -> None:
        handler.start(200, "text/event-stream")
        handler.wfile.write(b"".join(first))
        while not handler.server.released.wait(0.01):
            handler.wfile.write(piece)
            handler.wfile.flush()

    return behave


def flood(piece: bytes) -> Behaviour:
    """As much of the piece as the client takes."""

    def behave(handler: Handler) -> None:
        handler.start(200, "text/event-stream")
        while not handler.server.released.is_set():
            handler.wfile.write(piece)

    return behave


def redirect(target: str, status: int = 307) -> Behaviour:
    return answer({}, status, {"Location": target})
