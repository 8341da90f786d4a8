from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agent.llm.server.misbehaving import Misbehaving


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as server:
        yield server


@pytest.fixture
def other_server() -> Iterator[Misbehaving]:
    with Misbehaving() as server:
        yield server
