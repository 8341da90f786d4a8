from __future__ import annotations

from dataclasses import replace

import pytest

from newaisle.agent.claims.reason import Reason
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.store.rows import Event, Product

CUP = Product(item_id="c", title="Orrin Becher 450 ml", brand="Orrin", price=24.0, currency="EUR", category=("Küche",))
POT = Product(item_id="p", title="Orrin Topf", brand="Orrin", category=("Garten",))
CLAIM = Claim(
    kind="brand",
    text="Er ist von Orrin, wie der Orrin Topf, den Sie gekauft haben.",
    basis="history",
    history_item_id="p",
    item_field="brand",
    value="Orrin",
    contribution=1.0,
)
EVIDENCE = TextEvidence(CUP, "Küche", [Reason(CLAIM, HistoryRow(product=POT, event=Event.PURCHASE, liking=1.0))], "de")


@pytest.mark.parametrize(
    "text",
    [
        "Der Orrin Becher passt zu Ihnen, er ist von Orrin wie der Orrin Topf.",
        "Dieser Becher mit 450 ml ist von Orrin, wie der „Orrin Topf“ aus Garten.",
        "Orrin macht auch den Topf, den Sie gekauft haben. Der Becher kostet 24.00 EUR.",
    ],
)
def test_what_it_names_may_be_said_in_any_words(text: str) -> None:
    assert problem(text, "stop", replace(EVIDENCE, phrases=["das Ihnen gefiel"])) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Der Becher ist von Zinnober, wie der Orrin Topf.", "'Zinnober' is in no claim"),
        ("Der Becher passt zu der Orrin Pfanne.", "'Pfanne' is in no claim"),
        ("Der Orrin Becher mit 500 ml passt zum Orrin Topf.", "'500' is in no claim"),
        ("Der Orrin Becher kostet nur 9.99 EUR.", "'9.99' is in no claim"),
        ("Der Orrin Becher ist wie „alter topf“.", "'alter' is in no claim"),
        ("Der Orrin Becher passt ★.", "'★' is no sign of a plain text"),
        ("Das passt gut zusammen.", "it makes no claim"),
        ("Der Orrin Becher passt zum", "it is not complete"),
        ("Der Orrin Becher passt. " * 30, "it is not complete"),
    ],
)
def test_a_name_a_number_or_a_quotation_that_is_not_there_is_refused(text: str, says: str) -> None:
    assert problem(text, "stop", EVIDENCE) == says


def test_a_sentence_may_not_begin_with_another_name_of_the_shop() -> None:
    known = replace(EVIDENCE, frequencies=lambda words: {word: 1 for word in words if word == "zinnober"})

    assert problem("Zinnober passt zum Orrin Topf.", "stop", EVIDENCE) is None
    assert problem("Zinnober passt zum Orrin Topf.", "stop", known) == "'Zinnober' is in no claim"
