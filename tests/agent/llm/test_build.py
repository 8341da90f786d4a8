"""Building llama-cpp-python once a machine: which wheel is used, and what is said where it cannot be built."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from newaisle.agent.llm import build


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An installation without llama-cpp-python and with an empty cache; gathers the commands that would run."""
    called: list[list[str]] = []

    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    def call(command: list[str]) -> int:
        called.append(command)
        return 0

    def run_and_say(command: list[str], log: Path) -> int:
        called.append(command)
        log.write_text("all is well\n")
        (Path(command[command.index("-w") + 1]) / "llama_cpp_python-1-py3-none-any.whl").write_bytes(b"wheel")
        return 0

    monkeypatch.setattr(build, "version", version)
    monkeypatch.setattr(build.subprocess, "call", call)
    monkeypatch.setattr(build, "_run_and_say", run_and_say)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    return called


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The programs that are installed, to be changed; nothing else is found."""
    found = {"c++", "cmake"}
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(build.shutil, "which", lambda name: name if name in found else None)
    return found


def verbs(commands: list[list[str]]) -> list[str]:
    return [re.sub(r".*pip --disable-pip-version-check (\w+).*", r"\1", " ".join(command)) for command in commands]


def test_what_is_pinned_is_what_is_built() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", build.pinned_version())


def test_nothing_is_done_where_the_pinned_version_is_installed(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "version", lambda name: build.pinned_version())
    assert build.main() == 0
    assert commands == []


@pytest.mark.usefixtures("tools")
def test_the_first_set_up_builds_a_wheel_and_the_second_uses_it(
    commands: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main() == 0
    assert verbs(commands) == ["wheel", "install"]
    assert "5 to 12 minutes" in capsys.readouterr().out
    commands.clear()
    assert build.main() == 0
    assert verbs(commands) == ["install"]
    (wheel,) = tmp_path.rglob("*.whl")
    assert commands[0][-1] == str(wheel)
    assert [path.name for path in wheel.parent.parent.iterdir()] == [wheel.parent.name]


@pytest.mark.parametrize(
    ("installed", "says"),
    [
        ({"c++"}, "cmake not found: install a C++ compiler and cmake, then run this again\n"),
        (set(), "c++ and cmake not found: install a C++ compiler and cmake, then run this again\n"),
    ],
)
def test_what_the_build_needs_is_named_in_one_line(
    commands: list[list[str]], tools: set[str], installed: set[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tools &= installed
    assert build.main() == 1
    assert capsys.readouterr().err == says
    assert commands == []


@pytest.mark.usefixtures("tools")
def test_a_build_that_fails_shows_its_last_lines_and_keeps_no_wheel(
    commands: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: list[str], log: Path) -> int:
        log.write_text("".join(f"line {number}\n" for number in range(100)))
        return 1

    monkeypatch.setattr(build, "_run_and_say", fails)
    assert build.main() == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "line 70"
    assert said[-1] == "the build failed; what it said last is above"
    assert commands == []
    assert not list(tmp_path.rglob("*.whl"))


def test_a_wheel_is_kept_for_one_version_processor_and_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {build._wheel_folder("1"), build._wheel_folder("2")}
    for name in ("processor", "_compiler"):
        monkeypatch.setattr(build, name, lambda: "another")
        folders.add(build._wheel_folder("1"))
    assert len(folders) == 4
    assert build._wheel_folder("1") == build._wheel_folder("1")


@pytest.mark.parametrize(("machine", "left_out"), [("x86_64", True), ("aarch64", False)])
def test_amx_kernels_are_left_out_on_x86_alone(monkeypatch: pytest.MonkeyPatch, machine: str, left_out: bool) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setenv("CMAKE_ARGS", "-DMINE=ON")
    arguments = build._environment()["CMAKE_ARGS"].split()
    assert ("-DCMAKE_CXX_FLAGS=-mno-amx-int8" in arguments) is left_out
    assert arguments[-1] == "-DMINE=ON"


def test_a_long_build_says_how_long_it_has_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    times = iter([0.0, *(second for second in (75.0,) for _ in range(1_000))])
    sleep: Callable[[float], None] = build.time.sleep
    monkeypatch.setattr(build.time, "monotonic", lambda: next(times))
    monkeypatch.setattr(build.time, "sleep", lambda seconds: sleep(seconds / 10))
    code = build._run_and_say([sys.executable, "-c", "import time; print('built'); time.sleep(0.5)"], tmp_path / "log")
    assert code == 0
    assert (tmp_path / "log").read_text() == "built\n"
    assert capsys.readouterr().out.splitlines()[0] == "  still building, 1:15 so far"
