"""Building llama-cpp-python once a machine: which wheel is used, and what is said where it cannot be built."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from newaisle.agent.llm import build
from newaisle.agent.llm.compiler import ZIG, Choice, Compiler

GCC = Compiler(family="GCC", version=(14, 2, 0), identity="gcc 14.2.0", variables={"CC": "/bin/gcc", "CXX": "/bin/g++"})
BY_GCC = Choice(compiler=GCC, why="installed")
BY_ZIG = Choice(compiler=ZIG, why="fetched")
WITHOUT_AMX = Choice(compiler=GCC, why="with AMX off", options=("-DAMX=OFF",))


class Machine:
    """An installation without llama-cpp-python and with an empty cache; gathers the commands that would run.

    fail: a word of a command that fails. seen: the environment of each build. trials: the programs that try what is
    installed, one after the other.
    """

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.seen: list[Mapping[str, str]] = []
        self.fail = "nothing"
        self.trials: list[str] = []
        self.trial = [sys.executable, "-c", ""]

    def call(self, command: list[str]) -> int:
        self.commands.append(shlex.join(command))
        if self.verbs[-1] == "install" and "--target" not in command:
            self.trial[-1] = self.trials.pop(0)
        return int(self.fail in command)

    def run_and_say(self, _doing: str, command: list[str], environment: Mapping[str, str], log: Path) -> int:
        self.seen.append(environment)
        log.write_text("".join(f"line {number}\n" for number in range(100)))
        if "-w" in command:
            (Path(command[command.index("-w") + 1]) / "llama_cpp_python-1-py3-none-any.whl").write_bytes(b"wheel")
        return self.call(command)

    @property
    def verbs(self) -> list[str]:
        """What pip was asked to do."""
        return [re.sub(r".*pip --disable-pip-version-check (\w+).*", r"\1", command) for command in self.commands]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()

    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(build, "version", version)
    monkeypatch.setattr(build.subprocess, "call", machine.call)
    monkeypatch.setattr(build, "_run_and_say", machine.run_and_say)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    for name in build._READ_BY_CMAKE:
        monkeypatch.delenv(name, raising=False)
    return machine


@pytest.fixture
def build_by(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs the set-up where there are these choices and trials; its exit code."""

    def run(*choices: Choice, trials: tuple[str, ...] = ("",)) -> int:
        machine.trials = list(trials)
        monkeypatch.setattr(build, "choices", lambda _abilities: list(choices))
        monkeypatch.setattr(build, "_TRIAL", machine.trial)
        return build.main()

    return run


CRASH = "import os; os.abort()"
ONLY_SLOWLY = f"print('decodes', flush=True); {CRASH}"


def test_what_is_pinned_is_what_is_built() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", build.pinned_version())


def test_nothing_is_done_where_the_pinned_version_is_installed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "version", lambda name: build.pinned_version())
    assert build.main() == 0
    assert machine.commands == []


