"""What a sentence may say of the product: each rule is a function that raises Refused at what nothing bears out.

Names, properties, numbers and denials have to stand in the evidence, as what is said of the customer and of others
(`deeds`) and what ties the product to the history (`ties`). All other words are style, and free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from newaisle.agent.wording.check import deeds, ties
from newaisle.agent.wording.check.grounds import Facts, derived
from newaisle.agent.wording.check.said import Said, is_row, written
from newaisle.agent.wording.check.text_evidence import Refused
from newaisle.agent.wording.check.tokens import Token
from newaisle.store.words import words as words_of

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


def names_and_properties(said: Said) -> None:
    """Every word that describes products has to be one of this product's, or of what is claimed."""
    facts = said.facts
    grounded = facts.product.all | facts.claimed
    phrased = {one for start in said.free for one in _phrase(said, start)}
    tells_of_others = bool(facts.words.others & said.norms(0, len(said.sentence)))
    unknown = [
        (place, token)
        for place in said.free
        if (token := said.sentence[place]).is_word
        and token.norm not in grounded
        and token.norm not in facts.denied
        and token.norm not in facts.words.numbers
        and not _names_value(said, place)
        and place not in said.called
        and place not in phrased
        and not (token.norm in facts.words.interested and tells_of_others)
    ]
    _check_quoted(said)
    of_rows = [row.all for row in facts.rows]
    quoted = said.quoted
    for place, token in unknown:
        if place in quoted or _is_in_foreign_name(said, place) or _is_author(said, place) or _is_maker(said, place):
            raise Refused(f"{token.text!r} is a name from nowhere")
        if written(token) in facts.words.written:
            continue
        if _is_han(token) and said.norms(place + 1, place + 3) & facts.words.making:
            raise Refused(f"{token.text!r} is a name from nowhere")
        is_rows = any(token.norm in words.words or (not token.text.isascii() and token.norm in words) for words in of_rows)
        if facts.counted_rows and is_rows and said.norms(place + 1, place + 3) & facts.words.counted:
            continue
        is_rows = is_rows and not _is_han(token) and token.norm not in facts.words.free and not _is_contrast(said, place)
        if _is_alone(said, place) and token.norm in facts.words.properties:
            raise Refused(f"{token.text!r} is not in its fields")
        is_property = bool(facts.words.properties & {token.norm, *derived(token.norm)}) and not _is_han(token)
        if (is_property or is_rows) and not said.is_opener:
            raise Refused(f"{token.text!r} is not in its fields")
        if _is_name(said, place):
            raise Refused(f"{token.text!r} is a name from nowhere")
    strange = [(place, token) for place, token in unknown if not _is_contrast(said, place)]
    strange = {} if said.is_opener else dict(_of_shop(strange, facts))
    for word, count in facts.of_shop(strange).items() if strange else ():
        if count:
            raise Refused(f"{strange[word]!r} is not in its fields")


def _is_alone(said: Said, place: int) -> bool:
    """Whether a Chinese character is a word, as in 是钛的."""
    around = (*said.sentence[max(0, place - 1) : place], *said.sentence[place + 1 : place + 2])
    style = said.facts.words.style
    return _is_han(said.sentence[place]) and all(one.norm in style or not one.is_word for one in around)


def _is_contrast(said: Said, place: int) -> bool:
    """Whether a word names what led to the product, as in `snips led us to mittens` and `from wok to needles?`."""
    if not any(said.sentence[place].norm in row.all for row in said.facts.rows):
        return False
    starts = [start for start, _ in said.at(said.facts.words.contrasting)]
    return any(place < start or said.is_question for start in starts)


def _phrase(said: Said, start: int) -> range:
    """The two words from a place on, where they mean together what the fields say, as in `science fiction`; else none."""
    phrase = " ".join(token.norm for token in said.sentence[start : start + 2])
    serving = said.facts.synonyms.serving
    return range(start, start + 2) if phrase in serving and phrase in said.facts.product.all else range(0)


def _names_value(said: Said, place: int) -> bool:
    """Whether a word names an attribute that stands beside it, as in `length 17 cm`."""
    facts = said.facts
    near = said.sentence[max(0, place - 2) : place + 4]
    values = frozenset().union(*facts.attributes.values())
    if said.sentence[place].norm in facts.words.dimensions:  # as in `2.8 mm thick`
        return any(one.is_number for one in said.sentence[max(0, place - 2) : place])
    return said.sentence[place].norm in facts.words.naming and any(one.is_number or one.norm in values for one in near)


def _check_quoted(said: Said) -> None:
    """Chinese in quotation marks that was cut into characters has to stand somewhere as a whole."""
    facts = said.facts
    places = [place for place in said.plain if place in said.quoted and _is_han(said.sentence[place])]
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        text = "".join(said.sentence[place].text for _, place in run)
        if text not in facts.product.all and text not in facts.claimed:
            raise Refused(f"{text!r} is a name from nowhere")


