"""The check of a phrased text against the facts: what it says has to be borne out, how it says it is free.

Nothing is left to a model's good will. Words that describe products have to stand in this one's fields or in a claim,
numbers and names likewise; what the customer or others did, what is shared, compared or denied has to be claimed; and
what no claim can say is a list (`words/LANGUAGE.yaml`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from newaisle.agent.llm.base import Finish
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.check import without_words
from newaisle.agent.wording.check.grounds import Facts
from newaisle.agent.wording.check.rules import RULES
from newaisle.agent.wording.check.said import Said
from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence
from newaisle.agent.wording.check.tokens import Token, sentences, tokens
from newaisle.agent.wording.check.vocabulary import words_file

__all__ = ["TextEvidence", "problem"]
_LONGEST: dict[Style, int] = {"short": 400, "detailed": 700, "seller": 700}  # characters
_SENTENCE = 3  # words
_SIGNS = frozenset(".,;:!?'\"“”‘’()-–—&/%°·，。！？；：、（）《》「」$€£¥￥…×+")


def problem(text: str, finish: Finish, evidence: TextEvidence) -> str | None:
    """What is wrong with a generated text, in a few words; None when everything that it says is borne out."""
    if finish != "stop" or not re.search(r"[.!?。！？][\"”’]?$", text):
        return "it is not complete"
    if len(text) > _LONGEST[evidence.style]:
        return "it is too long"
    try:
        if words_file(evidence.language).exists():
            _judge(text, Facts(evidence))
        else:
            _check_signs(found := list(tokens(text)), _SIGNS | without_words.SIGNS)
            without_words.judge(found, evidence)
    except Refused as refusal:
        return str(refusal)
    return None


def _judge(text: str, facts: Facts) -> None:
    all_read = list(tokens(text, facts.is_word))
    read = sentences(all_read, facts.is_abbreviation)
    _check_signs(all_read)
    _check_promises(text, facts)
    if max(Counter(tuple(token.norm for token in one) for one, _ in read).values(), default=2) > 1:
        raise Refused("it repeats itself")
    before: list[str] = []
    is_stated = False
    for (sentence, end), (following, _) in zip(read, [*read[1:], ([], "")], strict=True):
        # What is asked is said where the answer is `So is this one`.
        answered = bool(following) and following[0].norm in facts.words.agreeing
        said = Said.read(sentence, facts, before, is_question=end in "?？" and bool(end) and not answered)
        for rule in RULES:
            rule(said)
        before += [key for row in said.rows for key in row.rows]
        is_stated = is_stated or _states(said)
    if not is_stated:
        raise Refused("it makes no claim")


def _check_signs(found: Sequence[Token], signs: frozenset[str] = _SIGNS) -> None:
    for token in found:
        if not (token.is_word or token.is_number or token.text in signs):
            raise Refused(f"{token.text!r} is no sign of a plain text")


def _check_promises(text: str, facts: Facts) -> None:
    """Refuses praise and promises, but for what stands in the product's own title or in a claim."""
    for match in facts.words.promises.finditer(text.casefold()):
        said = match.group()
        inside = [token.norm for token in tokens(said, facts.is_word)]
        is_claimed = any(said in claim.text.casefold() for claim in facts.claims)
        if not is_claimed and not all(word in facts.product.all for word in inside):
            raise Refused(f"{said!r} is in no claim")


def _states(said: Said) -> bool:
    """Whether a sentence gives a reason: it names a row, or says what the product is beyond its name."""
    facts = said.facts
    # What rests on no row is said of others, in numbers or of the category; where nothing rests on one, freely.
    said_of = bool(said.norms(0, len(said.sentence)) & facts.words.others) or len(said.named) > len(said.products)
    said_of = said_of or any(token.is_number for token in said.sentence)
    without_row = [reason.row is None for reason in facts.evidence.reasons]
    is_claimed = all(without_row) or (any(without_row) and said_of)
    content = filter(said.is_content, said.free)
    beyond = any(one in said.plain or said.sentence[one].norm not in facts.product.title for one in content)
    is_sentence = sum(token.is_word for token in said.sentence) >= _SENTENCE
    return is_sentence and (bool(said.rows) or is_claimed or beyond)
