"""The check of a written paragraph against the statements it was made from.

As with explanations (`agent.wording.check`), what a text says has to be borne out, and how it says it is free: each
name has to be said as its statement does (liked, avoided, bought again), each verb that says something needs a name,
and words that are neither a name nor style are facts of their own, which no statement has. Sentence by sentence, and
the first that fails ends the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newaisle.agent.profile.statements import About, Statement
from newaisle.agent.wording.check.tokens import Token, tokens
from newaisle.agent.wording.check.vocabulary import Vocabulary, vocabulary
from newaisle.languages import Language
from newaisle.store.rows import Event

_Made = tuple[Statement, str]
_Names = dict[str, list[_Made]]
_BRACKETS = re.compile(r"\s*[(（\[【].*?[)）\]】]")
_SIGN = 0xE000  # the first of the characters for private use, which stand for names
_NEAR = 3  # words between a verb and the one that it helps, as in `like to shop`
_MOST = 3  # sentences
_PUNCTUATION = frozenset(" .,;:!'\"“”‘’()-–—&/，。！；：、（）《》「」")
_SINGULAR, _PLURAL = "chooses|likes|looks|prefers|does|has", "choose|like|look|prefer|do|have"
_BROKEN = re.compile(
    rf"\bthey (?:also )?(?:{_SINGULAR})\b|^they\b.* (?:and|but) (?:also )?(?:{_SINGULAR})\b"
    rf"|\bcustomer (?:also )?(?:{_PLURAL})\b|^this customer\b.* (?:and|but) (?:also )?(?:{_PLURAL})\b",
    re.IGNORECASE,
)
_STARTS = "(?:They|This|The|He|She|It|Also|And|But)"  # of sentences; a mark before another word belongs to a name
_SENTENCE = re.compile(rf".+?(?:[.!?][\"”]?(?=\s+{_STARTS}\b|\s*$)|[。！？]”?)\s*", re.DOTALL)
# What a verb of a kind may say of a name; `words/LANGUAGE.yaml` has the verbs.
_SAYS: dict[str, frozenset[About]] = {
    "choose": frozenset({"mostly", "often"}),
    "pick": frozenset({"brand"}),
    "like": frozenset({"brand", "word"}),
    "seek": frozenset({"word"}),
    "avoid": frozenset({"dislike", "disliked"}),
}
_PRICED: dict[str, About] = {"dear": "dearer", "cheap": "cheaper"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the statements support of a text: its sentences up to the first that says something else.

    problem: what is wrong with that one, in a few words; None where there is none. made: how many statements were made.
    """

    text: str
    problem: str | None
    made: int
    wanted: int

    @property
    def is_enough(self) -> bool:
        """Whether what is left of the text can stand: it makes half of the statements, and two if there are two."""
        return self.made >= max(min(2, self.wanted), self.wanted / 2)


class _Unsupported(Exception):
    """A sentence says something that is in no statement; the message names it."""


def supported(text: str, said: Sequence[Statement], language: Language) -> Checked:
    """The leading sentences of a written paragraph, three at most, that the statements support in every part.

    A small model writes what it was given and then goes on: what follows is cut, never kept for its looks.
    """
    kept: list[str] = []
    made: set[_Made] = set()
    refusal = None
    for sentence in _SENTENCE.findall(text)[:_MOST]:
        try:
            now = _Reading(said, vocabulary(language), language).read(sentence)
        except _Unsupported as unsupported:
            refusal = str(unsupported)
            break
        if now & made:
            refusal = "it repeats itself"
            break
        kept.append(sentence)
        made |= now
    if not kept and refusal is None:
        refusal = "it is not complete"
    return Checked("".join(kept).strip(), refusal, len({statement for statement, _ in made}), len(said))


