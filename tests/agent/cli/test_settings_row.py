"""A row of the table is all that a setting takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# Runs the command line with one more row in the table.
_WITH_A_ROW = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.find_spec("newaisle.agent.settings.settings")
module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
row = '    judge: str = Row(TEXT, "Who judges.", "model", "ann", "NAME", proposed="llm", guarded=True).field'
source = Path(spec.origin).read_text(encoding="utf-8").replace("    home: Path = ", f"{row}\\n    home: Path = ", 1)
exec(compile(source, spec.origin, "exec"), vars(module))
from newaisle.agent.__main__ import main
main()
"""


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WITH_A_ROW, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def judge(*arguments: object, **environment: str) -> Any:
    return json.loads(run(*arguments, "config", "show", "--origin", "--json", **environment).stdout)["judge"]


def test_it_is_a_flag_before_and_after_the_commands_name_with_a_help_and_proposals() -> None:
    for arguments in (("--help",), ("recommend", "--help")):
        assert "--judge NAME" in run(*arguments).stdout
        assert "Who judges. [env: NEWAISLE_JUDGE]" in run(*arguments).stdout
    completed = run(_NEWAISLE_COMPLETE="bash_complete", NEWAISLE_LINE="newaisle recommend --judge ").stdout
    assert completed == "plain,smollm2-135m\nplain,none\n"


def test_it_is_shown_wherever_it_is_given_and_guarded(surroundings: Path) -> None:
    assert judge() == {"value": "ann", "origin": "default"}
    user, project = surroundings / "config" / "newaisle" / "config.toml", Path("newaisle.toml").absolute()
    user.parent.mkdir(parents=True)
    user.write_text('judge = "bob"\n', encoding="utf-8")
    assert judge() == {"value": "bob", "origin": f"{user}:1"}
    project.write_text('judge = "cy"\n', encoding="utf-8")
    assert "judge may be set by a project file of a trusted folder alone" in run("doctor").stderr
    assert judge(NEWAISLE_JUDGE="dee") == {"value": "dee", "origin": "env NEWAISLE_JUDGE"}
    assert judge("--judge", "eve", NEWAISLE_JUDGE="dee") == {"value": "eve", "origin": "flag --judge"}
