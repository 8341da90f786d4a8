"""`newaisle synonyms check`: a shop's own file, or any, and what a word is served by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.cli.command import Ran, newaisle


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def check(home: Path, *arguments: object) -> Ran:
    return newaisle("synonyms", "check", *arguments, "--home", home)


def test_without_a_file_of_its_own_a_shop_has_the_bundled_ones(home: Path) -> None:
    ran = check(home, "--word", "metals", "--word", "mould", "--word", "frabjous").ok()
    assert f"no words in {home / 'synonyms.txt'}" in ran.err
    metal, mould, none = ran.out.splitlines()
    assert metal.startswith("metals: ")
    assert "titanium" in metal.split(": ")[1].split(", ")
    assert (mould, none) == ("mould: mold", "frabjous: nothing but itself")


def test_a_shops_own_words_serve_as_the_bundled_ones_do(home: Path) -> None:
    (home / "synonyms.txt").write_text("cookware => wok, pan\nmetal => unobtainium\n", encoding="utf-8")
    ran = check(home, "--word", "cookware", "--word", "metal").ok()
    assert ran.out.startswith(f"{home / 'synonyms.txt'}: ok, 2 words that others serve\ncookware: ")
    assert "unobtainium, " in ran.out
    found = check(home, "--word", "cookware", "--json").json
    assert (found["path"], found["words"]) == (str(home / "synonyms.txt"), 2)
    assert {"wok", "pan"} <= {*found["served_by"]["cookware"]}


def test_any_file_can_be_checked_and_a_wrong_line_is_named(home: Path) -> None:
    draft = home / "draft.txt"
    draft.write_text("metal =>\n", encoding="utf-8")
    ran = check(home, draft)
    assert (ran.code, ran.out) == (3, "")
    assert f"{draft}:1: there is no word on one side of =>" in ran.err
    assert check(home, home / "none.txt").code == 3
