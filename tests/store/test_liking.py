from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newaisle.errors import InputError
from newaisle.store.cleaning import BadValue
from newaisle.store.liking import (
    RatingEvidence,
    RatingScale,
    liking,
    parse_event_map,
    read_event,
)
from newaisle.store.rows import Event, Interaction, net_liking

STARS = RatingScale(0, 5)


def test_an_event_and_its_rating_say_how_much_is_liked() -> None:
    for event, rating, value in [
        (Event.PURCHASE, None, 1),
        (Event.LIKE, None, 1),
        (Event.REVIEW, None, 1),
        (Event.VIEW, None, 0.25),
        (Event.RETURN, None, -1),
        (Event.DISLIKE, None, -1),
        (Event.RATING, 5, 1),
        (Event.RATING, 4, 1),
        (Event.RATING, 3, 0),
        (Event.RATING, 2, -1),
        (Event.PURCHASE, 1, -1),
        (Event.REVIEW, 1, -1),
        (Event.VIEW, 5, 1),
        (Event.RETURN, 5, -1),
        (Event.DISLIKE, 5, -1),
    ]:
        assert liking(event, rating, STARS) == value, (event, rating, value)


def scale_of(*ratings: float) -> RatingScale:
    evidence = RatingEvidence()
    for rating in ratings:
        evidence.add(rating)
    return evidence.scale()


def test_the_scale_is_found_once_per_file() -> None:
    for ratings, scale in [
        ([3, 5], RatingScale(0, 5)),
        ([3, 9], RatingScale(0, 10)),
        ([3, 80], RatingScale(0, 100)),
        ([0, 1], RatingScale(0, 1)),
        ([-1, 1], RatingScale(-1, 1)),
        ([0.3, 0.9], RatingScale(0, 1)),
        ([0, 0, 1, 4], RatingScale(0, 5)),
        ([-1, 0, 1], RatingScale(-1, 1)),
        ([5] * 500 + [99], RatingScale(0, 5)),
    ]:
        assert scale_of(*ratings) == scale, (ratings, scale)


def test_thumbs_are_liked_or_disliked() -> None:
    assert [RatingScale(0, 1).liking(rating) for rating in (0, 1)] == [-1, 1]
    assert [RatingScale(-1, 1).liking(rating) for rating in (-1, 0, 1)] == [-1, 0, 1]


def test_a_rating_outside_the_scale_rejects_the_row() -> None:
    for rating in (-1, 6):
        with pytest.raises(BadValue, match="scale of 0 to 5"):
            STARS.liking(rating)


def test_usual_words_name_events() -> None:
    for text, event in [
        ("Buy", Event.PURCHASE),
        ("order", Event.PURCHASE),
        ("click", Event.VIEW),
        ("add_to_cart", Event.VIEW),
        ("Add to Wishlist", Event.LIKE),
        ("refund", Event.RETURN),
        ("pv", Event.VIEW),
        ("fav", Event.LIKE),
        ("购买", Event.PURCHASE),
        ("浏览", Event.VIEW),
        ("退货", Event.RETURN),
        ("喜欢", Event.LIKE),
        ("不喜欢", Event.DISLIKE),
        ("评论", Event.REVIEW),
        ("评分", Event.RATING),
        ("impression", Event.IMPRESSION),
        ("remove from cart", "ignore"),
        ("quux", None),
    ]:
        assert read_event(text, {}) == event, text


def test_the_callers_event_map_comes_first() -> None:
    event_map = parse_event_map(["click=like", "3=return", "a=b=ignore"])
    assert event_map == {"click": Event.LIKE, "3": Event.RETURN, "a=b": "ignore"}
    assert read_event("Click", event_map) == Event.LIKE


@pytest.mark.parametrize("pair", ["click", "=view", "click=buyish", ""])
def test_a_wrong_event_map_is_an_input_error(pair: str) -> None:
    with pytest.raises(InputError, match="VALUE=EVENT"):
        parse_event_map([pair])


def history(*events: Event) -> list[Interaction]:
    time = datetime(2024, 1, 1, tzinfo=UTC)
    return [
        Interaction(user_id="u", item_id="i", event=event, liking=liking(event, None, STARS), time=time, position=place)
        for place, event in enumerate(events)
    ]


def test_the_latest_event_other_than_a_view_decides() -> None:
    for events, value in [
        ([Event.PURCHASE, Event.RETURN], -1),
        ([Event.PURCHASE, Event.RETURN, Event.PURCHASE], 1),
        ([Event.PURCHASE, Event.RETURN, Event.VIEW], -1),
        ([Event.VIEW, Event.VIEW], 0.25),
        ([Event.DISLIKE, Event.LIKE], 1),
        ([], 0),
    ]:
        rows = history(*events)
        assert net_liking(rows) == value, events
        assert net_liking(reversed(rows)) == value, events
