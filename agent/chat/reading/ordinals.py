"""Products on the screen by their places: "the first", "#2", "2 and 4", "the last one", 第二个, 前两个, 最后那个."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from newaisle.agent.chat.reading.numbers import CHINESE, value
from newaisle.agent.chat.reading.text import ITEMS, Items, Marked

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_CARDINALS = "one two three four five six seven eight nine ten".split()
_PLACE = {word: n for words in (_ORDINALS, _CARDINALS) for n, word in enumerate(words, 1)}
_PLACE |= {"fith": 5, "forth": 4, "frist": 1, "secound": 2, "thrid": 3, "top": 1, "俩": 2, "仨": 3}
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_CARDINALS)})"
_ORD = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)}|fith|frist|secound|thrid)"
_THING = r"(?: (?:one|1|product|item|option|result|choice|pick|suggestion|thing|entry)\b)?"
_THINGS = r"(?: (?:ones|products|items|options|results|choices|picks|suggestions|things|entries)\b)?"
_ZH_NUMBER = rf"(?:\d{{1,2}}|{CHINESE}|[一二两三四五六七八九])"
_CLASS = r"(?:个|款|件|种|号|样|把|双|条|只|台|本|张|项|套|位|支|瓶|盒|家)"

_Read = Callable[[re.Match[str], int], tuple[int, ...]]


def _first(found: re.Match[str], shown: int) -> tuple[int, ...]:
    return tuple(range(1, min(_count(found["n"]), shown or 20) + 1))


def _last(found: re.Match[str], shown: int) -> tuple[int, ...]:
    return tuple(range(max(1, shown - _count(found["n"]) + 1), shown + 1))


def _from_end(found: re.Match[str], shown: int) -> tuple[int, ...]:
    return (shown - _count(found["n"]) + 1,)


def _middle(_: re.Match[str], shown: int) -> tuple[int, ...]:
    return ((shown + 1) // 2,)


def _one(found: re.Match[str], _: int) -> tuple[int, ...]:
    return (_count(found["n"]),)


def _range(found: re.Match[str], _: int) -> tuple[int, ...]:
    first, last = _count(found["n"]), _count(found["m"])
    return tuple(range(first, min(last, first + 20) + 1))


def _end(_: re.Match[str], shown: int) -> tuple[int, ...]:
    return (shown,)


def _count(written: str) -> int:
    if written in _PLACE:
        return _PLACE[written]
    digits = re.match(r"\d+", written)
    return int(digits.group()) if digits else int(value(written))


_PATTERNS: list[tuple[re.Pattern[str], _Read]] = [
    (re.compile(pattern), read)
    for pattern, read in [
        (rf"\b(?:the )?(?:very )?(?:first|top|1st) (?P<n>{'|'.join(_CARDINALS[1:])}|[2-9]|1\d|20)\b{_THINGS}", _first),
        (rf"\b(?:the )?(?:very )?last (?P<n>{'|'.join(_CARDINALS[1:])}|[2-9])\b{_THINGS}", _last),
        (rf"(?:前面?|头|开头)(?:的)?(?P<n>{_ZH_NUMBER}){_CLASS}", _first),
        (rf"(?:最?后面?|末尾|末)(?:的)?(?:这|那)?(?P<n>[二两三四五六七八九2-9]){_CLASS}", _last),
        (r"(?:前面?|头|开头|上面)(?:的|这|那)?(?P<n>俩|仨)", _first),
        (r"(?:最?后面?|末尾|下面)(?:的|这|那)?(?P<n>俩|仨)", _last),
        (rf"倒数第?(?P<n>{_ZH_NUMBER}){_CLASS}?", _from_end),
        (
            rf"\b(?:the )?(?P<n>{_ORD}){_THING}(?:[- ]to[- ]| from (?:the )?| )(?:last|bottom|end)\b{_THING}",
            _from_end,
        ),
        (
            rf"\b(?:the )?(?:penultimate|last but one|next[- ]to[- ]last|one before (?:the )?last)\b{_THING}",
            lambda _, shown: (shown - 1,),
        ),
        (rf"\b(?:the )?(?P<n>{_ORD}){_THING} from (?:the )?(?:top|start|beginning)\b", _one),
        (
            r"\b(?:the )?(?:middle|one in the middle)(?: one)?\b|中间(?:的)?(?:那|这)?(?:一)?(?:个|款|件|种|样|把|双"
            r"|条|只|台|本|套|位)|(?<!在)(?<!从)正中间的?",
            _middle,
        ),
        (
            r"(?<!\bmy )(?<!\bhis )(?<!\bher )(?<!\bour )\b(?:the )?(?:very )?(?:last|final|bottom)(?! pair\b)(?: one\b"
            r"|(?! (?:time|week|night|month|year|thing|step|turn|message|question|bit|part|sentence|request"
            r"|reply|answer|chance|\w+ing)\b))" + _THING,
            _end,
        ),
        (
            rf"(?:最后|最末|最下面|末尾)(?:面)?(?:的)?(?:那|这)?(?:一)?{_CLASS}"
            rf"|(?:最后|最下面)(?:的)?那(?:一)?{_CLASS}?",
            _end,
        ),
        (rf"(?:#|\b(?:number|num|no\.?|nr\.?|item|option|product) ?)(?P<n>{_NUMBER})\b(?! ?%)", _one),
        (
            rf"(?<!\bmy )(?<!\bhis )(?<!\bher )(?<!\bour )(?<!\btheir )\b(?:the )?(?P<n>{_ORD})(?! (?:time"
            rf"|of all|hand|aid|class|impression|place|off|step|things first)\b)(?!-)\b{_THING}",
            _one,
        ),
        (
            rf"(?<!人生)(?<!平生)(?<!生平)(?<!这辈子)(?<!历史)(?<!排)(?<!排在)(?<!排到)第(?P<n>{_ZH_NUMBER}) "
            rf"?(?:{_CLASS}|(?![次天回年代步周月类眼页批]))(?:东西|产品|商品)?",
            _one,
        ),
        (r"(?<![a-z0-9.大小加减])(?P<n>\d{1,2}|[一二三四五六七八九十]) ?号(?!码|线|电池)", _one),
        (r"(?<![a-z0-9.,])(?P<n>\d{1,2}) ?(?:-|~|to|through|到|至) ?(?P<m>\d{1,2})(?![\w.])", _range),
    ]
]
# A number alone, with what may follow it where it is a place and no amount: "2 and 4", "2 is nice".
_BARE = re.compile(
    r"(?<![a-z0-9.,#/-])(?<!another )(?<!next )(?P<n>\d{1,2})(?=$"
    r"| ?(?:[?,.!;]|and\b|&|or\b|but\b|is\b|isn't|right\b|now\b|today\b|are\b|aren't|doesn't|does not|don't"
    r"|hasn't|won't|fits?\b|looks?\b|was\b|made\b|come|has\b|have\b|look|for\b|in\b|cost|weigh|filed\b|to\b"
    r"|with\b|please|then\b|and\b|instead|again|already|on\b|does\b|do\b|can\b|suit|fit|really\b|seem|from\b"
    r"|that\b|than\b|too\b|as\b|at\b|so\b|a\b|the\b|any\b|it\b|will\b|would\b|work|(?:more|less) (?:expensive"
    r"|pricey|costly)|cheaper|dearer|pricier|heavier|lighter|bigger|smaller|delivered|shipped|slaps|rocks|rules|bangs"
    r"|hits|wins|pleases|appeals|speaks|calls|goes|costs|still\b|hold\b|instead\b"
    rf"|not\b|dishwasher|waterproof|available|heav|light|big|small|[{ITEMS[1:-1]}]|[^\x00-\xff]))(?![.,]\d)"
)
# A number after what speaks of products: "why 2 in red", and not "about 2 people".
_BARE_AFTER = re.compile(
    r"(?P<before>\b(?:why|was|is|are|does|did|do|has|have|can|will|would|like|than|about|love|hate|makes?"
    r"|cheaper|from|did you pick) )(?P<n>\d{1,2})(?= [a-z])(?! (?:more|others?|people|dollars|bucks|euros?"
    r"|pounds?|quid|ml|cm|mm|kg|g|l|oz|litres?|liters?|inch|inches|years?|months?|days?|hours?|minutes?"
    r"|pieces?|pairs?|products?|items?|options?|things?|of|or so)\b)"
)
# The same of number words: "like two".
_BARE_WORD = re.compile(
    r"(?P<before>\b(?:like|why|than|about|love|hate|unlike|skip|is"
    rf"|does) )(?P<n>{'|'.join(_CARDINALS[1:])})(?=$| ?[?,.!;]| (?:and|or|but|is|made|come))"
)
# "2, 3 and the last".
_JOINED = re.compile(rf"{ITEMS}(?: ?(?:,|and|&|or|/|\+|、|和|跟|与|及|或者?|还有|, and)? ?{ITEMS})+")
_FROM_TO = re.compile(rf"从?{ITEMS} ?(?:到|至|~) ?{ITEMS}")


def read_ordinals(turn: Marked, shown: int) -> None:
    """Mark the places that a turn speaks of; several that are joined become one mark.

    shown: how many products are on the screen; without any, "the last" means nothing.
    """
    for pattern, read in _PATTERNS:
        turn.replace(pattern, partial(_read, turn, read, shown))
    turn.replace(_BARE, lambda found: _bare(turn, found, shown))
    for pattern in (_BARE_AFTER, _BARE_WORD):
        turn.replace(pattern, lambda found: found["before"] + (_bare(turn, found, shown) or found["n"]))
    turn.replace(_FROM_TO, lambda found: turn.mark(_span(turn, found.group())))
    turn.replace(_JOINED, lambda found: turn.mark(_merged(turn, found.group())))


def _read(turn: Marked, read: _Read, shown: int, found: re.Match[str]) -> str | None:
    return _mark(turn, read(found, shown))


def _bare(turn: Marked, found: re.Match[str], shown: int) -> str | None:
    return _mark(turn, _one(found, shown)) if _count(found["n"]) <= (shown or 20) else None


def _mark(turn: Marked, places: tuple[int, ...]) -> str | None:
    if not places or not all(1 <= place <= 99 for place in places):
        return None
    return turn.mark(Items(places))


def _span(turn: Marked, text: str) -> Items:
    places = [place for items in turn.of(Items, text) for place in items.places]
    return Items(tuple(range(min(places), min(max(places), min(places) + 20) + 1)))


def _merged(turn: Marked, text: str) -> Items:
    return Items(tuple(dict.fromkeys(place for items in turn.of(Items, text) for place in items.places)))
