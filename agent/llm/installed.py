"""What the installed llama.cpp was built by, what of the processor it uses, and which processor that is.

The set-up puts the compiler's name into the wheel's build tag, and installing keeps that; any other build has none.
"""

from __future__ import annotations

import platform
import re
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from newaisle.child import python_child


def processor() -> str:
    """Name and abilities of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))


_PACKAGE = "llama-cpp-python"
_TAG = "0newaisle_"  # a build tag begins with a digit


def build_tag(compiler: str) -> str:
    """The wheel's build tag for what the set-up builds by a compiler."""
    return _TAG + compiler.replace(" ", "_")


def compiler() -> str | None:
    """By which compiler the set-up built what is installed; None where it did not. Raises PackageNotFoundError."""
    found = re.search(rf"^Build: {_TAG}(.+)$", distribution(_PACKAGE).read_text("WHEEL") or "", re.MULTILINE)
    return found[1].replace("_", " ") if found else None


@cache
def features() -> tuple[str, ...]:
    """What llama.cpp was compiled to use, in its own words; nothing where asking for that crashes.

    A child asks: a build for another processor crashes when it is loaded.
    """
    asked = subprocess.run(python_child("newaisle.agent.llm.installed"), capture_output=True, text=True)
    return tuple(re.findall(r"(\w+) = 1", asked.stdout)) if asked.returncode == 0 else ()


def description() -> str:
    """Version, compiler and features on one line; empty where llama-cpp-python is not installed."""
    try:
        release = version(_PACKAGE)
    except PackageNotFoundError:
        return ""
    by = compiler() or "pip, not by the set-up"
    return f"{_PACKAGE} {release}, built by {by}; uses {' '.join(features())}"


def main() -> None:
    """Print what llama.cpp says of the system it runs on."""
    from llama_cpp import llama_cpp

    print(llama_cpp.llama_print_system_info().decode())


if __name__ == "__main__":
    main()
