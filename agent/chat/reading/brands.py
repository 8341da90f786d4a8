"""Brands in a turn, as the catalogue spells them, with a slip or two put right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise, takewhile

from rapidfuzz.distance import OSA

from newaisle.agent.chat.reading.function_words import COMMON
from newaisle.agent.chat.reading.text import Brand, Marked, normal
from newaisle.languages import HAN

_TOKEN = re.compile(rf"[^\W_{HAN}]+(?:'[a-z]+)?|&")
_HAN_RUN = re.compile(rf"[{HAN}]+")
_ONE_SLIP, _TWO_SLIPS = 5, 8  # letters of a name from which so many may be wrong
_SHORTEST_PART = 5  # letters of a first word that stands for a longer name
_MARKED_BEFORE = re.compile(r"(?:\b(?:by|from|brand|brands|made by)|牌子|品牌) ?$")
_MARKED_AFTER = re.compile(r" ?(?:brand\b|牌|家的|牌子)")
_OF_A_BRAND = re.compile(
    r"(?:的|家|这?个?牌|品牌|种草|出的|做的|[和跟与或、,]|有|还是|不错|好用|$| )"
)  # what follows a short Chinese name with a slip in it
_BEFORE_BRAND = re.compile(
    rf"(?:^|[^{HAN}]|要|买|看|是|有|除了|喜欢|换成|推荐|被|和|跟|与|或|认|选|用|试试|安利|入|种草|搜|找)$"
)


def key_of(name: str) -> str:
    """A name as it is compared: words in lower case, one space between them, no marks."""
    tokens = _TOKEN.findall(name.casefold())
    return " ".join("and" if token == "&" else token.removesuffix("'s").replace("'", "") for token in tokens)


class BrandNames:
    """The brands of a shop, by every way that they are written."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names))

    @cached_property
    def _latin(self) -> dict[str, str]:
        """The catalogue's name by key, and by the key without spaces."""
        found: dict[str, str] = {}
        for name in self.names:
            if not _HAN_RUN.search(name) and (key := key_of(normal(name))):
                found.setdefault(key, name)
        for key, name in list(found.items()):
            found.setdefault(key.replace(" ", ""), name)
        return found

    @cached_property
    def _parts(self) -> dict[str, str | None]:
        """The name that a first word stands for; None where it stands for several."""
        found: dict[str, str | None] = {}
        for name in dict.fromkeys(self._latin.values()):
            first, _, rest = key_of(normal(name)).partition(" ")
            if rest and len(first) >= _SHORTEST_PART and first not in COMMON and first not in self._latin:
                found[first] = name if first not in found else None
        return found

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        """Keys by their first letter, for slips."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self._latin:
            if len(key) >= _ONE_SLIP:
                found[key[0]].append(key)
        return found

    @cached_property
    def _han(self) -> dict[str, str]:
        return {key: name for name in self.names if _HAN_RUN.search(name) and len(key := normal(name)) > 1}

    @cached_property
    def _han_slips(self) -> dict[str, set[str]]:
        """Chinese names by their key with one character left open."""
        found: dict[str, set[str]] = defaultdict(set)
        for key in self._han:
            for place in range(len(key)):
                found[f"{key[:place]}?{key[place + 1 :]}"].add(key)
        return found

    @cached_property
    def _han_lengths(self) -> list[int]:
        return sorted({len(key) for key in self._han}, reverse=True)

    @cached_property
    def _most_words(self) -> int:
        return min(6, max((key.count(" ") + 1 for key in self._latin), default=0) + 1)

    def mark(self, turn: Marked, is_word: Callable[[str], bool], is_plain: Callable[[str], bool]) -> None:
        """Mark the brands in a turn.

        is_word: whether an English or Chinese word that resembles a brand is a word of its own. is_plain: whether an
        English word is what products or categories are called, so that it is a brand only where it is called one.
        """
        self._mark_han(turn, is_word)
        tokens = list(_TOKEN.finditer(turn.text))
        text, at, end_of_last = [], 0, 0
        while at < len(tokens):
            taken, name = self._at(turn.text, tokens, at, is_word, is_plain)
            if name is not None:
                text += [turn.text[end_of_last : tokens[at].start()], turn.mark(Brand(name))]
                end_of_last = tokens[at + taken - 1].end()
            at += taken
        turn.text = "".join(text) + turn.text[end_of_last:]

    def _at(
        self,
        text: str,
        tokens: list[re.Match[str]],
        at: int,
        is_word: Callable[[str], bool],
        is_plain: Callable[[str], bool],
    ) -> tuple[int, str | None]:
        """How many tokens from `at` on are one thing, and the brand that they are, if they are one."""
        for count in range(min(self._most_words, len(tokens) - at), 0, -1):
            some = tokens[at : at + count]
            if count > 1 and not _adjacent(text, some):
                continue
            key = key_of(text[some[0].start() : some[-1].end()])
            name = self._latin.get(key) or self._latin.get(key.replace(" ", "")) or self._plural(key)
            if name and (count > 1 or not (is_plain(key) or len(key) < 2) or _called_brand(text, some[0])):
                return count, name
            name = self._slip(key, is_word)
            if name and key_of(name).count(" ") == count - 1:
                return count, name
        first = key_of(tokens[at].group())
        name = None if is_plain(first) else self._parts.get(first)
        return self._length(tokens[at:], name) if name else 1, name

    def _length(self, tokens: list[re.Match[str]], name: str) -> int:
        """How many tokens say words of a name: two in "pinnock daw"."""
        parts = {*key_of(normal(name)).split(), "&"}
        return sum(1 for _ in takewhile(lambda token: key_of(token.group()) in parts, tokens))

    def _plural(self, key: str) -> str | None:
        """The name in "Tarnwicks tents"."""
        return self._latin.get(key[:-1]) if len(key) > _ONE_SLIP and key.endswith("s") else None

    def _slip(self, key: str, is_word: Callable[[str], bool]) -> str | None:
        """The one name that is nearest to a misspelled one, if any is near enough."""
        if (
            len(key) < _ONE_SLIP
            or any(word in COMMON and word != "and" for word in key.split())
            or (" " not in key and is_word(key))
        ):
            return None
        near: dict[str, int] = {}
        for other in self._by_start.get(key[0], ()):
            most = 2 if max(len(key), len(other)) >= _TWO_SLIPS and min(len(key), len(other)) >= _TWO_SLIPS - 1 else 1
            distance = OSA.distance(key, other, score_cutoff=most)
            if distance <= most:
                name = self._latin[other]
                near[name] = min(distance, near.get(name, distance))
        best = [name for name, distance in near.items() if distance == min(near.values())]
        return best[0] if len(best) == 1 else None

    def _mark_han(self, turn: Marked, is_word: Callable[[str], bool]) -> None:
        if not self._han:
            return
        for length in self._han_lengths:
            at = 0
            while at + length <= len(turn.text):
                piece = turn.text[at : at + length]
                name = self._han.get(piece) or self._han_slip(turn.text, at, piece, is_word)
                if name:
                    turn.text = turn.text[:at] + turn.mark(Brand(name)) + turn.text[at + length :]
                at += 1

    def _han_slip(self, text: str, at: int, piece: str, is_word: Callable[[str], bool]) -> str | None:
        """A name with one character wrong; one of two characters only where a brand would stand."""
        if len(piece) < 2 or not _HAN_RUN.fullmatch(piece) or not _HAN_RUN.search(text):
            return None
        near: set[str] = set()
        for place in range(len(piece)):
            near |= self._han_slips.get(f"{piece[:place]}?{piece[place + 1 :]}", set())
        if len(near) != 1 or is_word(piece):
            return None
        end = at + len(piece)
        stands = _OF_A_BRAND.match(text, end) and _BEFORE_BRAND.search(text[:at])
        return self._han[near.pop()] if len(piece) > 2 or stands else None


def _adjacent(text: str, tokens: list[re.Match[str]]) -> bool:
    return all(text[a.end() : b.start()] in ("", " ", "-") for a, b in pairwise(tokens))


def _called_brand(text: str, token: re.Match[str]) -> bool:
    after = token.group() not in COMMON and _MARKED_AFTER.match(text, token.end())  # "best brand" is no brand
    return bool(_MARKED_BEFORE.search(text[: token.start()]) or after)
