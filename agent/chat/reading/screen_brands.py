"""Brands that are meant by what is on the screen: "the brand of number 4", "not that brand", 换个牌子."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newaisle.agent.chat.reading.text import (
    BRAND,
    ITEMS,
    Brand,
    Items,
    Marked,
)
from newaisle.languages import HAN
from newaisle.store.rows import Product

_IS_HAN = re.compile(f"[{HAN}]")
SHOWN = Brand("")  # stands for all brands on the screen
_BRANDS = r"(?:brands?|makers?|makes?|labels?|manufacturers?|company|companies)"
_HAN_BRAND = r"(?:牌子|品牌|厂家|牌(?!子))"
# "the brand of number 4", "3's maker", 第二个的牌子, 跟第二个同一个牌子, 第二个那家.
_BRAND_OF = re.compile(
    rf"(?:the |that |this |its |same )*{_BRANDS} (?:of|as|like|from|behind|that makes|for"
    rf"|in) (?:the )?(?P<a>{ITEMS})|(?:whatever|whichever|what|which|the) {_BRANDS} (?P<f>{ITEMS}) (?:is"
    r"|has)(?= ?[,.!;])"
    r"|(?:whoever|whatever company|the (?:people|guys|company|folks|lot) (?:who|that|behind)) ?(?:makes?|made"
    r"|is behind)? ?"
    rf"(?P<g>{ITEMS})|(?P<b>{ITEMS})(?:'s)? (?!makes?\b){_BRANDS}"
    rf"|(?P<c>{ITEMS})(?:的|那个|这个|那|这|那款|这款|是|同)*{_HAN_BRAND}"
    rf"|(?:跟|和)?(?P<d>{ITEMS})(?:同|一个|同一个|一样的?)(?:牌子|品牌)|(?P<e>{ITEMS})(?:那|这)家(?:的)?"
)
_OTHER_THAN_ITEMS = re.compile(
    rf"(?:(?:a |from |by |any )*(?:different|other|another|new|diff) {_BRANDS}) (?:than|from|to|as) (?:the "
    rf"|that of )*(?P<a>{ITEMS})|(?:跟|和|与)(?P<b>{ITEMS})不(?:是)?(?:同|一样)(?:一个)?(?:的)?{_HAN_BRAND}"
)
_NOT_FINE = (
    r"(?! (?:than|from|to|besides|except|but)\b| (?:is|are|would be) (?:also )?(?:fine|ok|okay|good|all right|welcome))"
)
_HAN_NOT_FINE = r"(?!(?:的)?(?:我)?(?:都|也|全)(?:可以|行|好|ok|成|中|没问题|给|看|能|要|推|来|考虑|接受|无所谓|随便))"
# 只认鹭眼，别家不看: what is said of the rest says nothing more.
_REST_UNWANTED = re.compile(
    rf"(?:别家|其他家|其它家|别的|其他的?|其它的?|其余的?|另外的)(?:{_HAN_BRAND})?(?:的)?(?:东西)?(?:我|都|全|一概"
    rf"|一律|也|就|统统|通通|免谈| )*"
    r"(?:[用看买穿吃喝瞧认]?不(?!同|一样|错)|信不过|没兴趣|没用过|免|别|算了|pass|勿扰|靠边)[^,.;!? ]{0,6}"
)
# The brand named before: Ashanvil太沉，它家不要.
_THEIRS = re.compile(r"(?:它家|他家|她家|他们家|它们家|这家(?!里)|那家(?!里)|这厂家?|这货|这厮)(?:的)?(?:东西|产品)?")
_HAN_COMPLAINT = re.compile(rf"{BRAND}(?:的|家|家的|东西|都|也|我)*(?:太|有点|已经|买|用|看|不|没|老|总|够)")
# 非岚径不买: only that one.
_NONE_BUT = re.compile(
    rf"(?<![是定必用])非(?:得|要)?(?:是|买|用)?(?P<brand>{BRAND})(?:家|牌)?的?不(?:买|要|看|选|可|用|入|行)"
)
# Two brands and then both of them: nordskarn yarrowby这俩.
_BOTH = re.compile(
    rf"(?<={BRAND})[ ,]+(?={BRAND}(?:[ ,和跟、]*{BRAND})? ?(?:这|那)(?:俩|两|几|三|些))|(?<={BRAND}) ?(?:这|那)(?:俩"
    rf"|两个|两家"
    r"|几个|几家|三个|三家|些)(?:牌子|品牌|家)?"
)
_OTHERS = re.compile(
    r"(?:(?:some|any|a|an|from|by|of|try|with|see|show me) ){0,4}(?:different|other|another|new|diff"
    rf"|alternative) {_BRANDS}\b(?: (?:than|from|to|besides) (?:these|those|this|that|the)[^,.;!?]*| instead"
    rf"| please)?{_NOT_FINE}"
    rf"|no (?:more )?(?:of )?(?:the )?{_BRANDS} (?:that |which )?(?:i|you|we|from|shown|listed|already|just"
    rf"|above|on)[^,.;!?]*|(?:switch|change|swap) (?:up )?(?:the )?{_BRANDS}\b(?! to\b)"
    rf"|(?:a |any |some )?{_BRANDS} (?:that |which )?(?:is not|are not|isn't|aren't|that's not|'s not"
    r"|not) (?:on |in )?(?:here|shown"
    r"|listed|(?:the|this|my) (?:list|screen|page))(?: (?:yet|already|now))?"
    rf"|{_BRANDS} (?:other than|besides) (?:these|those|this|that)"
    rf"|{_BRANDS} (?:that |which )?(?:i|we) haven't (?:seen|tried|had)(?: yet)?"
    r"|not from (?:them|these guys|those guys)"
    r"|(?:换|换个|换一个|换成|换种|换家|来个|试试|要|看看|看|有没有|没有|来点|有){0,4}(?:别的|其他的?"
    rf"|其它的?|另外的?|不同的?|别个|另一个|其余的?)(?:个|种)?(?:{_HAN_BRAND}|家(?!里|具|用))(?:的)?(?:有吗"
    rf"|有没有|吗)?{_HAN_NOT_FINE}"
    rf"|(?:有没有|没有|看看|换|试试|要|有)*+别家(?!里)(?:的)?(?:有吗|有没有|吗)?{_HAN_NOT_FINE}"
    rf"|换(?:个|一个|一种|种|一下|下|换|掉)?(?:别的)?(?:{_HAN_BRAND}|一?家(?!里|具|用))(?:的)?"
)
_THESE = re.compile(
    r"\b(?:any of )?(?:that|this|these|those|the same|their|same|shown|such)(?: same| two| three| four"
    rf"| five)? {_BRANDS}\b(?P<again> (?:again|once more)\b)?"
    rf"|\b(?:any of |all |all of )?(?:the )?{_BRANDS} (?:(?:that are )?(?:on|from) (?:the |my "
    r"|this )?(?:screen|page|list)"
    r"|shown|listed|displayed|up there|above|(?:that |which )?you(?:'ve| have)? (?:just )?(?:showed|shown"
    r"|listed)(?: me)?)"
    r"(?: (?:already|now|so far|just now))*"
    rf"|(?<!{BRAND})(?:这个|这些|这几个|这俩|这两个|那个|那些|那几个|这|那|同一个|同样的?|一样的?|刚才的?"
    rf"|上面的?|现在的?)(?:的)?(?:几个|俩|两个)?{_HAN_BRAND}"
)


_THAN_THIS = re.compile(r"\b(?:than|besides) (?:this|that)\b")


def name_brands(turn: Marked, shown: Sequence[Product]) -> None:
    """Put the brand itself, or the mark of all shown, where it is meant by a place or by being on the screen."""
    turn.replace(_NONE_BUT, lambda match: match["brand"])
    turn.replace(_BOTH, lambda match: "和" if match.group().isspace() or "," in match.group() else "")
    turn.replace(_THEIRS, lambda match: _theirs(turn, match))
    turn.replace(_REST_UNWANTED, lambda match: " , " if any(turn.of(Brand)) else None)
    turn.replace(_OTHER_THAN_ITEMS, lambda match: _brands_of(turn, match, shown, "not "))
    turn.replace(_BRAND_OF, lambda match: _brands_of(turn, match, shown, ""))
    turn.replace(_OTHERS, lambda match: f" , not {_left(turn, match)} , ")
    turn.replace(_THESE, lambda match: _these(turn, match))


def _left(turn: Marked, match: re.Match[str]) -> str:
    """The brand that another one is wanted than: the one that was complained of, or those shown."""
    named = [one for one in turn.of(Brand, turn.text[: match.start()]) if one != SHOWN]
    is_of_it = _HAN_COMPLAINT.search(turn.text[: match.start()]) or _THAN_THIS.search(match.group())
    return turn.mark(named[0] if len(named) == 1 and is_of_it else SHOWN)


def _theirs(turn: Marked, match: re.Match[str]) -> str | None:
    named = [one for one in turn.of(Brand, turn.text[: match.start()]) if one != SHOWN]
    return turn.mark(named[-1]) if named else None


def _these(turn: Marked, match: re.Match[str]) -> str:
    """All brands shown, or the one that "this brand" was just called by; "that brand again?" wants it no more."""
    named = [one for one in turn.of(Brand, turn.text[: match.start()]) if one != SHOWN]
    mark = turn.mark(named[-1] if len(named) == 1 else SHOWN)
    return f"not {mark} , " if match["again"] else mark


def means_shown(turn: Marked) -> bool:
    return SHOWN in turn.of(Brand)


def brands_at(places: Sequence[int], shown: Sequence[Product]) -> list[str]:
    """The brands of the products at these places on the screen."""
    found = (shown[place - 1].brand for place in places if place <= len(shown))
    return list(dict.fromkeys(brand for brand in found if brand))


def _brands_of(turn: Marked, match: re.Match[str], shown: Sequence[Product], before: str) -> str | None:
    items = next(group for group in match.groupdict().values() if group)
    places = [place for one in turn.of(Items, items) for place in one.places]
    brands = brands_at(places, shown)
    joint = "和" if before == "" and _IS_HAN.search(turn.text) else " and "
    return before + joint.join(turn.mark(Brand(brand)) for brand in brands) if brands else None
