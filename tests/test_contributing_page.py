"""CONTRIBUTING.md is true: what it names exists, and the code of its worked examples runs."""

from __future__ import annotations

import re

from tests.agent.rank.cases import checkerboard
from tests.shown import ROOT, defined_in

PAGE = ROOT / "CONTRIBUTING.md"


def test_every_file_and_folder_that_is_named_exists_or_is_called_new() -> None:
    text = PAGE.read_text(encoding="utf-8")
    introduced = " ".join(re.findall(r"\bnew (`[^`]+`(?:, `[^`]+`)*)", text))
    new = set(re.findall("`([^`]+)`", introduced))
    named = set(re.findall(r"\b(?:agent|docs|newaisle|prompts|store|tests|benchmarks)/[\w./-]*[\w/]", text))
    assert len(named) > 30
    assert {path for path in named - new if not (ROOT / path).exists()} == set()
    assert {path for path in new if (ROOT / path).exists()} == set()


def test_the_signal_puts_what_is_like_the_history_first() -> None:
    scores = defined_in(PAGE, "spelling")(checkerboard(8)).sum(axis=1)
    assert scores[0::2].min() > scores[1::2].max()


def test_the_command_explains_itself() -> None:
    assert defined_in(PAGE, "customers").help.startswith("List the ids")
