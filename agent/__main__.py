"""`newaisle`, and `python -m agent`: the only place where the command line meets the rest."""

from __future__ import annotations

import sys

import click

from agent.cli import cli
from agent.cli.errors import INTERRUPTED, STORE_LOCKED_OR_DAMAGED, exit_code


def main() -> None:
    """Run a command; an error that newaisle raises on purpose becomes one line and its exit code."""
    try:
        cli.main(prog_name="newaisle", standalone_mode=False)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing that was stored is lost, the same command goes on from there", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as exc:
        code = STORE_LOCKED_OR_DAMAGED if isinstance(exc, OSError) else exit_code(exc)
        if code is None:
            raise
        click.echo(f"Error: {' '.join(str(exc).split())}", err=True)
        sys.exit(code)


if __name__ == "__main__":
    main()
