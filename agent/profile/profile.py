"""The profile of a customer: interests from the ledger's rows, and a paragraph about them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from newaisle.agent.llm.base import LanguageModel
from newaisle.agent.profile.interest import Interest, Interests, ShopFacts, interests
from newaisle.agent.profile.paragraph import Paragraph, from_statements, supports, write
from newaisle.agent.profile.statements import Statement, statements
from newaisle.agent.schema.gain import Worded
from newaisle.agent.schema.profile import (
    BoughtAgain,
    CategoryShare,
    NamedInterest,
    PriceLevel,
    Profile,
    ProfileInterests,
    ProfileMadeWith,
    ProfileText,
    RecentRow,
)
from newaisle.agent.schema.style import Switch
from newaisle.agent.shop.parts import Parts
from newaisle.agent.wording.gain import says_again
from newaisle.errors import LanguageModelError, ModelError, RequestError, did_you_mean
from newaisle.languages import Language
from newaisle.prompts.library import load_template
from newaisle.prompts.template import LANGUAGE_NAMES, Template
from newaisle.store.ledger import Ledger
from newaisle.store.rows import Event, Interaction, Product
from newaisle.store.words import is_chinese

_RECENT = 20  # products named in a profile with what was done last


def profile(user_id: str, parts: Parts, *, language: Language | None = None, wording: Switch = "auto") -> Profile:
    """What the history of a customer says; raises RequestError for an unknown one.

    A language model that fails is done without, and the profile says `degraded`.
    """
    rows, products = history_of(parts.ledger, user_id)
    found = interests(rows, products, shop_facts(parts.ledger))
    spoken = language or _usual_language(list(products.values()))
    paragraph, made_with, warnings, is_degraded = _paragraph(statements(found), parts, spoken, wording)
    times = [row.time for row in rows if row.time]
    answer = _interests(found)
    return Profile(
        user_id=user_id,
        rows=len(rows),
        products=len(products),
        first=min(times, default=None),
        last=max(times, default=None),
        interests=answer,
        paragraph=ProfileText(text=paragraph.text, source=paragraph.source, language=spoken),
        titles={item_id: products[item_id].title for item_id in _named(answer)},
        made_with=made_with,
        degraded=is_degraded,
        warnings=warnings,
    )


def history_of(ledger: Ledger, user_id: str) -> tuple[list[Interaction], dict[str, Product]]:
    """The rows of a customer with their products; raises RequestError for an unknown customer."""
    rows = ledger.history(user_id)
    if not rows:
        raise RequestError(f"no customer {user_id!r}{did_you_mean(user_id, ledger.user_ids())}: check the id")
    return rows, ledger.products(row.item_id for row in rows)


def statements_about(ledger: Ledger, user_id: str) -> tuple[list[Statement], Language]:
    """What may be said of a customer, and the language of most of their products; raises RequestError."""
    rows, products = history_of(ledger, user_id)
    return statements(interests(rows, products, shop_facts(ledger))), _usual_language(list(products.values()))


def _usual_language(products: Sequence[Product]) -> Language:
    return "zh" if 2 * sum(is_chinese(product.title) for product in products) > len(products) else "en"


def _paragraph(
    said: Sequence[Statement], parts: Parts, language: Language, wording: Switch
) -> tuple[Paragraph, ProfileMadeWith, list[str], bool]:
    """The paragraph, what it was made with, what a reader should know, and whether something failed."""
    by_code = from_statements(said, language), _made_with(None, None)
    if parts.model is None:
        return *by_code, ["the paragraph is made by code: no language model is in use"], False
    if not said:
        return *by_code, [], False
    if not parts.is_worded(wording, "profile", language):
        counts = parts.wording().counts("profile", language) if wording == "auto" and parts.wording else None
        why = f"the language model {counts.told}" if counts else "wording is off"
        return *by_code, [f"the paragraph is made by code: {why}"], False
    try:
        model = parts.model()
        if not supports(model, said, language):
            reason = f"{model.name} does not master {LANGUAGE_NAMES[language]}, or a language of these products"
            return *by_code, [f"the paragraph is made by code: {reason}"], False
        template = load_template("profile", language=language, folder=parts.prompts_folder)
        paragraph = write(model, template, said)
    except (ModelError, LanguageModelError) as exc:
        reason = " ".join([str(exc), *getattr(exc, "__notes__", ())])
        return *by_code, [f"not written by the language model: {reason}"], True
    if parts.wording and not model.given_up:
        parts.wording().add(template, [_worded(paragraph, said, language)])
    warnings = [f"another language model took over: {reason}" for reason in model.given_up]
    if paragraph.source == "evidence":
        refused = " and ".join(dict.fromkeys(paragraph.refusals))
        warnings.append(f"the paragraph is made by code: what the language model wrote failed the check, {refused}")
    return paragraph, _made_with(model, template), warnings, False


def _worded(paragraph: Paragraph, said: Sequence[Statement], language: Language) -> Worded:
    own = from_statements(said, language).text
    return Worded(
        item_id="",
        title="",
        own=own,
        text=paragraph.text,
        refusal=None if paragraph.source == "llm" else paragraph.refusals[-1],
        again=says_again(paragraph.text, "", [own]),
    )


def _made_with(model: LanguageModel | None, template: Template | None) -> ProfileMadeWith:
    return ProfileMadeWith(
        version=version("newaisle"),
        template=template.name if template else None,
        template_hash=template.hash if template else None,
        model=model.name if model else None,
        model_sha256=model.sha256 if model else None,
    )


def _interests(found: Interests) -> ProfileInterests:
    return ProfileInterests(
        age_unit=found.unit,
        half_life=found.half_life,
        brands=[_named_interest(one) for one in found.brands],
        categories=[
            CategoryShare(name=one.name, share=round(one.share, 4), lift=round(one.lift, 2), **_weighed(one))
            for one in found.categories
        ],
        attributes=[_named_interest(one) for one in found.attributes],
        words=[_named_interest(one) for one in found.words],
        prices=[
            PriceLevel(category=one.name or None, currency=one.currency, level=round(one.level, 4), **_weighed(one))
            for one in found.prices
        ],
        again=[BoughtAgain(title=one.name, times=one.times, **_weighed(one)) for one in found.again],
        recent=[
            RecentRow(title=one.name, event=Event(one.event), age=round(one.age, 2), **_weighed(one))
            for one in found.recent[:_RECENT]
        ],
    )


def _named_interest(one: Interest) -> NamedInterest:
    return NamedInterest(name=one.name, **_weighed(one))


def _weighed(one: Interest) -> dict[str, Any]:
    return {"weight": round(one.weight, 4), "item_ids": list(one.item_ids)}


def _named(answer: ProfileInterests) -> list[str]:
    """The ids of all products that interests come from."""
    kinds = (answer.brands, answer.categories, answer.attributes, answer.words)
    more = (answer.prices, answer.again, answer.recent)
    return sorted({item_id for kind in (*kinds, *more) for one in kind for item_id in one.item_ids})


def shop_facts(ledger: Ledger) -> ShopFacts:
    """Counts of the listed products; prices are read category by category, when a history asks for them."""
    return ShopFacts(
        product_count=ledger.product_count(),
        frequencies=ledger.product_frequencies,
        category_sizes=ledger.categories(),
        prices=ledger.prices,
    )
