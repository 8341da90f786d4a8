"""What a model's texts add: which only say the claims' own sentences again, and the figures of many."""

from __future__ import annotations

import pytest

from newaisle.agent.schema.gain import Worded
from newaisle.agent.wording.gain import gain, says_again

TITLE = "The Ridgeline titanium camp mug, 300 ml"
FACTS = ["It is by Ridgeline, like the Ridgeline trekking poles you bought.", 'It shares "titanium" with the spoon.']


@pytest.mark.parametrize(
    "text",
    [
        FACTS[0],
        "The Ridgeline titanium camp mug may suit you: it is by Ridgeline, like the Ridgeline trekking poles.",
        "Consider the Ridgeline titanium camp mug, since it is by Ridgeline, like the trekking poles.",
        "Show the customer the Ridgeline titanium camp mug: it is by Ridgeline, like the Ridgeline trekking poles.",
        'It shares "titanium" with the spoon. It is by Ridgeline, like the Ridgeline trekking poles you bought.',
        "It is by Ridgeline, like the Ridgeline trekking poles you bought: the Ridgeline titanium camp mug.",
    ],
)
def test_a_claims_sentence_behind_an_opening_or_cut_short_adds_nothing(text: str) -> None:
    assert says_again(text, TITLE, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "You bought the Ridgeline trekking poles, and this mug is by Ridgeline, too.",
        "It comes from the maker of the trekking poles you bought.",
        "Like the Ridgeline trekking poles you bought, it is by Ridgeline.",
    ],
)
def test_another_order_or_another_word_is_a_text_of_its_own(text: str) -> None:
    assert not says_again(text, TITLE, FACTS)


def test_chinese_is_read_likewise() -> None:
    assert says_again("青禾台灯可能适合您：它与您买过的竹溪茶杯相似。", "青禾台灯", ["它与您买过的竹溪茶杯相似。"])
    assert says_again("向顾客推荐青禾台灯：它与您买过的竹溪茶杯相似。", "青禾台灯", ["它与您买过的竹溪茶杯相似。"])
    assert not says_again("您买过竹溪茶杯，青禾台灯风格相近。", "青禾台灯", ["它与您买过的竹溪茶杯相似。"])


def worded(text: str, title: str = "Oak lamp", refusal: str | None = None, *, again: bool = False) -> Worded:
    return Worded(item_id="a", title=title, own="It is by Hale.", text=text, refusal=refusal, again=again)


def test_the_figures_are_shares_of_what_passed_and_kinds_of_what_did_not() -> None:
    texts = [
        worded("The Oak lamp may suit you.", again=True),
        worded("The Elm lamp may suit you.", "Elm lamp", again=True),
        worded("Oak lamp: by Hale."),
        worded("", refusal="'great' is in no claim"),
        worded("", refusal="'it\\'s best' is in no claim"),
        worded("", refusal="it makes no claim"),
    ]
    found = gain(texts, 12.0)
    assert (found.texts, found.refused, found.seconds) == (6, 0.5, 2.0)
    assert found.again == pytest.approx(2 / 3)
    assert (found.openings, found.masked_openings) == (1.0, pytest.approx(2 / 3))
    assert found.refusals == {"… is in no claim": 2, "it makes no claim": 1}


def test_of_nothing_there_are_no_shares() -> None:
    none = gain([])
    assert (none.texts, none.refused, none.again, none.openings, none.seconds) == (0, None, None, None, None)
