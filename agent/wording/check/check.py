"""The check of a phrased explanation against the claims it was made from.

Nothing is left to a model's good will. The names in a text are found first (`mentions`); between them only words of a
small lexicon may stand (`lexicon`); each deed has to be that of the row it is said of (`verbs`), and each property has
to be claimed of the product and that row (`bindings`). Any other word, number, name or sign refuses the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from newaisle.agent.llm.base import Finish
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.check.bindings import stated
from newaisle.agent.wording.check.events import bind
from newaisle.agent.wording.check.parts import Part, readings
from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence

__all__ = ["PUNCTUATION", "TextEvidence", "problem"]
_LONGEST: dict[Style, int] = {"short": 400, "detailed": 700, "seller": 700}  # characters
PUNCTUATION = frozenset(" .,;:!'\"“”‘’()-–—&/，。！；：、（）《》「」")


def problem(text: str, finish: Finish, evidence: TextEvidence) -> str | None:
    """What is wrong with a generated text, in a few words; None when every part of it is supported."""
    if finish != "stop" or not re.search(r"[.!。！][\"”]?$", text):
        return "it is not complete"
    if text in {reason.claim.text for reason in evidence.reasons}:
        return None  # true by construction
    if len(text) > _LONGEST[evidence.style]:
        return "it is too long"
    first = ""
    try:
        for reading in readings(text, evidence):
            try:
                _judge(reading, evidence)
            except Refused as refusal:
                first = first or str(refusal)
            else:
                return None
    except Refused as refusal:
        return str(refusal)
    return first


def _judge(parts: list[Part], evidence: TextEvidence) -> None:
    _once(parts)
    if not stated(bind(parts, evidence), evidence):
        raise Refused("it makes no claim")


def _once(parts: Sequence[Part]) -> None:
    said = Counter((part.role, part.key, part.text.casefold()) for part in parts if part.role in "VXKpmMZ$LNJ")
    said.update((part.role, part.key, "") for part in parts if part.role in "PB")
    sentences = [list(one) for is_end, one in groupby(parts, key=lambda part: part.role == ".") if not is_end]
    said.update(("sentence", "", " ".join(part.text for part in sentence).casefold()) for sentence in sentences)
    if any(count > (2 if role in ("P", "B") else 1) for (role, _, _), count in said.items()):
        raise Refused("it repeats itself")
