"""What a sentence may say of the product: each rule is a function that raises Refused at what nothing bears out.

Names, properties, numbers and denials have to stand in the evidence, as what is said of the customer and of others
(`deeds`) and what ties the product to the history (`ties`). All other words are style, and free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from newaisle.agent.wording.check import deeds, ties
from newaisle.agent.wording.check.customer import about_the_customer
from newaisle.agent.wording.check.properties import names_and_properties
from newaisle.agent.wording.check.said import Said, is_row
from newaisle.agent.wording.check.text_evidence import Refused

_NEAR = 4  # words around an attribute's name in which its value stands
_NAME = 4  # characters of a Chinese name
_TEN = 10
_CURRENCIES = frozenset("$€£¥￥")
_ASKED = frozenset({"wanted_brand", "unwanted_brand", "wanted_words", "excluded_words", "price_limit", "least_price"})
_WITHOUT = frozenset({"excluded_words", "unwanted_brand"})


def talk(said: Said) -> None:
    """A text is about the product, and not about itself."""
    if phrase := said.has(said.facts.words.talk):
        raise Refused(f"it talks about itself: {phrase!r}")


def attributes(said: Said) -> None:
    """An attribute that is named has to be that of the value beside it."""
    facts = said.facts
    all_said = said.norms(0, len(said.sentence))
    claimed = facts.norms(" ".join(one.item_field for one in facts.claims if one.kind == "attribute"))
    for place in said.free:
        name = said.sentence[place].norm
        value = facts.attributes.get(name, frozenset())
        if value and value <= all_said:
            continue
        if not (value or name in facts.words.naming) or (name in facts.words.style and name not in facts.words.naming):
            continue
        near = said.norms(place - _NEAR, place + _NEAR + 1) - facts.words.style
        if not value and not all_said & claimed:  # named for the claimed value, however far away
            near |= all_said & facts.claimed_values
        others = facts.claimed_values.union(*(words for words in facts.attributes.values() if value))
        after = [token.norm for token in said.sentence[place + 1 : place + 3] if token.is_number]
        if near & (others - value) and not near & value and not facts.numbers.intersection(after):
            raise Refused(f"{said.sentence[place].text!r} is another one")


def numbers(said: Said) -> None:
    """Every number has to stand in a field or a claim; a price, a limit and a count in their own."""
    end = 0
    for place in said.free:
        if place < end:
            continue
        value, end = _value(said, place)
        if place in said.called or (value == "1" and not said.sentence[place].is_number):
            continue
        if value and value not in _allowed(said, place, end):
            raise Refused(f"the number {said.text(place, end)!r} is in no claim")


def _value(said: Said, place: int) -> tuple[str, int]:
    """The number that begins at a place, as in `twenty-five` and 五百, and where it ends; the empty text for none."""
    spelled = said.facts.words.numbers
    if said.sentence[place].is_number:
        times = spelled.get(said.sentence[place + 1].norm, 1) if place + 1 < len(said.sentence) else 1
        is_times = times > _TEN and not said.sentence[place + 1].text.isascii()  # 658万
        return f"{said.sentence[place].norm}{times if is_times else ''}", place + 1
    parts = [spelled.get(token.norm, 0 if token.text == "-" else -1) for token in said.sentence[place:]]
    parts = list(takewhile(lambda part: part >= 0, parts))
    value, used = _sum(parts) if parts and parts[0] else (0, 0)
    return str(value or ""), place + max(used, 1)


def _sum(parts: Sequence[int]) -> tuple[int, int]:
    """What spelled numbers in a row come to, as 20 and 5 or 5 and 100, and how many of them are one number."""
    value = 0
    for used, part in enumerate(parts):
        if value and part >= _TEN and (value % _TEN or value <= part):
            value += max(value % _TEN, 1) * part - value % _TEN
        elif value and part and (part >= _TEN or value % _TEN):
            return value, used
        else:
            value += part
    return value, len(parts) - (parts[-1] == 0)


def _allowed(said: Said, place: int, end: int) -> frozenset[str]:
    facts, words, token = said.facts, said.facts.words, said.sentence[place]
    unit = said.sentence[end].norm if end < len(said.sentence) else ""
    if token.is_number and unit in facts.units:
        return facts.units[unit]
    after = said.norms(end, end + 2)
    if token.is_number and said.norms(place - 1, place + 2) & (_CURRENCIES | words.currencies):
        return _prices(said, place)
    if after & words.others and not (facts.evidence.style == "seller" and not facts.counts):
        return frozenset(map(str, _counts(said, place)))
    if after & words.counted:
        chosen = frozenset(map(str, facts.chosen | {len(facts.rows)})) if facts.rows else frozenset[str]()
        is_chosen = any(map(said.is_customer, said.clause(place)))
        return chosen if chosen and is_chosen else chosen | facts.numbers
    if not token.is_number and end - place == 1 and (token.norm in facts.product.all or token.norm in facts.claimed):
        return frozenset({str(words.numbers[token.norm])})
    return facts.numbers if token.is_number else facts.numbers | {"2"}


def _prices(said: Said, place: int) -> frozenset[str]:
    facts, words = said.facts, said.facts.words
    if is_row(said.last_named(place)):
        return frozenset()
    limited = said.norms(place - 4, place) if facts.evidence.language == "en" else said.norms(place, place + 5)
    return facts.limits if limited & words.limits else facts.prices


def _counts(said: Said, place: int) -> frozenset[int]:
    """How many other customers a claim speaks of: of both the product and a row where that is what is said."""
    facts = said.facts
    if rows := deeds.joint_rows(said, place):
        return facts.counted(claim for row in rows for claim in facts.claims_of(row) if claim.kind == "together")
    popular = facts.counted(claim for claim in facts.claims if claim.kind == "popularity")
    return popular or facts.counts


def spans(said: Said) -> None:
    """How long something takes, after an article or a number, is as long as the fields say."""
    facts, words = said.facts, said.facts.words
    own = words.spans & facts.product.all.words
    for place in said.free if own else ():
        token = said.sentence[place]
        if token.norm in words.spans - own and said.norms(place - 1, place) & words.articles:
            raise Refused(f"{token.text!r} is not in its fields")


def asked(said: Said) -> None:
    """That something was asked for has to be so, and to be what was."""
    facts = said.facts
    if phrase := said.has(facts.words.asked):
        wanted = [claim for claim in facts.claims if claim.kind in _ASKED]
        wishes = facts.norms(" ".join(claim.value for claim in wanted))
        if any("price" in claim.item_field for claim in wanted):
            wishes |= facts.words.limits | facts.limits
        if not wishes & said.norms(0, len(said.sentence)):
            raise Refused(f"{phrase!r} is in no claim")


def denials(said: Said) -> None:
    """What it is not, or has not, is said only where that was asked for, and then nothing else of that word."""
    facts, words = said.facts, said.facts.words
    harmless = {place for start, end in said.at(words.not_denials) for place in range(start, end)}
    wishes = facts.norms(" ".join(claim.value for claim in facts.claims if claim.kind in _WITHOUT))
    denies = False
    for place in said.free:
        token = said.sentence[place]
        written = token.text.casefold().replace("’", "'")
        if place in harmless or not (written in words.negations or written.endswith("n't")) or _is_tag(said, place):
            continue
        denies = True
        clause = said.clause(place)
        about_wish = wishes & said.norms(clause.start, clause.stop)
        in_words = rf"(?<![a-z]){re.escape(written)}(?![a-z])"
        near = said.norms(place + 1, min(place + 2 * _NEAR, clause.stop))
        is_said = facts.denies_abroad or near & facts.said_denied or re.search(in_words, facts.said_without)
        if not about_wish and not is_said:
            raise Refused(f"{token.text!r} denies what no claim denies")
    for place in said.free:
        if said.sentence[place].norm in facts.denied and not denies:
            raise Refused(f"{said.sentence[place].text!r} is what it is without")


def _is_tag(said: Said, place: int) -> bool:
    """Whether it only asks, as in `You bought it, didn't you?` and 好不好."""
    around = (*said.sentence[max(0, place - 1) : place], *said.sentence[place + 1 : place + 2])
    if len(around) == 2 and around[0].text == around[1].text:
        return True
    return said.is_question and place + 2 == len(said.sentence) and said.is_customer(place + 1)


RULES: Sequence[Callable[[Said], None]] = (
    talk,
    denials,
    ties.comparisons,
    asked,
    numbers,
    spans,
    deeds.roles,
    deeds.events,
    deeds.choosers,
    deeds.others,
    about_the_customer,
    ties.relations,
    ties.shared,
    ties.of_rows,
    ties.places,
    ties.brands,
    ties.makers,
    attributes,
    ties.categories,
    names_and_properties,
)
