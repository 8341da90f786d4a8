"""Draws docs/architecture.svg: the layers of pyproject.toml, with what docs/architecture.md says of each.

`python tests/draw_layers.py`
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"
_WIDTH, _ROW, _GAP, _NAME = 920, 34, 6, 150  # the last: where what is said of a layer begins
_COLOURS = {"agent": "#e8f0fb", "prompts": "#fdf0dc", "store": "#e5f4e6"}
_STYLE = "text{font:13px system-ui,sans-serif;fill:#222}.name{font-weight:600}rect{stroke:#9aa7b5}"


def layers() -> list[list[str]]:
    """The layers from the highest down, each with its modules, `newaisle` left out of their names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers"]
    return [[module.removeprefix("newaisle.") for module in layer.split(" | ")] for layer in contract["layers"]]


def described() -> dict[str, str]:
    """What docs/architecture.md says of each module."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("| layer | what is in it |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([\w.]+)` \| (.*) \|$", table, flags=re.MULTILINE))


def drawn() -> str:
    """The picture as SVG."""
    rows = layers()
    height = len(rows) * (_ROW + _GAP) + _GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
            "<title>The layers of newaisle: each imports from those below it</title>",
            f"<style>{_STYLE}</style>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff" stroke="none"/>',
            *(box for number, modules in enumerate(rows) for box in _row(modules, number)),
            "</svg>\n",
        ]
    )


def _row(modules: list[str], number: int) -> Iterator[str]:
    said, width = described(), (_WIDTH - _GAP) / len(modules)
    y = _GAP + number * (_ROW + _GAP)
    for place, module in enumerate(modules):
        x = _GAP + place * width
        colour = _COLOURS.get(module.partition(".")[0], "#f4f4f4")
        base = f'y="{y + 22}"'
        yield f'<rect x="{x:g}" y="{y}" width="{width - _GAP:g}" height="{_ROW}" rx="5" fill="{colour}"/>'
        yield f'<text class="name" x="{x + 10:g}" {base}>{escape(module)}</text>'
        if len(modules) <= 2:
            yield f'<text x="{x + _NAME:g}" {base}>{escape(said[module].replace("`", ""))}</text>'


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
