"""What a person sees on a terminal, and what a pipe gets: tables, colours, progress, interruptions."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
from pathlib import Path

import pytest

from newaisle.agent import sample
from tests.agent.cli.command import PROGRAM, left_on_screen, on_terminal

ASKED = ("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY, "-k", 3)
DEAR = (*ASKED, "--max-price", 60)
COLOUR = re.compile(r"\x1b\[[\d;]*3\d[\d;]*m")


@pytest.mark.usefixtures("shop")
def test_a_terminal_gets_a_table_that_fits_it_and_no_colour_where_none_is_wanted() -> None:
    code, shown = on_terminal(*DEAR, columns=40, env={"NO_COLOR": "1"}, program=PROGRAM)
    assert code == 0
    assert not COLOUR.search(shown)
    plain = left_on_screen(shown)
    assert max(map(len, plain.splitlines())) <= 40
    assert plain.startswith("Camp Kitchen for mara\n")
    assert re.search(r"^ 3 \w+", plain, flags=re.MULTILINE)
    assert "note: " in plain


@pytest.mark.usefixtures("shop")
def test_data_in_a_rendered_prompt_is_set_off_by_its_style() -> None:
    _, shown = on_terminal("prompts", "render", "rank", *ASKED[1:5])
    assert re.search(r'\x1b\[4;36mCamp Kitchen\x1b\[0m"', shown)


def test_progress_is_shown_on_a_terminal() -> None:
    code, shown = on_terminal("ingest", sample.CATALOGUE, program=PROGRAM)
    assert code == 0
    assert "reading products" in shown
    assert "100%" in shown
    assert "%" not in left_on_screen(shown)


@pytest.mark.usefixtures("shop")
def test_whoever_reads_may_stop_reading() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        gone = subprocess.run([*PROGRAM, *map(str, ASKED), "--jsonl"], stdout=nobody, stderr=subprocess.PIPE, text=True)
    assert (gone.returncode, gone.stderr) == (0, "")


def test_an_interrupted_ingest_says_so_in_one_line(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [*PROGRAM, "ingest", "-", "--home", tmp_path / "home"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # The ledger says that the command has begun; it then waits for its standard input.
    while not (tmp_path / "home" / "ledger.sqlite3").exists() and running.poll() is None:
        select.select([], [], [], 0.05)
    while running.poll() is None:  # as a person would: what Python ignores while it cleans up is pressed once more
        running.send_signal(signal.SIGINT)
        select.select([], [], [], 0.2)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert (out, err.strip()) == ("", "stopped; nothing that was stored is lost, the same command goes on from there")
