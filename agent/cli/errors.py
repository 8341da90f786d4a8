"""How errors end the program: with which exit code, and what is said in one line."""

from __future__ import annotations

import errno

import click

from newaisle.errors import STORE_LOCKED_OR_DAMAGED, NewaisleError

INTERRUPTED = 130


def exit_code(error: BaseException) -> int | None:
    """The exit code for an error that newaisle raises on purpose; None for any other, which is a fault of ours."""
    if isinstance(error, NewaisleError):
        return error.exit_code
    return STORE_LOCKED_OR_DAMAGED if isinstance(error, OSError) else None


def one_line(error: Exception) -> str:
    """What is wrong and what to do, in one line."""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text = f"{error.format_message().rstrip('.')}: see `{error.ctx.command_path} --help`"
    elif isinstance(error, click.ClickException):
        text = error.format_message()
    elif isinstance(error, OSError):
        text = _of_the_system(error)
    else:
        text = str(error)
    return " ".join(text.split())


def _of_the_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    mend = "free some space" if full else "check the place and its permissions, or choose another --home"
    return f"{where}{error.strerror or error}: {mend}, then run this again"
