"""What counts as liking: the one place where events and ratings become a number.

| what the row says                        | liking |
|------------------------------------------|--------|
| purchase, like, review without a rating  |   1    |
| view, put into the basket                |   0.25 |
| return, dislike, whatever the rating     |  -1    |
| rating, at least 4/5 of the scale        |   1    |
| rating, between                          |   0    |
| rating, at most 2/5 of the scale         |  -1    |

A reviewer without a rating counts as a buyer. A rating decides over every event except return and dislike. The scale
is found once per file: thumbs (-1 to 1, or 0 to 1), 5, 10 or 100. A basket is no purchase, so it counts as a view;
a wish list is a like; what was merely shown to somebody (an impression), or taken out of the basket, is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from newaisle.errors import InputError
from newaisle.store.cleaning import BadValue
from newaisle.store.rows import Event

Meaning = Event | Literal["ignore"]

_EVENT_LIKING = {
    Event.PURCHASE: 1.0,
    Event.LIKE: 1.0,
    Event.REVIEW: 1.0,
    Event.VIEW: 0.25,
    Event.RATING: 0.0,
    Event.RETURN: -1.0,
    Event.DISLIKE: -1.0,
}
_SHARE_IN_SCALE = 0.99  # of the ratings; what is beyond the scale is an error, not another scale
_FEW = 20  # ratings: below this, nothing but ones are read as one star and not as thumbs up

_SYNONYMS: dict[Meaning, str] = {
    Event.PURCHASE: "purchase purchased buy bought order ordered sale sold transaction checkout paid pay conversion"
    " 购买 下单 付款 支付 成交 买 已购买 订单",
    Event.VIEW: "view viewed click clicked pv pageview productview itemview detail visit browse browsed read watch"
    " play cart addtocart addcart basket addtobasket 浏览 点击 查看 访问 看 加购 加入购物车 加购物车",
    Event.REVIEW: "review reviewed comment commented feedback 评论 评价 点评",
    Event.RATING: "rating rate rated score stars 评分 打分",
    Event.RETURN: "return returned refund refunded cancel cancelled canceled chargeback 退货 退款 取消 退换",
    Event.LIKE: "like liked love loved favorite favourite favorited fav wishlist addtowishlist wish save saved upvote"
    " thumbsup bookmark collect 喜欢 收藏 点赞 赞 心愿单 关注",
    Event.DISLIKE: "dislike disliked hate downvote thumbsdown block hide notinterested 不喜欢 踩 差评 不感兴趣 讨厌",
    "ignore": "impression exposure shown display removefromcart 曝光 展示 移出购物车",
}
_MEANINGS: dict[str, Meaning] = {**{event.value: event for event in Event}, "ignore": "ignore"}
_EVENTS: dict[str, Meaning] = {word: event for event, words in _SYNONYMS.items() for word in words.split()}


def parse_event_map(pairs: Iterable[str]) -> dict[str, Meaning]:
    """`VALUE=EVENT` settings as a map; raises InputError for what is not such a pair or names no event."""
    event_map: dict[str, Meaning] = {}
    for pair in pairs:
        value, equals, name = pair.rpartition("=")
        meaning = _MEANINGS.get(name.strip().casefold())
        if not (equals and value.strip()) or meaning is None:
            raise InputError(f"--map-event {pair!r} is not VALUE=EVENT: take as EVENT one of {', '.join(_MEANINGS)}")
        event_map[value.strip()] = meaning
    return event_map


def read_event(text: str, event_map: Mapping[str, Meaning]) -> Meaning | None:
    """The event that a cell names, the caller's map first, then the usual words; None for an unknown one."""
    return event_map.get(text) or event_map.get(text.casefold()) or _EVENTS.get(re.sub(r"[\W_]+", "", text.casefold()))


@dataclass(frozen=True, slots=True)
class RatingScale:
    """Ratings run from `lowest` to `highest`; a signed scale has dislike below 0 and like above."""

    lowest: float
    highest: float

    def liking(self, rating: float) -> float:
        """1, 0 or -1; raises BadValue for a rating outside the scale."""
        if not self.lowest <= rating <= self.highest:
            raise BadValue(f"the rating {rating:g} is outside the file's scale of {self.lowest:g} to {self.highest:g}")
        if self.lowest < 0:
            return float((rating > 0) - (rating < 0))
        share = rating / self.highest
        return 1.0 if share >= 0.8 else -1.0 if share <= 0.4 else 0.0

    def __str__(self) -> str:
        return f"{self.lowest:g} to {self.highest:g}"


@dataclass(slots=True)
class RatingEvidence:
    """Counts the ratings of a file by the smallest scale that holds them."""

    counts: Counter[float] = field(default_factory=Counter)
    below_one: int = 0

    def add(self, rating: float) -> None:
        self.counts[next((top for top in (1, 5, 10, 100) if rating <= top), 0) if rating >= 0 else -1] += 1
        self.below_one += -1 <= rating < 1

    @property
    def only_ones(self) -> bool:
        return not self.below_one and set(self.counts) == {1}

    def scale(self) -> RatingScale:
        """The smallest scale that holds 99 % of the ratings."""
        total = sum(self.counts.values())
        within = self.counts[-1]
        for highest in (1.0, 5.0, 10.0, 100.0):
            within += self.counts[highest]
            if within >= _SHARE_IN_SCALE * total:
                break
        if self.only_ones and total < _FEW:
            return RatingScale(0, 5)
        return RatingScale(-1 if highest == 1 and self.counts[-1] else 0, highest)


def liking(event: Event, rating: float | None, scale: RatingScale) -> float:
    """How much a row says that the customer likes the product, from -1 to 1, by the table above."""
    if rating is None:
        return _EVENT_LIKING[event]
    by_rating = scale.liking(rating)
    return _EVENT_LIKING[event] if event in (Event.RETURN, Event.DISLIKE) else by_rating
