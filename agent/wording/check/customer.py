"""What a sentence may say of the customer beside their deeds: nobody knows what they are, have, or do by habit."""

from __future__ import annotations

from newaisle.agent.wording.check.said import Said, written
from newaisle.agent.wording.check.text_evidence import Refused
from newaisle.agent.wording.check.tokens import Token

_REACH = 4  # words after the customer that may say what they are
_OWNED = 3  # words after `your` among which is what they have


def about_the_customer(said: Said) -> None:
    """What the customer is or does by habit, no evidence says: a property after `you are` is the product's at best."""
    words = said.facts.words
    for place in said.free:
        following = [one for one in said.sentence[place + 1 : place + 1 + _REACH] if one.is_word]
        if said.sentence[place].norm in words.owning:
            _check_belongings(said, place)
        if not (following and said.is_customer(place)) or said.norms(place - 2, place) & words.modals:
            continue
        if said.sentence[place].norm in words.somebody and written(following[0]) not in words.adverbs:
            continue  # `bring someone strong`
        if _has_unknown(said, place):
            raise Refused("what they have is in no claim")
        if following[0].norm in words.habits or _is_lasting(said, following) or _is_unknown_deed(said, place):
            raise Refused(f"what they do {following[0].text!r} is in no claim")
        if following[0].norm in words.being:
            _check_being(said, place, following)


def _check_belongings(said: Said, owner: int) -> None:
    """Refuses `your garden` and the like."""
    near = [place for place in range(owner + 1, owner + 1 + _OWNED) if place in said.plain]
    for word in (said.sentence[place].norm for place in near):
        if word in said.facts.words.belongings and word not in said.facts.product.all.words:
            raise Refused(f"that they have {word!r} is in no claim")


def _has_unknown(said: Said, customer: int) -> bool:
    """Whether something is said to be the customer's that is no row, as in `the carafe you already have`."""
    words, place = said.facts.words, customer + 1
    while place < len(said.sentence) and said.sentence[place].norm in words.adverbs - words.having:
        place += 1
    ends = place + 1 >= len(said.sentence) or said.sentence[place + 1].text in words.stops | words.joining
    has = place < len(said.sentence) and ends and said.sentence[place].norm in words.having
    return has and not any(row.end in (customer, customer - 1) for row in said.rows)


def _is_lasting(said: Said, following: list[Token]) -> bool:
    """Whether they are said to have been doing something."""
    words = said.facts.words
    has_been = len(following) > 2 and following[0].norm in words.having and following[1].norm in words.lasting
    return has_been and written(following[2]) not in {phrase[0] for phrase in words.events} | words.adverbs


def _is_unknown_deed(said: Said, customer: int) -> bool:
    """Whether the word after the customer is a deed that no event is told by; in a question it is asked."""
    words = said.facts.words
    told = {start for start, _, _ in said.told} | {start for start, _ in said.at(words.asked)}
    place = customer + 1
    while place < len(said.sentence) and said.sentence[place].norm in words.adverbs:
        place += 1
    if said.is_question or place >= len(said.sentence) or place in told or place not in said.plain:
        return False
    token = said.sentence[place]
    if said.norms(place + 1, place + 2) & words.objects:
        return False  # how it is used, as in `you rinse it`
    if token.norm in words.pursuits and not said.norms(customer - 3, customer) & words.conditions:
        return True
    if token.norm in said.facts.product.all.words:  # as its fields say it of whoever uses it, and not of the customer
        return customer == 1 and bool(said.norms(0, 1) & words.causes)
    # A single Chinese character that no list knows is a part of a word.
    is_word = token.is_word and (len(token.text) > 1 or token.text.isascii())
    known = words.style | words.being | words.modals
    return is_word and written(token) not in words.written and token.norm not in known


def _check_being(said: Said, customer: int, following: list[Token]) -> None:
    facts, words = said.facts, said.facts.words
    ends = customer + 2 >= len(said.sentence) or said.sentence[customer + 2].text in words.stops
    if ends and customer and written(said.sentence[customer - 1]) in words.causes:
        raise Refused("what they are is in no claim")  # `left-handed as you are`
    # `They are resoleable`: it may be the products that are spoken of.
    is_plural = said.sentence[customer].norm in words.plural
    for one in following[1:]:
        is_own = is_plural and one.norm in facts.product.all | facts.claimed
        if written(one) not in words.written and not is_own:
            raise Refused(f"that they are {one.text!r} is in no claim")
