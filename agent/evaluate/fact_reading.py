"""Reads the facts that a template's example or test gives back into reasons, so that a text can be checked by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter

from newaisle.agent.claims.reason import Reason
from newaisle.agent.claims.sentences import Sentences, bare_title, sentences
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.check.text_evidence import TextEvidence
from newaisle.errors import RequestError, TemplateError
from newaisle.languages import Language
from newaisle.prompts.inputs import ExplainInput, ProductFields
from newaisle.prompts.phrase_files import own_texts
from newaisle.store.rows import Product

_KINDS: dict[str, ClaimKind] = {  # by the field of `Sentences`
    "brand": "brand",
    "brand_of_many": "brand",
    "attribute": "attribute",
    "attribute_of_many": "attribute",
    "price_level": "price_level",
    "words": "words",
    "words_of_many": "words",
    "similar": "similar",
    "closer": "closer",
    "together": "together",
    "together_too": "together",
    "counted": "counted",
    "expected_popularity": "expected_popularity",
    "one_other": "popularity",
    "others": "popularity",
    "often": "category",
    "unchosen": "category",
    "from_category": "category",
    "price": "price_limit",
    "least_price": "least_price",
    "wanted_brand": "wanted_brand",
    "unwanted_brand": "unwanted_brand",
    "wanted_words": "wanted_words",
    "excluded": "excluded_words",
}


def evidence_of(
    inputs: ExplainInput, language: Language, style: Style, folder: Path | None = None
) -> TextEvidence | None:
    """What a text made of the inputs may draw on; None where a fact is no sentence that newaisle makes.

    folder: of the user's own phrases.
    """
    try:
        (say, patterns), own = _patterns(language, style, folder), own_texts(language, folder)
    except (RequestError, TemplateError):  # a language without phrases that can be read has no such sentence
        return None
    reasons = [_reason(fact, number, inputs, say, patterns) for number, fact in enumerate(inputs.facts)]
    read = [reason for reason in reasons if reason is not None]
    if len(read) < len(reasons):
        return None
    brand = inputs.product.brand or next((one.claim.value for one in read if one.claim.kind == "brand"), "")
    product = replace(_product("product", inputs.product), brand=brand or None)
    return TextEvidence(product, inputs.category, read, language, style, phrases=own)


def _product(item_id: str, known: ProductFields) -> Product:
    """A product as far as a template is shown it."""
    amount, _, currency = known.price.partition(" ")
    is_price = bool(re.fullmatch(r"\d+(?:\.\d+)?", amount))
    return Product(
        item_id=item_id,
        title=known.title,
        category=(known.category,) if known.category else (),
        brand=known.brand or None,
        price=float(amount) if is_price else None,
        currency=currency or None if is_price else None,
        description=known.description,
        attributes=dict(
            map(_name_and_value, filter(None, [known.colour and f"colour: {known.colour}", *known.attributes]))
        ),
    )


def _name_and_value(attribute: str) -> tuple[str, str]:
    name, _, value = attribute.partition(":")
    return name.strip(), value.strip()


def _reason(
    fact: str, number: int, inputs: ExplainInput, say: Sentences, patterns: Sequence[tuple[str, str]]
) -> Reason | None:
    for name, pattern in patterns:
        if match := re.fullmatch(pattern, fact):
            said = {key: value for key, value in match.groupdict().items() if value is not None}
            return _made(_KINDS[name], fact, number, said, inputs, say)
    return None


def _made(
    kind: ClaimKind, fact: str, number: int, said: dict[str, str], inputs: ExplainInput, say: Sentences
) -> Reason:
    title = said.get("title")
    counted = re.findall(r"\d[\d,]*", said.get("many", ""))
    count = int(counted[0].replace(",", "")) if counted else 1 + ("many" in said)
    claim = Claim(
        kind=kind,
        text=fact,
        basis="history" if title else "category",
        history_item_id=f"row {number}" if title else None,
        also=[f"row {number}.{other}" for other in range(1, count)],
        item_field=f"attributes.{said['name'].replace(' ', '_')}" if "name" in said else "title",
        value=_value(kind, said, say),
        contribution=1.0,
    )
    if title is None:
        return Reason(claim)
    known = next(
        (row for row in inputs.history if bare_title(row.title) == bare_title(title)), ProductFields(title=title)
    )
    row = _product(f"row {number}", known)
    row = replace(row, brand=row.brand or said.get("brand"))
    if "many" in said and "category" in said:
        row = replace(row, category=(said["category"],))
    event = next(event for event, did in say.did.items() if did == said["did"])
    return Reason(claim, HistoryRow(product=row, event=event, liking=1.0))


def _value(kind: ClaimKind, said: dict[str, str], say: Sentences) -> str:
    """The value of a claim, as far as its sentence has it."""
    if "words" in said:
        opening, closing = say.quote.split("{}")
        return ", ".join(re.findall(f"{opening}(.+?){closing}", said["words"]))
    if kind == "popularity":
        return said.get("count", "1").replace(",", "")
    return next((said[key] for key in ("value", "brand", "count", "price", "category") if key in said), "")


@cache
def _patterns(language: Language, style: Style, folder: Path | None) -> tuple[Sentences, list[tuple[str, str]]]:
    """The sentences, and a pattern for each; those that say more come first: a title may swallow what others say."""
    say = sentences(language, style, folder)
    made = [(name, _pattern(getattr(say, name), say)) for name in _KINDS]
    return say, sorted(made, key=lambda one: -len(one[1]))


def _pattern(sentence: str, say: Sentences) -> str:
    """A regular expression for a format string, with a group for each of its fields."""
    pattern = "".join(re.escape(text) + _group(field, say) for text, field in _parsed(sentence))
    return re.sub(r"([Tt]he\\ )(?=\(\?P<title>)", r"(?:\1)?", pattern)  # which a title with an article goes without


def _group(field: str | None, say: Sentences) -> str:
    if field is None:
        return ""
    if field == "did":
        return f"(?P<did>{'|'.join(map(re.escape, say.did.values()))})"
    if field == "many":
        in_one = "".join(re.escape(text) + _group(name, say) for text, name in _parsed(say.many_in))
        in_all = re.escape(say.many).replace(re.escape("{count}"), r"[\d,]+")
        return rf"(?P<many>{in_one}|{in_all})"
    return rf"(?P<{field}>[\d,]+)" if field == "count" else f"(?P<{field}>.+?)"


def _parsed(sentence: str) -> Iterator[tuple[str, str | None]]:
    return ((text, field) for text, field, _, _ in Formatter().parse(sentence))
