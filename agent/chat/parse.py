"""Reads what a person says in a chat into an `Intent`, in English and Chinese, by rules alone.

Prices, places on the screen and brands are read first, then what the turn does, then the words that are left; patterns
over the text with the names marked in it say what is done with them. What no rule understands is in `Intent.unread`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from newaisle.agent.chat.intent import Act, Intent, Lifted, ProductField
from newaisle.agent.chat.reading.content import is_other_word, is_plain_word, mark_content
from newaisle.agent.chat.reading.lifting import read_lifted
from newaisle.agent.chat.reading.ordinals import read_ordinals
from newaisle.agent.chat.reading.prices import Price, read_price
from newaisle.agent.chat.reading.products import has_pronoun, points_at, product_named
from newaisle.agent.chat.reading.properties import COLORS, MATERIALS
from newaisle.agent.chat.reading.questions import Talk, talk_of_products
from newaisle.agent.chat.reading.relations import Critique, read_relation
from newaisle.agent.chat.reading.respelling import respelled
from newaisle.agent.chat.reading.screen_brands import brands_at, means_shown, name_brands
from newaisle.agent.chat.reading.talk import aside, asks_more, is_chatter, is_of_assistant, is_small_talk
from newaisle.agent.chat.reading.text import BRAND, ITEMS, Brand, Items, Marked, Topic, Word, normal
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.chat.reading.wishes import read_wish
from newaisle.store.rows import Product
from newaisle.store.words import is_chinese

__all__ = ["read_turn"]

# Where prices or likenesses are asked about and nothing is wanted: "which is cheaper", "is 2 dearer than 3".
_ABOUT_SHOWN = re.compile(
    rf"^how(?:'s| is| are| do| does) {ITEMS}|\bwhich\b|\bwhy\b|\bhow come\b"
    rf"|哪个|哪款|谁|{ITEMS}.*一样(?:的)?(?:吗|么|不)"
    r"|有(?:什么|啥|何)(?:不同|区别|差别|不一样)|为什么|为啥|为何|凭"
    rf"|^(?:is|are|does|was) (?:the )?{ITEMS}"
)
_INTERROGATIVE = re.compile(
    r"^(?:and |so |ok )?(?:who|what|which|whose)(?!ever)|^(?:the )?(?:brand|maker) of \S+ ?\??$|哪|什么|谁|啥"
)
_NOT_MORE = re.compile(rf"{BRAND}|{ITEMS}")
_OF_PRODUCTS_AT_LARGE = re.compile(r"\b(?:brands?|prices?|colou?rs?|materials?)\b|牌|价|颜色|材质")
_ASKS = re.compile(
    r"\b(?:films?|movies?|show|recommend|suggest|find|give|something|anything|products?|things|buy|need|want"
    r"|looking|gift|present|ideas?)\b|推荐|看看|买|送|有什么|有啥|来点|来个|找|想要|挑|东西"
)

# What begins to tell of somebody: a wish where it has anything that a shop sells, small talk where it has not.
_THANKS = re.compile(r"\b(?:thanks?|cheers|thank you|ta)\b")
_REMARKS = re.compile(
    r"^(?:oh |well |so |and |ha |lol |wow |, )*(?:i'm|i am|it's|it is|that's|you're|you are|you|today)\b"
)


def read_turn(text: str, vocabulary: Vocabulary, shown: Sequence[Product] = ()) -> Intent:
    """What a turn says; `shown` are the products on the screen, in their order."""
    turn = Marked(respelled(normal(text), partial(is_other_word, vocabulary)))
    price = read_price(turn, len(shown))
    read_ordinals(turn, len(shown))
    vocabulary.brands.mark(turn, partial(is_other_word, vocabulary), partial(is_plain_word, vocabulary))
    has_price = price != Price()
    act = None if has_price else aside(turn.text)
    if act:
        return Intent(act=act)
    if not has_price and is_chatter(turn.text) and not _NOT_MORE.search(turn.text):
        return Intent(act="small_talk")
    if not has_price and not _NOT_MORE.search(turn.text) and asks_more(turn.text):
        return Intent(act="more")
    asked = copy.deepcopy(turn)
    name_brands(turn, shown)
    wished = copy.deepcopy(turn)
    lift = read_lifted(wished)
    critique = read_relation(wished, has_price=has_price)
    if not (lift or critique.relation or means_shown(turn)) or _ABOUT_SHOWN.search(turn.text):
        spoken = asked if _INTERROGATIVE.search(asked.text) else turn
        for talk in talk_of_products(spoken.text):
            if talk.act in ("like", "dislike") and spoken.text != turn.text:
                continue  # 第一个的牌子不错，还有啥: what is liked is the brand
            intent = _of_products(spoken, talk, vocabulary, shown, price)
            if intent:
                return intent
    return _of_wish(wished, critique, lift, vocabulary, shown, price)


def _of_products(
    turn: Marked, talk: Talk, vocabulary: Vocabulary, shown: Sequence[Product], price: Price
) -> Intent | None:
    """The turn read as a question about products or a word on them; None where it speaks of none."""
    named, said = _content(talk.rest, turn, vocabulary)
    places = _places(turn)
    is_opinion = talk.act in ("like", "dislike")
    if talk.act == "product" and price != Price() and not places and not points_at(named):
        return None  # 一百五能买到望远镜不 asks for one
    if is_opinion and not places and _THANKS.search(turn.text):
        return None
    if is_opinion and not places and (price != Price() or _OF_PRODUCTS_AT_LARGE.search(turn.text)):
        return None
    item_id = None
    has_words = any(named.of(Word)) or any(named.of(Topic))  # an opinion of a brand is none of its only product
    is_certain = points_at(named) or (not is_opinion and (talk.act != "product" or is_chinese(turn.text)))
    if not places and is_certain and (has_words or not (is_opinion or talk.act == "product")):
        is_named = is_opinion and has_words and any(named.of(Brand))
        item_id = product_named(named, shown, vocabulary, anywhere=is_named or talk.act in ("why_not", "product"))
    unresolved = bool(said) and points_at(named) and not is_opinion
    refers = places or item_id or unresolved or (not said and has_pronoun(turn)) or (said and talk.act == "why_not")
    if not refers and talk.act != "why":
        return None
    unread = tuple(said) if not places and not item_id else ()
    field = _field_of(said) if talk.field == "other" else talk.field
    _, about = _content(turn.text, turn, vocabulary)
    return Intent(
        act=talk.act,
        field=field,
        items=places,
        item_id=item_id,
        about=tuple(about),
        unread=unread,
        **_limits(price),
    )


def _content(text: str, turn: Marked, vocabulary: Vocabulary) -> tuple[Marked, list[str]]:
    """A part of a turn with its content words marked, and these."""
    part = Marked(text, dict(turn.found))
    mark_content(part, vocabulary)
    brands = [one.name for one in part.of(Brand) if one.name]
    return part, [*brands, *(one.said for one in part.of(Word)), *(one.said for one in part.of(Topic))]


def _field_of(said: Sequence[str]) -> ProductField:
    """What "is 2 red?" or "is 3 steel?" asks for."""
    if said and all(one in COLORS for one in said):
        return "color"
    return "material" if said and all(one in MATERIALS for one in said) else "other"


def _of_wish(
    turn: Marked,
    critique: Critique,
    lift: Sequence[Lifted],
    vocabulary: Vocabulary,
    shown: Sequence[Product],
    price: Price,
) -> Intent:
    """The turn read as a wish for products; as small talk where nothing is wanted in it."""
    places = _places(turn)
    whole = turn.text
    item_id = None if places else _compared_with(turn, critique, vocabulary, shown)
    wish = read_wish(turn, vocabulary, shown)
    relation = critique.relation
    if critique.is_vague and not places and (wish.rules_out or not (shown or wish.is_empty)):
        relation = None
    if wish.is_empty and not lift and price == Price() and relation is None and not (places and wish.unread):
        return _of_little(whole, places, wish.unread)
    if places and relation is None:
        relation = "similar"
    of_one = _brands_of_one(places, item_id, shown) if wish.shown_brands else []
    return Intent(
        category=wish.category,
        brands=tuple(wish.brands),
        not_brands=(*wish.not_brands, *of_one),
        shown_brands=wish.shown_brands and not of_one,
        words=tuple(wish.words),
        exclude=tuple(wish.exclude),
        lift=tuple(dict.fromkeys([*lift, *wish.lift])),
        items=places,
        item_id=item_id,
        relation=relation,
        unread=tuple(wish.unread),
        **_limits(price),
    )


def _brands_of_one(places: tuple[int, ...], item_id: str | None, shown: Sequence[Product]) -> list[str]:
    """The brands that "like 5, but from another brand" does not want."""
    return brands_at(places or [n for n, one in enumerate(shown, 1) if one.item_id == item_id], shown)


def _of_little(text: str, places: tuple[int, ...], unread: Sequence[str]) -> Intent:
    """A turn that asks for nothing in particular."""
    if places:
        return Intent(act="product", items=places, field="description", unread=tuple(unread))
    if is_small_talk(text) or (is_of_assistant(text) and not _ASKS.search(text)):
        return Intent(act="small_talk")
    act: Act = "recommend" if (unread and not _REMARKS.search(text)) or _ASKS.search(text) else "small_talk"
    return Intent(act=act, unread=tuple(unread))


def _compared_with(turn: Marked, critique: Critique, vocabulary: Vocabulary, shown: Sequence[Product]) -> str | None:
    """The product that others shall be like, or cheaper than, where it is called by its name; it is cut out."""
    for text in filter(None, (critique.after, critique.before)):
        part = Marked(text, dict(turn.found))
        mark_content(part, vocabulary)
        item_id = product_named(part, shown, vocabulary)
        if item_id:
            turn.text = turn.text.replace(text, " , ", 1)
            return item_id
    return None


def _places(turn: Marked) -> tuple[int, ...]:
    return tuple(dict.fromkeys(place for items in turn.of(Items) for place in items.places))


def _limits(price: Price) -> dict[str, Any]:
    return {"min_price": price.least, "max_price": price.most, "currency": price.currency}
