"""`newaisle feedback`, and what the next answers make of it, in the sample shop."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent import sample
from newaisle.store import sqlite
from tests.agent.cli.command import PROGRAM, newaisle

pytestmark = pytest.mark.usefixtures("shop")


def ranked(user: str = sample.CUSTOMER) -> list[Any]:
    answer = newaisle("recommend", "--user", user, "--category", sample.NEW_CATEGORY, "-k", 1000).json
    recommendations: list[Any] = answer["recommendations"]
    return recommendations


def mean_place(brand: str, found: list[Any]) -> float:
    places = [one["rank"] / len(found) for one in found if one["brand"] == brand]
    return sum(places) / len(places)


def brands(user: str = sample.CUSTOMER) -> dict[str, float]:
    told = newaisle("profile", user, "--json").json["interests"]["brands"]
    return {one["name"]: one["weight"] for one in told}


def test_it_says_what_was_stored() -> None:
    ran = newaisle("feedback", "mara", "ck-05", "--viewed")
    assert (ran.code, ran.out, ran.err) == (0, "stored: mara viewed ck-05\n", "")


@pytest.mark.parametrize(
    ("flag", "event", "liking"),
    [("--liked", "like", 1), ("--disliked", "dislike", -1), ("--bought", "purchase", 1), ("--viewed", "view", 0.25)],
)
def test_as_json_it_is_the_row(flag: str, event: str, liking: float) -> None:
    stored = newaisle("feedback", "mara", "ck-05", flag, "--json").json
    assert list(stored) == ["user_id", "item_id", "event", "liking", "time", "is_new_customer"]
    assert (stored["event"], stored["liking"], stored["is_new_customer"]) == (event, liking, False)
    assert stored["time"].endswith("+00:00")


@pytest.mark.parametrize("flags", [(), ("--liked", "--bought")])
def test_just_one_thing_is_done(flags: tuple[str, ...]) -> None:
    ran = newaisle("feedback", "mara", "ck-05", *flags)
    assert (ran.code, ran.out) == (2, "")
    assert "just one of --liked, --disliked, --bought, --viewed" in ran.err


def test_a_new_customer_is_said_to_be_one_and_is_known_at_once() -> None:
    ran = newaisle("feedback", "dora", "ck-05", "--liked").ok()
    assert ran.err == "dora is new: this is the first that the shop knows of them\n"
    assert newaisle("feedback", "dora", "ck-06", "--liked").ok().err == ""
    assert brands("dora")
    assert "ck-05" in [one["item_id"] for one in ranked("dora")]  # liked is not owned


def test_an_unknown_product_is_named_with_the_nearest() -> None:
    ran = newaisle("feedback", "dora", "ck05", "--liked")
    assert (ran.code, ran.out) == (3, "")
    assert "did you mean 'ck-05'" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert newaisle("profile", "dora").code == 3


def test_without_a_shop_there_is_nothing_to_give_feedback_on(tmp_path: Path) -> None:
    ran = newaisle("feedback", "mara", "ck-05", "--liked", "--home", tmp_path / "nowhere")
    assert ran.code == 3
    assert "newaisle ingest" in ran.err
    assert not (tmp_path / "nowhere").exists()


def test_a_shop_that_stays_locked_is_told_with_its_own_exit_code(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    with closing(sqlite3.connect(shop / "ledger.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = newaisle("feedback", "mara", "ck-05", "--liked")
    assert ran.code == 6
    assert "locked" in ran.err


def test_the_brand_of_disliked_products_drops() -> None:
    before, place = brands()["Fernhollow"], mean_place("Fernhollow", ranked())
    told = newaisle("profile", "mara", "--json").json["interests"]["brands"]
    (fernhollow,) = [one for one in told if one["name"] == "Fernhollow"]
    weight = before
    for item_id in fernhollow["item_ids"][:4]:
        newaisle("feedback", "mara", item_id, "--disliked").ok()
        assert brands().get("Fernhollow", 0.0) < weight
        weight = brands().get("Fernhollow", 0.0)
    assert weight < 0
    assert mean_place("Fernhollow", ranked()) > place


def test_what_was_bought_or_disliked_is_never_recommended_and_what_was_viewed_may_be() -> None:
    first, second, third, *_ = [one["item_id"] for one in ranked()]
    newaisle("feedback", "mara", first, "--bought").ok()
    newaisle("feedback", "mara", second, "--disliked").ok()
    newaisle("feedback", "mara", third, "--viewed").ok()
    left = [one["item_id"] for one in ranked()]
    assert {first, second}.isdisjoint(left)
    assert third in left


def test_no_answer_is_degraded_and_nothing_is_rebuilt(shop: Path) -> None:
    generations = sorted(path.name for path in (shop / "index").iterdir())
    newaisle("feedback", "mara", "ck-05", "--liked").ok()
    ran = newaisle("recommend", "--user", "mara", "--category", sample.NEW_CATEGORY)
    assert (ran.json["degraded"], ran.json["warnings"], ran.err) == (False, [], "")
    assert sorted(path.name for path in (shop / "index").iterdir()) == generations
    assert "as the ledger is" in newaisle("doctor").out


def test_it_outlives_reading_the_same_histories_again_and_is_forgotten_with_the_customer() -> None:
    newaisle("feedback", "dora", "ck-05", "--liked").ok()
    newaisle("feedback", "mara", "ck-05", "--bought").ok()
    rows = newaisle("profile", "mara", "--json").json["rows"]
    for more in ((), ("--replace",)):
        newaisle("ingest", sample.CATALOGUE, "--histories", sample.HISTORIES, *more).ok()
        assert newaisle("profile", "mara", "--json").json["rows"] == rows
        assert newaisle("profile", "dora", "--json").json["rows"] == 1
    assert newaisle("forget", "dora").ok().out == "1 row of dora erased\n"
    assert newaisle("profile", "dora").code == 3


def test_two_processes_at_once_both_succeed(shop: Path) -> None:
    command = [*PROGRAM, "feedback", "mara", "ck-05", "--viewed", "--json", "--home", str(shop)]
    before = newaisle("profile", "mara", "--json").json["rows"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    stored = [json.loads(process.communicate(timeout=60)[0]) for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert {one["item_id"] for one in stored} == {"ck-05"}
    assert newaisle("profile", "mara", "--json").json["rows"] == before + 2
