"""Draws docs/chat.svg: a chat in the sample shop, typed on a terminal. `python tests/record.py`, after `make demo`.

The models installed here word the reasons. What is on the screen at the end is drawn as it is.
"""

from __future__ import annotations

import os
import sys
from io import StringIO
from pathlib import Path

import pexpect
import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

ROOT = Path(__file__).parents[1]
COLUMNS, LINES = 92, 60
TURNS = ("something for brewing coffee outdoors, under 60, no plastic", "camp kitchen", "more like 2", "why 1?")
_READY = r"\x1b\[\?2004h"  # asks for the next turn
_COLOURS = {"brown": "yellow", "default": None}  # as rich calls what pyte calls otherwise


def typed(home: Path) -> pyte.Screen:
    """The screen after the turns of a chat."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    running: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "newaisle.agent", "chat", "--home", str(home), "--user", "mara", "-k", "2"],
        dimensions=(LINES, COLUMNS),
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
    )
    seen = StringIO()
    running.logfile_read = seen
    running.expect(_READY)
    for turn in TURNS:
        running.send(turn + "\r")
        running.expect(_READY)
    running.close(force=True)
    stream.feed(seen.getvalue())
    return screen


def drawn(screen: pyte.Screen) -> str:
    """A screen as SVG."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), highlight=False)
    last = max(number for number, line in enumerate(screen.display) if line.strip())
    for number in range(last + 1):
        line = Text()
        for column in range(COLUMNS):
            cell = screen.buffer[number][column]
            colour = _COLOURS.get(cell.fg, cell.fg)
            line.append(cell.data, Style(color=colour, bold=cell.bold, italic=cell.italics, reverse=cell.reverse))
        line.rstrip()
        console.print(line, soft_wrap=True)
    return console.export_svg(title="newaisle chat", unique_id="newaisle")


if __name__ == "__main__":
    (ROOT / "docs" / "chat.svg").write_text(drawn(typed(ROOT / ".demo")), encoding="utf-8")
