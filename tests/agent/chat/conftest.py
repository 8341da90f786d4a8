from __future__ import annotations

from collections.abc import Iterator

import pytest

from newaisle.agent import sample
from newaisle.agent.chat.conversation import Conversation
from newaisle.agent.shop.parts import Parts
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions
from tests.agent.filled import EMBEDDER
from tests.agent.filled import parts as parts_of


@pytest.fixture(scope="package")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The sample shop, words only, without a language model."""
    home = Home(tmp_path_factory.mktemp("sample") / "home")
    ingest(
        home,
        embedder=EMBEDDER,
        catalogue=sample.CATALOGUE,
        histories=sample.HISTORIES,
        options=ReadOptions(),
        with_index=False,
    )
    with home.reader() as ledger:
        yield parts_of(ledger)


@pytest.fixture
def conversation(parts: Parts) -> Conversation:
    """A chat with the customer of the sample."""
    return Conversation(parts, user_id=sample.CUSTOMER)
