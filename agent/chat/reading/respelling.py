"""Slips of the keyboard in the English words that carry the grammar of a wish: "buget", "somthing", "recomend"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from rapidfuzz.distance import OSA

from newaisle.agent.chat.reading.function_words import COMMON

_SHORTEST = 5  # letters of what is said from which one may be wrong
# The words that patterns look for: a slip in any other is left to the names of the catalogue.
_LOOKED_FOR = """
about actually affordable after again allergic already another anymore anything around avoid because before below
between birthday brand brands budget cannot category cheap cheaper cheapest christmas colour color compare completely
different dollar dollars doesn't don't either else enough euros everything exactly except exclude expensive favourite
fifth first forget fourth friend girlfriend boyfriend husband having hello ignore important include instead interested
least leave likewise limit looking maker matter maximum minimum maybe money mother father brother sister daughter never
nothing number options other others pounds please prefer present price prices product products reason recommend
remove really second similar should show skip someone something sorry suggest suggestion suggestions thanks their
these third those though under undo unless until various wanted watching watchers weekend whatever where which without
would budget's cheapish dearer pricey pricier
""".split()


def _by_first() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in _LOOKED_FOR:
        found[word[0]].append(word)
    return found


_BY_FIRST = _by_first()
_TOKEN = re.compile(rf"(?<![\w'&-])[a-z]{{{_SHORTEST},}}(?![\w'-])")


def respelled(text: str, is_word: Callable[[str], bool]) -> str:
    """The text, in lower case, with words that are one slip from one word of the grammar put right.

    is_word: whether a word is one that the catalogue knows, which stays as it is.
    """

    def right(found: re.Match[str]) -> str:
        said = found.group()
        if said in COMMON:
            return said
        near = [word for word in _BY_FIRST.get(said[0], ()) if OSA.distance(said, word, score_cutoff=1) == 1]
        return near[0] if len(near) == 1 and not is_word(said) else said

    return _TOKEN.sub(right, text)
