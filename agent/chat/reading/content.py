"""The content words of a turn: what names a category, a kind of product or a property, and what says nothing known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from newaisle.agent.chat.reading.categories import LONGEST_PHRASE, Weights
from newaisle.agent.chat.reading.chinese_kinds import ANYWHERE, DONE, ENDS, NEAR
from newaisle.agent.chat.reading.chinese_words import CLASSIFIERS, FUNCTION, LIGHT
from newaisle.agent.chat.reading.function_words import COMMON, COMPARED
from newaisle.agent.chat.reading.properties import PROPERTIES
from newaisle.agent.chat.reading.text import Marked, Topic, Word
from newaisle.agent.chat.reading.topics import THINGS, TOPICS
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.languages import HAN
from newaisle.store.words import words

_HAN_MEASURE = "[一二两三四五六七八九十百]+(?:升|毫升|公斤|厘米|英?寸)"
_PIECE = re.compile(
    r"(?P<measure>(?<![\w.])\d+(?:[.,/x-]\d+)* ?(?:ml|cl|l|g|kg|oz|mm|cm|m|inch|inches|litres?|liters?|lb"
    r"|lbs|w|v|mah|gb|tb)(?![a-z])|\bsize (?:\d+|[smlx]{1,3})(?![\w.])|(?<![a-z])[smlx]{1,3}码"
    r"|(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百]+(?=升|毫升|公斤|厘米|英?寸))(?:码|升|克|公斤|毫升|厘米|毫米|米|寸"
    r"|英寸|色|瓦|目|页|片))"
    rf"|(?P<english>(?:\d+[a-z]|[a-z])[a-z0-9]*(?:[-'][a-z0-9]+)*)|(?P<han>[{HAN}]+?(?={_HAN_MEASURE}|[^{HAN}]|$))"
)
_COMPARED_HAN = re.compile(
    r"(?:更|再|太|稍微|那么)[轻重大小长短薄厚宽窄软硬亮暗高矮细粗](?!号)(?:一?[点些])?"
    r"|[轻重大小长短薄厚宽窄软硬亮暗高矮细粗]一?[点些]"
)
_SHORT_NAMES = frozenset("袜帽杯包鞋靴灯裤衣碗桶壶锅")  # things that one character names
_KIND = 2.0  # how surely what products of one category are called means it
_HAN_LONGEST = 8
_SLIP_LONG = 6  # letters of a content word from which one may be wrong


@cache
def _chinese_known() -> frozenset[str]:
    return frozenset({*FUNCTION, *PROPERTIES, *NEAR, *ANYWHERE, *(word for word in TOPICS if not word.isascii())})


def mark_content(turn: Marked, vocabulary: Vocabulary) -> None:
    """Mark every content word; function words stay as they are, for the grammar."""
    _Content(turn, vocabulary).mark()


def is_other_word(vocabulary: Vocabulary, word: str) -> bool:
    """Whether what resembles a brand is something else that people say."""
    if not word.isascii():
        pairs = set(words(word))
        return word in _chinese_known() or len(vocabulary.frequencies(list(pairs))) == len(pairs)
    found = words(word)
    if all(one in PROPERTIES for one in word.split()) or all(one in vocabulary.title_words for one in found):
        return True
    return bool(vocabulary.categories.meant(word)[0]) or len(vocabulary.frequencies(found)) == len(set(found))


def is_plain_word(vocabulary: Vocabulary, word: str) -> bool:
    """Whether an English word is what people say of any product: a common word, a property, a kind, a category."""
    if word in COMMON or word in PROPERTIES or vocabulary.categories.meant(word)[0]:
        return True
    return any(one in vocabulary.heads for one in words(word))


class _Content:
    def __init__(self, turn: Marked, vocabulary: Vocabulary) -> None:
        self._turn, self._vocabulary = turn, vocabulary

    def mark(self) -> None:
        self._turn.replace(_COMPARED_HAN, lambda found: self._turn.mark(Word(found.group(), False, is_degree=True)))
        pieces = list(_PIECE.finditer(self._turn.text))
        text, end, at = [], 0, 0
        while at < len(pieces):
            piece = pieces[at]
            text.append(self._turn.text[end : piece.start()])
            count, marked = self._read(pieces, at)
            at += count
            end = pieces[at - 1].end()
            text.append(marked)
        self._turn.text = "".join(text) + self._turn.text[end:]

    def _read(self, pieces: list[re.Match[str]], at: int) -> tuple[int, str]:
        """How many pieces are one thing, and what stands for them in the text."""
        piece = pieces[at]
        if piece["measure"]:
            said = re.sub(r"^size (?=\d)", "", piece.group())  # titles write EU 42, or 42 alone
            return 1, self._turn.mark(Word(said, self._is_known(said)))
        if piece["han"]:
            return 1, "".join(self._chinese(piece.group()))
        return self._english(pieces, at)

    def _english(self, pieces: list[re.Match[str]], at: int) -> tuple[int, str]:
        for count in range(LONGEST_PHRASE, 1, -1):
            some = pieces[at : at + count]
            if len(some) < count or not all(piece["english"] for piece in some) or not self._adjacent(some):
                continue
            if "and" in (some[0].group(), some[-1].group()):
                continue
            said = self._turn.text[some[0].start() : some[-1].end()]
            weights, is_thing = self._vocabulary.categories.meant(said)
            if weights and not _all_common(said):
                return count, self._turn.mark(Topic(said, tuple(weights.items()), is_thing))
            if said in THINGS and all(one in self._vocabulary.title_words for one in words(said)):
                return count, self._of_kind(said)
            if said in self._vocabulary.values and not any(word in COMMON for word in said.split()):
                return count, self._turn.mark(Word(said, True))
            if (hyphened := said.replace(" ", "-")) in self._vocabulary.values:
                return count, self._turn.mark(Word(hyphened, True))
        return 1, self._english_word(pieces[at].group())

    def _adjacent(self, pieces: list[re.Match[str]]) -> bool:
        text = self._turn.text
        return all(text[a.end() : b.start()] in (" ", " & ") for a, b in pairwise(pieces))

    def _english_word(self, said: str) -> str:
        if said in COMMON and not self._vocabulary.categories.is_part(said):
            return said
        if (said.removesuffix("'s") in COMMON and said not in PROPERTIES) and said not in COMMON:
            return said
        said = said if said in PROPERTIES else said.removesuffix("'s")
        if said.endswith("-free") or (said.startswith("non-") and said not in PROPERTIES):
            return self._free(said)
        if said in COMPARED:
            return self._turn.mark(Word(said, False, is_degree=True))
        weights, is_thing = self._vocabulary.categories.meant(said)
        if weights:
            return self._turn.mark(Topic(said, tuple(weights.items()), is_thing))
        if len(said) > 1 and self._is_titled(said):
            return self._of_kind(said)
        if self._is_known(said):
            return self._turn.mark(Word(said, False, is_in_texts=True))
        if weights := self._vocabulary.categories.misspelled(said):
            return self._turn.mark(Topic(said, tuple(weights.items()), False))
        right = self._spelled(said)
        return self._turn.mark(Word(right or said, right is not None))

    def _of_kind(self, said: str) -> str:
        """A known word, which may be what the products of one category are called."""
        found = words(said) or [said]
        kind = self._vocabulary.kind_of(found[-1])
        if kind and said not in PROPERTIES and not set(found) & self._vocabulary.values:
            return self._turn.mark(Topic(said, ((kind, _KIND),), True))
        return self._turn.mark(Word(said, True))

    def _free(self, said: str) -> str:
        """What "leather-free" is free of, as the grammar writes it."""
        if said.endswith("-free"):
            return self._turn.mark(Word(said.removesuffix("-free"), True)) + " free"
        return f"without {self._turn.mark(Word(said.removeprefix('non-'), True))} ,"

    def _spelled(self, said: str) -> str | None:
        """The one word of titles and attributes that is a slip away."""
        if len(said) < _SLIP_LONG or not said.isalpha():
            return None
        (word,) = words(said)[:1] or [said]
        known = (*self._vocabulary.spellings.get(said[0], ()), *(one for one in PROPERTIES if one[0] == said[0]))
        near = {other for other in known if len(other) >= _SLIP_LONG and OSA.distance(word, other, score_cutoff=1) <= 1}
        if word in near:  # another form of it
            return said
        return near.pop() if len(near) == 1 else None

    def _is_titled(self, said: str) -> bool:
        if said in PROPERTIES or said in ANYWHERE or said in self._vocabulary.values:
            return True
        if said in _SHORT_NAMES or (not said.isascii() and len(said) > 1 and said[-1] in ENDS):
            return True
        found = words(said)
        return bool(found) and all(one in self._vocabulary.title_words for one in found)

    def _is_known(self, said: str) -> bool:
        found = words(said)
        return self._is_titled(said) or len(self._vocabulary.frequencies(found)) == len(set(found)) > 0

    def _chinese(self, run: str) -> Iterator[str]:
        """The run cut into words, the longest known one first; what lies between function words is one word."""
        unknown = ""
        for word in self._joined(list(self._cut(run))):
            if self._is_made_up(word):
                yield from (self._turn.mark(Word(one, self._is_known(one))) for one in [unknown] if one)
                yield self._thing(word, word[:-1])
                unknown = ""
            elif unknown and word in CLASSIFIERS:
                unknown += word
            elif word in FUNCTION and not self._names(word):
                if unknown:
                    yield self._turn.mark(Word(unknown, self._is_known(unknown)))
                unknown = ""
                yield word
            elif unknown or not self._is_content(word):
                if unknown and self._is_activity(word):
                    yield self._turn.mark(Word(unknown, self._is_known(unknown)))
                    yield self._thing(word, word)
                    unknown = ""
                elif self._names(word) or word in PROPERTIES:
                    yield self._thing(unknown + word, word)
                    unknown = ""
                else:
                    unknown += word
            else:
                yield self._thing(word, word)
        if unknown:
            yield self._turn.mark(Word(unknown, self._is_known(unknown)))

    def _joined(self, pieces: list[str]) -> Iterator[str]:
        """The pieces, those of one name together: 徒步 and 包; 小 and 米, where one of them says nothing alone."""
        at = 0
        while at < len(pieces):
            pair = pieces[at : at + 2]
            if self._is_made_up("".join(pair)) and len(pair) == 2:
                yield "".join(pair)
                at += 2
                continue
            sizes = [piece in LIGHT for piece in pair], [len(piece) == 1 and self._is_unknown(piece) for piece in pair]
            if len(pair) == 2 and sizes in (([True, False], [False, True]), ([False, True], [True, False])):
                yield "".join(pair)
                at += 2
            else:
                yield pieces[at]
                at += 1

    def _is_unknown(self, piece: str) -> bool:
        return piece not in FUNCTION and not self._is_content(piece)

    def _thing(self, said: str, known: str) -> str:
        weights, is_thing = self._vocabulary.categories.meant(known)
        whole, whole_is_thing = self._vocabulary.categories.meant(said)
        if whole:
            return self._turn.mark(Topic(said, tuple(whole.items()), whole_is_thing))
        if weights and (said == known or not self._is_elsewhere(said, weights)):
            return self._turn.mark(Topic(said, tuple(weights.items()), is_thing or said != known))
        return self._turn.mark(Word(said, True if said == known else self._is_known(said)))

    def _is_elsewhere(self, said: str, weights: Weights) -> bool:
        """Whether titles have a longer word in other categories only: 折刀 is no kitchen knife in this shop."""
        places = [set(self._vocabulary.title_words.get(pair, ())) for pair in words(said)]
        together = set.intersection(*places) if places else set()
        return bool(together) and not together & weights.keys()

    def _is_content(self, word: str) -> bool:
        return word in PROPERTIES or word in ANYWHERE or word in self._vocabulary.values or self._names(word)

    def _is_made_up(self, word: str) -> bool:
        """Whether a word is one of a topic and what ends the name of a thing: 徒步包, 钢笔套."""
        return len(word) > 2 and word[-1] in ENDS and self._names(word[:-1])

    def _is_activity(self, word: str) -> bool:
        """Whether a word says what is done, and no kind of product: 徒步 in 川西徒步."""
        return (len(word) > 1 or word in DONE) and self._names(word) and not self._vocabulary.categories.meant(word)[1]

    def _names(self, word: str) -> bool:
        if word in TOPICS or word in NEAR or word in self._han_names:
            return bool(self._vocabulary.categories.meant(word)[0])
        return False

    @property
    def _han_names(self) -> frozenset[str]:
        return self._vocabulary.categories.chinese

    def _cut(self, run: str) -> Iterator[str]:
        known, values, names = _chinese_known(), self._vocabulary.values, self._han_names
        at = 0
        while at < len(run):
            if self._is_pair(run, at):
                yield run[at : at + 2]
                at += 2
                continue
            topical = any(run[at : at + length] in TOPICS for length in range(2, _HAN_LONGEST))
            for length in range(min(_HAN_LONGEST, len(run) - at), 0, -1):
                piece = run[at : at + length]
                if (
                    length == 1
                    or piece in known
                    or piece in names
                    or (piece in values and not (topical or _is_placed(piece)))
                ):
                    yield piece
                    at += length
                    break

    def _is_pair(self, run: str, at: int) -> bool:
        """Whether a material begins a word that the catalogue has, such as 木柄, and the rest is no word of its own."""
        pair = run[at : at + 2]
        if pair[0] not in PROPERTIES or len(pair) < 2 or pair in _chinese_known() or pair[1] in FUNCTION:
            return False
        ahead = (run[start : start + length] for start in (at, at + 1) for length in range(2, _HAN_LONGEST))
        known = _chinese_known() | self._han_names
        return not any(one in known for one in ahead) and bool(self._vocabulary.frequencies([pair]))


def _is_placed(piece: str) -> bool:
    """Whether a value of the catalogue is only a topic with where it is done: 湿地观鸟."""
    return any(piece[:at] in FUNCTION and piece[at:] in TOPICS for at in range(1, len(piece) - 1))


def _all_common(said: str) -> bool:
    return all(word in COMMON for word in said.split())
