"""Builds llama-cpp-python for this processor, keeps the wheel, and installs it: `python -m newaisle.agent.llm.build`.

It is published as source alone and takes minutes to build, so the wheel is kept in the user's cache, keyed by version,
processor, compiler and flags: a build for one processor crashes on another. The next compiler is used where a build
fails, or fails in a trial. cmake and ninja, where they are missing, pip fetches for the time of the build.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from newaisle.agent.llm.compiler import ZIG, Choice, choices
from newaisle.agent.llm.installed import build_tag, processor
from newaisle.child import python_child

_PACKAGE = "llama-cpp-python"
# Neither the bundled tools, examples and tests nor the multimodal part nor fetching by HTTPS is used; without them it
# takes half the time.
_LEFT_OUT = (
    "LLAVA_BUILD",
    "LLAMA_BUILD_TOOLS",
    "LLAMA_BUILD_EXAMPLES",
    "LLAMA_BUILD_SERVER",
    "LLAMA_BUILD_TESTS",
    "LLAMA_OPENSSL",
)
_READ_BY_CMAKE = ("CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "CMAKE_ARGS")
_TRIAL = python_child("newaisle.agent.llm.tiny")
_SAY_EVERY = 30.0  # seconds


def main() -> int:
    """Install the pinned version, from a kept wheel or by building one; returns the exit code."""
    pinned = pinned_version()
    try:
        if version(_PACKAGE) == pinned:
            return 0
    except PackageNotFoundError:
        pass
    ways = choices(processor())
    if any(_install(pinned, choice, is_last=choice is ways[-1]) for choice in ways):
        return 0
    print("llama.cpp could not be built, see above; `--model none` does without it", file=sys.stderr)
    return 1


def pinned_version() -> str:
    """The version of llama-cpp-python that newaisle is made for."""
    requirements = " ".join(requires("newaisle") or [])
    found = re.search(rf"{_PACKAGE}==([\w.]+)", requirements)
    if found is None:
        raise RuntimeError(f"newaisle does not pin {_PACKAGE}")
    return found.group(1)


def _install(pinned: str, choice: Choice, *, is_last: bool) -> bool:
    """Install what one compiler makes of llama.cpp; whether it works, or for want of anything else at least decodes."""
    folder = _wheel_folder(pinned, choice)
    wheel = next(folder.glob("*.whl"), None)
    what = f"{_PACKAGE} {pinned} by {choice.compiler.name}, {choice.why}"
    if wheel is None:
        print(f"building {what}: 4 to 12 minutes on two cores, once for this machine", flush=True)
        wheel = _build(pinned, choice, folder)
    else:
        print(f"installing {what}, built before", flush=True)
    if wheel is None or subprocess.call([*_pip("install"), "--quiet", str(wheel)]):
        return False
    tried = subprocess.run(_TRIAL, capture_output=True, text=True)
    if tried.returncode == 0 or (is_last and tried.stdout):
        return True
    print(f"what {choice.compiler.name} built does not work here", file=sys.stderr)
    subprocess.call([*_pip("uninstall"), "--quiet", "--yes", _PACKAGE])
    return False


def _pip(command: str) -> list[str]:
    return [*python_child("pip", "--disable-pip-version-check", command)]


def _wheel_folder(pinned: str, choice: Choice) -> Path:
    from platformdirs import user_cache_path

    flags = [os.environ.get(name) for name in _READ_BY_CMAKE]
    made_for = (pinned, platform.platform(), processor(), choice.compiler.identity, choice.options, flags)
    key = hashlib.sha256(repr(made_for).encode()).hexdigest()[:16]
    return user_cache_path("newaisle", appauthor=False) / "wheels" / key


def _build(pinned: str, choice: Choice, folder: Path) -> Path | None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        draft, log = Path(scratch), Path(scratch, "build.log")
        environment = {**os.environ, **choice.compiler.variables, "CMAKE_ARGS": _cmake_arguments(choice)}
        tag = f"--config-settings=wheel.build-tag={build_tag(choice.compiler.name)}"
        # pip would take the wheel of its own cache, which it keeps whatever compiler and flags made it.
        build = [*_pip("wheel"), "--no-cache-dir", "--no-deps", tag, "-w", scratch, f"{_PACKAGE}=={pinned}"]
        steps = {"building": build}
        if choice.compiler is ZIG:
            fetch = [*_pip("install"), "--no-deps", "--no-compile", "--target", scratch, ZIG.identity]
            steps = {f"fetching {ZIG.name}": fetch} | steps
            environment |= _zig_variables(draft)
        if any(_run_and_say(doing, command, environment, log) for doing, command in steps.items()):
            print("".join(log.read_text(errors="replace").splitlines(keepends=True)[-30:]), file=sys.stderr)
            print("the build failed; what it said last is above", file=sys.stderr)
            return None
        wheel = next(draft.glob("*.whl"))
        folder.mkdir(exist_ok=True)
        return wheel.rename(folder / wheel.name)


def _cmake_arguments(choice: Choice) -> str:
    options = [f"-D{name}=OFF" for name in _LEFT_OUT]
    return " ".join([*options, *choice.options, os.environ.get("CMAKE_ARGS", "")]).strip()


def _zig_variables(folder: Path) -> dict[str, str]:
    """Make zig, once it is in the folder, a compiler of the usual kind; `python -m ziglang` is not found in a build."""
    tools = folder / "tools"
    tools.mkdir()
    zig = shlex.quote(str(folder / "ziglang" / "zig"))
    for name in ("cc", "c++", "ar"):
        script = tools / name
        script.write_text(f'#!/bin/sh\nexec {zig} {name} "$@"\n')
        script.chmod(0o755)
    cache = str(folder / "cache")
    return {
        "CC": str(tools / "cc"),
        "CXX": str(tools / "c++"),
        "ZIG_GLOBAL_CACHE_DIR": cache,
        "ZIG_LOCAL_CACHE_DIR": cache,
    }


def _run_and_say(doing: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """Run a command with its output in `log`, saying now and then what it does, and for how long."""
    start = said = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        while process.poll() is None:
            time.sleep(0.5)
            if time.monotonic() - said >= _SAY_EVERY:
                said = time.monotonic()
                minutes, seconds = divmod(int(said - start), 60)
                print(f"  still {doing}, {minutes}:{seconds:02} so far", flush=True)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
