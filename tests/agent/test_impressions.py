"""What was only shown to somebody is kept, and changes nothing that is answered or learned."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.profile.profile import profile
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.query import Query
from newaisle.agent.why.why import why
from newaisle.errors import RequestError
from newaisle.store.feedback import give_feedback
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.rows import Event, Interaction, net_liking
from tests.agent.filled import did, fill, parts, product

PRODUCTS = [
    *(product(f"l{i}", f"{wood} lamp", "Home > Lamps", brand=wood) for i, wood in enumerate(("oak", "elm", "ash"))),
    *(product(f"d{i}", f"{wood} desk", "Home > Desks", brand=wood) for i, wood in enumerate(("oak", "elm", "ash"))),
]
DONE = [did("ann", "d0"), did("ann", "d1", Event.VIEW), did("bob", "d1"), did("bob", "l1"), did("cy", "l2")]
SHOWN = [did(user, item, Event.IMPRESSION) for user in ("ann", "bob", "dee") for item in ("l0", "l1", "d2", "d0")]


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """A shop without and with impressions, the latter before, between and after what was done."""
    mixed = [row for pair in zip(DONE, SHOWN, strict=False) for row in pair] + SHOWN
    return fill(tmp_path / "without", PRODUCTS, DONE), fill(tmp_path / "with", PRODUCTS, mixed)


def told(ledger: Ledger) -> list[object]:
    """All that is answered of the shop, but for what differs every time."""
    shop, query = parts(ledger), Query(user_id="ann", category="Lamps", k=3)
    data = Dataset.read(ledger)
    return [
        recommend(query, shop).model_dump(exclude={"id", "created_at", "timings_ms"}),
        why(query, PRODUCTS[0], shop).model_dump(),
        profile("ann", shop).model_dump(exclude={"made_with"}),
        ledger.counts(),
        ledger.user_ids(),
        ledger.customer_count(["Home > Lamps"]),
        (data.users, np.stack([data.rows.user, data.rows.item, data.rows.liking]).tolist()),
    ]


def test_impressions_change_no_answer_and_teach_nothing(homes: tuple[Home, Home]) -> None:
    without, with_them = homes
    with without.reader() as ledger, with_them.reader() as other:
        assert told(other) == told(ledger)
        assert list(ledger.impressions()) == []
        assert len(list(other.impressions())) == len(DONE) + len(SHOWN)


def test_whoever_was_only_shown_things_is_nobody_yet(homes: tuple[Home, Home]) -> None:
    with homes[1].reader() as ledger, pytest.raises(RequestError, match="no customer 'dee'"):
        recommend(Query(user_id="dee", category="Lamps"), parts(ledger))
    stored = give_feedback(homes[1], "dee", "l0", Event.LIKE, time=datetime(2026, 1, 1, tzinfo=UTC))
    assert stored.is_first


def test_an_impression_says_nothing_beside_a_view() -> None:
    rows = [
        Interaction(user_id="u", item_id="i", event=event, liking=liking, position=place)
        for place, (event, liking) in enumerate([(Event.VIEW, 0.25), (Event.IMPRESSION, 0.0)])
    ]
    assert net_liking(rows) == 0.25
    assert net_liking(rows[1:]) == 0
