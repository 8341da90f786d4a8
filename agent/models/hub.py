"""Model files out of the Hugging Face hub."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.models.watch import Report
from newaisle.errors import ModelDamaged, ModelDownloadFailed, UnknownModel

if TYPE_CHECKING:
    import httpx

HUB = "https://huggingface.co"
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
CHUNK_BYTES = 1 << 20
REFERENCE = re.compile(r"hf:([^/@]+)/([^/@]+)/([^@]+?)(?:@sha256:([0-9a-fA-F]{64}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file on the hub, from `hf:owner/repo/path/file.gguf`, perhaps with `@sha256:CHECKSUM`."""

    repository: str
    path: str
    sha256: str | None

    @classmethod
    def parse(cls, reference: str) -> HubFile:
        """Read a reference. Raises UnknownModel when it does not have that form."""
        match = REFERENCE.fullmatch(reference)
        if not match or ".." in match[3].split("/") or not match[3].endswith(".gguf"):
            raise UnknownModel(f"{reference!r} is no reference; write hf:owner/repo/file.gguf[@sha256:64 digits].")
        return cls(repository=f"{match[1]}/{match[2]}", path=match[3], sha256=match[4] and match[4].lower())

    @property
    def name(self) -> str:
        """The reference without its checksum, which names the model in the cache."""
        return f"hf:{self.repository}/{self.path}"


def hub_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client for the hub; `HF_ENDPOINT` and `HF_TOKEN` are honoured, the token is sent to that host alone."""
    import httpx

    token = os.environ.get("HF_TOKEN")
    return httpx.Client(
        base_url=os.environ.get("HF_ENDPOINT") or HUB,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        follow_redirects=True,
        transport=transport,
        timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
    )


def fetch_hub_file(file: HubFile, target: Path, report: Report, client: httpx.Client) -> None:
    """Download one file of the hub, checked against the reference's checksum, else the one that the hub states."""
    import httpx

    again = f"run `newaisle models pull {file.name}` again"
    try:
        with client.stream("GET", f"/{file.repository}/resolve/main/{file.path}") as response:
            response.raise_for_status()
            digest = _save(response, target, report)
            expected = file.sha256 or _stated_checksum(response)
    except httpx.HTTPStatusError as exc:
        raise ModelDownloadFailed(_explain_status(file, exc.response.status_code)) from exc
    except httpx.HTTPError as exc:
        raise ModelDownloadFailed(f"{file.name} could not be fetched: {exc}; {again}.") from exc
    if expected and digest != expected:
        raise ModelDamaged(f"{file.name}: sha256 {digest} found, {expected} expected; {again}.")


def _save(response: httpx.Response, target: Path, report: Report) -> str:
    """Write a response's body to `target`; returns its SHA-256."""
    total = int(response.headers.get("content-length", 0))
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as stream:
        for chunk in response.iter_bytes(CHUNK_BYTES):
            stream.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            report(done, max(total, done))
    return digest.hexdigest()


def _stated_checksum(response: httpx.Response) -> str | None:
    """The SHA-256 that the hub names for large files, in the answer itself or the redirect that led to it."""
    for answer in (*response.history, response):
        stated = answer.headers.get("x-linked-etag", "").strip('"')
        if re.fullmatch(r"[0-9a-f]{64}", stated):
            return str(stated)
    return None


def _explain_status(file: HubFile, status: int) -> str:
    """One line for an HTTP error, with the next move."""
    if status == 404:
        return f"{file.name} does not exist on the hub; check owner, repository and file name."
    if status in (401, 403):
        return f"{file.name} needs permission (HTTP {status}); accept its terms on the hub and set HF_TOKEN."
    return f"The hub answered HTTP {status} for {file.name}; run `newaisle models pull {file.name}` again later."
