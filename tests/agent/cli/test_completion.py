"""Shell completion: what is proposed, how it is quoted in each shell, and that it never says a word of its own."""

from __future__ import annotations

import csv
import os
import pty
import select
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.agent.cli.command import PROGRAM, newaisle

SHELLS = ("bash", "zsh", "fish")
# The scripts call the program by its name.
_NEWAISLE = f'#!/bin/sh\nexec {shlex.join(PROGRAM)} "$@"\n'


@pytest.fixture(autouse=True)
def on_the_path(surroundings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = surroundings / "bin" / "newaisle"
    program.parent.mkdir()
    program.write_text(_NEWAISLE, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def proposed(line: str) -> list[str]:
    """What stands in COMPREPLY when the tab key is pressed in bash at the end of this line."""
    return proposed_for(line)[line]


def proposed_for(*lines: str) -> dict[str, list[str]]:
    """The same for each of many lines, pressed in one bash."""
    script = """
        eval "$1"; shift
        compopt() { echo "compopt $*"; }
        for COMP_LINE; do
            COMPREPLY=(); COMP_POINT=${#COMP_LINE}; _newaisle_completion newaisle
            printf '%s\\n' "${COMPREPLY[@]}"; printf '\\0'
        done
    """
    completion = newaisle("completion", "bash").ok().out
    command = ["bash", "-c", script, "bash", completion, *lines]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    answers = done.stdout.removesuffix("\0").split("\0")
    return {line: answer.strip().splitlines() for line, answer in zip(lines, answers, strict=True)}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.usefixtures("shop")
def test_the_tab_key_in_bash() -> None:
    wanted = {
        "newaisle rec": ["recommend"],
        "newaisle why": ["why", "why-not"],
        "newaisle prompts che": ["check"],
        "newaisle prompts show ra": ["rank"],
        "newaisle recommend --max": ["--max-price"],
        "newaisle recommend --style ": ["short", "detailed", "seller"],
        "newaisle recommend --style=se": ["seller"],
        "newaisle --backend ": ["local", "http"],
        "newaisle completion ": list(SHELLS),
        "newaisle recommend --user ma": ["mara", "mateo"],
        "newaisle why ma": ["mara", "mateo"],
        "newaisle profile 小": ["小雨"],
        "newaisle logs --user mar": ["mara"],
        "newaisle forget mar": ["mara"],
        "newaisle why mara ck-01": ["ck-01"],
        "newaisle feedback mara ck-02": ["ck-02"],
        "newaisle remove ck-03": ["ck-03"],
        "newaisle recommend --category Camp": [r"Camp\ Kitchen"],
        "newaisle category camp": [r"Camp\ Kitchen"],
        r"newaisle category Camp\ K": [r"Camp\ Kitchen"],
        "newaisle category 'Coff": ["Coffee & Tea"],
        'newaisle category "Coff': ["Coffee & Tea"],
        "newaisle category Coff": [r"Coffee\ \&\ Tea"],
        "newaisle category 'Outdoor > Ca": ["Outdoor > Camp Kitchen"],
        "newaisle eval --only Knit": [r"Knitting\ \&\ Yarn"],
        "newaisle recommend --model ": ["smollm2-135m", "none"],
        "newaisle recommend --embedder ": ["minilm-l6", "use-multilingual", "hash", "auto"],
        "newaisle models pull ": ["smollm2-135m", "minilm-l6", "use-multilingual"],
        "newaisle recommend --candidates ": ["compopt -o default"],
        "newaisle ingest it": ["compopt -o default"],
        "newaisle --home ": ["compopt -o dirnames"],
        "newaisle why nobody-of-this-name": [],
        "newaisle recommend --category 'no such": [],
    }
    assert proposed_for(*wanted) == wanted


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_names_are_those_of_the_shop_that_the_line_is_about(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proposed("newaisle why mar") == []
    assert proposed(f"newaisle --home {filled} why mar") == ["mara"]
    assert proposed(f"newaisle why --home {filled} mar") == ["mara"]
    assert proposed(f"newaisle why --home '{filled}' mar") == ["mara"]
    monkeypatch.delenv("NEWAISLE_HOME")
    Path("newaisle.toml").write_text(f'home = "{filled}"\n', encoding="utf-8")
    assert proposed("newaisle why mar") == ["mara"]
    Path("newaisle.toml").write_text("nonsense", encoding="utf-8")
    assert proposed("newaisle why mar") == []
    assert proposed("newaisle rec") == ["recommend"]


ODD = ["a b", "a:b", "a:c", "a'q", 'a"q', "a$HOME", "a*", "a\\n", "a,b", "a;b", "a!b", "a#b", "a`id`"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_whatever_a_name_is_made_of_the_shell_gets_it_back_whole(tmp_path: Path) -> None:
    for file, head in (("items.csv", ["id", "title"]), ("histories.csv", ["user", "item", "event"])):
        with (tmp_path / file).open("w", encoding="utf-8", newline="") as stream:
            rows = [["p", "Pot"]] if file == "items.csv" else [[name, "p", "view"] for name in ODD]
            csv.writer(stream).writerows([head, *rows])
    newaisle("ingest", tmp_path / "items.csv", "--histories", tmp_path / "histories.csv").ok()
    for begin, end in (("", ""), ("'", "'"), ('"', '"')):
        words = [f"{begin}{value}{end}" for value in proposed(f"newaisle why {begin}")]
        if begin == '"':  # an exclamation mark is expanded in there by an interactive shell alone
            assert any("!" in word for word in words)
        shown = subprocess.run(
            ["bash", "-c", f"printf '%s\\n' {' '.join(words)}"], capture_output=True, text=True, check=True
        )
        assert shown.stdout.splitlines() == sorted(ODD)
    # bash takes a word to begin after a colon that is not quoted
    assert proposed("newaisle why a:") == ["b", "c"]
    assert proposed("newaisle why 'a:") == ["a:b", "a:c"]
    assert proposed(r"newaisle why a\:b") == [r"a\:b"]


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_is_said_whatever_is_wrong(shell: str, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "ledger.sqlite3").write_bytes(b"no ledger at all" * 1_000)
    monkeypatch.setenv("_NEWAISLE_COMPLETE", f"{shell}_complete")
    lines = {
        "newaisle why ": 2,
        "newaisle why '": 2,
        "newaisle --home /dev/null/x why m": 4,
        "newaisle why --no-such": 2,
    }
    for line, word in lines.items():
        for name, value in {"NEWAISLE_LINE": line, "COMP_WORDS": line, "COMP_CWORD": str(word)}.items():
            monkeypatch.setenv(name, line.rpartition(" ")[2] if (shell, name) == ("fish", "COMP_CWORD") else value)
        ran = subprocess.run(PROGRAM, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "", "")


def test_a_press_of_the_key_imports_nothing_heavy(shop: Path) -> None:
    heavy = "chromadb jinja2 numpy onnxruntime pydantic rapidfuzz rich sklearn yaml"
    script = f"""
import sys, atexit
atexit.register(lambda: print(sorted(set({heavy!r}.split()) & set(sys.modules))))
sys.argv = ["newaisle"]
from newaisle.agent.__main__ import main
main()
"""
    for line, wanted in (("newaisle why mar", "plain,mara"), ("newaisle category Camp", r"plain,Camp\ Kitchen")):
        env = {**os.environ, "_NEWAISLE_COMPLETE": "bash_complete", "NEWAISLE_LINE": line, "NEWAISLE_HOME": str(shop)}
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, check=True)
        assert ran.stdout == f"{wanted}\n[]\n"


START = {
    "bash": (("bash", "--norc", "-i"), 'eval "$(newaisle completion bash)"'),
    "zsh": (("zsh", "-f", "-i"), 'autoload -U compinit; compinit -u -D; eval "$(newaisle completion zsh)"'),
    "fish": (("fish", "--no-config", "-i"), "newaisle completion fish | source"),
}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("shell", SHELLS)
def test_in_a_real_shell_the_tab_key_makes_a_command_that_runs(shell: str) -> None:
    program, setup = START[shell]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{shell} is not installed")
    with Typist(program) as typist:
        typist.type(f"{setup}; newaisle --version\n", until="newaisle, version")
        typist.type("newaisle categ\t'Coff\t\n", until="nearest known categories")
        typist.type("newaisle category Coff\t\n", until="nearest known categories")
        typist.type("newaisle prof\tmar\t--js\t\n", until='"user_id": "mara"')


class Typist:
    """Somebody at a terminal of a program, who waits for what they see before they go on."""

    def __init__(self, program: tuple[str, ...]) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvpe(program[0], program, {**os.environ, "TERM": "xterm", "COLUMNS": "200", "PS1": "$ "})

    def __enter__(self) -> Typist:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._terminal)
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def type(self, keys: str, *, until: str) -> None:
        """Press keys, and wait for a text: what is typed is shown too, so it must not be part of that."""
        os.write(self._terminal, keys.encode())
        seen = b""
        while until.encode() not in seen:
            assert select.select([self._terminal], [], [], 60)[0], f"{until!r} is not in {seen.decode()!r}"
            seen += os.read(self._terminal, 4096)
