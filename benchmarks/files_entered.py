"""How many files of newaisle a command enters: `python -m benchmarks.files_entered [--list] ARGUMENTS of newaisle`.

A file counts if a function of it was called, not if it was only imported (`sys.setprofile`).
"""

from __future__ import annotations

import inspect
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import newaisle
from newaisle.agent.cli import cli

ROOT = Path(newaisle.__file__).parent


def entered(arguments: list[str]) -> list[str]:
    """The files, as paths below the repository, in alphabetical order."""
    found: set[str] = set()

    def look(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        is_function = code.co_flags & inspect.CO_OPTIMIZED  # no module's, and no class's body
        if event == "call" and is_function and code.co_filename.startswith(f"{ROOT}/"):
            found.add(str(Path(code.co_filename).relative_to(ROOT)))

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        with suppress(SystemExit):
            cli.main(arguments, prog_name="newaisle", standalone_mode=False)
    finally:
        sys.setprofile(None)
    return sorted(found)


def main(arguments: list[str]) -> None:
    """Print the files, or how many they are."""
    files = entered([one for one in arguments if one != "--list"])
    print(*files if "--list" in arguments else [], f"{len(files)} files", sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
