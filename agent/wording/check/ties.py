"""What ties the product to a row of the history: what is shared, alike or compared has to hold of that very row."""

from __future__ import annotations

from newaisle.agent.wording.check.mentions import CATEGORY, Mention
from newaisle.agent.wording.check.said import Said, is_row
from newaisle.agent.wording.check.text_evidence import Refused

_REACH = 4  # words around `both`, `like` or `too` that may be what is shared


def relations(said: Said) -> None:
    """How the product is tied to a row has to be what a claim on that very row says."""
    facts, words = said.facts, said.facts.words
    found = sorted((span, kinds) for phrases, kinds in words.relations for span in said.at(phrases))
    harmless = {(start, end) for before, end in said.at(words.not_denials) for start in range(before, end)}
    for (start, end), kinds in found:
        is_part = any(one <= start and end <= other and (one, other) != (start, end) for (one, other), _ in found)
        if is_part or (start, end) in harmless or facts.has_text(said.text(start, end)):
            continue
        phrase = said.text(start, end)
        if "any" in kinds:
            continue
        if not facts.kinds & kinds:
            raise Refused(f"{phrase!r} is in no claim")
        if kinds == {"closer"}:
            _check_direction(said, start, end)
        rows = [row.rows for row in said.rows_in(said.statement(start))] or [(key,) for key in said.before[-1:]]
        for row in rows:
            if not {claim.kind for claim in facts.claims_of(row)} & kinds:
                raise Refused(f"{phrase!r} is not claimed of it")


def _check_direction(said: Said, start: int, end: int) -> None:
    """The product is more like a row than most of its category is, and nothing else."""
    words, clause = said.facts.words, said.clause(start)
    after = [one for one in said.named if one.start >= end and one.start in clause]
    before = [one for one in said.named if one.end <= start and one.start in clause]
    turned = before and before[-1].keys == (CATEGORY,) and said.norms(before[-1].end, start) & words.being
    aside = after and said.norms(end, after[0].start) & (words.comparing | words.pronouns)
    if turned or (after and not after[0].rows and not aside):
        raise Refused("it compares the other way round")
    than = next((place for place in said.plain if place >= end and said.sentence[place].norm in words.comparing), None)
    compared = next((one for one in said.products if than is not None and one.start > than), None)
    if compared and not said.norms(than or 0, compared.start) & words.most:
        raise Refused("it compares the other way round")


def shared(said: Said) -> None:
    """What is said to be shared with a row has to be the row's, too."""
    words = said.facts.words
    compared = {place for phrases, _ in words.relations for span in said.at(phrases) for place in range(*span)}
    for start, end in said.at(words.sharing | words.brands):
        part = said.statement(start)
        if start in compared or _is_of_deed(said, start, end, part):
            continue
        rows = [row.rows for row in said.rows_in(part)]
        if end - start == 1 and said.norms(start, end) <= words.adding:
            rows = [row.rows for row in said.rows_in(said.clause(start))]
        elif not rows and not said.rows and said.norms(start, end) & words.jointly:
            rows = [(key,) for key in said.before[-1:]]
        if (start, end) in set(said.at(words.brands)) or _is_both_of_brand(said, start, end):
            _check_brand(said, start, end, rows or [row.rows for row in said.rows])
        places = _around(said, start, end) | said.quoted
        for place in sorted(places & set(said.plain) & set(part)):
            is_naming = _is_attribute(said, place) or (place < start and _is_in_this(said, place))
            for row in rows if said.is_content(place) and not is_naming else ():
                _check_shared(said, place, row)


def _is_of_deed(said: Said, start: int, end: int, part: range) -> bool:
    """Whether `too` or `as well` is said of what others did, as in `others who chose it chose this, too`."""
    words = said.facts.words
    adds = said.norms(start, end) <= words.adding | words.jointly or bool(said.norms(start, end + 1) & words.pairing)
    return adds and "together" in said.facts.kinds and bool(said.norms(part.start, part.stop) & words.others)


def _is_attribute(said: Said, place: int) -> bool:
    """Whether a word is part of what names the product, as in `this oak mug by B`: that is not what is shared."""
    if place in said.quoted:
        return False
    if said.norms(place - 2, place) & said.facts.words.pointing:
        return True
    if any(one.end == place - 1 and not one.rows for one in said.products):
        return bool(said.norms(place - 1, place) & said.facts.words.making)
    end = place
    while end < len(said.sentence) and (said.is_content(end) or _is_hyphened(said, end)):
        if said.sentence[end].norm == said.facts.product.head:
            return True
        end += 1
    return False


def _is_in_this(said: Said, place: int) -> bool:
    """Whether Chinese is part of what names the product, as in 这张棕色的凳: that is not what is shared."""
    clause = said.clause(place)
    return place not in said.quoted and any(said.sentence[one].text[0] == "这" for one in range(clause.start, place))


