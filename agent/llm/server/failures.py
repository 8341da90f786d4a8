"""From what went wrong with a request to the error that says what to do about it."""

from __future__ import annotations

import math
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import TypeAdapter

from newaisle.agent.llm.server.endpoint import Endpoint
from newaisle.errors import (
    InputTooLong,
    LanguageModelError,
    RequestRejected,
    ServerBusy,
    ServerError,
    ServerFailed,
    ServerLacksModel,
    ServerRefused,
    ServerUnreachable,
)

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_SHOWN = 300  # characters of what a server says
_OVERLOADED = 429
_PASSING = frozenset({408, 425, 500, 502, 503, 504, 520, 522, 524, 529})
_CONTEXT = re.compile(r"(?:context (?:length|window|size)[^0-9]{0,40}|n_ctx\D{1,5})(\d+)", re.IGNORECASE)
_NEEDED = re.compile(
    r"(?:requested|resulted in|request has|n_prompt_tokens\D{1,5}|contains at least|request \(|tokens \()\s*(\d+)",
    re.IGNORECASE,
)


def said(text: str, endpoint: Endpoint) -> str:
    """What a server said, fit for one line of a message: short, printable, and without the key."""
    if endpoint.key:
        text = text.replace(endpoint.key, "***")
    printable = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(printable.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def error_of_answer(
    status: int, body: bytes, endpoint: Endpoint, *, retry_after: float | None = None
) -> LanguageModelError:
    """The error that an answer stands for: one with a status other than 2xx, or an error object in a stream."""
    text = _message(body)
    where, what = endpoint.base_url, said(text, endpoint)
    tail = f": {what}" if what else ""
    if status in (401, 403):
        wants = "refuses the key" if endpoint.key else "wants a key"
        return ServerRefused(f"{where} {wants} (HTTP {status}): {endpoint.key_advice}", status_code=status)
    if status in (400, 413, 422) and (too_long := _too_long(text)):
        return too_long
    if "model_not_found" in text or (status == 404 and "model" in text.lower()):
        hint = f"{where} has no model {endpoint.model!r} (HTTP {status}){tail}; take one of those that it has"
        return ServerLacksModel(hint, status_code=status)
    if status == _OVERLOADED:
        return ServerBusy(
            f"{where} has too much to do (HTTP {status}){tail}; try again later, or configure a --fallback",
            status_code=status,
            retry_after=retry_after,
            transient=True,
        )
    if status >= 500 or status in _PASSING:
        return ServerFailed(
            f"{where} failed (HTTP {status}){tail}; look at its log, or configure a --fallback",
            status_code=status,
            retry_after=retry_after,
            transient=status in _PASSING,
        )
    if status < 400:
        return ServerFailed(
            f"{where} gave no answer (HTTP {status}); is it the base URL of an API?", status_code=status
        )
    return RequestRejected(
        f"{where} rejects the request (HTTP {status}){tail}; take another model, or another server", status_code=status
    )


def retry_after(header: str | None, *, now: Callable[[], float] = time.time) -> float | None:
    """Seconds that a Retry-After header asks for; None where it is missing or makes no sense (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    text = header.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return float(text)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - now()
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None


@contextmanager
def translated(endpoint: Endpoint) -> Iterator[None]:
    """Turns what httpx raises into a ServerError."""
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as exc:
        raise _unreachable(exc, endpoint) from exc
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        reason = said(str(exc) or type(exc).__name__, endpoint)
        message = f"the connection to {endpoint.base_url} broke ({reason}); look at the server's log"
        raise ServerFailed(message, transient=isinstance(exc, httpx.TransportError)) from exc


def _unreachable(exc: Exception, endpoint: Endpoint) -> ServerError:
    import httpx

    where, reason = endpoint.base_url, said(str(exc) or "no answer in time", endpoint)
    causes = list(_causes(exc))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return ServerUnreachable(f"{where}: no trusted TLS connection ({reason}): check https and the certificate")
    unknown = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
    if unknown is not None:
        passing = unknown.errno == socket.EAI_AGAIN
        return ServerUnreachable(f"{where}: the host is not known ({reason}): check the address", transient=passing)
    again = not isinstance(exc, httpx.ConnectTimeout)  # it has been waited for already
    if isinstance(exc, (httpx.ProxyError, httpx.UnsupportedProtocol)):
        return ServerUnreachable(f"{where}: the proxy does not let through ({reason}): check HTTPS_PROXY and NO_PROXY")
    return ServerUnreachable(f"{where} cannot be reached ({reason}): is the server running?", transient=again)


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _message(body: bytes) -> str:
    """The message in the body of an error, which every server lays out in its own way, else the body itself."""
    try:
        found = _JSON.validate_json(body)
    except ValueError:
        return body.decode("utf-8", errors="replace")
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            code = found.get("code")
            found = found[name]
            if name == "error" and isinstance(found, dict):
                code = found.get("code", code)
                numbers = [f"{key} {found[key]}" for key in ("n_prompt_tokens", "n_ctx") if key in found]
                found = " ".join([str(found.get("message") or found), *numbers])
            return f"{found} ({code})" if isinstance(code, str) else str(found)
    return str(found)


def _too_long(text: str) -> InputTooLong | None:
    context, needed = _CONTEXT.search(text), _NEEDED.search(text)
    if context is None or needed is None or int(needed[1]) <= int(context[1]):
        return None
    return InputTooLong(needed=int(needed[1]), context=int(context[1]))
