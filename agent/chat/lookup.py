"""Finds the category or product that somebody names in a command: by place, id, or as much of a name as tells it."""

from __future__ import annotations

from collections.abc import Sequence

from newaisle.agent.chat.parse import read_turn
from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.agent.retrieve.known import find_category, paths_meant
from newaisle.agent.why.why import find_product
from newaisle.errors import RequestError, did_you_mean
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Product

_MOST_DIGITS = 2  # of a place on a screen; a longer number is an id


def category_named(name: str, ledger: Ledger, vocabulary: Vocabulary) -> str:
    """The path of the one category that is meant, by its name or by what belongs there; raises RequestError."""
    known = ledger.categories()
    path, paths = paths_meant(name, known)
    if paths:
        return path
    read = read_turn(name, vocabulary).category
    if read is not None and find_category(read, known):
        return read
    names = {part for path in known for part in path.split(PATH_SEPARATOR)}
    raise RequestError(f"no category {name!r}{did_you_mean(name, names)}: check the name")


def product_named(named: str, shown: Sequence[Product], ledger: Ledger, vocabulary: Vocabulary) -> Product:
    """The product of a place on the screen, of an id, or whose title has all the words; raises RequestError."""
    if named.isdecimal() and len(named) <= _MOST_DIGITS and 1 <= int(named) <= len(shown):
        return shown[int(named) - 1]
    if found := ledger.products([named]).get(named):
        return found
    if named.isdecimal() and len(named) <= _MOST_DIGITS:
        raise RequestError(f"there is no number {named} on the screen: {len(shown)} are shown")
    meant = read_turn(f"why not the {named}", vocabulary, shown).item_id
    return find_product(meant or named, ledger)
