"""What a sentence may say of the customer and of others: what they did, have and are is claimed, or not said."""

from __future__ import annotations

from collections.abc import Sequence

from newaisle.agent.wording.check.mentions import CATEGORY, Mention
from newaisle.agent.wording.check.said import Said, is_row, written
from newaisle.agent.wording.check.text_evidence import Refused
from newaisle.store.rows import Event

_REACH = 4  # words before an event in which its subject stands
_CLOSE = 4  # words between a name and `you bought` after it
_MANY = 10  # other customers from whom on they may be called many
_OF_OTHERS = frozenset({"popularity", "together", "expected_popularity"})
_Rows = tuple[str, ...]


def events(said: Said) -> None:
    """What the customer did has to be what they did with the row it is said of, and every row is theirs."""
    facts = said.facts
    told: list[tuple[_Rows, int]] = [((key,), -1) for key in said.before]
    for start, end, may_be in () if said.is_opener else said.told:
        subject = start if _is_by_customer(said, end) else _subject(said, start)
        if subject is None:
            _check_stranger(said, start)
            continue
        if _is_result(said, subject):
            raise Refused(f"{said.text(subject, end)!r} follows from nothing")
        for rows, place in _objects(said, subject, start, end):
            if not any(facts.events.get(key) in may_be or len(may_be) == len(_ANY) for key in rows):
                raise Refused(f"{said.text(start, end)!r} is not what was done with it")
            told.append((rows, place))
    _check_owned(said, told)


def choosers(said: Said) -> None:
    """It is people who choose, and no product."""
    words = said.facts.words
    for start, _, may_be in said.told if said.facts.evidence.language == "en" else ():
        clause = said.clause(start)
        before = said.norms(clause.start, start)
        is_somebody = before & (words.others | words.elsewhere | words.choosing_people) or _follows_customer(
            said, start
        )
        named = next((one for one in said.products if clause.start <= one.start and one.end <= start), None)
        if may_be == _ANY and named and not is_somebody:
            raise Refused(f"what {said.text(named.start, named.end)!r} did is in no claim")


def _follows_customer(said: Said, start: int) -> bool:
    """Whether the customer stands before a deed: right before it, or with one word between that tells of no other."""
    told = {place for begin, end, _ in said.told for place in range(begin, end)}
    return any(said.is_customer(place) for place in (start - 1, start - 2) if place >= 0 and not told & {start - 1})


def _is_result(said: Said, subject: int) -> bool:
    """Whether a deed is said to follow from what the product is."""
    words = said.facts.words
    if subject and written(said.sentence[subject - 1]) in words.results:
        return True
    clause = said.clause(max(0, subject - 2))
    starts = said.sentence[clause.start].norm in words.causes and clause.stop == subject - 1
    named = [one for one in said.products if one.start in clause]
    return starts and bool(named) and not any(map(is_row, named))


_ANY = frozenset({Event.PURCHASE, Event.LIKE, Event.RATING, Event.REVIEW, Event.VIEW})


def _check_owned(said: Said, told: list[tuple[_Rows, int]]) -> None:
    """Refuses a row as the product that is recommended: it is the customer's, or something is said to be like it."""
    words = said.facts.words
    phrases = words.sharing.union(words.brands, *(some for some, _ in words.relations))
    asked = {place for span in said.at(words.asked) for place in range(*span)}
    first_tie = min(
        (start for start, _ in said.at(phrases) if start not in asked and not (start and said.is_customer(start - 1))),
        default=len(said.sentence),
    )
    # A row that is only known from before is spoken of beside the product, and not beside another row.
    is_tied = first_tie < len(said.sentence) and not any(not one.rows for one in said.products)
    is_tied = is_tied and not said.norms(0, len(said.sentence)) & words.pronouns
    seen: list[tuple[_Rows, set[str]]] = []
    for row in filter(is_row, said.rows):
        name = said.text(row.start, row.end)
        known = any(place <= row.start and {*keys} & {*row.rows} for keys, place in told if place >= 0 or not is_tied)
        if not (known or first_tie < row.start or _is_customers(said, row) or _leads(said, row)):
            raise Refused(f"{name!r} is not what is recommended")
        named = (row.rows, said.norms(row.start, row.end))
        again = row.start in said.statements[0] or (row.rows, row.start) not in told
        if named in seen and again:
            raise Refused(f"{name!r} is compared with itself")
        seen.append(named)


