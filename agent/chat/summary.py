"""What was understood of a turn, and what is in force, each in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newaisle.agent.chat.intent import Intent
from newaisle.agent.chat.phrases import Phrases
from newaisle.agent.chat.wishes import Wishes
from newaisle.agent.claims.sentences import price_text, short_title
from newaisle.agent.schema.answer import Constraints
from newaisle.store.rows import PATH_SEPARATOR, Product


def understood(intent: Intent, say: Phrases, meant: Mapping[str, Product]) -> str:
    """What was read, for the person to check, and what was not; `meant` are the products that it speaks of, by id."""
    found = list(_read(intent, say, meant))
    line = say.understood.format(say.then.join(found)) if found else ""
    missed = say.not_understood.format(say.between.join(intent.unread)) if intent.unread else ""
    return say.then.join(filter(None, (line, missed)))


def _read(intent: Intent, say: Phrases, meant: Mapping[str, Product]) -> Iterator[str]:
    titles = [short_title(meant[item_id].title) for item_id in meant]
    named = say.between.join(map(str, intent.items)) or say.between.join(titles)
    if intent.act != "recommend":
        field = say.fields[intent.field] if intent.field and intent.field != "other" else ""
        yield " ".join(filter(None, (say.acts[intent.act], named, field)))
        return
    if intent.category:
        yield intent.category.split(PATH_SEPARATOR)[-1]
    if intent.relation:
        yield " ".join(filter(None, (say.relations[intent.relation], named)))
    yield from (say.lifts[kind] for kind in intent.lift)
    if intent.shown_brands:
        yield say.not_these_brands
    yield from of_constraints(
        Constraints(
            max_price=intent.max_price,
            min_price=intent.min_price,
            currency=intent.currency,
            brands=list(intent.brands),
            not_brands=list(intent.not_brands),
            words=list(intent.words),
            exclude=list(intent.exclude),
        ),
        say,
    )


def in_force(wishes: Wishes, say: Phrases, titles: Mapping[str, str]) -> str:
    """Every constraint that holds, in one line; empty where none does."""
    found = list(of_constraints(wishes.constraints, say))
    for item_ids, text in ((wishes.like, say.like), (wishes.unlike, say.unlike)):
        if item_ids:
            found.append(text.format(say.between.join(short_title(titles.get(one, one)) for one in item_ids)))
    if wishes.passed:
        found.append(say.passed.format(len(wishes.passed)))
    return say.in_force.format(say.then.join(found)) if found else ""


def of_constraints(constraints: Constraints, say: Phrases) -> Iterator[str]:
    """Each constraint as a few words."""
    if constraints.max_price is not None:
        yield say.at_most.format(price_text(constraints.max_price, constraints.currency))
    if constraints.min_price is not None:
        yield say.at_least.format(price_text(constraints.min_price, constraints.currency))
    if constraints.brands:
        yield say.only_brands.format(say.either.join(constraints.brands))
    if constraints.not_brands:
        yield say.not_brands.format(say.either.join(constraints.not_brands))
    if constraints.words:
        yield say.with_words.format(say.between.join(constraints.words))
    if constraints.exclude:
        yield say.without.format(say.between.join(constraints.exclude))
