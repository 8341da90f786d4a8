"""What is said beside an answer: what is in force, what was liked, and ways out where too little is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newaisle.agent.chat.phrases import Phrases
from newaisle.agent.chat.state import State
from newaisle.agent.chat.summary import in_force
from newaisle.agent.retrieve.constraints import admit
from newaisle.agent.retrieve.context import OWNING
from newaisle.agent.schema.answer import RecommendationSet
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR, Event

_CATEGORIES = 12  # named where one has to be chosen
_LOOSER: dict[str, dict[str, Any]] = {
    "price": {"max_price": None, "min_price": None, "currency": None},
    "brands": {"brands": [], "not_brands": []},
    "words": {"words": []},
    "exclude": {"exclude": []},
}


def notes(state: State, ledger: Ledger, say: Phrases) -> tuple[str, ...]:
    """The constraints in force, and what was liked in this chat, as far as there are any."""
    wishes = state.wishes
    titles = _titles([*wishes.like, *wishes.unlike], ledger)
    return tuple(filter(None, (in_force(wishes, say, titles), opinions(state, ledger, say))))


def opinions(state: State, ledger: Ledger, say: Phrases) -> str:
    """What was liked and disliked in this chat; empty where nothing was."""
    titles = _titles([one.item_id for one in state.opinions], ledger)
    said = [
        say.noted.format(say.acts[act], say.between.join(titles.get(one, one) for one in ids))
        for act, ids in (("like", _said(state, Event.LIKE)), ("dislike", _said(state, Event.DISLIKE)))
        if ids
    ]
    return say.then.join(said)


def ways_out(state: State, answer: RecommendationSet, ledger: Ledger, say: Phrases) -> Iterator[str]:
    """How many products there would be without each constraint that keeps any out; else that these are all."""
    rows = ledger.history(state.user_id) if state.user_id else []
    barred = {row.item_id for row in rows if row.event in OWNING}.union(
        state.wishes.passed, state.wishes.like, state.wishes.unlike, _said(state, Event.DISLIKE)
    )
    products = [one for one in ledger.candidates(state.wishes.category or "") if one.item_id not in barred]
    constraints = answer.request.constraints
    looser = {kind: constraints.model_copy(update=without) for kind, without in _LOOSER.items()}
    counts = {kind: len(admit(products, loose).products) for kind, loose in looser.items() if loose != constraints}
    now = len(admit(products, constraints).products)
    more = {kind: count for kind, count in counts.items() if count > now}
    for kind, count in more.items():
        yield say.would_be_without.format(say.limits[kind], count)
    if not more:
        yield say.no_more


def categories_to_choose(state: State, ledger: Ledger, say: Phrases) -> str:
    """A question for the category, naming first those that the customer has not been to, the largest first."""
    known = ledger.categories()
    rows = ledger.history(state.user_id) if state.user_id else []
    been = {path for one in ledger.products(row.item_id for row in rows).values() for path in one.paths}
    new_first = sorted(known, key=lambda path: (path in been, -known[path], path))
    names = [path.split(PATH_SEPARATOR)[-1] for path in new_first[:_CATEGORIES]]
    return say.which_category.format(say.between.join([*names, *(["…"] if len(known) > _CATEGORIES else [])]))


def _said(state: State, event: Event) -> list[str]:
    return [one.item_id for one in state.opinions if one.event is event]


def _titles(item_ids: list[str], ledger: Ledger) -> dict[str, str]:
    return {item_id: one.title for item_id, one in ledger.products(item_ids).items()}