def _is_customers(said: Said, row: Mention) -> bool:
    """Whether a row is said to be the customer's, as in `your kettle`, and `the kettle got high marks from you`."""
    words, clause = said.facts.words, said.clause(row.start)
    if all(said.facts.events.get(key) == Event.VIEW for key in row.rows):
        return False
    before = said.norms(clause.start, row.start)
    if said.norms(max(clause.start, row.start - _REACH - 1), row.start) & words.possessive:
        return True
    if before & words.choices and before & (words.possessive | words.customer["seller"]):
        return True
    near = range(max(0, row.start - _REACH), min(row.end + 2 * _REACH, len(said.sentence)))
    return any(
        _owns(said, place) if place < row.start else _gives(said, place) for place in filter(said.is_customer, near)
    )


def _owns(said: Said, customer: int) -> bool:
    """Whether it is `the customer's`."""
    return said.sentence[customer].text[-2:] in ("'s", "’s")


def _gives(said: Said, customer: int) -> bool:
    """Whether it is `from you` or `with you`."""
    words = said.facts.words
    return bool(said.norms(customer - 2, customer) & (words.making | words.using))


def _leads(said: Said, row: Mention) -> bool:
    """Whether a row is only where the thought of the product comes from, as in `the wok led us to these needles`."""
    words = said.facts.words
    is_asked = said.is_question and said.norms(row.start - 3, row.start) & words.making
    return bool(is_asked or said.norms(row.end, row.end + 2) & words.leading)


def _subject(said: Said, verb: int) -> int | None:
    """The place of the customer whose deed a verb tells; None where it tells none: of others, or of what may be."""
    words = said.facts.words
    if said.norms(verb, verb + _REACH + 2) & words.supposing:
        return None
    free = [place for place in said.free if place < verb]
    for place in reversed(free[-_REACH:]):
        token = said.sentence[place]
        if said.is_customer(place):
            return None if said.norms(place - 1 - said.is_question, place) & words.modals else place
        if token.norm in words.modals or token.norm in words.others or token.norm in words.speakers:
            return None
        if _is_reader(said, place):
            raise Refused(f"{token.text!r} is not the customer")
        is_aside = (
            token.text == "," and said.norms(place + 1, place + 2) & words.relative
        )  # `the customer, who reviewed it`
        if not (token.is_word or token.text in "'’" or is_aside):
            return None
    return None


def _is_by_customer(said: Said, end: int) -> bool:
    """Whether a deed is told of the row, as in `the kettle that was bought by you`."""
    near = range(end, min(end + 2, len(said.sentence)))
    by = next((one for one in near if said.sentence[one].norm in said.facts.words.passive), len(said.sentence))
    return any(map(said.is_customer, range(by, min(by + 3, len(said.sentence)))))


def _is_reader(said: Said, place: int) -> bool:
    """Whether a token speaks to the one who sells, of whom nothing is known."""
    words = said.facts.words
    return (
        said.facts.evidence.style == "seller" and said.sentence[place].norm in words.customer["short"] - words.somebody
    )


def _check_stranger(said: Said, start: int) -> None:
    """Refuses the deed of somebody whom the text does not know, right before the verb."""
    words = said.facts.words
    place = start - 1
    while place in said.plain and said.sentence[place].norm in words.adverbs:
        place -= 1
    if place in said.plain and said.sentence[place].is_word:
        token = said.sentence[place]
        known = words.style | words.others | words.modals | words.properties
        if token.norm not in known and token.norm not in said.facts.product.all:
            raise Refused(f"what {token.text!r} did is in no claim")


