"""The commands that README.md and docs/ show: runs them and compares what they print with what is shown.

Commands stand in ```console blocks after a `$`, with their output below. A block marked `console with models` was made
with the real models; elsewhere the answer does not depend on any. `…` alone on a line stands for any lines. Not
compared: sentences (a model may phrase them, and be asked again), ids of runs, dates, timings, decimals and
percentages beyond one twentieth, lengths of bars, and which categories are nearest (vectors differ a little from run
to run, and some are about as near).

On a processor that rounds vectors otherwise, commands with models have to run and print as much; which of two that
score nearly alike comes first is not compared there.

`python tests/shown.py FILE …` runs the commands again, with the models installed here, and writes what they print.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md")))
COLUMNS = "96"
ANY_LINES = "…"
_ROUNDING = Path(__file__).with_name("rounding.json")
_BLOCK = re.compile(r"^```console( with models)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^`([\w.]+)`[:：]\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DECIMAL = re.compile(r"[+-]?\d+\.\d+|\d+(?=%)")
_PRICED = r"^( *\d+ \S.* [\d,.]+ [A-Z]{3}\n)"
_STYLE = re.compile(r"\x1b\[[\d;]*m")
_NOT_COMPARED = {"id", "set_id", "created_at", "timings_ms", "text", "source", "model_sha256", "embedder", "nearest"}
# Setting up takes minutes and a network; this is what `make demo` does then (see the Makefile).
_STANDS_FOR = {"make demo": "newaisle demo --home .demo"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One command of a page, and the output shown for it."""

    page: Path
    command: str
    output: str
    with_models: bool

    @property
    def runs(self) -> str:
        return _STANDS_FOR.get(self.command, self.command)


def shown_in(page: Path) -> list[Shown]:
    """The commands of a page, in order."""
    found = []
    for with_models, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command = re.match(r"(?:[^\n]*\\\n)*[^\n]*\n", piece)[0]  # type: ignore[index]
            output = piece.removeprefix(command)
            found.append(Shown(page, " ".join(command.replace("\\\n", " ").split()), output, bool(with_models)))
    return found


