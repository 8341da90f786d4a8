"""The check of a written paragraph against the statements it was made from.

As with explanations (`agent.wording.check.check`), nothing is left to a model's good will: what the text says has to be
worded in one of a few ways, with names of the very statement. These parts are taken out, and what is left may only be
words that hold sentences together: no other name, number, brand or claim, nothing that denies or praises.
Sentence by sentence, and the first that fails ends the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.profile.statements import Statement
from newaisle.agent.wording.check.check import PUNCTUATION
from newaisle.agent.wording.check.wordings import WORDINGS
from newaisle.languages import Language
from newaisle.store.rows import Event

_Made = tuple[Statement, str]
_BRACKETS = re.compile(r"\s*[(（\[【].*?[)）\]】]")
_CLAIM = "§"  # stands where a statement has been taken out
_MOST = 3  # sentences
_SINGULAR, _PLURAL = "chooses|likes|looks|prefers|does|has", "choose|like|look|prefer|do|have"
_BROKEN = re.compile(
    rf"\bthey (?:also )?(?:{_SINGULAR})\b|^they\b.* (?:and|but) (?:also )?(?:{_SINGULAR})\b"
    rf"|\bcustomer (?:also )?(?:{_PLURAL})\b|^this customer\b.* (?:and|but) (?:also )?(?:{_PLURAL})\b",
    re.IGNORECASE,
)
_STARTS = "(?:They|This|The|He|She|It|Also|And|But)"  # of sentences; a mark before another word belongs to a name
_SENTENCE = re.compile(rf".+?(?:[.!?][\"”]?(?=\s+{_STARTS}\b|\s*$)|[。！？]”?)\s*", re.DOTALL)

# Over normal text (see `Wording.normal`): in lower case, without punctuation, in English without a plural's s.
_MOSTLY = "(?:mostly|mainly|often|usually)"
_SHOP = "(?:choose|shop|buy|pick|select)"
_OF_CATEGORY = "(?:from|in|for)(?: the)?(?: categorie| category)?"
_PRODUCTS = "(?:product|item|one)"
_TAKES = "(?:prefer|choose|buy|like|pick|go for|look for)(?: the)?"
_ENGLISH: dict[str, str] = {
    "mostly": rf"(?:{_MOSTLY} )?{_SHOP}(?: {_MOSTLY})? {_OF_CATEGORY} {{names}}",
    "often": rf"(?:often )?{_SHOP}(?: often)? {_OF_CATEGORY} {{names}}",
    "brand": r"(?:like|prefer|favou?r|choose)(?: product)?(?: by| from| of)?(?: the)?(?: brand)? {names}(?: brand)?",
    "dearer": rf"{_TAKES} (?:dearer|more expensive|pricier) {_PRODUCTS}",
    "cheaper": rf"{_TAKES} (?:cheaper|less expensive) {_PRODUCTS}",
    "word": r"(?:look for|like|prefer|choose)(?: product with| item with| thing with)? {names}",
    "dislike": r"(?:(?:do|doe) not like|don't like|doesn't like|dislike|avoid)(?: the)?(?: brand)? {names}",
    "disliked": r"(?:did not like|didn't like|disliked|(?:do|doe) not like) (?:the )?{names}",
    "again": r"(?:ha |have |has )?bought (?:the )?{names} again",
    "recent": r"(?:have |ha |has )?(?:(?:last|recently|most recently) )?(?:{deed}) (?:the )?{names}",
}
_CHINESE: dict[str, str] = {
    "mostly": "(?:主要|大多|常|经常)(?:选购|购买|选择)(?:的是)?{names}(?:类)?(?:的)?(?:商品|产品|类目)?",
    "often": "(?:常|经常)(?:选购|购买|选择){names}(?:类)?(?:的)?(?:商品|产品|类目)?",
    "brand": "(?:喜欢|偏爱|青睐)(?:品牌)?{names}(?:等)?(?:品牌)?(?:的)?(?:产品|商品|品牌)?",
    "dearer": "(?:偏爱|偏好|喜欢|选择)(?:价位|价格)(?:较高|偏高)的(?:商品|产品)",
    "cheaper": "(?:偏爱|偏好|喜欢|选择)(?:价位|价格)(?:较低|偏低)的(?:商品|产品)",
    "word": "(?:看重|关注|喜欢|偏爱){names}",
    "dislike": "(?:不喜欢|不爱|不太喜欢){names}(?:的)?(?:产品|商品)?",
    "disliked": "(?:不喜欢|不爱|不太喜欢){names}",
    "again": "(?:再次|又)(?:购买过|购买了|买过|买了){names}",
    "recent": "(?:最近|上次)?(?:{deed})",
}
_EVENT_VERBS: dict[Language, dict[Event, str]] = {
    "en": {
        Event.PURCHASE: "bought|purchased",
        Event.REVIEW: "reviewed",
        Event.RATING: "gave a good rating to",
        Event.LIKE: "liked",
        Event.VIEW: "looked at|viewed",
    },
    "zh": {
        Event.PURCHASE: "(?:购买|买)(?:了|过){names}",
        Event.REVIEW: "(?:评论|评价)(?:了|过){names}",
        Event.RATING: "给{names}打了高分",
        Event.LIKE: "喜欢了{names}",
        Event.VIEW: "(?:浏览|看)(?:了|过){names}",
    },
}
_PATTERNS: dict[Language, dict[str, str]] = {"en": _ENGLISH, "zh": _CHINESE}
_BETWEEN: dict[Language, str] = {"en": "(?: and| as well as)?(?: the)?(?: brand)? ", "zh": "(?:和|与|及|以及|还有)?"}
_CONNECTING: dict[Language, frozenset[str]] = {
    "en": frozenset("a also and as both but customer is it she he that the their they this too well while who".split()),
    "zh": frozenset("这位 该 顾客 客户 他们 她们 他 她 也 还 并且 并 而且 同时 但 和 则 的 了".split()),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the statements support of a text: its sentences up to the first that says something else.

    problem: what is wrong with that one, in a few words; None where there is none. made: how many statements were made.
    """

    text: str
    problem: str | None
    made: int
    wanted: int

    @property
    def is_enough(self) -> bool:
        """Whether what is left of the text can stand: it makes half of the statements, and two if there are two."""
        return self.made >= max(min(2, self.wanted), self.wanted / 2)