def _objects(said: Said, subject: int, verb: int, end: int) -> list[tuple[_Rows, int]]:
    """The rows that an event is told of, with their places: before `you bought`, else after it, else the last named."""
    facts, words = said.facts, said.facts.words
    before = _chain([one for one in reversed(said.products) if one.end <= subject], subject, said)
    after = _chain([one for one in said.products if one.start >= end], end, said)
    is_chinese = facts.evidence.language == "zh"
    if is_chinese and (
        inside := [one for one in said.products if subject < one.start and one.end <= verb and one.rows]
    ):
        return [(one.rows, one.start) for one in inside]
    near = said.norms(end, end + _CLOSE) if is_chinese else said.norms(subject - 2, subject)
    counted = near & words.counted or (not (before or after) and said.norms(verb - 5, end + 4) & words.counted)
    if counted and facts.chosen:
        return [((key,), verb) for key in facts.counted_rows]
    target = before if before and not (is_chinese and after) else after
    target = (
        target
        or [one for one in said.products if one.start >= end][:1]
        or [one for one in said.products if one.end <= subject][-1:]
    )
    if any(one.rows for one in target):
        return [(one.rows, one.start) for one in target if one.rows]
    called = [row.key for row in facts.rows if any(said.sentence[place].norm in row.all for place in said.called)]
    if called and not target:
        return [(tuple(called), verb)]
    if not target and said.before:
        return [((said.before[-1],), verb)]
    raise Refused(f"{said.text(verb, end)!r} is said of nothing in the history")


def _chain(mentions: Sequence[Mention], place: int, said: Said) -> list[Mention]:
    """The mentions that follow one another from a place on, with no more than a few words of style between them."""
    chain: list[Mention] = []
    free = said.facts.words.free
    for one in mentions:
        start, end = (one.end, place) if one.end <= place else (place, one.start)
        known = [row.all for row in said.described(one.rows)]
        between = [token.norm for token in said.sentence[start:end] if token.is_word and token.norm not in free]
        # Words of its own fields go on naming it, as in `yarn in wheat that you bought`.
        if end - start > _CLOSE or any(not any(word in row for row in known) for word in between):
            break
        is_parted = any(token.text in said.facts.words.stops for token in said.sentence[start:end])
        if one.rows and any(one.rows == other.rows for other in chain):
            break
        if not one.rows:  # the product itself, or another that the customer never had
            return chain or ([] if is_parted else [one])
        chain.append(one)
        place = one.start if one.end <= place else one.end
    return chain


def roles(said: Said) -> None:
    """What is recommended is the product, and what the customer has is a row: never the other way round."""
    words = said.facts.words
    previous: Mention | None = None
    for one in said.named:
        gap = said.sentence[previous.end : one.start] if previous else []
        same = previous and previous.keys == one.keys and said.names(previous) & said.names(one)
        if previous and same and not any(token.is_word or token.text in ",，" for token in gap):
            raise Refused(f"it says {said.text(one.start, one.end)!r} twice")
        between = said.norms(previous.end, one.start) if previous else {""}
        if is_row(one) and previous and said.is_product(previous) and between <= words.identity:
            raise Refused(f"it is not {said.text(one.start, one.end)!r}")
        before = said.sentence[one.start - 1].norm if one.start else ""
        if said.is_product(one) and before in words.owning:
            raise Refused(f"{said.text(one.start, one.end)!r} is not in the history")
        previous = one
    for place in said.plain:
        token = said.sentence[place]
        if token.norm in words.offering and (row := _right_after(said, place + 1)) and is_row(row):
            raise Refused(f"{said.text(row.start, row.end)!r} is not what is recommended")
        if token.norm in words.suiting and (row := said.last_named(place)) and is_row(row):
            raise Refused(f"{said.text(row.start, row.end)!r} is not what is recommended")
        has = token.norm in words.having and place > 0 and said.is_customer(place - 1)
        if has and (owned := _right_after(said, place + 1)) and said.is_product(owned):
            raise Refused(f"{said.text(owned.start, owned.end)!r} is not in the history")


