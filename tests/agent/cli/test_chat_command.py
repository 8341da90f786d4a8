"""The chat as people use it: typed on a terminal, and piped."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from newaisle.agent import sample
from tests.agent.cli.command import PROGRAM, newaisle
from tests.agent.llm.server.misbehaving import Misbehaving, raw

STYLE = re.compile(r"\x1b\[[\d;?]*[A-Za-z]|\x1b[=>]|\r")
COLOUR = re.compile(r"\x1b\[[\d;]*[34]\d[\d;]*m")
KITCHEN = ("--category", sample.NEW_CATEGORY, "--user", sample.CUSTOMER)


class Typed:
    """A chat on a terminal of its own, and somebody who types."""

    def __init__(self, running: pexpect.spawn[str], seen: io.StringIO) -> None:
        self.running, self._seen = running, seen

    def waits(self) -> None:
        """Until it asks for the next turn, with what is typed then taken as keys."""
        self.running.expect(r"\x1b\[\?2004h")

    def say(self, text: str) -> None:
        self.running.send(text + "\r")

    @property
    def seen(self) -> str:
        """All that was on the screen, without styles."""
        return STYLE.sub("", self._seen.getvalue())

    @property
    def raw(self) -> str:
        return self._seen.getvalue()


@contextmanager
def typing(*arguments: str, columns: int = 100, **env: str) -> Iterator[Typed]:
    seen = io.StringIO()
    running: pexpect.spawn[str] = pexpect.spawn(
        PROGRAM[0],
        [*PROGRAM[1:], *arguments],
        dimensions=(60, columns),
        encoding="utf-8",
        timeout=30,
        # Nobody answers when it asks where the cursor is.
        env={**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": str(columns), **env},
    )
    running.logfile_read = seen
    try:
        yield Typed(running, seen)
        running.expect(pexpect.EOF)
    finally:
        running.close(force=True)
    assert running.exitstatus == 0


@pytest.mark.usefixtures("shop")
def test_a_script_prints_a_transcript() -> None:
    script = "camp kitchen, under 60 usd\nwhy 1?\n\nnot that \\\nbrand\n/constraints\n/bye\nnever read\n"
    out = newaisle("chat", "--user", sample.CUSTOMER, stdin=script).ok().out
    assert out.startswith("> camp kitchen, under 60 usd\nunderstood: Camp Kitchen; at most 60.00 USD\n")
    assert re.search(r"^Camp Kitchen for mara\n 1 Fernhollow", out, flags=re.MULTILINE)
    assert "\n> not that \n. brand\nunderstood: not the brands on the screen\n" in out
    assert out.endswith("> /bye\n")
    assert "\x1b" not in out


@pytest.mark.usefixtures("shop")
def test_a_turn_that_makes_no_sense_is_told_so_and_the_chat_goes_on() -> None:
    out = newaisle("chat", *KITCHEN, stdin="/whi 1\n/user maro\nwhy 9?\ncheaper\n").ok().out
    assert "there is no command /whi (did you mean /why?): /help lists them\n" in out
    assert "no customer 'maro'" in out
    assert "There is no number 9 on the screen: 5 are shown.\n" in out
    assert "understood: cheaper\n" in out


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--user", "maro"], 3, "no customer 'maro' (did you mean 'mara'"),
        (["--category", "Zzyzx"], 3, "no category 'Zzyzx'"),
        (["--load", "nowhere.chat"], 3, "cannot read nowhere.chat"),
        (["--replay", "nowhere.chat"], 3, "cannot read nowhere.chat"),
        (["--replay", "a", "--user", "mara"], 2, "leave --load, --user and --category out"),
        (["-k", "0"], 2, "'-k'"),
    ],
)
def test_what_a_chat_cannot_begin_with_ends_it(arguments: list[str], code: int, message: str) -> None:
    ran = newaisle("chat", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


def test_without_a_shop_the_next_move_is_named() -> None:
    ran = newaisle("chat")
    assert ran.code == 3
    assert "there is no shop in" in ran.err
    assert "newaisle demo" in ran.err


@pytest.mark.usefixtures("shop")
def test_bytes_that_are_no_text_are_read_as_well_as_they_can_be() -> None:
    out = newaisle("chat", *KITCHEN, stdin=b"cheaper \xff\n").ok().out
    assert "understood: cheaper" in out


@pytest.mark.usefixtures("shop")
def test_a_saved_chat_is_resumed_and_said_again(tmp_path: Path) -> None:
    file = tmp_path / "mara.chat"
    newaisle("chat", *KITCHEN, stdin=f"under 60 usd\nmore like 2\n/dislike 1\n/save {file}\n").ok()
    out = newaisle("chat", "--load", file, stdin="cheaper\n").ok().out
    assert "in force: at most 60.00 USD; like " in out
    again = newaisle("chat", "--replay", file).ok()
    assert "> /dislike 1\n" in again.out
    assert "the same products, order and constraints after each of 4 turns" in again.err
    newaisle("feedback", "mara", "ck-03", "--bought").ok()
    changed = newaisle("chat", "--replay", file)
    assert changed.code == 3
    assert "other products or constraints came out after turn 1" in changed.err


@pytest.mark.usefixtures("shop")
def test_options_shape_the_answers() -> None:
    out = newaisle("chat", *KITCHEN, "-k", 2, "--style", "seller", stdin="/json\n").ok().out
    assert '"style": "seller"' in out
    assert '"k": 2' in out


@pytest.mark.usefixtures("shop")
def test_plain_newaisle_on_a_terminal_is_a_chat_and_in_a_pipe_the_help() -> None:
    with typing() as typed:
        typed.waits()
        typed.say("camp kitchen")
        typed.waits()
        typed.say("/bye")
    assert "Camp Kitchen for somebody without a history" in typed.seen
    piped = newaisle()
    assert (piped.code, piped.out) == (2, "")
    assert "Usage: newaisle" in piped.err


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("columns", [40, 100])
def test_a_terminal_shows_a_table_that_fits_it(columns: int) -> None:
    with typing("chat", *KITCHEN, columns=columns, NO_COLOR="1") as typed:
        typed.waits()
        typed.say("why 1?")
        typed.waits()
        typed.running.sendeof()
    assert not COLOUR.search(typed.raw)
    answered = typed.raw.split("Say what")[0]  # before anything is typed; what is drawn over is a line of its own
    lines = STYLE.sub("", re.sub(r"\r|\x1b\[\d*[A-K]", "\n", answered)).splitlines()
    assert max(map(len, lines)) <= columns
    assert re.search(r"^ 5 \w+", "\n".join(lines), flags=re.MULTILINE)


@pytest.mark.usefixtures("shop")
def test_alt_enter_begins_a_new_line_and_ctrl_c_empties_it() -> None:
    with typing("chat", *KITCHEN) as typed:
        typed.waits()
        typed.running.send("not fernhollow\x1b\runder 40 usd")
        typed.say("")
        typed.waits()
        typed.running.send("no oat")
        typed.running.sendcontrol("c")
        typed.running.sendcontrol("c")
        typed.waits()
        typed.running.sendcontrol("d")
    assert "Ctrl-D or /bye leaves" in typed.seen
    assert "in force: at most 40.00 USD; not Fernhollow" in typed.seen
    assert "no oat" not in typed.seen.split("Ctrl-D or /bye")[1]


@pytest.mark.usefixtures("shop")
def test_tab_completes() -> None:
    completed = {
        "/cat\t": "/category",
        "/user mar\t": "/user mara",
        "/category Trail\t": "/category Trail Running",
        "/prompt lis\t": "/prompt listwise",
        "not Halv\t": "not Halvdal",
        "something for Knitt\t": "something for Knitting & Yarn",
    }
    with typing("chat", *KITCHEN) as typed:
        typed.waits()
        for keys in completed:
            typed.running.send(keys)
            typed.running.expect(re.escape(keys.rstrip("\t")))
            typed.say("")
            typed.waits()
        typed.running.sendeof()
    history = (Path(os.environ["NEWAISLE_HOME"]) / "chat_history").read_text(encoding="utf-8")
    assert [line[1:] for line in history.splitlines() if line.startswith("+")] == list(completed.values())


@pytest.mark.usefixtures("shop")
def test_what_was_typed_is_there_next_time_and_for_its_owner_alone(surroundings: Path) -> None:
    with typing("chat", *KITCHEN) as typed:
        typed.waits()
        typed.say("cheaper")
        typed.waits()
        typed.running.sendeof()
    with typing("chat", *KITCHEN) as typed:
        typed.waits()
        typed.say("\x1b[A")
        typed.waits()
        typed.running.sendeof()
    assert typed.seen.count("understood: cheaper") == 1
    assert (surroundings / "home" / "chat_history").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("shop")
def test_what_commands_show_whole_is_shown_on_a_terminal() -> None:
    shown = {
        "/why 1": "Signals: what each adds",
        "/profile": "a row weighs half after",
        "/whynot ck-17": "ck-17",
        "/prompt 1": "--- system",
        "/json": '"schema_version": "2"',
        "/constraints": "nothing is in force",
        "/help": "/whynot NAME",
    }
    with typing("chat", *KITCHEN) as typed:
        typed.waits()
        for command, answer in shown.items():
            before = len(typed.seen)
            typed.say(command)
            typed.waits()
            assert answer in typed.seen[before:].replace(command, "")
        typed.running.sendeof()


def test_ctrl_c_stops_the_wording_and_keeps_the_products(shop: Path, server: Misbehaving) -> None:
    server.usual = raw(hang=True)
    options = ("--backend", "http", "--base-url", server.url, "--model", "small", "--llm-rank", "off")
    with typing("chat", "--user", sample.CUSTOMER, "--home", str(shop), *options) as typed:
        typed.waits()
        typed.say("camp kitchen")
        typed.running.expect("wording the reasons")
        typed.running.sendcontrol("c")
        typed.waits()
        server.usual = raw()
        typed.say("/constraints")
        typed.waits()
        typed.running.sendeof()
    assert "stopped: the reasons are in the claims' own words" in typed.seen
    assert "nothing is in force" in typed.seen
