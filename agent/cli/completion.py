"""`newaisle completion`: what makes a shell complete commands, options and values."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
)

_VARIABLE = "_NEWAISLE_COMPLETE"  # click's, for a program of this name
_SHELLS = ("bash", "zsh", "fish")

_BREAKS = ":=@"  # where bash takes a new word to begin, unless they are quoted


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes a shell complete commands, options, customers, categories, products and models.

    Customers, categories and products are those of the shop that the line is about: of --home, NEWAISLE_HOME or the
    settings.

    \b
    Examples:
      eval "$(newaisle completion bash)"     # a line for ~/.bashrc (bash 4.4 or newer)
      eval "$(newaisle completion zsh)"      # for ~/.zshrc, after compinit
      newaisle completion fish | source      # for ~/.config/fish/config.fish
    """
    from newaisle.agent.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "newaisle", _VARIABLE).source(), nl=False)


class _Silent(ShellComplete):
    def complete(self) -> str:
        """What to propose; nothing where anything is wrong, for the person is in the middle of typing."""
        try:
            return super().complete()
        except Exception:
            return ""


@add_completion_class
class _Bash(_Silent, BashComplete):
    """Completion in bash: click's script splits what it is told at white space, and loses a word that has a `:`."""

    def source(self) -> str:
        return _script("bash") % self.source_vars()  # without running bash to see how old it is

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the one it is in: unquoted, from its beginning."""
        line = os.environ["NEWAISLE_LINE"]
        words, self.quote = _split(line)
        # A letter more makes one more word just where the cursor is in none.
        is_between = len(_split(f"{line}x")[0]) > len(words)
        self.cut = 0
        if is_between:
            return words[1:], ""
        if not self.quote:
            # Of `--option=value` click proposes the value alone.
            value = words[-1].partition("=")[2] if words[-1].startswith("-") else words[-1]
            self.cut = 1 + max((value.rfind(mark) for mark in _BREAKS if f"\\{mark}" not in line), default=-1)
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """The value as it has to stand in the line, from where bash takes the word to begin."""
        if item.type != "plain":
            return f"{item.type},{item.value}"
        value = item.value[self.cut :]
        if self.quote == '"':
            shown = "".join(f"\\{letter}" if letter in '"$`\\' else letter for letter in value)
        elif self.quote == "'":
            shown = value.replace("'", "'\\''")
        else:
            shown = "".join(letter if letter.isalnum() or letter in "-_./,+%" else f"\\{letter}" for letter in value)
        return f"{item.type},{shown}"


@add_completion_class
class _Zsh(_Silent, ZshComplete):
    pass


@add_completion_class
class _Fish(_Silent, FishComplete):
    """Completion in fish: click's script cuts what has a comma."""

    def source(self) -> str:
        return _script("fish") % self.source_vars()


def _script(shell: str) -> str:
    return Path(__file__).with_name(f"completion.{shell}").read_text(encoding="utf-8")


def _split(line: str) -> tuple[list[str], str]:
    """The words of the beginning of a line, and the quotation mark that is open at its end, if any."""
    for mark in ("", '"', "'"):
        with suppress(ValueError):
            return shlex.split(line + mark), mark
    return _split(line.removesuffix("\\"))
