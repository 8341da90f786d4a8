"""How much is said on stderr: --quiet, --verbose, progress in a terminal, and nothing of it in a pipe."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.agent.cli import cli
from tests.agent.cli import fork_server
from tests.agent.cli.command import PROGRAM, commands, left_on_screen, newaisle, on_terminal

ASKED = ("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY, "-k", 1)
COMMANDS = {(): cli, **dict(commands())}


def test_every_command_can_be_told_how_much_to_say() -> None:
    for path in COMMANDS:
        help = newaisle(*path, "--help").ok().out
        assert "-q, --quiet" in help, path
        assert "-v, --verbose" in help, path


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_leaves_notes_out(before: bool, option: str) -> None:
    command = ("ingest", sample.CATALOGUE)
    newaisle(*command).ok()
    said = newaisle("logs")
    assert "nothing is logged yet" in said.err
    quiet = newaisle(option, "logs") if before else newaisle("logs", option)
    assert (quiet.code, quiet.out, quiet.err) == (0, said.out, "")


@pytest.mark.usefixtures("shop")
def test_quiet_leaves_errors_and_the_answer() -> None:
    wrong = newaisle("-q", "forget", "nobody")
    assert wrong.code == 3
    assert "no customer 'nobody'" in wrong.err
    answer = newaisle("-q", *ASKED, "--max-price", 60, "--table").ok()
    assert "note: " in answer.out


def test_quiet_leaves_the_error_of_rejected_rows(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title\na,Pot\n,Pan\n", encoding="utf-8")
    ran = newaisle("ingest", tmp_path / "items.csv", "--strict", "-q")
    assert ran.code == 3
    assert ran.err == "Error: 1 row rejected and --strict allows none: mend them and run this again\n"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_says_what_is_used_and_how_long_each_stage_takes(before: bool, option: str, surroundings: Path) -> None:
    plain = newaisle(*ASKED).ok()
    ran = newaisle(option, *ASKED).ok() if before else newaisle(*ASKED, option).ok()
    assert ran.json["recommendations"] == plain.json["recommendations"]
    assert plain.err == ""
    lines = ran.err.splitlines()
    assert f"shop in {surroundings / 'home'}, embedded by hash" in lines[0]
    assert f"own templates in {surroundings / 'home' / 'prompts'}" in lines
    assert any(line.startswith("index generation g") and "loaded in" in line for line in lines)
    assert any(line.startswith("stages: retrieve 0.") for line in lines)
    assert lines[-1].startswith("all: ")


@pytest.mark.usefixtures("shop")
def test_verbose_names_what_is_loaded_for_products_that_are_brought(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("id,title\na,Red tea pot\nb,Blue tea pot\n", encoding="utf-8")
    ran = newaisle("-v", "recommend", "--category", "Pots", "--candidates", tmp_path / "new.csv").ok()
    assert "embedder hash-64: loaded in" in ran.err


def test_verbose_times_the_stages_of_a_long_command() -> None:
    said = newaisle("ingest", sample.CATALOGUE, "-v").ok().err
    for stage in ("reading products", "embedding new texts", "building the index"):
        assert f"{stage}: " in said


def test_verbose_names_the_files_of_settings() -> None:
    Path("newaisle.toml").write_text('language = "zh"\n', encoding="utf-8")
    assert f"settings of {Path('newaisle.toml').absolute()}" in newaisle("-v", "models", "list").ok().err


def test_the_last_of_two_volumes_counts() -> None:
    newaisle("ingest", sample.CATALOGUE).ok()
    assert newaisle("-q", "logs", "-v").err.count("\n") > 1
    assert newaisle("-v", "logs", "-q").err == ""


def test_a_run_does_not_hear_of_the_one_before() -> None:
    newaisle("ingest", sample.CATALOGUE, "-q").ok()
    assert "nothing is logged yet" in newaisle("logs").err


# Run before a command: the line that says what goes on tells when it is drawn, and an answer works before it begins.
WORKING = """
import os, signal, threading
import newaisle.agent.recommend as module
from newaisle.agent.cli import screen

class Line(screen._Line):
    drawn = threading.Event()

    def _draw(self):
        super()._draw()
        if self._live:
            self._live.refresh()
        self.drawn.set()

def at_work(query, parts, **more):
    parts.index()
    {work}
    return recommend(query, parts, **more)

screen._Line = Line
recommend, module.recommend = module.recommend, at_work
"""
UNTIL_DRAWN = "assert Line.drawn.wait(60)"
# Whatever waits for its moment to be drawn has it at once.
AT_ONCE = """
class AtOnce(threading.Timer):
    def start(self):
        self.function()

threading.Timer = AtOnce
"""


def first(work: str, more: str = "") -> dict[str, str]:
    """The environment of a command before which that is run."""
    return {fork_server.FIRST: WORKING.format(work=work) + more}


@pytest.mark.usefixtures("shop")
def test_what_takes_long_says_what_it_does_in_a_terminal_and_leaves_nothing() -> None:
    code, shown = on_terminal(*ASKED, env=first(UNTIL_DRAWN), program=PROGRAM)
    assert code == 0
    assert "looking for what matters" in shown
    left = left_on_screen(shown)
    assert left.startswith(f"{sample.NEW_CATEGORY} for {sample.CUSTOMER}\n")
    assert "looking" not in left


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("option", ["--quiet", "TERM=dumb"])
def test_no_progress_where_none_is_wanted_or_none_can_be_drawn(option: str) -> None:
    dumb = option == "TERM=dumb"
    env = first("pass", AT_ONCE) | ({"TERM": "dumb"} if dumb else {})
    code, shown = on_terminal(*ASKED, *(() if dumb else (option,)), env=env, program=PROGRAM)
    assert code == 0
    assert shown.startswith(f"{sample.NEW_CATEGORY} for" if dumb else "\x1b[1m")
    assert "looking" not in shown
    code, shown = on_terminal("ingest", sample.CATALOGUE, *(() if dumb else (option,)), env={"TERM": "dumb"})
    assert code == 0
    assert "%" not in shown


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("force", [{}, {"FORCE_COLOR": "1"}])
def test_a_pipe_gets_no_progress(force: dict[str, str]) -> None:
    for arguments in (ASKED, ("ingest", sample.CATALOGUE), ("reindex",)):
        env = {**os.environ, **force, **first("pass", AT_ONCE)}
        command = [*PROGRAM, *map(str, arguments)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        assert ran.stderr == ""


@pytest.mark.usefixtures("shop")
def test_an_interrupted_answer_leaves_its_one_line() -> None:
    code, shown = on_terminal(*ASKED, env=first(f"{UNTIL_DRAWN}; os.kill(os.getpid(), signal.SIGINT)"), program=PROGRAM)
    assert code == 130
    assert left_on_screen(shown).strip() == (
        "stopped; nothing that was stored is lost, the same command goes on from there"
    )
