"""`newaisle category` and `newaisle classify` as a user sees them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from newaisle.agent.cli.category import METHODS
from newaisle.agent.retrieve.nearest import DEFAULT_METHOD
from newaisle.agent.retrieve.nearest import METHODS as ALL_METHODS
from tests.agent.cli.command import newaisle, on_terminal

STYLE = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]")
FEED = """\
id,title,category,description
n1,"Espresso machine, 15 bar",,Brews coffee in half a minute
n2,Trail running vest with two bottles,Outdoor > Trail Running,For long days on the trail
n3,Qwertyuiop,Pets > Dogs,Zxcvb
"""

pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.csv"
    path.write_text(FEED, encoding="utf-8")
    return path


def test_the_methods_are_those_there_are_the_default_last() -> None:
    assert set(METHODS) == set(ALL_METHODS)
    assert METHODS[-1] == DEFAULT_METHOD


def test_a_category_is_shown_with_its_neighbours_and_why() -> None:
    ran = newaisle("category", "Camp Kitchen").ok()
    assert ran.out.startswith("Outdoor > Camp Kitchen: 28 products, no customer yet\n")
    assert re.search(r"^0\.\d\d Kitchen > \S", ran.out, flags=re.MULTILINE)
    assert "both say: " in ran.out
    assert " is most like " in ran.out
    assert ran.err == ""


def test_it_is_the_same_as_json() -> None:
    read = newaisle("category", "Camp Kitchen", "--json", "-n", 2).json
    assert read["category"] == {"name": "Outdoor > Camp Kitchen", "is_known": True, "products": 28, "customers": 0}
    assert len(read["nearest"]) == 2
    assert read["method"] == DEFAULT_METHOD


def test_any_method_can_be_chosen() -> None:
    for method in METHODS:
        assert newaisle("category", "Camp Kitchen", "--method", method, "--json").json["method"] == method, method


def test_a_name_nearly_known_is_asked_about_and_answered_all_the_same() -> None:
    ran = newaisle("category", "Camp Kitchn").ok()
    assert ran.out.startswith("Camp Kitchn: new to the catalogue\n")
    assert "no category 'Camp Kitchn' (did you mean 'Camp Kitchen'" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_brief_may_be_a_text_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("coffee and tea", encoding="utf-8")
    brief = [newaisle("category", "New", "--brief", b, "--json") for b in ("coffee and tea", tmp_path / "brief.txt")]
    assert brief[0].json == brief[1].json
    assert brief[0].json["nearest"][0]["name"] == "Kitchen > Coffee & Tea"
    assert brief[0].err == ""


def test_products_may_be_brought(feed: Path) -> None:
    read = newaisle("category", "New", "--candidates", feed, "--json").json
    assert read["category"]["is_known"] is False
    assert any(near["examples"]["ours"] for near in read["nearest"])


def test_what_is_near_to_nothing_says_what_to_give() -> None:
    ran = newaisle("category", "qwert", "--method", "words").ok()
    assert "No known category is near to it: give a --brief, or its products with --candidates." in ran.out


@pytest.mark.parametrize("columns", [40, 100])
@pytest.mark.parametrize("name", ["Camp Kitchen", "茶"])
def test_it_fits_the_terminal(columns: int, name: str) -> None:
    code, shown = on_terminal("category", name, columns=columns)
    plain = STYLE.sub("", shown)
    assert code == 0
    assert max(map(len, plain.splitlines()[1:])) <= columns


def test_a_mistake_is_one_line_with_the_next_move() -> None:
    for arguments, code, said in [
        (("category", " "), 2, "the name of the category is empty"),
        (("category", "Tea", "--method", "guess"), 2, "'guess' is not one of"),
        (("category", "Tea", "-n", 0), 2, "0 is not in the range"),
        (("category", "Tea", "--candidates", "no-such.csv"), 3, "no-such.csv"),
        (("classify", "no-such.csv"), 3, "no-such.csv"),
        (("classify", "-"), 3, "give a file with rows"),
        (("classify",), 2, "Missing argument 'FILE'"),
    ]:
        ran = newaisle(*arguments)
        assert ran.code == code, arguments
        assert said in ran.err, arguments
        assert len(ran.err.splitlines()) == 1, arguments
        assert ran.out == "", arguments


@pytest.mark.parametrize("command", ["category", "classify"])
def test_without_a_shop_it_says_how_to_make_one(tmp_path: Path, feed: Path, command: str) -> None:
    ran = newaisle(command, feed, "--home", tmp_path / "elsewhere")
    assert (ran.code, ran.out) == (3, "")
    assert "run `newaisle ingest" in ran.err


def test_products_of_a_file_are_classified_one_a_line(feed: Path) -> None:
    ran = newaisle("classify", feed, "--json").ok()
    first, second, third = map(json.loads, ran.out.splitlines())
    assert (first["item_id"], first["category"], first["given"]) == ("n1", "Kitchen > Coffee & Tea", None)
    assert second["category"] == second["given"] == "Outdoor > Trail Running"
    assert third["given"] == "Pets > Dogs"
    assert third["looks_new"]
    assert not second["looks_new"]
    for line in (first, second, third):
        assert 0 <= line["familiarity"] <= 1
        assert len(line["runners_up"]) == 2
        chances = [line["probability"], *(other["probability"] for other in line["runners_up"])]
        assert chances == sorted(chances, reverse=True)
    assert ran.err == "3 rows classified, 1 of 2 as the file says, 1 that may be of a new category\n"


def test_so_many_categories_are_named_as_are_asked_for(feed: Path) -> None:
    ran = newaisle("classify", feed, "--json", "-n", 1).ok()
    assert [json.loads(line)["runners_up"] for line in ran.out.splitlines()] == [[], [], []]


def test_a_person_reads_them_as_text(feed: Path) -> None:
    shown = newaisle("classify", feed).ok().out
    assert "Espresso machine, 15 bar n1" in shown
    assert re.search(r"^ +\d+% Kitchen > Coffee & Tea", shown, flags=re.MULTILINE)
    assert "the file says Pets > Dogs" in shown
    assert shown.count("looks like a new category") == 1


def test_standard_input_and_other_formats_are_read(feed: Path) -> None:
    rows = '{"id": "n1", "title": "Espresso machine, 15 bar", "description": "Brews coffee in half a minute"}\n'
    from_pipe = newaisle("classify", "-", "--json", stdin=rows).ok().out
    assert from_pipe.splitlines() == newaisle("classify", feed, "--json").ok().out.splitlines()[:1]


def test_a_row_that_cannot_be_used_is_told_and_the_rest_classified(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("id,title\nn1,Espresso machine\nn2,\n", encoding="utf-8")
    ran = newaisle("classify", path, "--json").ok()
    assert len(ran.out.splitlines()) == 1
    assert "1 row of" in ran.err


def test_nothing_is_stored(feed: Path, tmp_path: Path) -> None:
    before = newaisle("category", "Camp Kitchen", "--json").json
    newaisle("classify", feed).ok()
    assert newaisle("category", "Camp Kitchen", "--json").json == before
    assert "no product 'n1'" in newaisle("remove", "n1").err or newaisle("remove", "n1").out.startswith("0 rows")
    assert tmp_path.joinpath("home").is_dir()