def _is_hyphened(said: Said, place: int) -> bool:
    """Whether a token is a hyphen or what one joins to the word before it, as in `pour-over`."""
    return any(token.text in "-–" for token in said.sentence[place - 1 : place + 1])


def _around(said: Said, start: int, end: int) -> set[int]:
    """The places around a phrase that it may speak of: a few words, to the next mark that does not stand beside it."""
    words = said.facts.words
    crosses = bool(said.norms(start, end) & words.crossing)
    follows = said.norms(start, end + 1) & words.pairing and any(
        row.end <= start for row in said.rows_in(said.statement(start))
    )
    places = set(_walk(said, range(end, len(said.sentence)), crosses=crosses and not follows))
    if said.norms(start, end) & words.backward:
        places.update(_walk(said, range(start - 1, -1, -1), crosses=crosses))
    return places


def _walk(said: Said, places: range, *, crosses: bool) -> list[int]:
    words, plain, seen = said.facts.words, set(said.plain), list[int]()
    told = {place for start, end, _ in said.told for place in (start - 1, *range(start, end))}
    for place in places:
        if said.sentence[place].text in words.stops and place in plain:
            is_past = any(places.start < row.end <= place for row in said.rows) and places.step > 0
            if is_past and not said.norms(place + 1, place + 2) & words.being:
                break  # what comes after the row is the product's own
            if any(map(said.is_content, seen)) or not (crosses or place == places.start):
                break
        elif place in plain and said.sentence[place].is_word:
            seen.append(place)
            if sum(one not in told for one in seen) > _REACH:
                break
    return seen


def _check_shared(said: Said, place: int, row: tuple[str, ...], *, of_both: bool = True) -> None:
    facts, token = said.facts, said.sentence[place]
    claims = facts.claims_of(row)
    claimed = {word for claim in claims for word in facts.norms(f"{claim.value} {claim.item_field}")}
    of_product = not of_both or token.norm in facts.product.all or token.norm not in facts.words.properties
    if not (of_product and any(token.norm in one.all for one in said.described(row))) and token.norm not in claimed:
        raise Refused(f"{token.text!r} is not shared with it")


def _is_both_of_brand(said: Said, start: int, end: int) -> bool:
    """Whether the brand is said of what is spoken of together, as in `both come from B`."""
    words = said.facts.words
    return bool(said.norms(start, end) & words.pairing and said.norms(end, end + 3) & words.making)


def _check_brand(said: Said, start: int, end: int, rows: list[tuple[str, ...]]) -> None:
    """A row that is said to be of the same brand is of the same brand."""
    facts = said.facts
    own = facts.norms(facts.evidence.product.brand or "")
    if not (said.norms(start - 2, end + 3) & own or (len(said.sentence[start].norm) > 1 and end - start > 1)):
        return
    for row in rows:
        if facts.product.brand not in {one.brand for one in said.described(row)}:
            raise Refused(f"{said.text(start, end)!r} does not hold of the other product")


def brands(said: Said) -> None:
    """A row that is followed by `by B` is of that brand."""
    facts, words = said.facts, said.facts.words
    own = facts.product.brands - words.style
    for place in said.plain:
        row = said.last_named(place) if said.sentence[place].norm in own else None
        said_of = row.rows if row and said.norms(place - 1, place) & words.making else ()
        if said_of and facts.product.brand not in {one.brand for one in said.described(said_of)}:
            raise Refused(f"{said.sentence[place].text!r} is not the brand of the other product")


def makers(said: Said) -> None:
    """The product is by its brand and by whom its attributes name, and who made a row is the row's brand."""
    facts, words = said.facts, said.facts.words
    if facts.evidence.language != "en":
        return
    known = facts.product.brands.union(facts.claimed_values, *facts.attributes.values())
    for place in said.plain:
        token, after = said.sentence[place], place + 1
        while after < len(said.sentence) and said.sentence[after].norm in words.articles:
            after += 1
        if token.norm == "by" and after < len(said.sentence) and said.norms(place - 3, place) & words.being:
            named = said.sentence[after]
            is_title = named.norm in facts.product.title and not facts.has_text(said.text(place, after + 1))
            if is_title and named.norm not in known:
                raise Refused(f"{said.text(after, after + 1)!r} is not who it is by")
        row = next((one for one in said.rows if one.start == after and one.rows), None)
        brand = said.sentence[place - 1].norm if place else ""
        is_made = row and token.norm in words.manufacture and brand in facts.product.brands - words.style
        if row and is_made and facts.product.brand not in {one.brand for one in said.described(row.rows)}:
            raise Refused(f"{said.sentence[place - 1].text!r} is not the brand of the other product")


