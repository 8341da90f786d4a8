"""The check of a text in a language that has no list of words: its numbers, its names and what it quotes, and no more.

A name is what is written with a capital letter, where a language has any: in German every noun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence
from newaisle.agent.wording.check.tokens import QUOTES, Token, quoted, sentences, tokens
from newaisle.store.rows import Product

SIGNS = QUOTES | frozenset("¿¡…")


def judge(found: list[Token], evidence: TextEvidence) -> None:
    """Raise Refused where a text names what neither the product nor a row nor a claim has, or rests on no claim."""
    rows = [reason.row.product for reason in evidence.reasons if reason.row]
    claims = [reason.claim for reason in evidence.reasons]
    products = [evidence.product, *rows, *(row.product for row in evidence.rows)]
    known = _norms([evidence.category, *(text for product in products for text in _texts(product))])
    known |= _norms([*evidence.phrases, *(text for claim in claims for text in (claim.text, claim.value))])
    for sentence, _ in sentences(found, lambda word: False):
        inside = quoted(sentence)
        for place, token in enumerate(sentence):
            is_name = token.is_word and token.text != token.text.lower()
            if not place and is_name:  # as every word is written that begins a sentence: a name where the shop has it
                is_name = bool(evidence.frequencies([token.text.lower()]))
            is_checked = is_name or token.is_number or (place in inside and token.is_word)
            if is_checked and token.norm not in known:
                raise Refused(f"{token.text!r} is in no claim")
    telling = _norms([*(claim.value for claim in claims), *(row.title for row in rows)])
    if not {token.norm for token in found if token.is_word or token.is_number} & telling:
        raise Refused("it makes no claim")


def _texts(product: Product) -> Iterator[str]:
    yield from (product.title, product.brand or "", product.description or "", *product.category)
    yield from product.attributes.values()
    if product.price is not None:
        yield f"{product.price:.2f} {product.currency or ''}"


def _norms(texts: Iterable[str]) -> set[str]:
    return {token.norm for text in texts for token in tokens(text)}
