from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from newaisle.agent.models.cache import ModelCache
from newaisle.agent.models.sources import HubFile
from newaisle.errors import ModelDamaged, ModelDownloadFailed, UnknownModel

NAME = "hf:owner/repo/folder/model.Q4_0.gguf"
CONTENT = b"GGUF" + bytes(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()

Handler = Callable[[httpx.Request], httpx.Response]


def cache_with(handler: Handler, folder: Path) -> ModelCache:
    """A cache whose hub is a function."""
    return ModelCache(folder, transport=httpx.MockTransport(handler))


def found(request: httpx.Request) -> httpx.Response:
    """The hub's answer for the one file it has."""
    known = request.url.path == "/owner/repo/resolve/main/folder/model.Q4_0.gguf"
    return httpx.Response(200, content=CONTENT) if known else httpx.Response(404)


def test_a_file_of_the_hub_is_fetched_with_progress(tmp_path: Path) -> None:
    cache = cache_with(found, tmp_path)
    seen: list[tuple[str, int, int]] = []
    path = cache.pull(f"{NAME}@sha256:{SHA256}", progress=lambda *step: seen.append(step))
    assert path.name == "model.Q4_0.gguf"
    assert path.read_bytes() == CONTENT
    assert cache.path(NAME) == path == cache.path(f"{NAME}@sha256:{SHA256}")
    assert cache.manifest(NAME).sha256 == SHA256
    assert [entry.name for entry in cache.entries() if entry.state == "present"] == [NAME]
    assert len(seen) > 1
    assert seen[-1] == ("downloading", len(CONTENT), len(CONTENT))


def test_another_checksum_than_the_reference_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match=f"{SHA256} found, {'0' * 64} expected"):
        cache_with(found, tmp_path).pull(f"{NAME}@sha256:{'0' * 64}")


def test_another_checksum_than_the_hub_states_is_refused(tmp_path: Path) -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=CONTENT, headers={"x-linked-etag": f'"{"1" * 64}"'})

    with pytest.raises(ModelDamaged, match="expected"):
        cache_with(handler, tmp_path).pull(NAME)


def test_a_pull_with_a_checksum_does_not_accept_a_file_that_is_here_with_another(tmp_path: Path) -> None:
    cache_with(found, tmp_path).pull(NAME)
    with pytest.raises(ModelDamaged):
        cache_with(found, tmp_path).pull(f"{NAME}@sha256:{'0' * 64}")
    assert cache_with(found, tmp_path).path(NAME).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("status", "message"), [(404, "does not exist"), (401, "HF_TOKEN"), (403, "HF_TOKEN"), (503, "HTTP 503")]
)
def test_a_refusal_of_the_hub_is_reported_in_one_line(tmp_path: Path, status: int, message: str) -> None:
    with pytest.raises(ModelDownloadFailed, match=message) as caught:
        cache_with(lambda _request: httpx.Response(status), tmp_path).pull(NAME)
    assert "\n" not in str(caught.value)


def test_a_broken_connection_leaves_nothing(tmp_path: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(ModelDownloadFailed, match=r"connection refused; run `newaisle models pull hf:"):
        cache_with(handler, tmp_path).pull(NAME)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_something_else_than_a_gguf_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match="not a GGUF file"):
        cache_with(lambda _request: httpx.Response(200, content=b"<html>"), tmp_path).pull(NAME)


@pytest.mark.parametrize(
    "name",
    ["hf:", "hf:owner/file.gguf", "hf:a/b/../c.gguf", "hf:a/b/c.bin", f"{NAME}@sha256:12", f"{NAME}@md5:{SHA256}"],
)
def test_a_reference_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownModel, match="hf:owner/repo/file"):
        cache_with(found, tmp_path).pull(name)


def test_a_reference_is_taken_apart() -> None:
    file = HubFile.parse(f"{NAME}@sha256:{SHA256.upper()}")
    assert (file.repository, file.path, file.sha256) == ("owner/repo", "folder/model.Q4_0.gguf", SHA256)
    assert file.name == NAME


def test_the_token_is_not_sent_to_another_host_after_a_redirect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, str | None] = {}

    def handler(request: httpx.Request) -> httpx.Response:
        sent[request.url.host] = request.headers.get("authorization")
        if request.url.host == "hub.test":
            return httpx.Response(302, headers={"location": "https://files.test/x", "x-linked-etag": f'"{SHA256}"'})
        return httpx.Response(200, content=CONTENT)

    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.test")
    cache_with(handler, tmp_path).pull(NAME)
    assert sent == {"hub.test": "Bearer secret", "files.test": None}
