"""Whether a language model's wording is worth its time in a shop: counts of its texts there, and what follows of them.

They are kept in the data folder, of each model and template by itself, and hold no text. Every worded answer adds its
own, so that nothing has to be measured beforehand; `newaisle prompts eval` and `calibrate --llm` measure at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.llm.kept_files import Memory
from newaisle.agent.schema.gain import Worded

if TYPE_CHECKING:
    from newaisle.prompts.template import Template

ENOUGH = 20
"""Texts until there is a verdict: four answers of five. They tell a model that mostly repeats from one that mostly
words anew; of one in between, it matters little which it is taken for."""
MOST_AGAIN = 0.5
"""Of the texts that pass, the share that may say the claims' own sentences again: beyond it, what a customer waits for
is more often than not what was there before."""
MOST_REFUSED = 0.5
"""Of all texts, the share that may fail the check: beyond it, most of the time goes into texts that nobody sees."""
_COUNTED = 200
"""Texts after which answers add no more: the shares hardly move, and answers need not write a file for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of how many texts how many passed the check, and how many of these say the claims' own sentences again."""

    texts: int
    passed: int
    again: int

    @classmethod
    def of(cls, worded: Sequence[Worded]) -> Counts:
        passed = [one for one in worded if one.refusal is None]
        return cls(texts=len(worded), passed=len(passed), again=sum(one.again for one in passed))

    def __add__(self, other: Counts) -> Counts:
        return Counts(texts=self.texts + other.texts, passed=self.passed + other.passed, again=self.again + other.again)

    @property
    def adds(self) -> bool | None:
        """Whether the texts are worth their time; None while there are too few to say."""
        if self.texts < ENOUGH:
            return None
        return not self._too_many_refused and self.again <= MOST_AGAIN * self.passed

    @property
    def told(self) -> str:
        """In a few words, what was found, with the model as the subject."""
        if self.adds is None:
            return f"wrote {self.texts} of the {ENOUGH} texts in this shop by which it is judged"
        if self.adds:
            return f"words {self.passed - self.again} of {self.texts} texts anew in this shop"
        does, part, whole = "repeats the claims' own sentences", self.again, self.passed
        if self._too_many_refused:
            does, part, whole = "fails the check", self.texts - self.passed, self.texts
        return f"{does} in {100 * part / whole:.0f} % of {whole} texts in this shop: wording is off by `--wording auto`"

    @property
    def _too_many_refused(self) -> bool:
        return self.texts - self.passed > MOST_REFUSED * self.texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a shop has found of the texts of the language model in use.

    model: what tells it from others. disliked: why its texts are not worth showing in any shop, where that is known.

    may_rank: whether it can be large enough to rank, as far as that is known before
    it is loaded.
    """

    file: Path
    model: str
    prompts_folder: Path | None
    may_rank: bool = True
    disliked: str = ""

    def counts(self, template: str, language: str) -> Counts | None:
        """Of the template in use for a language; None where nothing was counted."""
        found = self._memory.recall(self.model)
        if found is None:
            return None
        from newaisle.prompts.library import find_template

        path, _ = find_template(template, language, self.prompts_folder)
        return found.get(_key(path.name, sha256(path.read_bytes()).hexdigest()))

    def all(self) -> dict[str, Counts]:
        """Of each template in use for which something was counted, by name and language."""
        if not self._found:
            return {}
        from newaisle.prompts.library import templates_in_use

        names = [path.name.split(".")[:2] for _, path, _ in templates_in_use(self.prompts_folder)]
        return {f"{name}.{language}": counts for name, language in names if (counts := self.counts(name, language))}

    @property
    def told(self) -> list[str]:
        """What was found by each template, a line each, after what is known of the model in any shop."""
        known = [f"{self.model.partition('@')[0]}: {self.disliked}"] if self.disliked else []
        return known + [
            f"{place}: {self.model.partition('@')[0]} {counts.told}" for place, counts in self.all().items()
        ]

    def add(self, template: Template, worded: Sequence[Worded]) -> str:
        """Count the texts of an answer; what to tell whoever asked, where they turn wording off, else nothing."""
        key = _key(template.path.name, template.hash)
        before = self._found.get(key, Counts(texts=0, passed=0, again=0))
        if not worded or before.texts >= _COUNTED:
            return ""
        after = before + Counts.of(worded)
        self._keep(key, after)
        return after.told if after.adds is False and before.adds is not False else ""

    def put(self, template: Template, worded: Sequence[Worded]) -> Counts:
        """Count these texts in the place of what was counted before, unless that tells more; what is counted now."""
        key, counts = _key(template.path.name, template.hash), Counts.of(worded)
        before = self._found.get(key)
        if before is not None and counts.adds is None and before.texts > counts.texts:
            return before
        self._keep(key, counts)
        return counts

    @property
    def _memory(self) -> Memory[dict[str, Counts]]:
        return Memory(self.file, dict[str, Counts])

    @property
    def _found(self) -> dict[str, Counts]:
        return self._memory.recall(self.model) or {}

    def _keep(self, key: str, counts: Counts) -> None:
        self._memory.remember(self.model, self._found | {key: counts})


def _key(file: str, digest: str) -> str:
    return f"{file} {digest[:12]}"
