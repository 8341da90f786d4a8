"""A program may have packages of its own that are called as our folders are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from newaisle.store.home import Home

PROGRAM = """
import agent, prompts, store  # those beside this file
import newaisle

with newaisle.open_shop({home!r}, model="none", embedder="hash") as shop:
    answer = shop.recommend("ann", "Tea", k=2)
    assert shop.reindex()[1] == "g000002"
print(answer.model_dump_json(include={{"recommendations"}}))
print(*(module.mine for module in (agent, prompts, store)))
"""


def test_a_script_with_its_own_store_agent_and_prompts_beside_it_answers(shop: Home, tmp_path: Path) -> None:
    folder = tmp_path / "program"
    for name in ("agent", "prompts", "store"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"mine = {name!r}")
    script = folder / "script.py"
    script.write_text(PROGRAM.format(home=str(shop.folder)))
    done = subprocess.run([sys.executable, str(script)], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answer, mine = done.stdout.splitlines()
    assert len(json.loads(answer)["recommendations"]) == 2
    assert mine == "agent prompts store"
