"""Colour: in a terminal, not in a pipe, and as NO_COLOR, FORCE_COLOR and TERM=dumb say."""

from __future__ import annotations

import re
import subprocess

import pytest

from newaisle.agent import sample
from tests.agent.cli.command import PROGRAM, newaisle, on_terminal

pytestmark = pytest.mark.usefixtures("shop")

COLOUR = re.compile(r"\x1b\[(?:\d+;)*[349]\d(?:;\d+)*m")
ESCAPE = "\x1b["
# Commands that print coloured tables, text of click's own, and errors.
SHOWN = {
    "a table": ("category", sample.NEW_CATEGORY),
    "an answer": ("recommend", "--category", sample.NEW_CATEGORY, "--max-price", "60", "--table"),
    "bars": ("profile", sample.CUSTOMER),
    "signals": ("why", sample.CUSTOMER, "ck-05"),
    "a log": ("logs",),
    "help": ("recommend", "--help"),
    "an error": ("forget", "nobody"),
    "a wrong option": ("forget", "--nothing"),
}


@pytest.mark.parametrize("command", SHOWN.values(), ids=SHOWN)
def test_no_colour_means_none(command: tuple[str, ...]) -> None:
    assert not COLOUR.search(on_terminal(*command, env={"NO_COLOR": "1"})[1])
    assert not COLOUR.search(on_terminal(*command, env={"NO_COLOR": "1", "FORCE_COLOR": "1"})[1])


@pytest.mark.parametrize("command", SHOWN.values(), ids=SHOWN)
def test_a_dumb_terminal_gets_no_escapes(command: tuple[str, ...]) -> None:
    assert ESCAPE not in on_terminal(*command, env={"TERM": "dumb"})[1]


@pytest.mark.parametrize("command", SHOWN.values(), ids=SHOWN)
def test_a_pipe_gets_no_escapes(command: tuple[str, ...]) -> None:
    ran = newaisle(*command)
    assert ran.out + ran.err
    assert ESCAPE not in ran.out + ran.err


@pytest.mark.parametrize("name", ["an answer", "bars", "signals"])
def test_a_terminal_gets_colour_and_so_does_a_pipe_that_wants_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert COLOUR.search(on_terminal(*SHOWN[name])[1])
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = subprocess.run([*PROGRAM, *SHOWN[name]], capture_output=True, text=True, check=True)
    assert COLOUR.search(ran.stdout)


def test_json_has_no_colour_even_if_it_is_forced() -> None:
    _, shown = on_terminal("recommend", "--category", sample.NEW_CATEGORY, "--json", "-q", env={"FORCE_COLOR": "1"})
    assert ESCAPE not in shown
