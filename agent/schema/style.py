"""In which styles the texts of an answer can be."""

from __future__ import annotations

from typing import Literal, get_args

Style = Literal["short", "detailed", "seller"]
STYLES: tuple[Style, ...] = get_args(Style)
