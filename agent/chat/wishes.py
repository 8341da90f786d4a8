"""What was asked for in a chat and still holds, and how a turn changes it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from statistics import median
from typing import Any

from pydantic import BaseModel, ConfigDict

from newaisle.agent.chat.intent import Intent
from newaisle.agent.retrieve.constraints import usual_currency
from newaisle.agent.schema.answer import Constraints
from newaisle.store.names import Row
from newaisle.store.rows import Product
from newaisle.store.words import is_chinese, words

KindsOf = Callable[[str], frozenset[str]]
Currencies = Callable[[], Collection[str]]

_CENT = 0.01  # by which a price is under another
_CHINESE_CURRENCY = "CNY"  # what a price without a currency means in a Chinese turn
_LIFTED: dict[str, tuple[str, ...]] = {
    "price": ("max_price", "min_price", "currency"),
    "brands": ("brands", "not_brands"),
    "words": ("words",),
    "exclude": ("exclude",),
}


class Wishes(BaseModel):
    """What holds until it is lifted.

    like, unlike: ids of products that those wanted shall be like, or unlike. passed: of those the customer has moved
    on from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str | None = None
    constraints: Constraints = Constraints()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


def kinds_of_values(rows: Iterable[Row]) -> KindsOf:
    """What attributes a word is a value of, or stands in one of, in a sample of products: blue is a colour."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name, value in json.loads(row.attributes).items():
            for word in {value.casefold(), *words(value)}:
                found[word].add(name)
    return lambda word: frozenset().union(*(found.get(part, set()) for part in (word.casefold(), *words(word))))


def after(
    wishes: Wishes,
    intent: Intent,
    turn: str,
    *,
    shown: Sequence[Product],
    meant: Sequence[Product],
    kinds_of: KindsOf,
    currencies: Currencies,
) -> Wishes:
    """The wishes once a turn was read: what it says replaces what it contradicts, and everything else stays.

    shown: the products on the screen. meant: those that the turn speaks of, by place or name. kinds_of: see
    `kinds_of_values`; of two words for the same attribute the later one holds. currencies: those of the shop.
    """
    new = lifted(wishes, intent, turn)
    moved = intent.category is not None and intent.category != wishes.category
    kept = {"like": (), "unlike": ()} if moved else {}
    constraints = _with_brands(new.constraints, intent, shown)
    constraints = _with_words(constraints, intent, kinds_of)
    constraints = _with_price(constraints, intent, lambda: _implied(turn, shown, currencies))
    constraints = _by_relation(constraints, intent, shown, meant)
    new = new.model_copy(update={"category": intent.category or wishes.category, "constraints": constraints, **kept})
    return _towards(new, intent, shown, meant)


def lifted(wishes: Wishes, intent: Intent, turn: str) -> Wishes:
    """The wishes without what a turn lifts: of words and brands those that it names, or all where it names none."""
    if "all" in intent.lift:
        return Wishes(category=wishes.category, passed=wishes.passed)
    update: dict[str, Any] = {}
    for kind in intent.lift:
        for field in _LIFTED[kind]:
            update[field] = _left(getattr(wishes.constraints, field), turn)
    return wishes.model_copy(update={"constraints": wishes.constraints.model_copy(update=update)})


def _left(value: Any, turn: str) -> Any:
    if not isinstance(value, list):
        return None
    named = [one for one in value if one.casefold() in turn.casefold()]
    return [one for one in value if one not in named] if named else []


def _with_brands(constraints: Constraints, intent: Intent, shown: Sequence[Product]) -> Constraints:
    on_screen = [one.brand for one in shown if one.brand] if intent.shown_brands else []
    unwanted = [*intent.not_brands, *on_screen]
    wanted = list(intent.brands) or [brand for brand in constraints.brands if brand not in unwanted]
    ruled_out = [brand for brand in (*constraints.not_brands, *unwanted) if brand not in intent.brands]
    return constraints.model_copy(update={"brands": wanted, "not_brands": list(dict.fromkeys(ruled_out))})


def _with_words(constraints: Constraints, intent: Intent, kinds_of: KindsOf) -> Constraints:
    new = set().union(*(kinds_of(word) for word in intent.words))
    kept = [word for word in constraints.words if word not in intent.exclude and not kinds_of(word) & new]
    excluded = [word for word in (*constraints.exclude, *intent.exclude) if word not in intent.words]
    wanted = list(dict.fromkeys([*kept, *intent.words]))
    return constraints.model_copy(update={"words": wanted, "exclude": list(dict.fromkeys(excluded))})


def _with_price(constraints: Constraints, intent: Intent, implied: Callable[[], str | None]) -> Constraints:
    if intent.max_price is None and intent.min_price is None:
        return constraints
    currency = intent.currency or constraints.currency or implied()
    most, least = intent.max_price, intent.min_price
    if currency == constraints.currency:  # a limit to the other side still holds, if both can
        most = constraints.max_price if most is None else most
        least = constraints.min_price if least is None else least
    if most is not None and least is not None and least > most:
        most, least = intent.max_price, intent.min_price
    return constraints.model_copy(update={"max_price": most, "min_price": least, "currency": currency})


def _implied(turn: str, shown: Sequence[Product], currencies: Currencies) -> str | None:
    """The currency of a bare number: that of the screen, but yuan in Chinese where anything is priced in it."""
    if is_chinese(turn) and _CHINESE_CURRENCY in currencies():
        return _CHINESE_CURRENCY
    return usual_currency(shown)


def _by_relation(
    constraints: Constraints, intent: Intent, shown: Sequence[Product], meant: Sequence[Product]
) -> Constraints:
    """Cheaper and dearer as a limit: than each product that is meant, else than the middle of those shown."""
    if intent.relation not in ("cheaper", "dearer"):
        return constraints
    currency = usual_currency(meant or shown)
    prices = [one.price for one in meant or shown if one.price is not None and one.currency == currency]
    if not prices:
        return constraints
    is_same = constraints.currency == currency
    most, least = (constraints.max_price, constraints.min_price) if is_same else (None, None)
    if intent.relation == "cheaper":
        limit = round((min(prices) if meant else median(prices)) - _CENT, 2)
        most = limit if most is None else min(most, limit)
        least = least if least is not None and least <= most else None
    else:
        limit = round((max(prices) if meant else median(prices)) + _CENT, 2)
        least = limit if least is None else max(least, limit)
        most = most if most is not None and most >= least else None
    return constraints.model_copy(update={"max_price": most, "min_price": least, "currency": currency})


def _towards(wishes: Wishes, intent: Intent, shown: Sequence[Product], meant: Sequence[Product]) -> Wishes:
    """More like some products, or away from them; away from nothing in particular is from all that was shown."""
    ids = tuple(one.item_id for one in meant or shown)
    if intent.relation == "similar":
        return wishes.model_copy(update={"like": ids, "unlike": tuple(one for one in wishes.unlike if one not in ids)})
    if intent.relation == "different":
        unlike = tuple(dict.fromkeys([*wishes.unlike, *ids])) if meant else wishes.unlike
        return moved_on(wishes.model_copy(update={"like": (), "unlike": unlike}), ids)
    return wishes


def moved_on(wishes: Wishes, item_ids: Sequence[str]) -> Wishes:
    """The wishes without these products: they were seen."""
    return wishes.model_copy(update={"passed": tuple(dict.fromkeys([*wishes.passed, *item_ids]))})