def _right_after(said: Said, place: int) -> Mention | None:
    """What is named from a place on, with nothing but articles and the customer before it."""
    words = said.facts.words
    while place < len(said.sentence) and (
        said.sentence[place].norm in words.articles or said.sentence[place].text in '"“' or said.is_customer(place)
    ):
        place += 1
    return next((one for one in said.named if one.start == place), None)


def others(said: Said) -> None:
    """What other customers did is a claim, and as many as it says."""
    facts, words = said.facts, said.facts.words
    for place in said.plain:
        token = said.sentence[place]
        if token.norm not in words.others or said.is_customer(place) or token.norm in facts.product.all:
            continue
        if said.norms(place - 1, place) & words.meaning and not said.norms(place - 3, place) & words.elsewhere:
            continue  # `for people who`: whom it is for, and not what they did
        if token.norm in words.companions and said.norms(place - 3, place) & (words.meaning | words.using):
            continue  # `share it with a friend`
        if (
            token.text.casefold() == "others"
            and facts.counted_rows
            and said.norms(place + 1, place + 2) & words.customer["short"]
        ):
            continue  # `others you chose`: products
        if not facts.kinds & _OF_OTHERS:
            raise Refused(f"what {token.text!r} did is in no claim")
        if not said.norms(0, len(said.sentence)) & words.interested:
            raise Refused(f"what {token.text!r} did is not what the claim says")
        if said.norms(place - 3, place) & words.many and max(facts.counts, default=0) < _MANY:
            raise Refused(f"so many {token.text!r} are in no claim")
        if facts.kinds & {"together", "popularity"}:
            _check_joint(said, place)
        if (after := said.norms(place + 1, place + 2) & words.doing) and place + 1 in said.plain:
            raise Refused(f"that others {min(after)!r} it is in no claim")
        for start, end, may_be in said.told:
            passive = 0 < place - end <= _REACH and said.norms(end, place) & words.passive
            active = 0 <= start - place <= _REACH + 2 and _subject(said, start) is None
            if (active or passive) and may_be != _ANY and Event.LIKE not in may_be:
                raise Refused(f"that others {said.text(start, end)!r} it is in no claim")


def _check_joint(said: Said, place: int) -> None:
    token, facts, clause = said.sentence[place], said.facts, said.clause(place)
    for row in joint_rows(said, place):
        if not {claim.kind for claim in facts.claims_of(row)} & {"together"}:
            raise Refused(f"what {token.text!r} did is not claimed of it")
    following = next((one for one in said.named if one.start > place and one.start in clause), None)
    if following and following.keys == (CATEGORY,) and not said.norms(place, following.start) & said.facts.words.most:
        raise Refused(f"what {token.text!r} did is not claimed of {said.text(following.start, following.end)!r}")


def joint_rows(said: Said, place: int) -> list[_Rows]:
    """The rows that others are said to have been interested in, too."""
    clause = said.clause(place)
    if named := said.rows_in(clause):
        return [row.rows for row in named if is_row(row)]
    is_chinese = said.facts.evidence.language == "zh"  # there what they did comes last
    near, words = said.norms(clause.start, len(said.sentence) if is_chinese else clause.stop), said.facts.words
    adds = near & words.jointly <= words.adding and near & words.pronouns and not near & words.relative
    if not near & words.jointly or adds:  # `it has interested 12 others, too`: beside what was said before
        return []
    rows = [row.rows for row in said.rows if is_row(row) and not (is_chinese and row.start > place)]
    # `Both` is a row that was named before, and the product.
    return rows or ([(key,) for key in said.before[-1:]] if near & words.pairing else [])
