"""Child processes: the command that runs a module of Python, and waiting for one while the files it writes grow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_INTERVAL = 0.1  # seconds


def python_child(module: str, *arguments: str) -> tuple[str, ...]:
    """The command for `python -m module`, run by this Python.

    `-P`: else the working directory comes first on the child's path, and a numpy.py that lies there is executed.
    """
    return (sys.executable, "-P", "-m", module, *arguments)


def bytes_below(folder: Path) -> int:
    """The size of all files in a folder, those that vanish meanwhile aside."""
    total = 0
    for place, _, names in os.walk(folder):  # which passes over folders that vanish, where rglob does not
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(place) / name).stat().st_size
    return total


def run_child(
    command: Sequence[str],
    *,
    folder: Path,
    total: int,
    report: Callable[[int, int], None],
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command that writes into `folder`, reporting the bytes there out of `total`.

    Returns its exit status (negative: the signal that ended it) and what it said on standard error. The child is
    ended when the caller is interrupted.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        errors="replace",
    ) as child:
        try:
            said = _drain(child, lambda: report(min(bytes_below(folder), total), total))
        except BaseException:
            child.kill()
            raise
    return child.returncode, said


def _drain(child: subprocess.Popen[str], tick: Callable[[], None]) -> str:
    """Standard error of the child until its end; `tick` is called now and then."""
    while True:
        try:
            return child.communicate(timeout=_INTERVAL)[1]
        except subprocess.TimeoutExpired:
            tick()
