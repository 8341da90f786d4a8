from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agent.llm.server.misbehaving import Misbehaving, Sleeps


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as server:
        yield server


@pytest.fixture
def other_server() -> Iterator[Misbehaving]:
    with Misbehaving() as server:
        yield server


@pytest.fixture
def sleeps() -> Sleeps:
    """The waits between tries, in seconds; none of them is waited for."""
    return Sleeps()
