"""`newaisle profile` in the sample shop, with words only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.agent.schema.profile import Profile
from tests.agent.cli.command import newaisle, on_terminal
from tests.agent.llm.server.misbehaving import Misbehaving, failure, stream

pytestmark = pytest.mark.usefixtures("shop")
BY_CODE = "note: the paragraph is made by code: no language model is in use\n"


def http(server: Misbehaving) -> tuple[str, ...]:
    return ("--backend", "http", "--base-url", server.url, "--model", "small")


def test_the_screen_has_every_interest_with_weight_and_rows() -> None:
    ran = newaisle("profile", "mara").ok()
    assert ran.out.startswith("mara: 25 rows about 12 products, 2024-01-14 to ")
    for heading in ("Brands", "Categories", "Price level", "Attributes", "Words", "Last"):
        assert f"\n{heading}\n" in ran.out
    told = newaisle("profile", "mara", "--json").json["interests"]["brands"][0]
    assert f"{told['weight']:+.2f} {told['name']}" in ran.out
    assert f"({told['item_ids'][0]})" in ran.out
    assert "written by code" in ran.out
    assert ran.err == BY_CODE


def test_what_is_bought_again_and_disliked_is_shown_in_chinese_too() -> None:
    shown = newaisle("profile", "小雨").ok().out
    assert "Bought again" in shown
    assert "-0." in shown
    assert "这位顾客" in shown
    assert "松间炊" in shown


@pytest.mark.parametrize(("user", "columns"), [("mara", 40), ("小雨", 40), ("mara", 120)])
def test_it_fits_the_terminal(shop: Path, user: str, columns: int) -> None:
    from rich.cells import cell_len
    from rich.text import Text

    code, shown = on_terminal("profile", user, "--home", shop, columns=columns)
    assert code == 0
    lines = [Text.from_ansi(line).plain for line in shown.partition("note: ")[0].splitlines()]
    assert max(cell_len(line) for line in lines) <= columns
    assert "█" in shown


def test_the_json_is_the_documented_one() -> None:
    ran = newaisle("profile", sample.CUSTOMER, "--json")
    found = Profile.model_validate_json(ran.ok().out)
    assert found.user_id == sample.CUSTOMER
    assert found.paragraph.source == "evidence"
    assert found.warnings == [BY_CODE.removeprefix("note: ").rstrip()]
    named = [one for kind in (found.interests.brands, found.interests.words) for one in kind]
    assert {item_id for one in named for item_id in one.item_ids} <= set(found.titles)


def test_the_paragraphs_language_can_be_chosen() -> None:
    paragraphs = [
        newaisle("profile", "mara", "--json", "--language", language).json["paragraph"] for language in ("en", "zh")
    ]
    assert [paragraph["language"] for paragraph in paragraphs] == ["en", "zh"]
    assert paragraphs[0]["text"].startswith("This customer")
    assert paragraphs[1]["text"].startswith("这位顾客")


def test_an_unknown_customer_is_named_with_the_nearest() -> None:
    ran = newaisle("profile", "marra")
    assert (ran.code, ran.out) == (3, "")
    assert "did you mean 'mara'" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_server_may_write_it_and_never_learns_who_it_is_about() -> None:
    text = newaisle("profile", "mara", "--json").json["paragraph"]["text"]
    with Misbehaving() as server:
        server.usual = stream(text)
        found = newaisle("profile", "mara", "--json", *http(server)).json
        sent = json.dumps([request.body for request in server.requests], ensure_ascii=False)
    assert (found["paragraph"]["source"], found["made_with"]["model"]) == ("llm", "small")
    assert "Fernhollow" in sent
    assert "mara" not in sent


def test_what_a_server_invents_is_not_shown() -> None:
    with Misbehaving() as server:
        server.usual = stream("This customer is rich and loves Rolex.")
        ran = newaisle("profile", "mara", *http(server)).ok()
    assert "Rolex" not in ran.out
    assert "written by code" in ran.out
    assert "failed the check" in ran.err


def test_a_server_that_refuses_is_done_without() -> None:
    with Misbehaving() as server:
        server.usual = failure(401, "no")
        found = newaisle("profile", "mara", "--json", *http(server)).json
    assert (found["degraded"], found["paragraph"]["source"]) == (True, "evidence")


def test_a_model_that_is_not_installed_is_done_without() -> None:
    ran = newaisle("profile", "mara", "--json", "--model", "smollm2-135m")
    assert ran.json["degraded"] is True
    assert "newaisle models pull smollm2-135m" in ran.err


def test_its_prompt_can_be_rendered() -> None:
    asked = ("prompts", "render", "profile", "--category", "any")
    shown = newaisle(*asked, "--user", "mara").ok().out
    assert "1. This customer chooses mostly from" in shown
    assert shown.endswith("--- assistant\nThis customer\n")
    assert "give --user ID" in newaisle(*asked).err
