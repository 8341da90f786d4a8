"""The command that runs a module of Python in a child process, the same wherever one stands."""

from __future__ import annotations

import sys


def python_child(module: str, *arguments: str) -> tuple[str, ...]:
    """The command for `python -m module`, run by this Python.

    `-P`: else the working directory comes first on the child's path, and a numpy.py that lies there is executed.
    """
    return (sys.executable, "-P", "-m", module, *arguments)