@dataclass(slots=True)
class _Reading:
    """One sentence being read from left to right: the last verb that says something, and whether it was denied."""

    said: Sequence[Statement]
    words: Vocabulary
    language: Language
    verb: str = ""
    verb_text: str = ""
    since_verb: int = 0
    is_denied: bool = False
    is_again: bool = False
    has_name: bool = True  # whether the last verb has been said of something
    made: set[_Made] = field(default_factory=set)

    def read(self, sentence: str) -> set[_Made]:
        """The statements that a sentence makes, with the names. Raises _Unsupported."""
        known = "".join(name for statement in self.said for name in statement.names)
        if strange := {one for one in sentence if not one.isalnum()} - _PUNCTUATION - set(known):
            raise _Unsupported(f"{min(strange)!r} has no place in it")
        if broken := _BROKEN.search(sentence):
            raise _Unsupported(f"{broken.group().split()[-1]!r} is no English there")
        masked, names = self._masked(sentence)
        read = list(tokens(masked, self.words.han.__contains__))
        self.is_again = any(one.norm in self.words.again for one in read)
        place = 0
        while place < len(read):
            place += self._take(read, place, names)
        self._close()
        if self.is_again and not any(statement.about == "again" for statement, _ in self.made):
            raise _Unsupported("what was bought again is in no fact")
        return self.made

    def _masked(self, sentence: str) -> tuple[str, _Names]:
        """The sentence with a sign for each name, and what the signs stand for."""
        forms: dict[str, list[_Made]] = {}
        for statement in self.said:
            for name in statement.names:
                for form in _forms(name):
                    forms.setdefault(form, []).append((statement, name))
        names: _Names = {}
        for number, form in enumerate(sorted(forms, key=len, reverse=True)):
            sign = chr(_SIGN + number)
            pattern = rf"(?<![a-z\d]){re.escape(form)}s?(?![a-z\d])" if form.isascii() else re.escape(form)
            sentence = re.sub(pattern, sign, sentence, flags=re.IGNORECASE)
            names[sign] = forms[form]
        return sentence, names

    def _take(self, read: Sequence[Token], place: int, names: _Names) -> int:
        """Read what stands at a place; how many tokens that is."""
        token = read[place]
        if token.text in names:
            self._name(read[:place], names[token.text])
            return 1
        for kind, phrases in self.words.profile.items():
            for phrase in phrases:
                if tuple(one.norm for one in read[place : place + len(phrase)]) == phrase:
                    self._verb(kind, token)
                    return len(phrase)
        self.since_verb += token.is_word
        written = token.text.casefold().replace("’", "'")
        if written in self.words.negations or written.endswith("n't"):
            self.is_denied = True
        elif token.norm in self.words.again:
            pass
        elif (token.is_word and (token.norm not in self.words.style or token.norm in self.words.personal)) or (
            token.is_number
        ):
            raise _Unsupported(f"{token.text!r} is in no fact")
        return 1

    def _verb(self, kind: str, token: Token) -> None:
        if kind in _PRICED:
            found = next((one for one in self.said if one.about == _PRICED[kind]), None)
            if found is None or self.is_denied:
                raise _Unsupported(f"{token.text!r} is in no fact")
            self.made.add((found, ""))
            self.has_name = True
            return
        if self.since_verb > _NEAR:
            self._close()
        if self.is_denied:
            kind = "avoid" if kind == "like" else "nothing"
        self.verb, self.verb_text, self.since_verb, self.has_name, self.is_denied = kind, token.text, 0, False, False

    def _name(self, before: Sequence[Token], meant: Sequence[_Made]) -> None:
        """A name has to be said as one of its statements does."""
        fits = [one for one in meant if self._says(one[0], before)]
        if not fits:
            raise _Unsupported(f"what is said of {meant[0][1]!r} is in no fact")
        self.made.update(fits)
        self.has_name = True

    def _says(self, statement: Statement, before: Sequence[Token]) -> bool:
        if statement.event is not None or statement.about == "again":
            event = statement.event or Event.PURCHASE
            is_liked = self.verb == "like" and event in (Event.LIKE, Event.RATING)
            is_said = self.verb == event or is_liked
            return is_said and not self.is_denied and (self.is_again or statement.about != "again")
        last = next((one.norm for one in reversed(before) if one.norm in self.words.within), "")
        kind = "pick" if self.verb == "choose" and self.words.within and not last else self.verb
        return not self.is_denied and statement.about in _SAYS.get(kind, ())

    def _close(self) -> None:
        if not self.has_name:
            raise _Unsupported(f"{self.verb_text!r} is in no fact")


def _forms(name: str) -> Iterator[str]:
    """How a name may stand in a text: as it is, with `and` spelled out, without what is in brackets."""
    forms = {name, name.replace("&", "and"), _BRACKETS.sub("", name)}
    yield from (form for form in forms if any(one.isalnum() for one in form))
