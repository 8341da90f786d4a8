"""`newaisle doctor`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newaisle.agent.cli.options import every_setting
from newaisle.agent.cli.screen import working
from newaisle.agent.cli.tables import print_json
from newaisle.agent.settings.settings import Settings
from newaisle.errors import BACKEND_DOWN

if TYPE_CHECKING:
    from newaisle.agent.shop.doctor import Finding


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@every_setting
def doctor(settings: Settings, as_json: bool) -> None:
    """Look at everything that has to be in place, and name the mend for what is not.

    Interpreter, llama.cpp and whether it survives a trial decode, models and their checksums, ledger, index. Ends with
    exit code 4 if anything is missing or broken.

    \b
    Examples:
      newaisle doctor
      newaisle doctor --home shops/garden --model none
    """
    from newaisle.agent.shop.doctor import examine

    examined, findings = examine(settings), []

    def look() -> Finding | None:
        with working("examining"):
            return next(examined, None)

    for finding in iter(look, None):
        findings.append(finding)
        if not as_json:
            click.echo(f"{finding.verdict:<8} {finding.name:<15} {' '.join(finding.detail.split())}")
            if finding.mend:
                click.echo(f"{'':<8} {'':<15} -> {finding.mend}")
    if as_json:
        print_json([asdict(finding) for finding in findings])
    if any(finding.verdict != "ok" for finding in findings):
        raise SystemExit(BACKEND_DOWN)
