"""A text as a sequence of parts: the names it mentions and the phrases between them, each with its role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from newaisle.agent.wording.check.lexicon import lexicon
from newaisle.agent.wording.check.mentions import Mention, Name, Token, finder, tokens
from newaisle.agent.wording.check.text_evidence import Refused, TextEvidence

_FIRST = 0xE000  # of the private characters that stand for names while phrases are looked for
_READINGS = 16  # of a text whose names may stand for several things
_ENDS = frozenset(".!。！")
_PAUSES = frozenset(",;:–—-，；：、·")
_SHORTENED = frozenset("it that this here they you we".split())
_ENDINGS = {"s": "is", "re": "are", "ve": "have", "ll": "will"}
_SILENT = frozenset("\"'“”‘’「」『』《》【】()[]（）")


@dataclass(frozen=True, slots=True)
class Part:
    """A name or a phrase of a text. `role` is its letter in `agent.wording.check.lexicon`.

    event: of a phrase that says what the customer did; of a row that a deed has been tied to, `clause` where they are a
    clause of their own (you bought the R). key: which of its kind a name is. names: all it may stand for.
    """

    role: str
    text: str
    event: str = ""
    key: str = ""
    names: tuple[Name, ...] = ()

    @property
    def keys(self) -> set[str]:
        """The keys that a word, value or count may have: of all claims that have it."""
        return {self.key, *(name.key for name in self.names if name.role == self.role)}


def readings(text: str, evidence: TextEvidence) -> Iterator[list[Part]]:
    """The ways to read a text: one, or several where a name may stand for different things.

    Raises Refused at a word, number or character that is neither a name of the evidence nor of the lexicon.
    """
    spelled = tokens(text)
    mentions = finder(evidence).find(spelled)
    parts = list(_parts(*_with_signs(spelled, mentions, gap=" " if evidence.language == "en" else ""), evidence))
    choices = [part.names or (Name(part.role, part.key),) for part in parts]
    for chosen in islice(product(*choices), _READINGS):
        yield [
            replace(part, role=name.role, key=name.key) if part.names else part
            for part, name in zip(parts, chosen, strict=True)
        ]


def _with_signs(text: Sequence[Token], mentions: dict[int, Mention], gap: str) -> tuple[str, list[Mention], list[str]]:
    """The text in lower case with a private character for each mention, the mentions, and how each is spelled."""
    pieces: list[str] = []
    found: list[Mention] = []
    at = 0
    while at < len(text):
        if at in mentions:
            pieces.append(chr(_FIRST + len(found)))
            found.append(mentions[at])
            at = mentions[at].end
            continue
        pieces.append(_piece(text[at]))
        at += 1
    spelled = [" ".join(token.text for token in text[start : mention.end]) for start, mention in mentions.items()]
    return gap.join(filter(None, pieces)), found, spelled


def _piece(token: Token) -> str:
    if token.is_word:
        return _spelled_out(token.text.casefold().replace("’", "'"))
    if token.text in _SILENT:
        return ""
    if token.text in _ENDS:
        return "."
    if token.text in _PAUSES:
        return ","
    raise Refused(f"{token.text!r} has no place in it")


def _spelled_out(word: str) -> str:
    """`it is` for it's; what ends other words so is no part of an explanation, or of a name."""
    base, _, ending = word.partition("'")
    full = _ENDINGS.get(ending) if base in _SHORTENED else None
    return f"{base} {full}" if full else word


def _parts(text: str, mentions: Sequence[Mention], spelled: Sequence[str], evidence: TextEvidence) -> Iterator[Part]:
    pattern, roles = lexicon(evidence.language, evidence.style)
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        number = ord(text[at]) - _FIRST
        if 0 <= number < len(mentions):
            yield Part(mentions[number].names[0].role, spelled[number], names=mentions[number].names)
            at += 1
            continue
        match = pattern.match(text, at)
        if not match or match.end() == at:
            raise Refused(f"{_word_at(text, at, evidence)!r} is in no claim")
        role, _, event = roles[(match.lastindex or 1) - 1].partition("_")
        yield Part(role, match[0].strip(), event)
        at = match.end()


def _word_at(text: str, at: int, evidence: TextEvidence) -> str:
    if evidence.language == "en":
        return text[at:].split(" ", 1)[0]
    end = next((i for i in range(at, len(text)) if text[i] in ".," or ord(text[i]) >= _FIRST), len(text))
    return text[at : min(end, at + 6)]
