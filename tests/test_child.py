"""Children are started through one helper, so that none of them imports from the folder that one stands in."""

from __future__ import annotations

import ast
from pathlib import Path

import newaisle

PACKAGE = Path(newaisle.__file__).parent
_FOLDERS = (PACKAGE, *(PACKAGE / name for name in ("agent", "prompts", "store")))  # links, which are not followed
SOURCES = sorted({file for folder in _FOLDERS for file in folder.rglob("*.py")})


def starts_python(code: str) -> bool:
    """Whether code names the interpreter, but in a text that is shown, or a module that starts one."""
    tree = ast.parse(code)
    shown = {part.value for part in ast.walk(tree) if isinstance(part, ast.FormattedValue)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name("sys"), attr="executable") if node not in shown:
                return True
            case ast.alias("executable" | "multiprocessing" | "runpy" | "ProcessPoolExecutor"):
                return True
            case ast.Constant("python" | "python3"):
                return True
    return False


def test_nothing_but_the_helper_starts_python() -> None:
    assert len(SOURCES) > 300
    assert [file for file in SOURCES if starts_python(file.read_text(encoding="utf-8"))] == [PACKAGE / "child.py"]
