"""Runs `newaisle` as a user does: in this process through its entry point, or as a process of its own.

STARTED is such a process as a user starts it. PROGRAM is forked from one that has imported all it needs, in a tenth of
the time: for what a terminal or a pipe gets. All that are forked hash alike, none probes an index, and none is killed
with its starter.
"""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any, TextIO
from unittest import mock

import click

from newaisle.agent.__main__ import main
from newaisle.agent.cli import cli
from tests.agent.cli import fork_server

_SENT = re.compile(r"(\x1b\[[\d;]*m|\x1b\[\?25[lh])|(\n)|(\r)|\x1b\[(\d+)A|(\x1b\[2K)|(.)")
STARTED = (sys.executable, "-m", "newaisle.agent")
PROGRAM = (sys.executable, "-IS", fork_server.__file__)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def ok(self) -> Ran:
        assert self.code == 0, self.err
        return self

    @property
    def json(self) -> Any:
        return json.loads(self.ok().out)


def newaisle(*arguments: object, stdin: str | bytes = b"") -> Ran:
    """Run a command in this process, with its output going nowhere but here."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    code = _run(arguments, io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"), out, err)
    return Ran(code, _text(out), _text(err))


def _run(arguments: Sequence[object], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Run a command in this process with these files; returns its exit code."""
    with (
        mock.patch.object(sys, "argv", ["newaisle", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", stdin),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        try:
            main()
        except SystemExit as exit:
            return exit.code if isinstance(exit.code, int) else 0
    return 0


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8")


def process(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    return subprocess.run([*STARTED, *map(str, arguments)], capture_output=True, text=True, timeout=120, **more)


def on_terminal(
    *arguments: object, columns: int = 100, env: Mapping[str, str] | None = None, program: Sequence[str] = ()
) -> tuple[int, str]:
    """Run a command on a terminal of its own; returns its exit code and all that it showed.

    In this process, where no program is given.
    """
    whole = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **(env or {})}
    if program:
        return _program_on_terminal([*program, *map(str, arguments)], whole)
    terminal, other_side = pty.openpty()
    os.write(terminal, b"\x04")  # nobody types
    with ThreadPoolExecutor(1) as pool, mock.patch.dict(os.environ, whole):
        shown = pool.submit(_shown_on, terminal)
        with (
            os.fdopen(other_side, encoding="utf-8", closefd=False) as stdin,
            os.fdopen(other_side, "w", encoding="utf-8", closefd=False) as stdout,
            os.fdopen(other_side, "w", encoding="utf-8") as stderr,
        ):
            code = _run(arguments, stdin, stdout, stderr)
        return code, shown.result()


def _program_on_terminal(command: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
    pid, terminal = pty.fork()
    if pid == 0:
        # Nothing of this process may run in the child but this.
        os.execve(sys.executable, command, env)
    shown = _shown_on(terminal)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown


def _shown_on(terminal: int) -> str:
    """All that is shown there until nobody has it open any more."""
    shown = bytearray()
    with suppress(OSError):  # Linux reports the end of a terminal as an error
        while select.select([terminal], [], [], 120)[0] and (piece := os.read(terminal, 4096)):
            shown += piece
    os.close(terminal)
    return shown.decode("utf-8").replace("\r\n", "\n")


def left_on_screen(shown: str) -> str:
    """What of all that a terminal was sent is still to be read at the end: what was drawn over or erased is not."""
    lines, row, column = [""], 0, 0
    for styled, down, back, up, erase, text in _SENT.findall(shown):
        if down:
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif back:
            column = 0
        elif up:
            row -= int(up)
        elif erase:
            lines[row] = ""
        elif text and not styled:
            lines[row] = f"{lines[row][:column]:<{column}}{text}{lines[row][column + 1 :]}"
            column += 1
    return "\n".join(lines)


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that name it, subcommands included."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command