def test_the_first_set_up_builds_a_wheel_and_the_second_uses_it(
    machine: Machine, build_by: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build_by(BY_GCC, BY_ZIG) == 0
    assert machine.verbs == ["wheel", "install"]
    assert "wheel.build-tag=0newaisle_GCC_14.2.0" in machine.commands[0]
    assert "--no-cache-dir" in machine.commands[0]  # pip keeps one wheel, whatever made it
    what = f"llama-cpp-python {build.pinned_version()} by GCC 14.2.0, installed"
    assert capsys.readouterr().out == f"building {what}: 4 to 12 minutes on two cores, once for this machine\n"
    machine.commands.clear()
    assert build_by(BY_GCC, BY_ZIG) == 0
    assert machine.verbs == ["install"]
    assert capsys.readouterr().out == f"installing {what}, built before\n"
    (wheel,) = tmp_path.rglob("*.whl")
    assert machine.commands[0].endswith(str(wheel))
    assert [path.name for path in wheel.parent.parent.iterdir()] == [wheel.parent.name]


def test_a_build_gets_its_compiler_and_flags_and_those_of_the_user_last(
    machine: Machine, build_by: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DMINE=ON")
    assert build_by(WITHOUT_AMX) == 0
    (environment,) = machine.seen
    assert (environment["CC"], environment["CXX"]) == ("/bin/gcc", "/bin/g++")
    arguments = environment["CMAKE_ARGS"].split()
    assert arguments[0] == "-DLLAVA_BUILD=OFF"
    assert arguments[-2:] == ["-DAMX=OFF", "-DMINE=ON"]


def test_what_crashes_in_its_trial_is_taken_away_and_the_next_compiler_builds(
    machine: Machine, build_by: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert build_by(BY_GCC, BY_ZIG, WITHOUT_AMX, trials=(ONLY_SLOWLY, "")) == 0
    assert machine.verbs == ["wheel", "install", "uninstall", "install", "wheel", "install"]
    assert capsys.readouterr().err == "what GCC 14.2.0 built does not work here\n"


@pytest.mark.parametrize(("last", "code"), [(ONLY_SLOWLY, 0), (CRASH, 1)])
def test_the_last_build_may_be_slow_but_has_to_decode(
    machine: Machine, build_by: Callable[..., int], last: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build_by(BY_GCC, WITHOUT_AMX, trials=(CRASH, last)) == code
    assert machine.verbs[-1] == ("uninstall" if code else "install")
    says = "llama.cpp could not be built, see above; `--model none` does without it\n"
    assert capsys.readouterr().err.endswith(says) is bool(code)


def test_a_compiler_that_is_fetched_is_one_of_the_usual_kind_while_it_builds(
    machine: Machine, build_by: Callable[..., int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []

    def run_and_say(doing: str, command: list[str], environment: Mapping[str, str], log: Path) -> int:
        if "--target" in command:
            zig = Path(command[command.index("--target") + 1]) / "ziglang" / "zig"
            zig.parent.mkdir()
            zig.write_text('#!/bin/sh\necho "$@"\n')
            zig.chmod(0o755)
        else:
            beside = Path(environment["CC"]).parent / "ar"  # where CMake looks for it
            for tool in (environment["CC"], environment["CXX"], beside):
                said.append(subprocess.check_output([tool, "-c", "a b.c"], text=True))
        return machine.run_and_say(doing, command, environment, log)

    monkeypatch.setattr(build, "_run_and_say", run_and_say)
    assert build_by(BY_ZIG) == 0
    assert machine.verbs == ["install", "wheel", "install"]
    assert "ziglang==0.17.1" in machine.commands[0]
    assert said == ["cc -c a b.c\n", "c++ -c a b.c\n", "ar -c a b.c\n"]
    assert not list(tmp_path.rglob("zig"))


@pytest.mark.parametrize("fails", ["wheel", "--target"])
def test_a_build_that_fails_shows_its_last_lines_and_keeps_no_wheel(
    machine: Machine, build_by: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], fails: str
) -> None:
    machine.fail = fails
    assert build_by(BY_ZIG) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "line 70"
    assert said[-2] == "the build failed; what it said last is above"
    assert not list(tmp_path.rglob("*.whl"))


def test_a_wheel_is_kept_for_one_version_processor_compiler_and_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {build._wheel_folder(version, choice) for version in "12" for choice in (BY_GCC, BY_ZIG, WITHOUT_AMX)}
    assert len(folders) == 6
    assert build._wheel_folder("1", BY_GCC) in folders
    for name in build._READ_BY_CMAKE:
        monkeypatch.setenv(name, "another")
        folders.add(build._wheel_folder("1", BY_GCC))
    monkeypatch.setattr(build, "processor", lambda: "another")
    folders.add(build._wheel_folder("1", BY_GCC))
    assert len(folders) == 6 + len(build._READ_BY_CMAKE) + 1


def test_a_long_build_says_how_long_it_has_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    times = iter([0.0, *(second for second in (75.0,) for _ in range(1_000))])
    sleep: Callable[[float], None] = build.time.sleep
    monkeypatch.setattr(build.time, "monotonic", lambda: next(times))
    monkeypatch.setattr(build.time, "sleep", lambda seconds: sleep(seconds / 10))
    program = "import os, time; print(os.environ['WHAT']); time.sleep(0.5)"
    code = build._run_and_say("building", [sys.executable, "-c", program], {"WHAT": "built"}, tmp_path / "log")
    assert code == 0
    assert (tmp_path / "log").read_text() == "built\n"
    assert capsys.readouterr().out.splitlines()[0] == "  still building, 1:15 so far"
