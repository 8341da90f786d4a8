"""`newaisle synonyms check`: a shop's own file, or any, and what a word is served by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newaisle.agent.cli.synonyms import synonyms_group
from newaisle.agent.settings.settings import Settings
from newaisle.errors import InputError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def check(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(synonyms_group, ["check", *arguments], obj=Settings(home=home, model="none"))


def test_without_a_file_of_its_own_a_shop_has_the_bundled_ones(home: Path) -> None:
    ran = check(home, "--word", "metals", "--word", "mould", "--word", "frabjous")
    assert f"no words in {home / 'synonyms.txt'}" in ran.stderr
    metal, mould, none = ran.stdout.splitlines()
    assert metal.startswith("metals: ")
    assert "titanium" in metal.split(": ")[1].split(", ")
    assert (mould, none) == ("mould: mold", "frabjous: nothing but itself")


def test_a_shops_own_words_serve_as_the_bundled_ones_do(home: Path) -> None:
    (home / "synonyms.txt").write_text("cookware => wok, pan\nmetal => unobtainium\n", encoding="utf-8")
    ran = check(home, "--word", "cookware", "--word", "metal")
    assert ran.stdout.startswith(f"{home / 'synonyms.txt'}: ok, 2 words that others serve\ncookware: ")
    assert "unobtainium, " in ran.stdout
    found = json.loads(check(home, "--word", "cookware", "--json").stdout)
    assert (found["path"], found["words"]) == (str(home / "synonyms.txt"), 2)
    assert {"wok", "pan"} <= {*found["served_by"]["cookware"]}


def test_any_file_can_be_checked_and_a_wrong_line_is_named(home: Path) -> None:
    draft = home / "draft.txt"
    draft.write_text("metal =>\n", encoding="utf-8")
    failed = check(home, str(draft)).exception
    assert isinstance(failed, InputError)
    assert str(failed).startswith(f"{draft}:1: ")
    missing = check(home, str(home / "none.txt")).exception
    assert isinstance(missing, InputError)
