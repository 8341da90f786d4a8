"""The languages that answers are given in, and the characters that Chinese is told by."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
HAN = r"\u3400-\u9fff\uf900-\ufaff"  # CJK ideographs, to stand inside the brackets of a regular expression
