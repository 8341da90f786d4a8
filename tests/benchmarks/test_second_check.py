from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.second_check.shop_facts import ShopFacts
from benchmarks.second_check.statements import statements
from tests.benchmarks.explained_shop import PRODUCTS, explained_shop, facts
from tests.benchmarks.labelled_statements import FREE, LABELLED


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopFacts]:
    with explained_shop(tmp_path_factory.mktemp("shop")) as opened:
        yield opened


def verdict(shop: ShopFacts, text: str, item_id: str = "s1", user_id: str | None = "ann", **more: Any) -> str:
    """The worst verdict of all statements of a text; `nothing` where it makes none."""
    found = {one.verdict for one in statements(text, facts(shop, item_id, user_id, **more))}
    return next((worst for worst in ("unsupported", "opinion", "supported") if worst in found), "nothing")


def test_what_a_form_states_is_looked_up(shop: ShopFacts):
    for text, item_id, user_id, is_true in LABELLED:
        assert (verdict(shop, text, item_id, user_id) == "supported") == is_true, text


def test_what_was_asked_for_is_looked_up(shop: ShopFacts):
    for text, item_id, is_true in [
        ("At 60.00 EUR it is not below 50.00 EUR, as was asked.", "s1", True),
        ("At 60.00 EUR it is not below 40.00 EUR, as was asked.", "s1", False),
        ("At 20.00 EUR it is not below 50.00 EUR, as was asked.", "s2", False),
        ("It is not by Batley, as was asked.", "s1", True),
        ("It is not by Batley or Lumo, as was asked.", "s1", True),
        ("It is not by Batley, as was asked.", "s2", False),
        ("It is not by Harrow & Pine, as was asked.", "s1", False),
        ('The catalogue mentions "steel" for it, as was asked.', "s1", True),
        ('The catalogue mentions "gas" for it, as was asked.', "s1", False),
        ('The catalogue mentions "wood" for it, as was asked.', "s1", False),
        ("价格60.00 EUR，不低于50.00 EUR，符合要求。", "s1", True),
        ("价格60.00 EUR，不低于40.00 EUR，符合要求。", "s1", False),
        ("它不是青山的产品，符合要求。", "z2", True),
        ("它不是青山的产品，符合要求。", "z1", False),
        ("商品资料提到了“砂锅”，符合要求。", "z2", True),
        ("商品资料提到了“砂锅”，符合要求。", "z1", False),
    ]:
        assert (verdict(shop, text, item_id, "安" if item_id.startswith("z") else "ann") == "supported") == is_true, (
            text
        )


def test_free_text_of_a_small_model_is_judged_nearly_as_a_person_does(shop: ShopFacts):
    """Labelled by hand before the checker saw it: it then accepted one that is false, and refused these two."""
    judged = {text: verdict(shop, text, item_id, user_id) == "supported" for text, item_id, user_id, _ in FREE}
    labels = {text: is_true for text, _, _, is_true in FREE}

    assert len(labels) >= 30
    accepted = [text for text in labels if judged[text] and not labels[text]]
    refused = [text for text in labels if labels[text] and not judged[text]]
    assert accepted == []
    assert refused == [
        "The customer chose a product from a tea shop.",
        "The customer chose a product that meets their needs for a variety of tools.",
    ]


def test_praise_that_asserts_nothing_is_an_opinion_and_not_supported(shop: ShopFacts):
    assert verdict(shop, "This product is a great choice for you.") == "opinion"
    assert verdict(shop, "这款商品非常好。", "z1", "安") == "opinion"


def test_a_frame_without_content_is_no_statement(shop: ShopFacts):
    for text in (
        "",
        "The Orrin Ember folding stove may suit you.",
        "We recommend this product to the customer.",
        "§ . !",
    ):
        assert verdict(shop, text) == "nothing"


def test_a_statement_that_is_made_twice_counts_once(shop: ShopFacts):
    text = "It is by Orrin. It is by Orrin."
    assert len(statements(text, facts(shop))) == 1


def test_each_statement_of_a_text_is_judged_by_itself(shop: ShopFacts):
    text = (
        "It is by Orrin, like the Orrin hand fork you bought. 7 other customers took an interest in it. It is perfect."
    )
    found = [(one.kind, one.verdict) for one in statements(text, facts(shop))]
    assert found == [("brand", "supported"), ("others", "unsupported"), ("clause", "opinion")]


def test_every_refusal_says_why(shop: ShopFacts):
    for text, item_id, user_id, is_true in LABELLED + FREE:
        found = statements(text, facts(shop, item_id, user_id))
        assert all(bool(one.why) != one.supported for one in found)
        assert is_true or all(one.why for one in found if not one.supported)


def test_without_a_history_nothing_of_one_is_supported(shop: ShopFacts):
    assert verdict(shop, "It is by Orrin, like the Orrin hand fork you bought.", user_id=None) == "unsupported"
    assert verdict(shop, "From Stoves.", user_id=None) == "supported"


