"""Words of a sentence that describe or name something: each has to be one of the product's, or of what is claimed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from newaisle.agent.wording.check.grounds import Facts, derived
from newaisle.agent.wording.check.said import Said, written
from newaisle.agent.wording.check.text_evidence import Refused
from newaisle.agent.wording.check.tokens import Token
from newaisle.store.words import words as words_of

_NAME = 4  # characters of a Chinese name
_Placed = tuple[int, Token]


def names_and_properties(said: Said) -> None:
    """Every word that describes products has to be one of this product's, or of what is claimed."""
    facts, unknown = said.facts, _unknown(said)
    _check_quoted(said)
    for place, token in unknown:
        if place in said.quoted or _is_in_foreign_name(said, place) or _is_maker(said, place):
            raise Refused(f"{token.text!r} is a name from nowhere")
        if written(token) in facts.words.written or _is_kind_of_rows(said, place):
            continue
        if _is_han(token) and said.norms(place + 1, place + 3) & facts.words.making:
            raise Refused(f"{token.text!r} is a name from nowhere")
        if not said.is_opener and (_is_property(said, place) or _is_of_row(said, place)):
            raise Refused(f"{token.text!r} is not in its fields")
        if _is_name(said, place):
            raise Refused(f"{token.text!r} is a name from nowhere")
    if said.is_opener:
        return
    strange = dict(_of_shop([one for one in unknown if not _is_contrast(said, one[0])], facts))
    for word, count in facts.of_shop(strange).items() if strange else ():
        if count:
            raise Refused(f"{strange[word]!r} is not in its fields")


def _unknown(said: Said) -> list[_Placed]:
    """The words that nothing bears out."""
    facts, words = said.facts, said.facts.words
    grounded = facts.product.all | facts.claimed
    known = facts.denied | words.numbers.keys()
    if words.others & said.norms(0, len(said.sentence)):
        known |= words.interested
    passed = said.called.union(*(_phrase(said, place) for place in said.free))
    found = [(place, said.sentence[place]) for place in said.free if place not in passed]
    return [
        (place, token)
        for place, token in found
        if token.is_word and token.norm not in known and token.norm not in grounded and not _names_value(said, place)
    ]


def _phrase(said: Said, start: int) -> Sequence[int]:
    """The places of two words that mean together what the fields say, as `science fiction` does; else none."""
    phrase = " ".join(token.norm for token in said.sentence[start : start + 2])
    is_known = phrase in said.facts.synonyms.serving and phrase in said.facts.product.all
    return range(start, start + 2) if is_known else ()


def _names_value(said: Said, place: int) -> bool:
    """Whether a word names an attribute or a dimension that stands beside it, as in `length 17 cm`, `2.8 mm thick`."""
    facts, word = said.facts, said.sentence[place].norm
    before = said.sentence[max(0, place - 2) : place]
    if word in facts.words.dimensions:
        return any(one.is_number for one in before)
    values = frozenset[str]().union(*facts.attributes.values())
    near = (*before, *said.sentence[place : place + 4])
    return word in facts.words.naming and any(one.is_number or one.norm in values for one in near)


def _is_property(said: Said, place: int) -> bool:
    """Whether a word describes products anywhere; a Chinese character does where it stands alone, as in 是钛的."""
    token, words = said.sentence[place], said.facts.words
    if not token.text.isascii() and len(token.text) > 1 and token.norm not in words.style:
        return token.norm in words.properties or token.norm in said.facts.synonyms.serving
    if not _is_han(token):
        return bool(words.properties & {token.norm, *derived(token.norm)})
    return token.norm in words.properties and all(
        one.norm in words.style or not one.is_word for one in _beside(said, place)
    )


def _is_of_row(said: Said, place: int) -> bool:
    """Whether a word describes a row of the history, and is said of something else than that row."""
    token, words = said.sentence[place], said.facts.words
    if _is_han(token) or token.norm in words.free or _is_contrast(said, place):
        return False
    return any(
        token.norm in row.all.words or (not token.text.isascii() and token.norm in row.all) for row in said.facts.rows
    )


def _is_kind_of_rows(said: Said, place: int) -> bool:
    """Whether a word says what rows of the history are, as in `two writing products`."""
    is_counted = said.facts.counted_rows and said.norms(place + 1, place + 3) & said.facts.words.counted
    return bool(is_counted) and any(said.sentence[place].norm in row.all for row in said.facts.rows)


def _is_contrast(said: Said, place: int) -> bool:
    """Whether a word names what led to the product, as in `snips led us to mittens` and `from a wok to needles?`."""
    words = said.facts.words
    if not any(said.sentence[place].norm in row.all for row in said.facts.rows):
        return False
    if said.is_question and said.has(words.leaping):
        return True
    return any(place < start for start, _ in said.at(words.contrasting))


def _beside(said: Said, place: int) -> Sequence[Token]:
    return (*said.sentence[max(0, place - 1) : place], *said.sentence[place + 1 : place + 2])


def _check_quoted(said: Said) -> None:
    """Chinese in quotation marks that was cut into characters has to stand somewhere as a whole."""
    facts = said.facts
    places = [place for place in said.plain if place in said.quoted and _is_han(said.sentence[place])]
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        text = "".join(said.sentence[place].text for _, place in run)
        if text not in facts.product.all and text not in facts.claimed:
            raise Refused(f"{text!r} is a name from nowhere")


def _is_maker(said: Said, place: int) -> bool:
    """Whether Chinese is the name of who made what is named after it, as in 余华的《活着》 and 松下电吹风."""
    start, end = place, place
    while start and _is_han(said.sentence[start - 1]) and start - 1 in said.plain:
        start -= 1
    while end < len(said.sentence) and _is_han(said.sentence[end]) and end in said.plain:
        end += 1
    if (
        start == end
        or said.sentence[start].norm in said.facts.words.style
        or not (start == 0 or not said.sentence[start - 1].is_word)
    ):
        return False
    name = "".join(token.text for token in said.sentence[start:end])
    if end < len(said.sentence) and said.sentence[end].text == "《":
        return name.endswith("的") and len(name) <= _NAME + 1
    return start == 0 and 1 < len(name) < _NAME and any(one.start == end for one in said.products)


def _is_in_foreign_name(said: Said, place: int) -> bool:
    """Whether a Chinese word is part of a name such as 米兰·昆德拉."""
    return any(one.text in "·•" for one in _beside(said, place))


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
    return token.is_word and not token.text.isascii() and len(token.text) == 1
