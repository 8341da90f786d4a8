"""Builds llama-cpp-python for this processor, keeps the wheel, and installs it: `python -m newaisle.agent.llm.build`.

It is published as source alone and takes minutes to build, so the wheel is kept in the user's cache, keyed by version,
processor and compiler: a build for one processor crashes on another.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from newaisle.agent.llm.processor import processor
from newaisle.child import python_child

_PACKAGE = "llama-cpp-python"
# Neither the bundled tools, examples and tests nor the multimodal part are used; leaving them out halves the build.
_LEFT_OUT = ("LLAVA_BUILD", "LLAMA_BUILD_TOOLS", "LLAMA_BUILD_EXAMPLES", "LLAMA_BUILD_SERVER", "LLAMA_BUILD_TESTS")
_SAY_EVERY = 30.0  # seconds


def main() -> int:
    """Install the pinned version, from the kept wheel or by building one; returns the exit code."""
    pinned = pinned_version()
    try:
        if version(_PACKAGE) == pinned:
            return 0
    except PackageNotFoundError:
        pass
    folder = _wheel_folder(pinned)
    wheel = next(folder.glob("*.whl"), None)
    if wheel is None:
        wheel = _build(pinned, folder)
    return 1 if wheel is None else subprocess.call([*_pip("install"), "--quiet", str(wheel)])


def pinned_version() -> str:
    """The version of llama-cpp-python that newaisle is made for."""
    requirements = " ".join(requires("newaisle") or [])
    found = re.search(rf"{_PACKAGE}==([\w.]+)", requirements)
    if found is None:
        raise RuntimeError(f"newaisle does not pin {_PACKAGE}")
    return found.group(1)


def _pip(command: str) -> list[str]:
    return [*python_child("pip", "--disable-pip-version-check", command)]


def _wheel_folder(pinned: str) -> Path:
    from platformdirs import user_cache_path

    made_for = (pinned, platform.platform(), processor(), _compiler())
    key = hashlib.sha256(repr(made_for).encode()).hexdigest()[:16]
    return user_cache_path("newaisle", appauthor=False) / "wheels" / key


def _compiler() -> str:
    compiler = os.environ.get("CC") or "cc"
    if shutil.which(compiler) is None:
        return ""
    return subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout


def _build(pinned: str, folder: Path) -> Path | None:
    missing = [tool for tool in (os.environ.get("CXX") or "c++", "cmake") if shutil.which(tool) is None]
    if missing:
        print(
            f"{' and '.join(missing)} not found: install a C++ compiler and cmake, then run this again", file=sys.stderr
        )
        return None
    print(f"building {_PACKAGE} {pinned}: 5 to 12 minutes on two cores, once for this machine", flush=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        log = Path(draft) / "build.log"
        code = _run_and_say([*_pip("wheel"), "--no-deps", "-w", draft, f"{_PACKAGE}=={pinned}"], log)
        if code:
            print("".join(log.read_text(errors="replace").splitlines(keepends=True)[-30:]), file=sys.stderr)
            print("the build failed; what it said last is above", file=sys.stderr)
            return None
        wheel = next(Path(draft).glob("*.whl"))
        folder.mkdir(exist_ok=True)
        return wheel.rename(folder / wheel.name)


def _run_and_say(command: list[str], log: Path) -> int:
    """Run a command with its output in `log`, saying now and then how long it has been."""
    start = said = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=_environment())
        while process.poll() is None:
            time.sleep(0.5)
            if time.monotonic() - said >= _SAY_EVERY:
                said = time.monotonic()
                minutes, seconds = divmod(int(said - start), 60)
                print(f"  still building, {minutes}:{seconds:02} so far", flush=True)
    return process.returncode


def _environment() -> dict[str, str]:
    options = [f"-D{name}=OFF" for name in _LEFT_OUT]
    if platform.machine() in ("x86_64", "AMD64"):
        # What GCC 12 makes of llama.cpp's AMX kernels crashes with the first decode.
        options += ["-DCMAKE_C_FLAGS=-mno-amx-int8", "-DCMAKE_CXX_FLAGS=-mno-amx-int8"]
    return {**os.environ, "CMAKE_ARGS": " ".join([*options, os.environ.get("CMAKE_ARGS", "")]).strip()}


if __name__ == "__main__":
    sys.exit(main())
