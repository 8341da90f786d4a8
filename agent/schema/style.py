"""In which styles the texts of an answer can be, and whether a language model takes part."""

from __future__ import annotations

from typing import Literal, get_args

Style = Literal["short", "detailed", "seller"]
STYLES: tuple[Style, ...] = get_args(Style)
Switch = Literal["auto", "on", "off"]
SWITCHES: tuple[Switch, ...] = get_args(Switch)
