"""How errors end the program: with which exit code, and what is said in one line."""

from __future__ import annotations

import errno

import click

USAGE, BAD_INPUT, BACKEND_DOWN, USELESS_ANSWER, STORE_LOCKED_OR_DAMAGED, INTERRUPTED = 2, 3, 4, 5, 6, 130


def exit_code(error: BaseException) -> int | None:
    """The exit code for an error that newaisle raises on purpose; None for any other, which is a fault of ours."""
    from newaisle.agent.errors import BackendDown, ConfigError, RequestError, UselessAnswer
    from newaisle.agent.llm.errors import LanguageModelError
    from newaisle.agent.models.errors import ModelDamaged, ModelError, UnknownModel
    from newaisle.prompts.errors import PromptError
    from newaisle.store.errors import EmbedderError, InputError, StoreError

    codes: list[tuple[tuple[type[BaseException], ...], int]] = [
        ((InputError, RequestError, ConfigError, PromptError, UnknownModel, ModelDamaged), BAD_INPUT),
        ((BackendDown, LanguageModelError, ModelError, EmbedderError), BACKEND_DOWN),
        ((UselessAnswer,), USELESS_ANSWER),
        ((StoreError, OSError), STORE_LOCKED_OR_DAMAGED),
    ]
    return next((code for kinds, code in codes if isinstance(error, kinds)), None)


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
