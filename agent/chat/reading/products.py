"""A product meant by its name, or by enough of it: "the spoon", "the Halvdal camp oven", 岚径的套锅."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from newaisle.agent.chat.reading.chinese_kinds import IN_ENGLISH
from newaisle.agent.chat.reading.heads import head_words
from newaisle.agent.chat.reading.text import (
    BRAND,
    TOPIC,
    WORD,
    Brand,
    Marked,
    Topic,
    Word,
)
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.languages import HAN
from newaisle.store.names import Titled
from newaisle.store.rows import PATH_SEPARATOR, Product
from newaisle.store.words import words

_GLUE = frozenset("a an the this that these those one ones of for with in on by from to and or it is are".split())
_HEAD = 0.5  # what it counts when the last word said is what the product is, over its being mentioned


def product_named(
    turn: Marked, shown: Sequence[Product], vocabulary: Vocabulary, *, anywhere: bool = True
) -> str | None:
    """The id of the one product whose title has all that was said of it: of those shown, else of the catalogue.

    Of several in the catalogue it is the one in the category on the screen.
    """
    said = _said(turn)
    if not said:
        return None
    on_screen = [Titled(one.item_id, one.title, one.brand, PATH_SEPARATOR.join(one.category)) for one in shown]
    found = _best(on_screen, said, turn)
    if len(found) == 1 or not anywhere:
        return found[0].item_id if len(found) == 1 else None
    found = _best(vocabulary.titled(_looked_up(said)), said, turn)
    if len(found) > 1:
        here = {path for one in shown for path in one.paths}
        found = [one for one in found if one.category in here]
    return found[0].item_id if len(found) == 1 else None


def _looked_up(said: Sequence[str]) -> list[str]:
    """What titles are searched for: of a long Chinese word, which they may write apart, both ends."""
    found = [word for word in said if len(word) > 1 or not word.isascii()]
    return [part for word in found for part in ([word] if word.isascii() or len(word) < 3 else [word[:2], word[-2:]])]


def _said(turn: Marked) -> list[str]:
    """The words that tell a product, as `store.words` reads English and as Chinese is written."""
    found: list[str] = []
    for character in turn.text:
        thing = turn.found.get(character)
        if isinstance(thing, Brand):
            found += _parts(thing.name)
        elif isinstance(thing, Topic) or (isinstance(thing, Word) and thing.known):
            found += _parts(thing.said)
    return list(dict.fromkeys(found))


def _parts(text: str) -> list[str]:
    return re.findall(rf"[{HAN}]+", text) + words(re.sub(rf"[{HAN}]+", " ", text))


def _best(products: Iterable[Titled], said: Sequence[str], turn: Marked) -> list[Titled]:
    """The products that have all words and, of those, the most of the rest of the turn."""
    scores: dict[Titled, float] = {}
    rest = _rest(turn)
    for one in products:
        known = set(words(f"{one.title} {one.brand or ''}"))
        text = re.sub(r"[\W_]+", "", f"{one.title} {one.brand or ''}".casefold())
        if _is_called(said, known, text):
            head = said[-1] in head_words(one.title) or text.endswith(said[-1])
            scores[one] = sum(word in known for word in rest) + _HEAD * head
    return [one for one, score in scores.items() if score == max(scores.values())]


def _is_called(said: Sequence[str], known: set[str], text: str) -> bool:
    """Whether a product has all that was said; Chinese is not looked for in a title that has none."""
    if re.search(f"[{HAN}]", text):
        return all(_has(word, known, text) for word in said)
    titled = [_titled(word, known) for word in said if not word.isascii()]
    looked_for = [word for word in said if word.isascii()]
    if not (looked_for or all(titled)) or not all(map(all, titled)):
        return False
    return all(_has(word, known, text) for word in looked_for)


def _titled(said: str, known: set[str]) -> list[bool]:
    """Whether an English title has what a Chinese word means, for each part of it that the table knows."""
    return [not titled.isdisjoint(known) for part, titled in _titled_as() if part in said]


@cache
def _titled_as() -> list[tuple[str, frozenset[str]]]:
    return [(part, frozenset(one for word in titled for one in words(word))) for part, titled in IN_ENGLISH.items()]


def _rest(turn: Marked) -> list[str]:
    """What a title may have of a turn besides the words that tell: function words, numbers, pairs of characters."""
    found = [word for word in words(turn.text) if word not in _GLUE]
    return found + re.findall(r"(?<![\d.])\d+(?![\d.])", turn.text)


def _has(word: str, known: set[str], text: str) -> bool:
    if word.isascii():
        return word in known
    if len(word) == 3 and word[:2] in text and word[2] in text:
        return True  # 普洱茶 is 普洱生茶
    return word in text or (len(word) > 2 and _mostly(word, text))


def _mostly(word: str, text: str) -> bool:
    """Whether all pairs of characters but one stand in the text."""
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(pair not in text for pair in pairs) <= 1 and len(pairs) > 2


# "the spoon", 那个勺子, or a brand with a word: one certain product.
_POINTED = re.compile(
    r"(?:\b(?:the|that|this|your|my)\b ?(?:[a-z-]+ )?|[那这](?:一)?(?:个|款|把|套|件|双|种|只|台|条|本|瓶"
    rf"|张)?的?)(?={BRAND}|{WORD}|{TOPIC})"
    rf"|{BRAND}(?:的|家的?|'s)?(?:[那这](?:一)?(?:个|款|把|套|件|双|种|只|台|条|本|瓶|张)?)? ?(?:{WORD}"
    rf"|{TOPIC})"
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|this|that|these|those|them|they)\b|[这那](?:个|些|款|几个|种|件|把|套)|它|都不|全不|全都"
)


def points_at(turn: Marked) -> bool:
    """Whether one certain product is spoken of, by its name: "the spoon" or "Halvdal wok", and not "spoons"."""
    return bool(_POINTED.search(turn.text))


def has_pronoun(turn: Marked) -> bool:
    return bool(_PRONOUN.search(turn.text))
