"""Sends requests to one server. Retries, redirects and the bounds on time and size of what is read are here alone."""

from __future__ import annotations

import asyncio
import math
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from newaisle.agent.llm.server.endpoint import Endpoint
from newaisle.agent.llm.server.failures import error_of_answer, retry_after, said, translated
from newaisle.errors import ServerBusy, ServerError, ServerFailed, ServerSlow

if TYPE_CHECKING:
    import httpx

Answer = TypeVar("Answer")
Read = Callable[["httpx.Response", "Patience"], Awaitable[Answer]]
Sleep = Callable[[float], Awaitable[None]]

TRIES = 4
FIRST_WAIT = 0.5  # seconds, doubled with each further try
LONGEST_WAIT = 30.0  # seconds; a server that asks for more is given up
MAX_BODY = 64 << 20  # bytes; 2,048 embeddings of 1,536 numbers as text
MAX_ERROR_BODY = 64 << 10
MAX_REDIRECTS = 3
KEEP_OPEN = 60.0  # seconds that a connection is kept for the next request


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds that are waited: for a connection, for the first and for each further token, and for all of a request.

    after_finish: for the count of tokens that may follow a text that is whole.
    """

    connect: float = 10.0
    first_token: float = 120.0  # a server without a GPU reads a prompt of some thousand tokens in that time
    between_tokens: float = 30.0
    after_finish: float = 2.0
    total: float = 600.0


class Patience:
    """How long a server may be silent; it starts anew with everything that comes."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.timeout = asyncio.timeout(seconds)

    def renew(self, seconds: float) -> None:
        self.seconds = seconds
        self.timeout.reschedule(asyncio.get_running_loop().time() + seconds)


class Sender:
    """Requests to an endpoint over connections that stay open.

    Belongs to one event loop. sleep, jitter: how a wait is spent, and the share of it, from 0 to 1, that is left out.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        deadlines: Deadlines,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        import httpx

        self.endpoint = endpoint
        self.deadlines = deadlines
        self._sleep = sleep
        self._jitter = jitter
        plain = endpoint.is_loopback and endpoint.base_url.startswith("http://")
        headers = {"Accept-Encoding": "identity", "User-Agent": "newaisle"}
        if endpoint.key:
            headers["Authorization"] = f"Bearer {endpoint.key}"
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(None, connect=deadlines.connect),
            limits=httpx.Limits(keepalive_expiry=KEEP_OPEN),
            trust_env=not endpoint.is_loopback,  # a proxy of the network does not reach this machine
            verify=not plain
            or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # reading certificates takes a tenth of a second
            transport=transport,
        )

    async def send(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        read: Read[Answer],
        *,
        silence: float | None = None,
        tries: int = TRIES,
        until: float = math.inf,
    ) -> Answer:
        """What `read` makes of the answer to a POST of the body, or to a GET without one.

        silence: seconds until the answer has to begin; `read` says what counts, by renewing the patience it is given.
        Failures that may pass are tried again, as long as the waits between end before `until`, a time of the loop.
        Raises ServerError, and what `read` raises.
        """
        end = asyncio.get_running_loop().time() + self.deadlines.total
        for number in range(1, tries + 1):
            try:
                async with asyncio.timeout_at(end):
                    return await self._send_patiently(path, body, read, Patience(silence))
            except TimeoutError as exc:
                raise self._slow("had no whole answer", self.deadlines.total) from exc
            except ServerError as exc:
                if not exc.transient or number == tries:
                    raise
                await self._sleep(self._wait(number, exc, min(until, end)))
        raise AssertionError("the last try returns or raises")

    async def read_all(self, response: httpx.Response) -> bytes:
        """The whole body; raises ServerFailed where it is larger than anything that was asked for."""
        return b"".join([chunk async for chunk in self.chunks(response)])

    async def chunks(self, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        """The body as it comes; raises ServerFailed where it does not end."""
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > MAX_BODY:
                raise ServerFailed(
                    f"{self.endpoint.base_url} sends more than {MAX_BODY >> 20} MB: is it what it should be?"
                )
            yield chunk

    async def close(self) -> None:
        await self._http.aclose()

    async def _send_patiently(
        self, path: str, body: Mapping[str, Any] | None, read: Read[Answer], patience: Patience
    ) -> Answer:
        try:
            async with patience.timeout:
                return await self._send_once(path, body, read, patience)
        except TimeoutError as exc:
            if patience.timeout.expired():
                raise self._slow("said nothing", patience.seconds or 0) from exc
            raise

    async def _send_once(
        self, path: str, body: Mapping[str, Any] | None, read: Read[Answer], patience: Patience
    ) -> Answer:
        url = f"{self.endpoint.base_url}{path}"
        with translated(self.endpoint):
            for _ in range(MAX_REDIRECTS + 1):
                request = self._http.build_request("GET" if body is None else "POST", url, json=body)
                response = await self._http.send(request, stream=True)
                try:
                    if response.is_success:
                        return await read(response, patience)
                    if not response.has_redirect_location:
                        raise await self._error_of(response)
                    url = self._redirected(response)
                finally:
                    await response.aclose()
        raise ServerFailed(f"{self.endpoint.base_url} redirects in a circle: check the base URL")

    def _redirected(self, response: httpx.Response) -> str:
        """Where a redirect points. The same request is sent there, key and all, so it must be the same server."""
        target = response.url.join(response.headers["location"])
        if (target.scheme, target.host, target.port) != (response.url.scheme, response.url.host, response.url.port):
            place = said(str(target.copy_with(query=None, fragment=None, username=None, password=None)), self.endpoint)
            raise ServerFailed(
                f"{self.endpoint.base_url} redirects to {place}, which is not followed: if you trust that server,"
                " give its address as the base URL",
                status_code=response.status_code,
            )
        return str(target)

    async def _error_of(self, response: httpx.Response) -> Exception:
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_ERROR_BODY:
                break
        wait = retry_after(response.headers.get("retry-after"))
        return error_of_answer(response.status_code, body[:MAX_ERROR_BODY], self.endpoint, retry_after=wait)

    def _wait(self, number: int, failure: ServerError, end: float) -> float:
        """Seconds until the next try; raises where there is no time for it."""
        left = end - asyncio.get_running_loop().time()
        asked = failure.retry_after
        if asked is not None and asked > min(LONGEST_WAIT, left):
            raise ServerBusy(
                f"{self.endpoint.base_url} asks to wait {_duration(asked)} before the next request: try again then,"
                " or configure a --fallback",
                status_code=failure.status_code,
                retry_after=asked,
            ) from failure
        wait = asked if asked is not None else FIRST_WAIT * 2 ** (number - 1) * (1 - self._jitter() / 2)
        if wait > left:
            raise failure
        return wait

    def _slow(self, what: str, seconds: float) -> ServerSlow:
        return ServerSlow(
            f"{self.endpoint.base_url} {what} within {seconds:g} s: see whether it is busy, or configure a --fallback"
        )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 3600 else "for hours" if seconds < 86400 else "for days"