def test_what_speaks_for_it_is_a_row_without_which_the_score_falls(shop: ShopFacts):
    fork = "The Orrin hand fork you bought speaks for it."
    saw = "The Orrin folding pruning saw you reviewed speaks for it."
    falls = {"g1": 0.5, "g2": -0.1, "t1": -0.2}
    assert verdict(shop, fork, falls_without=lambda: falls) == "supported"
    assert verdict(shop, saw, falls_without=lambda: falls) == "unsupported"
    assert verdict(shop, fork, falls_without=lambda: {"g1": -0.1, "g2": -0.2}) == "unsupported"
    assert verdict(shop, fork) == "unsupported"


def test_an_estimate_is_held_against_what_is_estimated_of_the_category(shop: ShopFacts):
    text = "Going by other categories of this shop, it is estimated to find more customers than most of {}."
    assert verdict(shop, text.format("Stoves"), estimated=0.6) == "supported"
    assert verdict(shop, text.format("Stoves"), estimated=0.5) == "unsupported"
    assert verdict(shop, text.format("Lamps"), estimated=0.6) == "unsupported"


# Sentences that are true of s1 for ann; each slot with what is true, and what never is.
BRANDS = ("Batley", "Lumo", "Meadow", "Orion")
COUNTS = ("1", "3", "4", "20", "two hundred")
STRANGERS = ("Batley gas stove", "Lumo alcohol burner", "Kestrel binoculars", "Meadow mint tea", "青山 铸铁茶壶")
TRUE = (
    ("It is by {brand}, like the {row} you {deed}.", {"brand": "Orrin", "row": "Orrin hand fork", "deed": "bought"}),
    (
        "It is by {brand}, like {count} products you chose in {category}, among them the {row} you {deed}.",
        {"brand": "Orrin", "count": "2", "category": "Tools", "row": "Orrin folding pruning saw", "deed": "reviewed"},
    ),
    (
        "It shares {words} with the {row} you {deed}.",
        {"words": '"folding"', "row": "Orrin folding pruning saw", "deed": "reviewed"},
    ),
    (
        "{count} other customers who chose the {row} the customer {deed} also chose this.",
        {"count": "2", "row": "Orrin hand fork", "deed": "bought"},
    ),
    ("{count} other customers took an interest in it.", {"count": "2"}),
    ("It is similar to the {row} you {deed}.", {"row": "Orrin hand fork", "deed": "bought"}),
    (
        "It is described more like the {row} you {deed} than most of {stoves}.",
        {"row": "Orrin hand fork", "deed": "bought", "stoves": "Stoves"},
    ),
)
WRONG = {
    "brand": st.sampled_from(BRANDS),
    "count": st.sampled_from(COUNTS) | st.integers(3, 10**6).map(lambda number: f"{number:,}"),
    "category": st.sampled_from(["Tea", "Stoves", "Hiking"]),
    "stoves": st.sampled_from(["Tea", "Tools", "Hiking"]),
    "row": st.sampled_from(STRANGERS),
    "deed": st.sampled_from(["returned", "rated badly", "threw away"]),
    "words": st.sampled_from(['"gas"', '"folding" and "leather"', '"titanium"', '"pruning"']),
}
FRAMES = (
    "{}",
    "The Orrin Ember folding stove may suit you because {lower}",
    "Show the customer the Orrin Ember folding stove, steel: {lower}",
    "{} 60.00 EUR.",
)


def test_true_sentences_are_accepted_in_every_frame(shop: ShopFacts):
    for sentence, slots in TRUE:
        text = sentence.format(**slots)
        for frame in FRAMES[:3]:
            assert verdict(shop, frame.format(text, lower=text[0].lower() + text[1:])) == "supported", sentence


@given(data=st.data())
def test_a_true_sentence_with_one_thing_changed_is_refused(shop: ShopFacts, data: st.DataObject):
    sentence, slots = data.draw(st.sampled_from(TRUE))
    slot = data.draw(st.sampled_from(sorted(slots)))
    text = sentence.format(**{**slots, slot: data.draw(WRONG[slot])})
    frame = data.draw(st.sampled_from(FRAMES[:3]))
    assert verdict(shop, frame.format(text, lower=text[0].lower() + text[1:])) == "unsupported"


@given(data=st.data())
def test_what_is_denied_or_promised_is_refused(shop: ShopFacts, data: st.DataObject):
    sentence, slots = data.draw(st.sampled_from(TRUE[:1] + TRUE[5:6]))
    text = sentence.format(**slots)
    spoiled = data.draw(
        st.sampled_from(
            [
                text.replace("It is", "It is not"),
                text.replace("It is", "It isn't"),
                text[:-1] + ", and it will last for ever.",
                text[:-1] + " and costs 12.00 EUR.",
                text + " It is waterproof.",
                text + " It comes with a guarantee of 10 years.",
                text + " You own the Batley gas stove.",
                "The Batley gas stove may suit you because i" + text[1:],
            ]
        )
    )
    assert verdict(shop, spoiled) == "unsupported"


@example("\ue000 \ue001", "Batley gas stove", "\ue000")  # what stands for a name inside the checker
@given(st.text(max_size=80), st.sampled_from([one.title for one in PRODUCTS]), st.text(max_size=40))
def test_no_text_breaks_the_checker(shop: ShopFacts, before: str, title: str, after: str):
    for text in (
        before + title + after,
        f"It is by {before}, like the {title} you {after}.",
        f"它和您买过的“{before}”{after}",
    ):
        assert all(one.text and one.verdict for one in statements(text, facts(shop)))