def supported(text: str, said: Sequence[Statement], language: Language) -> Checked:
    """The leading sentences of a written paragraph, three at most, that the statements support in every part.

    A small model writes what it was given and then goes on: what follows is cut, never kept for its looks.
    """
    kept: list[str] = []
    made: set[_Made] = set()
    refusal = None
    for sentence in _SENTENCE.findall(text)[:_MOST]:
        now, refusal = _check(sentence, said, language)
        if refusal is None and now & made:
            refusal = "it repeats itself"
        if refusal:
            break
        kept.append(sentence)
        made |= now
    if not kept and refusal is None:
        refusal = "it is not complete"
    return Checked("".join(kept).strip(), refusal, len({statement for statement, _ in made}), len(said))


def _check(sentence: str, said: Sequence[Statement], language: Language) -> tuple[set[_Made], str | None]:
    """The statements that a sentence makes, with the names, and what is wrong with it."""
    names = "".join(name for statement in said for name in statement.names)
    if strange := {c for c in sentence if not c.isalnum()} - PUNCTUATION - set(names):
        return set(), f"{min(strange)!r} has no place in it"
    if broken := _BROKEN.search(sentence):
        return set(), f"{broken.group().split()[-1]!r} is no English there"
    rest = WORDINGS[language].normal(sentence)
    made: set[_Made] = set()
    # What is disliked comes first: in Chinese it contains the words for liking.
    for statement in sorted(said, key=lambda statement: not statement.about.startswith("dislike")):
        pattern = _pattern(statement, language)
        for match in re.finditer(pattern, rest):
            made |= {(statement, name) for name in _named(match.group(), statement, language)}
        rest = re.sub(pattern, _CLAIM, rest)
    left = _left_over(rest, language)
    return made, f"{left!r} is in no fact" if left else None


def _named(part: str, statement: Statement, language: Language) -> set[str]:
    """The names of a statement that a part of a text has; where it has none, that it was made is all there is."""
    found = {name for name in statement.names if any(form in part for form in _forms(name, language))}
    return found or {""}


def _forms(name: str, language: Language) -> set[str]:
    """How a name may stand in normal text: as it is, with `and` spelled out, without what is in brackets."""
    normal = WORDINGS[language].normal
    return {normal(form) for form in (name, name.replace("&", " and "), _BRACKETS.sub("", name))} - {""}


def _pattern(statement: Statement, language: Language) -> str:
    pattern = _PATTERNS[language][statement.about]
    if statement.event is not None:
        pattern = pattern.replace("{deed}", _EVENT_VERBS[language][statement.event])
    pattern = pattern.replace("{names}", _names(statement, language))
    return rf"\b(?:{pattern})\b" if WORDINGS[language].gap else pattern


def _names(statement: Statement, language: Language) -> str:
    """A pattern for one or more names of a statement in a row."""
    spelled = {form for name in statement.names for form in _forms(name, language)}
    if not spelled:
        return r"(?!)"
    one = f"(?:{'|'.join(map(re.escape, sorted(spelled, key=len, reverse=True)))})"
    return f"{one}(?:{_BETWEEN[language]}{one})*"


def _left_over(rest: str, language: Language) -> str | None:
    """The first thing left in a text that says something; None when only connecting words are left."""
    connecting = _CONNECTING[language]
    if WORDINGS[language].gap:
        return next((word for word in rest.replace(_CLAIM, " ").split() if word not in connecting), None)
    longest_first = sorted(connecting, key=len, reverse=True)
    return re.sub("|".join(longest_first), " ", rest.replace(_CLAIM, " ")).strip() or None