def _is_author(said: Said, place: int) -> bool:
    """Whether a Chinese character is part of a name before a title, as in 余华的《活着》."""
    opening = next((one for one in range(place, min(place + 2 + _NAME, len(said.sentence))) if said.sentence[one].text in "《"), 0)
    if opening < 2 or said.sentence[opening - 1].text != "的":
        return False
    start = opening - 1
    while start and _is_han(said.sentence[start - 1]):
        start -= 1
    begins = start == 0 or not said.sentence[start - 1].is_word
    begins = begins and said.sentence[start].norm not in said.facts.words.style
    return begins and start <= place and 2 <= opening - 1 - start <= _NAME


def _is_maker(said: Said, place: int) -> bool:
    """Whether Chinese that no list knows stands right before the product's name, where its brand would."""
    start, end = place, place + 1
    while start and len(said.sentence[start - 1].text) == 1 and said.sentence[start - 1].is_word:
        start -= 1
    while end < len(said.sentence) and _is_han(said.sentence[end]) and end in said.plain and said.sentence[end].is_word:
        end += 1
    begins = start == 0 and said.sentence[start].norm not in said.facts.words.style
    return _is_han(said.sentence[place]) and begins and end - start in (2, 3) and any(one.start == end for one in said.products)


def _is_in_foreign_name(said: Said, place: int) -> bool:
    """Whether a Chinese word is part of a name such as 米兰·昆德拉."""
    around = (*said.sentence[max(0, place - 1) : place], *said.sentence[place + 1 : place + 2])
    return any(one.text in "·•" for one in around)


def _is_name(said: Said, place: int) -> bool:
    """Whether a word is written as names are: a capital where no sentence begins; in Chinese, Latin letters."""
    token, facts = said.sentence[place], said.facts
    if token.text == facts.evidence.product.currency:
        return False
    if facts.evidence.language == "zh":
        return token.text.isascii()
    begins = place == 0 or said.sentence[place - 1].text in ":—–"
    is_capital = token.text[0].isupper() and not (begins and token.text[1:].islower())
    return is_capital and token.norm not in facts.words.style and token.text != "I"


def _of_shop(unknown: Sequence[tuple[int, Token]], facts: Facts) -> Iterator[tuple[str, str]]:
    """The words by which a shop may know unknown tokens, with what is written; of those that any text may use, none."""
    strange = [(place, token) for place, token in unknown if token.norm not in facts.words.free]
    if not facts.product.all.has_han:
        strange = [(place, token) for place, token in strange if not _is_han(token)]
    elif facts.evidence.language == "en":  # fields in Chinese bear out only what is known to mean the same
        return
    # Chinese that no list knows is cut into single characters: those in a row are looked up as one.
    for _, run in groupby(enumerate(strange), key=lambda pair: pair[1][0] - pair[0] if _is_han(pair[1][1]) else pair):
        text = "".join(token.text for _, (_, token) in run)
        if len(text) > 1:
            yield from ((word, text) for word in words_of(text))


def _is_han(token: Token) -> bool:
    return not token.text.isascii() and len(token.text) == 1


def attributes(said: Said) -> None:
    """An attribute that is named has to be that of the value beside it."""
    facts = said.facts
    all_said = said.norms(0, len(said.sentence))
    claimed = facts.norms(" ".join(one.item_field for one in facts.claims if one.kind == "attribute"))
    for place in said.free:
        name = said.sentence[place].norm
        value = facts.attributes.get(name, frozenset())
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
    spelled, end = said.facts.words.numbers, place
    if said.sentence[place].is_number:
        times = spelled.get(said.sentence[place + 1].norm, 1) if place + 1 < len(said.sentence) else 1
        is_times = times > _TEN and not said.sentence[place + 1].text.isascii()  # 658万
        return f"{said.sentence[place].norm}{times if is_times else ''}", place + 1
    value = 0
    while end < len(said.sentence) and (said.sentence[end].norm in spelled or (value and said.sentence[end].text == "-")):
        one = spelled.get(said.sentence[end].norm, 0)
        if value and one >= _TEN and (value % _TEN or value <= one):
            value += max(value % _TEN, 1) * one - value % _TEN
        elif value and one and (one >= _TEN or value % _TEN):
            break
        else:
            value += one
        end += 1
    if end > place and said.sentence[end - 1].text == "-":
        end -= 1
    return str(value or ""), max(end, place + 1)


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
        is_said = facts.denies_abroad or re.search(rf"(?<![a-z]){re.escape(written)}(?![a-z])", facts.said_without)
        is_said = is_said or said.norms(place + 1, min(place + 2 * _NEAR, clause.stop)) & facts.said_denied
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
    deeds.others,
    deeds.about_the_customer,
    ties.relations,
    ties.shared,
    ties.places,
    ties.brands,
    attributes,
    ties.categories,
    names_and_properties,
)
