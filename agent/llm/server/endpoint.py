"""Where a server is, which of its models is meant, and the key it takes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from newaisle.agent.llm.server.address import is_loopback
from newaisle.errors import RequestError

KEY_VARIABLE = "NEWAISLE_API_KEY"
OPENAI_KEY_VARIABLE = "OPENAI_API_KEY"
OPENAI_HOST = "api.openai.com"

_LIKE = "give one like http://localhost:8000/v1"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|[0-9A-Fa-f:.]+")
# People paste the address of a method where that of the server is wanted.
_METHOD = re.compile(r"/(chat/completions|completions|embeddings|models)$")
_KeyFile = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server and a model of it.

    base_url: without a slash at its end. model: None for the first that the server names.
    key_advice: where its key comes from or has to be put, for people who are refused.
    """

    base_url: str
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    key_advice: str = ""

    @classmethod
    def parse(cls, text: str, *, keys: Keys) -> Self:
        """The endpoint of `URL` or `URL#MODEL`; raises RequestError for what is no address of a server."""
        url, _, model = text.strip().partition("#")
        base_url = normalise_url(url)
        key, advice = keys.of(base_url)
        return cls(base_url=base_url, model=model or None, key=key, key_advice=advice)

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.base_url)


def normalise_url(url: str) -> str:
    """The base URL in one spelling, `/v1` added where it names no path; raises RequestError for any other text."""
    shown = re.sub(r"//[^/]*@", "//", url)  # a password in it is not to be printed
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise RequestError(f"{shown!r} is no address of a server ({exc}): {_LIKE}") from exc
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host) or parts.query:
        raise RequestError(f"{shown!r} is no address of a server: {_LIKE}")
    if "@" in parts.netloc:
        raise RequestError(f"{shown!r}: put the key into {KEY_VARIABLE} or a key file, not into the address")
    where = f"[{host}]" if ":" in host else host
    if port not in (None, _DEFAULT_PORTS[parts.scheme]):
        where += f":{port}"
    return f"{parts.scheme}://{where}{_METHOD.sub('', parts.path.rstrip('/')) or '/v1'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys at hand. No key is ever part of a message or of a repr.

    main_url: the base URL that the variable NEWAISLE_API_KEY is for. by_host: those of the key file.
    """

    main_url: str | None = None
    main_key: str | None = field(default=None, repr=False)
    openai_key: str | None = field(default=None, repr=False)
    by_host: Mapping[str, str] = field(default_factory=dict, repr=False)
    file: Path | None = None

    @classmethod
    def from_environment(
        cls,
        file: Path | None = None,
        *,
        base_url: str | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """The keys of the environment and of a key file, a JSON object of keys by "host" or "host:port".

        base_url: that of `--base-url`, the only one that NEWAISLE_API_KEY is sent to.
        Raises RequestError for a key file that cannot be read, and for keys that no header can carry.
        """
        return cls(
            main_url=None if base_url is None else normalise_url(base_url.partition("#")[0]),
            main_key=_sendable(environment.get(KEY_VARIABLE, ""), KEY_VARIABLE),
            openai_key=_sendable(environment.get(OPENAI_KEY_VARIABLE, ""), OPENAI_KEY_VARIABLE),
            by_host={} if file is None else _read_key_file(file),
            file=file,
        )

    def of(self, base_url: str) -> tuple[str | None, str]:
        """The key for a normalised base URL, if there is one, and where to look when it is refused."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        if base_url == self.main_url and self.main_key:
            return self.main_key, f"check {KEY_VARIABLE}"
        for name in (f"{host}:{parts.port or _DEFAULT_PORTS[parts.scheme]}", host):
            if name in self.by_host:
                return self.by_host[name], f"check the key of {name!r} in {self.file}"
        if (parts.scheme, host) == ("https", OPENAI_HOST) and self.openai_key:
            return self.openai_key, f"check {OPENAI_KEY_VARIABLE}"
        entry = f"put it as {{{host!r}: KEY}} into {self.file or 'a file and name that with --api-key-file'}"
        return None, f"set {KEY_VARIABLE}, or {entry}" if base_url == self.main_url else entry


def _read_key_file(file: Path) -> dict[str, str]:
    try:
        keys = _KeyFile.validate_json(file.read_bytes())
    except OSError as exc:
        raise RequestError(f"the key file {file} cannot be read ({exc.strerror}): mend it, or name another") from exc
    except ValidationError:
        # Without its cause, which quotes what it found.
        raise RequestError(
            f'the key file {file} cannot be used: it must be a JSON object like `{{"host:port": "key"}}`'
        ) from None
    return {
        host.lower(): key for host, text in keys.items() if (key := _sendable(text, f"the key of {host!r} in {file}"))
    }


def _sendable(text: str, source: str) -> str | None:
    key = text.strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise RequestError(f"{source} holds characters that no key has: copy it again")
    return key or None