def places(said: Said) -> None:
    """Where the product goes, and with which row of the history it is used, no claim says."""
    words = said.facts.words
    tied = words.sharing.union(words.brands, *(some for some, kinds in words.relations if kinds))
    for row in filter(is_row, said.rows):
        place = row.start - 1
        while place > 0 and said.sentence[place].norm in words.articles | words.possessive:
            place -= 1
        token = said.sentence[max(0, place)]
        part = range(said.statements[-1].stop)
        is_tied = (
            any(start in part for start, _ in said.at(tied)) or said.norms(part.start, part.stop) & words.interested
        )
        with_it = token.norm in words.using and not is_tied
        if with_it or (token.norm in words.placing and not said.norms(place - 1, place) & words.going):
            raise Refused(f"what it does {token.text!r} that is in no claim")
    for place in said.free if said.rows else ():
        if said.sentence[place].norm in words.placing and said.norms(place + 1, place + 2) & words.pronouns:
            raise Refused(f"what goes {token.text!r} it is in no claim")


def of_rows(said: Said) -> None:
    """What a row is said to be, as in `the mug you bought is steel`, has to stand in its fields."""
    if said.facts.evidence.language != "en":
        return
    told = {place for start, end, _ in said.told for place in range(start, end)}
    for row in filter(is_row, said.rows):
        place = row.end
        while place < len(said.sentence) and (place in told or said.is_customer(place)):
            place += 1
        if place == row.end or not said.norms(place, place + 1) & said.facts.words.being:
            continue
        clause = said.clause(place)
        for one in (one for one in said.plain if place < one < clause.stop and said.is_content(one)):
            if said.sentence[one].norm in said.facts.words.joining:
                break
            _check_shared(said, one, row.rows, of_both=False)


def comparisons(said: Said) -> None:
    """What is more than something else has to be a claim that compares, and not with everything."""
    words = said.facts.words
    harmless = {place for span in said.at(words.not_denials) for place in range(*span)}
    for place in said.plain:
        token = said.sentence[place]
        if place in harmless:
            continue
        is_own = token.norm in said.facts.product.all and _is_own(said, place)
        if token.norm in words.comparing and not said.facts.kinds & words.comparisons and not is_own:
            raise Refused("it compares, and no claim does")
        most = token.norm in words.superlative and token.norm not in said.facts.product.all
        if most and not said.norms(0, len(said.sentence)) & (words.comparing | words.likening):
            raise Refused(f"{token.text!r} is more than any claim says")
        if token.norm in words.everything and said.norms(0, len(said.sentence)) & words.comparing:
            raise Refused(f"{token.text!r} is more than the claim says")


def _is_own(said: Said, place: int) -> bool:
    """Whether what follows is the product's own, as in `smaller than a thumb`."""
    return not said.rows and any(map(said.is_content, range(place + 1, min(place + _REACH, len(said.sentence)))))


def categories(said: Said) -> None:
    """Another category than the new one is where rows of the history are from."""
    facts, words = said.facts, said.facts.words
    own = facts.norms(facts.evidence.category)
    for one in (one for one in said.named if one.keys == (CATEGORY,)):
        others = _words_of(said, one) - own
        if others and all(word in facts.product.all for word in others):
            continue
        name = said.text(one.start, one.end)
        is_own = _words_of(said, one) <= own
        if not is_own and not (said.rows or said.before or said.norms(one.start - 8, one.end + 8) & words.counted):
            raise Refused(f"{name!r} is not its category")
        is_kind = (
            said.norms(one.start - 1, one.start) & words.kinds and not said.norms(one.end, one.end + 2) & words.owning
        )
        if not is_own and is_kind and not any(word in facts.product.all for word in _words_of(said, one)):
            raise Refused(f"{name!r} is not what it is")
        rows = said.described(facts.counted_rows) if said.norms(one.start - 8, one.end + 8) & words.counted else []
        if not is_own and rows and not any(_words_of(said, one) <= row.all.words for row in rows):
            raise Refused(f"{name!r} is not the category of the others")
        if not is_own and said.norms(one.start - 3, one.end + 3) & words.most:
            raise Refused(f"{name!r} is not what it is compared with")
        if is_own and said.norms(one.start - 2, one.start) & words.within and _follows_row(said, one):
            raise Refused(f"{name!r} is not the category of the other product")


def _follows_row(said: Said, one: Mention) -> bool:
    last = said.last_named(one.start)
    if not (last and last.rows) or said.norms(last.end, one.start) & (said.facts.words.most | said.facts.words.joining):
        return False
    own = said.facts.norms(said.facts.evidence.category)
    return not any(own <= {*row.all.words} for row in said.described(last.rows))


def _words_of(said: Said, one: Mention) -> set[str]:
    return {token.norm for token in said.sentence[one.start : one.end] if token.is_word}
