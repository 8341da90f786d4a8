"""Ids that stand for a product beside its own: of its variants, its SKU, its handle."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newaisle.agent.why.why import find_product
from newaisle.errors import RequestError
from newaisle.store.embedders import HashEmbedder
from newaisle.store.feedback import give_feedback
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.rows import Event, Product
from newaisle.store.shop import ReadOptions
from tests.conftest import write_histories

SHIRT = Product(item_id="shirt", title="Linen shirt", category=("Shirts",), ids=("shirt-s", "shirt-m", "cap", "both"))
CAP = Product(item_id="cap", title="Wool cap", category=("Caps",), ids=("both",), listed=False)


@pytest.fixture
def filled(home: Home) -> Home:
    with home.writer() as ledger:
        ledger.put_products([SHIRT, CAP])
    return home


def test_what_is_done_with_a_variant_is_done_with_the_product(filled: Home, tmp_path: Path) -> None:
    rows = "user,item,event\nann,shirt-s,purchase\nann,shirt-m,return\nbob,cap,purchase\ncy,both,view\n"
    report = ingest(
        filled, embedder=HashEmbedder(), histories=write_histories(tmp_path / "h.csv", rows), options=ReadOptions()
    )
    with filled.reader() as ledger:
        done = [(row.user_id, row.item_id, row.event.value) for row in ledger.interactions()]
        assert find_product("shirt-m", ledger) == SHIRT
        assert find_product("cap", ledger) == CAP  # its own id wins
        with pytest.raises(RequestError, match="'both'"):  # is said of two
            find_product("both", ledger)
    assert done == [("ann", "shirt", "purchase"), ("ann", "shirt", "return"), ("bob", "cap", "purchase")]
    assert report.rejected == 1


def test_feedback_about_a_variant_is_about_the_product(filled: Home) -> None:
    stored = give_feedback(filled, "ann", "shirt-m", Event.LIKE, time=datetime(2026, 1, 1, tzinfo=UTC))
    assert stored.row.item_id == "shirt"


def test_products_that_a_question_brings_are_found_by_their_other_ids_too(filled: Home) -> None:
    with filled.reader() as ledger:
        assert find_product("shirt-s", ledger, [SHIRT, CAP]) == SHIRT
        assert find_product("cap", ledger, [SHIRT, CAP]) == CAP


def test_an_id_of_a_product_that_is_gone_stands_for_the_one_that_took_it_over(filled: Home) -> None:
    with filled.writer() as ledger:
        ledger.put_products([Product(item_id="shirt-s", title="Linen shirt, small")])
        assert ledger.ids(["shirt-s"]) == {}
    give_feedback(filled, "ann", "shirt-s", Event.LIKE, time=datetime(2026, 1, 1, tzinfo=UTC))
    with filled.writer() as ledger:
        ledger.retire_products(["shirt-s"])
        assert ledger.ids(["shirt-s"]) == {"shirt-s": "shirt"}
