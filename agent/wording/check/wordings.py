"""How the texts of a language are brought into one form before they are compared with patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from newaisle.languages import Language
from newaisle.store.words import words


@dataclass(frozen=True, slots=True)
class Wording:
    """The normal form of a language's texts, and what stands between its words."""

    normal: Callable[[str], str]  # in lower case and without punctuation
    gap: str


WORDINGS: dict[Language, Wording] = {
    "en": Wording(normal=lambda text: " ".join(words(text)), gap=" "),
    "zh": Wording(normal=lambda text: re.sub(r"[\W_]+", "", text.casefold()), gap=""),
}