def defined_in(page: Path, name: str) -> Any:
    """What the Python that a page shows defines by a name."""
    found = re.findall(r"^ *```python\n(.*?)^ *```$", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    code = next(block for block in map(dedent, found) if re.search(rf"^(?:def|class) {name}\b", block, re.MULTILINE))
    scope: dict[str, Any] = {"__name__": "shown"}
    exec(code, scope)
    return scope[name]


def write_files(folder: Path) -> None:
    """Put the example files that the pages show, each under its name, into a folder."""
    for page in PAGES:
        for name, text in _FILE.findall(page.read_text(encoding="utf-8")):
            (folder / name).write_text(text, encoding="utf-8")


def rounding() -> list[float]:
    """A vector as this processor rounds it: where it differs, near ties in the pages' examples fall otherwise."""
    from newaisle.agent.settings.settings import Settings
    from newaisle.agent.shop.backends import load_embedder

    with closing(load_embedder(replace(Settings(), embedder="use-multilingual"))) as embedder:
        return [round(float(value), 5) for value in embedder.embed(["a kettle of enamelled steel, 煮茶壶"])[0][:16]]


def rounds_alike() -> bool:
    """Whether this processor rounds as the one that the pages were made on."""
    kept = json.loads(_ROUNDING.read_text(encoding="utf-8"))
    return all(abs(one - other) < 5e-4 for one, other in zip(kept, rounding(), strict=True))


class Shell:
    """Runs commands in one folder as a person would: what `export` sets stays."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        # What is found of the model's first texts is not to change those further down a page.
        own = {"COLUMNS": COLUMNS, "TERM": "xterm", "PATH": path}
        self.environment = {**os.environ, **own, **environment}

    def run(self, command: str) -> tuple[int, str]:
        """The exit code, and what a person would see: the output as on a terminal, then the notes."""
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.environment[name] = value
            return 0, ""
        terminal, output = pty.openpty()
        with subprocess.Popen(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.PIPE
        ) as running:
            os.close(output)
            shown = _read(terminal)
            assert running.stderr is not None
            notes = running.stderr.read()
        return running.returncode, _STYLE.sub("", (shown + notes).decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    shown = bytearray()
    with suppress(OSError):  # Linux reports the end of a terminal as an error
        while select.select([terminal], [], [], 600)[0] and (piece := os.read(terminal, 65_536)):
            shown += piece
    os.close(terminal)
    return bytes(shown)


def same(shown: str, printed: str) -> bool:
    """Whether an output is what is shown, apart from what may differ from run to run."""
    if shown.startswith(("{", "[")):
        return _same_value(json.loads(shown), json.loads(printed))
    return _same_lines(_lines(shown), _lines(printed))


def _same_value(shown: Any, printed: Any, key: str = "") -> bool:
    if key in _NOT_COMPARED:
        return type(shown) is type(printed)
    if isinstance(shown, dict) and isinstance(printed, dict):
        return list(shown) == list(printed) and all(
            _same_value(shown[name], printed[name], f"{key} {name}" if key == "counterfactual" else name)
            for name in shown
        )
    if isinstance(shown, list) and isinstance(printed, list):
        return len(shown) == len(printed) and all(map(_same_value, shown, printed))
    if isinstance(shown, float) and isinstance(printed, float):
        return _near(shown, printed)
    if key == "counterfactual rank":  # of two that score alike either may come first, as processors round vectors
        return abs(shown - printed) <= 1
    if isinstance(shown, str) and isinstance(printed, str):
        return _same_line(shown, printed)
    return bool(shown == printed)


def _lines(text: str) -> list[str]:
    """Lines without what differs by machine; the sentences of a recommendation become one line."""
    text = re.sub(r" +$", "", text, flags=re.M)
    text = re.sub(r"\S*\.venv/bin/newaisle", "newaisle", text)
    text = re.sub(r"\S*agent/sample/", "agent/sample/", text)
    text = re.sub(r" +[0-9.]+ MB", " MB", text)  # of the variant that suits the processor
    text = re.sub(r"^(nearest known categories:) .*$", r"\1", text, flags=re.M)
    # What follows a product and its price: its sentences, and with --verbose what moved its score.
    text = re.sub(_PRICED + r"(?:   (?!because of|score )\S.*\n)+", r"\1   SENTENCES\n", text, flags=re.M)
    text = re.sub(r" *[█│][ █│]*", " BAR ", text)
    text = re.sub(r"^[0-9a-f]{8}  [-\d]{10} [:\d]{8}  ", "ID TIME ", text, flags=re.M)
    # How a model words what it was given, and in how long.
    text = re.sub(r"^The claims' own sentences, and how .*?(?=^Try next:)", "WORDED\n", text, flags=re.M | re.S)
    text, is_log = re.subn(r"asked \d+ times?, \d+ refused", "asked N times", text)
    if is_log:
        text = re.sub(r"^( *\d+ \S.*\n)(?:   .*\n?)+", r"\1   SENTENCES\n", text, flags=re.M)
    text = re.sub(r"^   (?:because of|score)(?:.*\n?)(?:   .*\n?)*", _parts_in_one_line, text, flags=re.M)
    text = re.sub(
        r"(?:^[a-z]+ +[+-]\d\.\d\d BAR *\n)+", lambda bars: "".join(sorted(bars[0].splitlines(True))), text, flags=re.M
    )
    return [line.rstrip() for line in text.rstrip().split("\n")]


def _parts_in_one_line(found: re.Match[str]) -> str:
    """Why a product is where it is, without parts of its score next to nothing and which of two rows is a hair ahead.

    Processors differ in both.
    """
    return " ".join(re.sub(r"\b[a-z]{2}-\d\d\b", "ROW", re.sub(r"\w+\s+[+-]0\.0\d\b", "", found[0])).split()) + "\n"


def _same_lines(shown: Sequence[str], printed: Sequence[str]) -> bool:
    if not shown or not printed:
        return not printed and all(line == ANY_LINES for line in shown)
    if shown[0] == ANY_LINES:
        return any(_same_lines(shown[1:], printed[start:]) for start in range(len(printed) + 1))
    return _same_line(shown[0], printed[0]) and _same_lines(shown[1:], printed[1:])


def _same_line(shown: str, printed: str) -> bool:
    if _DECIMAL.split(shown) != _DECIMAL.split(printed):
        return False
    pairs = zip(_DECIMAL.findall(shown), _DECIMAL.findall(printed), strict=True)
    return all(_near(_number(one), _number(other)) for one, other in pairs)


def _number(text: str) -> float:
    return float(text) if "." in text else int(text) / 100  # of a percentage


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 0.05


def rewrite(page: Path, shell: Shell) -> None:
    """Put what its commands print now into a page; what `…` stands for stays left out."""
    text = page.read_text(encoding="utf-8")
    for shown in shown_in(page):
        code, printed = shell.run(shown.runs)
        if code:
            sys.exit(f"{shown.command}: exit code {code}\n{printed}")
        if shown.command in _STANDS_FOR:  # there `newaisle` is not on the path
            printed = printed.replace("  newaisle ", "  .venv/bin/newaisle ")
        text = text.replace(f"\n{shown.output}", f"\n{_renewed(shown.output, printed)}", 1)
    page.write_text(text, encoding="utf-8")


def _renewed(shown: str, printed: str) -> str:
    """The new output; where the old one begins with `…`, from the line on that comes after it."""
    lines, old = [line.rstrip() for line in printed.splitlines()], shown.splitlines()
    if not old or old == [ANY_LINES]:
        return shown
    if old[0] == ANY_LINES:
        lines = [ANY_LINES, *lines[lines.index(old[1]) :]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    _ROUNDING.write_text(json.dumps(rounding()) + "\n", encoding="utf-8")
    for argument in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            write_files(Path(scratch))
            shell = Shell(Path(scratch), {})
            shell.run("newaisle demo --home .demo")
            rewrite(Path(argument), shell)
