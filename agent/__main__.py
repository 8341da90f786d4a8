"""`newaisle`, and `python -m newaisle.agent`: the only place where the command line meets the rest."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from newaisle.agent.cli import cli, screen
from newaisle.agent.cli.errors import INTERRUPTED, exit_code, one_line


def main() -> None:
    """Run a command; what newaisle raises on purpose becomes one line and its exit code, anything else a traceback."""
    try:
        sys.exit(cli.main(prog_name="newaisle", standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except click.ClickException as exc:
        _fail(exc, exc.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing that was stored is lost, the same command goes on from there", err=True)
        sys.exit(INTERRUPTED)
    except Exception as exc:
        code = exit_code(exc)
        if code is None:
            raise
        _fail(exc, code)


def _fail(error: Exception, code: int) -> NoReturn:
    screen.error(one_line(error))
    sys.exit(code)


if __name__ == "__main__":
    main()
