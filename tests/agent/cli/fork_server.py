"""`newaisle` as a process of its own, in a tenth of the time: forked from one that has imported what commands need.

`python tests/agent/cli/fork_server.py ARGUMENT …` is `python -m newaisle.agent ARGUMENT …`. It hands its arguments,
environment, folder and open files to the server, and signals to the process that the server forks for it; then it ends
as that one does. Where no server runs, it becomes `python -m newaisle.agent` itself.
"""

from __future__ import annotations

import array
import marshal
import os
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

ADDRESS = "FORK_SERVER"  # the variable that says where the server listens
FIRST = "FORK_FIRST"  # the variable with Python that is run before the command
_PASSED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH)
_IMPORTED = ("chromadb.api.rust", "prompt_toolkit.shortcuts", "sklearn.feature_extraction.text")  # besides all of ours


def run_by_server(address: str) -> int:
    """Let the server's child do it; returns its exit code."""
    child, too_early = 0, []

    def pass_on(number: int, _: object) -> None:
        if child:
            os.kill(child, number)
        else:
            too_early.append(number)

    for number in _PASSED:
        signal.signal(number, pass_on)
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        files = array.array("i", [0, 1, 2])
        server.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        server.sendall(marshal.dumps((sys.argv[1:], dict(os.environ), os.getcwd())))  # noqa: PTH109 (pathlib takes long)
        server.shutdown(socket.SHUT_WR)
        answers = server.makefile("r")
        child = int(answers.readline())
        for number in too_early:
            os.kill(child, number)
        return int(answers.readline())


def serve(address: str) -> None:
    """Fork a child for each that asks, until this process is ended. Returns in those children alone, ready to run."""
    import gc
    import importlib
    import pkgutil

    import newaisle
    from newaisle.store import index

    index._probe_in_child = lambda path: None  # a child that loads Chroma, which takes it two seconds
    own = pkgutil.walk_packages(newaisle.__path__, "newaisle.")
    for module in (*_IMPORTED, *(found.name for found in own if not found.name.endswith("__main__"))):
        importlib.import_module(module)
    starter = os.getppid()
    gc.freeze()  # a collection in a child would copy all of it
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        listening.settimeout(10)
        while True:
            try:
                asking, _ = listening.accept()
            except TimeoutError:
                if os.getppid() != starter:  # which was killed
                    os._exit(1)
                continue
            if os.fork() == 0:
                break
            asking.close()
            _reap()
    _become(asking)


def _reap() -> None:
    """Let go of the children that have ended."""
    import contextlib

    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(asking: socket.socket) -> None:
    """Fork once more: one waits and tells how it ended, the other takes the asker's place."""
    _, ancillary, _, _ = asking.recvmsg(1, socket.CMSG_SPACE(12))
    files = array.array("i", ancillary[0][2])
    with asking.makefile("rb") as stream:
        arguments, environment, folder = marshal.loads(stream.read())
    child = os.fork()
    if child:
        asking.sendall(f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        asking.sendall(f"{code}\n".encode())
        os._exit(0)
    asking.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["newaisle", *arguments]
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        old = getattr(sys, name)
        new = open(number, mode, encoding="utf-8", errors=old.errors, closefd=False)  # noqa: SIM115
        new.reconfigure(line_buffering=number == 2 or new.isatty())
        setattr(sys, name, new)


def _run() -> NoReturn:
    """Run the command and end at once: to take apart all that was imported takes longer than most commands."""
    import atexit
    import traceback

    from newaisle.agent.__main__ import main

    code = 1
    try:
        exec(os.environ.pop(FIRST, ""), {})
        main()
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else 0
    except BaseException:
        traceback.print_exc()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


def _end_as(code: int) -> NoReturn:
    """End with an exit code, or by a signal if it is below zero."""
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
        _run()
    elif ADDRESS in os.environ:
        _end_as(run_by_server(os.environ[ADDRESS]))
    else:
        os.execv(sys.executable, [sys.executable, "-m", "newaisle.agent", *sys.argv[1:]])
