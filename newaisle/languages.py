"""The languages that answers are given in, and the characters that Chinese is told by."""

from __future__ import annotations

import re

Language = str
"""The code of a language: `en`, `de`, `pt-BR`."""
LANGUAGES: tuple[Language, ...] = ("en", "zh")
"""Those that newaisle has templates, phrases and lists of words for; of others a user has a file of phrases."""
HAN = r"\u3400-\u9fff\uf900-\ufaff"  # CJK ideographs, to stand inside the brackets of a regular expression


def is_code(text: object) -> bool:
    """Whether something may be the code of a language."""
    return isinstance(text, str) and bool(re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", text))
