"""Answers to questions in a chat: why, why not, what the catalogue says, and what is known of the customer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newaisle.agent.chat.facts import facts_of
from newaisle.agent.chat.intent import ProductField
from newaisle.agent.chat.phrases import Phrases
from newaisle.agent.claims.sentences import price_text, short_title
from newaisle.agent.schema.answer import Claim, Recommendation
from newaisle.agent.schema.why import WhyNot
from newaisle.store.rows import Product

_CLAIMS = 3  # told of one product


def told_why(recommendation: Recommendation, say: Phrases) -> str:
    """The claims behind a recommendation, each with what would be without its rows."""
    claims = recommendation.explanation.claims[:_CLAIMS]
    told = " ".join(part for claim in claims for part in _told(claim, say))
    return f"{recommendation.rank} {short_title(recommendation.title)}: {told}"


def _told(claim: Claim, say: Phrases) -> Iterator[str]:
    yield claim.text
    without = claim.counterfactual
    if without is not None and without.rank != without.rank_now:
        if claim.also:
            yield say.without_rows.format(1 + len(claim.also), without.rank, without.rank_now)
        else:
            yield say.without_row.format(without.rank, without.rank_now)


def told_why_not(found: WhyNot, say: Phrases) -> str:
    """Every reason that keeps a product out, in one sentence; that it is recommended after all, if it is."""
    product, title = found.product, short_title(found.product.title)
    if found.rank is not None:
        return say.is_recommended.format(title, found.rank)
    reasons = [
        say.obstacles[one.kind].format(
            value=one.value,
            brand=product.brand or "?",
            price="" if product.price is None else price_text(product.price, product.currency),
            other=short_title(found.compared.title) if found.compared else "",
            place=found.rank_by_score,
            count=found.candidates,
        )
        for one in found.obstacles
    ]
    return say.is_not.format(title, say.then.join(reasons))


def told_facts(products: Sequence[Product], field: ProductField, about: Sequence[str], say: Phrases) -> str:
    """What the catalogue says of each product, or that it does not say, a line a field."""
    return "\n".join(line for product in products for line in _facts(product, field, about, say))


def _facts(product: Product, field: ProductField, about: Sequence[str], say: Phrases) -> Iterator[str]:
    title = short_title(product.title)
    facts = facts_of(product, field, about, say)
    for fact in facts:
        yield say.says.format(title=title, field=fact.field, value=fact.value)
    if not facts:
        asked = say.between.join(about) if field == "other" and about else say.fields[field]
        yield say.does_not_say.format(title=title, field=asked)
