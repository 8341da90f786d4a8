from __future__ import annotations

import pytest

from tests.agent.llm.server.misbehaving import Sleeps


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def sleeps() -> Sleeps:
    """The waits between tries, in seconds; none of them is waited for."""
    return Sleeps()
