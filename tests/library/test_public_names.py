"""What `import newaisle` promises: these names, at once, and nothing loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import newaisle
import newaisle.testing

NAMES = [
    "Ask",
    "Constraints",
    "Conversation",
    "Embedder",
    "Generated",
    "Interaction",
    "LanguageModel",
    "Likelihood",
    "NewaisleError",
    "Product",
    "Profile",
    "Query",
    "ReadOptions",
    "Recommendation",
    "RecommendationSet",
    "Shop",
    "Why",
    "WhyNot",
    "open_shop",
]


def test_the_public_names_are_these_and_each_is_there() -> None:
    assert newaisle.__all__ == NAMES
    assert [getattr(newaisle, name).__name__ for name in NAMES] == NAMES
    assert set(NAMES) <= set(dir(newaisle))


def test_a_name_that_is_none_of_them_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'newaisle' has no attribute 'recomend'"):
        newaisle.recomend  # noqa: B018


def test_the_names_for_tests_are_these() -> None:
    assert newaisle.testing.__all__ == ["GenerateCall", "Reply", "ScoreCall", "ScriptedModel", "asks", "chat"]


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert (Path(newaisle.__file__).parent / "py.typed").exists()


def test_importing_it_loads_nothing_but_itself_and_the_standard_library() -> None:
    # What stands in site-packages may load packages of its own when Python starts: those do not count.
    code = "import sys; before = set(sys.modules); import newaisle; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert [name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names] == ["newaisle"]
    assert not {"asyncio", "ctypes", "sqlite3", "json"} & set(loaded)
