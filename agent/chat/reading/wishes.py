"""What is wanted: brands, a category, words that products must have and must not have; and what was not understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.chat.intent import Lifted
from newaisle.agent.chat.reading import chinese_clauses
from newaisle.agent.chat.reading.categories import SURE, best
from newaisle.agent.chat.reading.content import mark_content
from newaisle.agent.chat.reading.function_words import COMMON
from newaisle.agent.chat.reading.lifting import read_allowed
from newaisle.agent.chat.reading.negation import read_unwanted
from newaisle.agent.chat.reading.properties import PROPERTIES
from newaisle.agent.chat.reading.screen_brands import SHOWN, brands_at
from newaisle.agent.chat.reading.text import (
    TOPIC,
    WORD,
    Brand,
    Marked,
    Topic,
    Word,
)
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.languages import HAN
from newaisle.store.rows import Product
from newaisle.store.words import words as store_words

# Where a new thing is said.
_CLAUSE = re.compile(
    r"[,.;!?:]"
    r"|\b(?:and|so|but|because|since|as|cause|lol|haha)\b(?= (?:i|i'm|i've|we|we're|she|he|they|my|it|it's|her|his"
    r"|our|mine)\b)|\band\b(?= (?:need|want|looking|after|in need|could do|require|fancy|searching)\b)"
    r"|(?<!\bis )(?<!\bare )(?<!not )(?<!'s )(?<!^)\bso\b(?= (?:no|not|nothing|a|an|the|some|something"
    rf"|anything|please|{WORD}|{TOPIC}))"
    r"|(?<=\w )(?=(?:my|mine|it) (?:\w+ )?(?:is|are|was|has|always|keeps)\b)"
)
# A clause that tells of somebody and asks for nothing: "my kitchen is small".
_TELLS = re.compile(
    r"^(?:well|so|hi|hey|hello|ok|okay|and|but|because|since|also|you know|basically|btw|by the way|actually"
    r"|oh|yes|no| )*\b(?:i'm|i am|you're|you are|i was|i've|i have|i had|i just|i live|i work|i go|i got"
    r"|i (?:already |recently |also )?(?:own|bought)|i already|just (?:got|bought|started)|i started|my|she"
    r"|he|they|she's|he's|they're|we're|we are|we have|we've|we live|we go|it's|it is|it was|there's|her|his"
    r"|our|their|this is for|the reason|(?:the )?(?:wife|husband|dad|mum|mom|brother|sister|gran|grandma|grandpa|son"
    r"|daughter|boyfriend|girlfriend|partner|kids?|boss|mate|friend))\b"
    rf"|^(?:i|we|you|it|that|mine) (?!in |with |but |only )(?:\w+ )?(?:{WORD}|{TOPIC})|^(?:because|cause|since)\b"
    r"|^(?:i|we) (?:just |recently |finally |already |both )*(?!(?:need|want|look|search|hunt|wish|lik|lov|prefer)ed\b)"
    r"(?:broke|lost|found|met|left|sold|went|saw|ate|ran|gave|threw|took|wore|bust|kept|grew|fell|\w+ed)\b"
    r"|^(?:found|broke|lost|got) (?:an?|my|our|the) (?:new |old )?\S+ (?:with|in|on|at|from|yesterday|last|this)\b"
    r"|^the [^,]{0,30}? (?:on|of|in|from) (?:my|our|his|her|their)\b"
)
_BECAUSE = re.compile(r"\b(?:because|since|cause) [^,.;!?]+")  # a thing in a reason is not asked for
# "trimming my pack": what somebody does or did.
_DOES = re.compile(
    rf"^(?!\w+thing )(?:[a-z]+(?:ed|ing)|{WORD}) (?:up|my|our|a|an|the|for|in|into|to|out|on|off|with|at) "
)
_HAS_HAN = re.compile(f"[{HAN}]")
# What somebody is, a product must be: "she is left-handed".
_PERSON = re.compile(
    r"\b(?:i'm|i am|he's|he is|she's|she is|we're|we are|they're|they are"
    r"|my (?!home|house|place|room|kitchen)\w+ is)(?: an?)? $|(?:是个?|本人"
    r"|[我他她爸妈]|老[公婆])$"
)
_ASKS_FOR = re.compile(
    r"\b(?:need|needs|want|wants|look|looking|search|searching|find|show|give|get me|buy|after|prefer"
    r"|prefers|like|likes|love|loves|must|should|has to|have to|hoping|wish|would|recommend|suggest|hunting"
    r"|shopping|interested)\b"
)
_ASKS_IN_REASON = re.compile(r"\b(?:i|we|he|she|they) (?:need|want|needs|wants)\b")
# What stands before a thing that is asked for, and after it.
_DETERMINED = rf"(?:(?:a|an|any|some|the|your|new|good|nice|decent|another|proper|few|of|pair|{WORD}|{TOPIC}) )*"
_ASKED = (
    r"\b(?:(?:look|looking|search|searching|hunting|shopping|market|ask|asking) (?:4|for)|need|needs|want|wants|after"
    r"|buy|find|show|(?:you|i) (?:have|got|sell|stock|carry|do)|get|(?:any|some|sell|stock)(?= )|recommend|^got)"
    r"(?: me| us| him| her| them)? "
)
_BEFORE_OBJECT = re.compile(rf"(?:{_ASKED}|^(?:an?|some|another) ){_DETERMINED}$")
_BEFORE_LIKELY_OBJECT = re.compile(
    rf"(?:{_ASKED}|^(?:please |hi |hey |ok |so |and |just |maybe |also )*|\bin |\bwith |\bis |\bbe "
    rf"|\bsomething |\bin ){_DETERMINED}$"
)
_AFTER = re.compile(
    r" *(?:$|[,.;!?]|(?:for|in|with|under|by|from|that|to|please|which|made|maybe|at|or|and|on|instead)\b)"
)
_AFTER_LIKELY = re.compile(rf" *{WORD}|{_AFTER.pattern}")
_AFTER_OBJECT = re.compile(rf" *(?:{WORD}|{TOPIC})|{_AFTER.pattern}")
# "yarn stuff" is about yarn and does not ask for the word.
_AS_TOPIC = re.compile(
    r"(?: ?(?:stuff|gear|things?|equipment|supplies|goods|items?|products?|accessories|category|section|now"
    r"|instead|this time|related)\b"
    r"|的?(?:之类|这类|那类|那一类|类|东西|用品|装备|器具|用具|方面|相关|的话|系列))"
)


@dataclass(slots=True)
class Wish:
    """What of a turn is asked for or ruled out."""

    category: str | None
    brands: list[str]
    not_brands: list[str]
    shown_brands: bool
    words: list[str]
    exclude: list[str]
    lift: list[Lifted]
    unread: list[str]

    @property
    def rules_out(self) -> bool:
        return bool(self.not_brands or self.shown_brands or self.exclude)

    @property
    def is_empty(self) -> bool:
        return not (
            self.category
            or self.brands
            or self.not_brands
            or self.shown_brands
            or self.words
            or self.exclude
            or self.lift
        )


def read_wish(turn: Marked, vocabulary: Vocabulary, shown: Sequence[Product]) -> Wish:
    """What is wanted in a turn whose prices, brands, places and critique have been read."""
    mark_content(turn, vocabulary)
    lift = read_allowed(turn)
    unwanted = read_unwanted(turn)
    reasons = list(turn.of(Topic, " ".join(_BECAUSE.findall(turn.text))))
    topics = [one for one in turn.of(Topic) if not (one.is_thing and one in reasons)]
    brands = [one.name for one in turn.of(Brand) if one.name not in unwanted.brands]
    if SHOWN.name in brands:
        brands.remove(SHOWN.name)
        of_all = brands_at(range(1, len(shown) + 1), shown)
        brands += of_all if len(of_all) == 1 else []  # "more of that brand" says which only where it is one
    words, unread = _words(turn, rules_out=bool(unwanted.words))
    words = [word for word in words if word not in unwanted.words]
    moved_on = {one.said for one in unwanted.topics if topics and not one.is_thing}
    category, of_no_category = _category(topics, shown)
    words += [one.said for one in topics if _says_more(one, category, vocabulary) and one.said not in words]
    return Wish(
        category=category,
        brands=list(dict.fromkeys(brands)),
        not_brands=list(dict.fromkeys(name for name in unwanted.brands if name)),
        shown_brands=SHOWN.name in unwanted.brands,
        words=words,
        exclude=list(dict.fromkeys(word for word in unwanted.words if word not in moved_on)),
        lift=lift,
        unread=list(
            dict.fromkeys([*unread, *unwanted.unread, *(said for said in of_no_category if said not in words)])
        ),
    )


def _category(topics: Sequence[Topic], shown: Sequence[Product]) -> tuple[str | None, list[str]]:
    """The category that the topics of a turn mean, and what was said of topics where it is none.

    What it is for says more than a kind of product does: "a knife for camping". The category on the screen is only said
    anew by its own name: a kind of product that it has says nothing new.
    """
    found = best(dict(one.weights) for one in topics)
    purpose = best(dict(one.weights) for one in topics if not one.is_thing)
    if purpose and not (found and found[0].startswith(purpose[0])):
        found = purpose
    if found is None:
        return None, [topic.said for topic in topics]
    category, _ = found
    on_screen = bool(shown) and all(category in product.paths for product in shown)
    named = any(dict(topic.weights).get(category, 0) >= SURE for topic in topics)
    return (None if on_screen and not named else category), []


def _says_more(topic: Topic, category: str | None, vocabulary: Vocabulary) -> bool:
    """Whether a topic is not that of the category: "cutlery" in "camping cutlery"."""
    if topic.said in COMMON:  # "brewing coffee outdoors"
        return False
    if not category or any(path.startswith(category) or category.startswith(path) for path, _ in topic.weights):
        return False
    return bool(vocabulary.frequencies(store_words(topic.said)))


def _words(turn: Marked, *, rules_out: bool) -> tuple[list[str], list[str]]:
    """The words that products must have, and what says something that is not understood."""
    wanted: list[str] = []
    unread: list[str] = []
    at = 0
    is_han = bool(_HAS_HAN.search(turn.text))
    parting = chinese_clauses.CLAUSE if is_han else _CLAUSE
    for end in [*(match.start() for match in parting.finditer(turn.text)), len(turn.text)]:
        clause = turn.text[at:end].lstrip(" ,.;!?:")
        asks = _ASKS_IN_REASON if _BECAUSE.match(clause) else _ASKS_FOR
        tells = (bool(_TELLS.search(clause)) or _does(turn, clause)) and not asks.search(clause)
        if is_han and clause != turn.text.strip():
            tells = chinese_clauses.tells(clause)
        for place, character in enumerate(clause):
            thing = turn.found.get(character)
            if is_han and chinese_clauses.is_had(clause[:place]):
                continue
            if isinstance(thing, Word):
                is_reason = rules_out and thing.said == "vegetarian"  # "no leather, i'm vegetarian"
                is_of_person = thing.said in PROPERTIES and bool(_PERSON.search(clause[:place]))
                is_wanted = (
                    thing.known or _is_object(clause, place, thing) or _is_asked_for(thing, turn.text, clause, place)
                )
                (unread if (tells and not is_of_person) or is_reason or not is_wanted else wanted).append(thing.said)
            elif isinstance(thing, Topic) and thing.is_thing and not tells and not _is_topic(clause, place):
                wanted.append(thing.said)
        at = end
    return list(dict.fromkeys(wanted)), list(dict.fromkeys(unread))


def _does(turn: Marked, clause: str) -> bool:
    """Whether a clause begins with what somebody does or did: "signed up for a race"."""
    first = turn.found.get(clause[:1])
    is_verb = not isinstance(first, Word) or (not first.known and first.said.endswith(("ed", "ing")))
    return is_verb and bool(_DOES.search(clause))


def _is_object(clause: str, place: int, word: Word) -> bool:
    """Whether an English word that no title has is what is asked for: "do you sell hammocks?"."""
    if word.is_degree or not word.said.isascii():
        return False
    if _AFTER_OBJECT.match(clause, place + 1) and _BEFORE_OBJECT.search(clause[:place]):
        return True
    return word.is_in_texts and bool(
        _AFTER_LIKELY.match(clause, place + 1) and _BEFORE_LIKELY_OBJECT.search(clause[:place])
    )


def _is_asked_for(word: Word, text: str, clause: str, place: int) -> bool:
    """Whether an unknown Chinese word stands where what is wanted does: 来个花洒."""
    is_noun = len(word.said) > 1 and not word.is_degree and bool(_HAS_HAN.match(word.said))
    is_all = clause == text.strip() and not (clause[:place] + clause[place + 1 :]).strip(" 的吧啊呢?")
    return is_noun and (is_all or chinese_clauses.is_asked_for(clause, place))


def _is_topic(clause: str, place: int) -> bool:
    """Whether a kind of product only names what is spoken of: "yarn stuff", 毛线之类的."""
    return bool(_AS_TOPIC.match(clause, place + 1)) or bool(
        re.search(
            rf"(?:\bwhat about|\bswitch(?:ing)? to|\bback to|换到|学|玩|迷上|爱上|沉迷|摆弄|捣鼓|鼓捣|痴迷|热衷|收藏"
            rf"|收集|研究) ?(?:the )?{TOPIC}$",
            clause[: place + 1],
        )
    )
