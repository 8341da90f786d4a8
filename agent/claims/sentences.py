"""The claims' own sentences, in each language: plain, true by construction, and shown where no model phrases them.

They speak to the customer, or of the customer to whoever sells to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newaisle.agent.schema.style import Style
from newaisle.languages import LANGUAGES, Language
from newaisle.prompts.phrase_files import phrases
from newaisle.store.rows import Event
from newaisle.store.words import is_chinese, words

_LONGEST_TITLE = 48  # characters of a title inside a sentence: enough to know the product again
_OVER = 8  # characters over that which are no reason to cut a title
_PHRASE = 64  # characters of one that ends where a phrase does
_ENOUGH = 3  # words that name a product
_ACRONYM = 5  # capitals that a name may be made of
_ARTICLE_BEHIND = re.compile(
    r"^(?P<name>[^()]+), (?P<article>The|An?|L[ae]s?|L'|Les|El|Los|Il|Une?|Una|Der|Die|Das)(?=$| \()"
)
_TWICE = re.compile(r"^(?P<start>(?P<first>\S+(?: \S+)?)(?: \S+){2,}) (?P=first)$", re.IGNORECASE)  # a brand, mostly
_LOOSE_END = (
    r"(?: (?:[\W\d_]+|\w|of|for|with|and|or|in|on|to|by|per|the|size|set of|pack of))+$"  # of a title cut short
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The format strings of one language, out of `prompts/phrases/` or a user's own file."""

    did: dict[Event, str]
    brand: str
    brand_of_many: str
    attribute: str
    attribute_of_many: str
    price_level: str
    words: str
    words_of_many: str
    many: str
    many_in: str
    similar: str
    closer: str
    together: str
    together_too: str  # the same in every other place of an answer, so that neighbours do not begin alike
    counted: str
    expected_popularity: str
    one_other: str
    others: str
    often: str
    unchosen: str
    from_category: str
    price: str
    least_price: str
    wanted_brand: str
    unwanted_brand: str
    wanted_words: str
    excluded: str
    quote: str
    between: str
    either: str

    def quoted(self, found: Sequence[str]) -> str:
        """Words as a list inside a sentence, each in quotation marks."""
        return self.between.join(self.quote.format(word) for word in found)

    def popular(self, count: int) -> str:
        """How many other customers were after the product."""
        return self.one_other if count == 1 else self.others.format(count=f"{count:,}")


def sentences(language: Language, style: Style, folder: Path | None = None) -> Sentences:
    """The sentences of a style: to the customer, or in that of the seller of the customer, and with numbers.

    folder: of the user's own templates, which may have phrases too. Raises TemplateError for phrases that cannot be
    used, RequestError for a language that has none.
    """
    texts = phrases(language, folder, to_seller=style == "seller")
    did = {Event(str(place[1])): text for place, text in texts.items() if place[0] == "did"}
    return Sentences(did=did, **{str(place[0]): text for place, text in texts.items() if place[0] != "did"})


SENTENCES: dict[Language, Sentences] = {language: sentences(language, "short") for language in LANGUAGES}


def short_title(title: str) -> str:
    """A title for use inside a sentence: as one says it, up to the end of a phrase that says enough."""
    before = ""
    while title != before:  # what one step leaves, another may still shorten
        before, title = title, _shorter(_spoken(title))
    return title


def _spoken(title: str) -> str:
    """A title with its article in front, not in capitals throughout, and nothing in it twice."""
    title = re.sub(r" \([^()]*[^\W\d][^()]*\)(?=.*\(\d{4}\)$)", "", title)  # what a film is called elsewhere
    title = _ARTICLE_BEHIND.sub(lambda found: f"{found['article']} {found['name']}".replace("L' ", "L'"), title)
    if title.isupper() and len(re.findall("[A-Z]", title)) > _ACRONYM and not is_chinese(title):
        title = re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda word: word[0].capitalize(), title)
    return _TWICE.sub(r"\g<start>", title)


def _shorter(title: str) -> str:
    """A title up to the first bracket, comma, number or preposition before which enough is said, or cut at a word."""
    for mark in re.finditer(r"\s*[(（\[【]|[,，;；|]\s", title):
        head = title[: mark.start()].strip()
        if len(words(head)) >= _ENOUGH and head.count("(") == head.count(")"):
            title = head
            break
    title = _without_number(title)
    if len(title) <= _LONGEST_TITLE + _OVER:
        return title
    for end in re.finditer(r" (?=\d|(?:of|for|with|(?<!all )in|on|to|by|from|w|per) )", title[: _PHRASE + 1]):
        if _says_enough(title[: end.start()]):
            return _whole(title[: end.start()])
    cut = title[: _LONGEST_TITLE + 1]
    return _whole((cut.rsplit(" ", 1)[0] if " " in cut else title[:_LONGEST_TITLE]).rstrip(" ,;:-"))


def _without_number(title: str) -> str:
    """A title without the article numbers at its end, where enough is left."""
    name = _NUMBERS_BEHIND.sub("", title)
    return name if _says_enough(name) else title


_NUMBERS_BEHIND = re.compile(
    r"(?:,? (?:(?:art|no|nr|ref|sku|model|mod|item)\b\.? ?(?:no\.? ?)?)?"
    r"(?!(?:19|20)\d\d$)(?:[a-z]{0,4}\d{3,}[a-z]*|[a-z]{1,4}-\d{3,}[\w-]*|\d{4,}))+$",
    re.IGNORECASE,
)


def _says_enough(head: str) -> bool:
    return sum(len(word) > len("the") and word.isalpha() for word in words(head)) >= _ENOUGH


def _whole(cut: str) -> str:
    return re.sub(_LOOSE_END, "", cut) or cut


def bare_title(title: str) -> str:
    """A short title without its article, for a sentence that puts one before it."""
    return re.sub(r"^(?:The|An?) (?=\S)", "", short_title(title))


def filled(sentence: str, **details: object) -> str:
    """A sentence with its names filled in; a title that has an article gets no second one."""
    return re.sub(r"\b[Tt]he (?=(?:The|An?|L[ae]s?|L'\w+|El|Il) [^\W\d_])", "", sentence.format(**details))


def price_text(price: float, currency: str | None) -> str:
    """A price with its currency: `24.00 USD`."""
    return f"{price:.2f} {currency}" if currency else f"{price:.2f}"
