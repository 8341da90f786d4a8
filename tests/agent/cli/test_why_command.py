"""`newaisle why` and `why-not` in the sample shop, with words only."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent import sample
from newaisle.agent.schema.why import Why, WhyNot
from tests.agent.cli.command import newaisle, on_terminal

MARA = ("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY)
COLOUR = re.compile(r"\x1b\[[\d;]*3\d[\d;]*m")
STYLE = re.compile(r"\x1b\[[\d;]*m")
pytestmark = pytest.mark.usefixtures("shop")


@cache
def by_score() -> list[dict[str, Any]]:
    """All that can be recommended to the customer, best first."""
    found: list[dict[str, Any]] = newaisle(*MARA, "-k", 1000, "--diversity", 0).json["recommendations"]
    return found


def first() -> str:
    return str(by_score()[0]["item_id"])


def last() -> str:
    return str(by_score()[-1]["item_id"])


def ids(command: str) -> list[str]:
    """What a command that was shown recommends."""
    program, *arguments = shlex.split(command)
    assert program == "newaisle"
    return [one["item_id"] for one in newaisle(*arguments).json["recommendations"]]


def command_in(shown: str) -> str:
    (command,) = (line for line in shown.splitlines() if line.startswith("newaisle recommend "))
    return command


def test_why_shows_place_signals_claims_rows_and_the_text() -> None:
    answer = newaisle(*MARA).json["recommendations"][0]
    ran = newaisle("why", "mara", answer["item_id"]).ok()
    assert ran.err == ""
    assert ran.out.startswith(f"{answer['title']} {answer['item_id']}\n")
    assert f"place 1 in the answer for mara in Outdoor > {sample.NEW_CATEGORY}\n" in ran.out
    assert f"by score: {answer['score']:.2f}\n" in ran.out
    for name, value in answer["signals"].items():
        assert re.search(rf"^{name} +{re.escape(f'{value:+.2f}')} .*│", ran.out, re.MULTILINE)
    squeezed = " ".join(ran.out.split())
    for claim in answer["explanation"]["claims"]:
        assert claim["text"] in squeezed
    assert re.search(r"without .*: place \d+ instead of 1 by score, score -?\d\.\d\d instead of", squeezed)
    assert squeezed.endswith(answer["explanation"]["text"])
    assert "\x1b" not in ran.out


def test_bars_go_to_the_right_above_the_mean_and_to_the_left_below() -> None:
    mixed = next(
        one for one in by_score() if min(one["signals"].values()) < -0.1 and max(one["signals"].values()) > 0.1
    )
    shown = newaisle("why", "mara", mixed["item_id"]).ok().out
    signals = re.findall(r"^\w+ +([+-]\d\.\d\d) ( *)(█*)│(█*) *$", shown, re.MULTILINE)
    assert {sign[0] for sign, *_ in signals} == {"+", "-"}
    for value, space, left, right in signals:
        assert len(space) + len(left) == 15
        if abs(float(value)) >= 0.01:
            assert (bool(left), bool(right)) == (value[0] == "-", value[0] == "+")
    lengths = [len(left or right) for *_, left, right in signals]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == 15


@pytest.mark.parametrize(
    ("user", "command", "columns"),
    [("mara", "why", 40), ("小雨", "why", 40), ("小雨", "why-not", 40), ("mara", "why-not", 100)],
)
def test_it_fits_the_terminal(shop: Path, user: str, command: str, columns: int) -> None:
    from rich.cells import cell_len
    from rich.text import Text

    code, shown = on_terminal(command, user, last(), "--home", shop, columns=columns)
    assert code == 0
    lines = [Text.from_ansi(line).plain for line in shown.splitlines()]
    assert max(cell_len(line) for line in lines if not line.startswith("newaisle ")) <= columns
    assert "█" in shown
    assert COLOUR.search(shown)


def test_there_is_no_colour_where_none_is_wanted(shop: Path) -> None:
    _, shown = on_terminal("why", "mara", first(), "--home", shop, env={"NO_COLOR": "1"})
    assert not COLOUR.search(shown)
    assert "█" in STYLE.sub("", shown)


def test_why_as_json_is_the_documented_answer() -> None:
    ran = newaisle("why", "mara", first(), "--json").ok()
    found = Why.model_validate_json(ran.out)
    assert (found.rank, found.request.k, found.request.user_id) == (1, 5, "mara")
    assert sum(signal.contribution for signal in found.signals) == pytest.approx(found.score, abs=1e-3)
    assert json.loads(ran.out)["schema_version"] == "2"


def test_the_texts_have_the_language_and_style_that_is_asked_for() -> None:
    asked = ("why", "mara", first(), "--json")
    usual, chinese, seller = (
        newaisle(*asked, *more).json["explanation"]["text"]
        for more in ((), ("--language", "zh"), ("--style", "seller"))
    )
    assert " you " in usual
    assert "您" in chinese
    assert "the customer" in seller
    assert " you " not in seller


def test_a_chinese_customers_reasons_are_chinese() -> None:
    asked = ("recommend", "--user", "小雨", "--category", sample.NEW_CATEGORY)
    one = newaisle(*asked).json["recommendations"][0]
    ran = newaisle("why", "小雨", one["item_id"]).ok()
    assert "in the answer for 小雨" in ran.out
    assert one["explanation"]["claims"][0]["text"][:10] in ran.out


def test_somebody_without_a_history_is_a_dash() -> None:
    item = newaisle("recommend", "--category", sample.NEW_CATEGORY).json["recommendations"][0]["item_id"]
    found = newaisle("why", "-", item, "--json").json
    assert (found["request"]["user_id"], found["rank"], found["rows"]) == (None, 1, [])
    assert "for somebody without a history" in newaisle("why", "-", item).ok().out
    assert "recommended to somebody without a history" in newaisle("why-not", "-", last()).ok().out


def test_the_command_that_is_shown_recommends_the_product() -> None:
    item = last()
    shown = newaisle("why-not", "mara", item, "--max-price", 1, "--brand", "Nobody's", "--exclude", "the").ok().out
    assert "is not recommended to mara" in shown
    assert item in ids(command_in(shown))
    assert item not in ids(shlex.join(["newaisle", *MARA]))


def test_what_a_limit_keeps_out_can_be_had() -> None:
    for limits in [
        ("-k", 1),
        ("--max-price", 1),
        ("--exclude", "oatmere"),
        ("--brand", "Fernhollow"),
        ("--out-of-stock", "-k", 1),
    ]:
        third = by_score()[2]["item_id"]
        found = WhyNot.model_validate_json(newaisle("why-not", "mara", third, *limits, "--json").ok().out)
        assert found.rank is None, limits
        assert found.obstacles, limits
        assert found.shown_with is not None, limits
        shown = newaisle("recommend", "--user", "mara", *found.shown_with).json["recommendations"]
        assert [one["item_id"] for one in shown].index(third) + 1 == found.rank_after, limits


def test_what_was_bought_is_said_with_its_day() -> None:
    shown = newaisle("why-not", "mara", "ct-03").ok().out
    assert "the customer has had it already: bought on 2024-01-16" in shown
    assert "newaisle recommend" not in shown
    assert re.search(r"Were it not for that: place \d+ in the answer", shown)


def test_a_product_of_another_category_is_found_in_its_own() -> None:
    shown = newaisle("why-not", "mara", first(), "--category", "Coffee & Tea").ok().out
    assert f"it is in Outdoor > {sample.NEW_CATEGORY}, not in Kitchen > Coffee & Tea" in shown
    assert first() in ids(command_in(shown))


def test_what_is_recommended_is_pointed_to_why() -> None:
    shown = newaisle("why-not", "mara", first()).ok().out
    assert "in place 1: `newaisle why` says why" in shown
    assert len(shown.splitlines()) == 2


def test_what_cannot_be_recommended_is_pointed_to_why_not() -> None:
    ran = newaisle("why", "mara", "ct-03")
    assert (ran.code, ran.out) == (3, "")
    assert "`newaisle why-not`" in ran.err


@pytest.mark.parametrize("command", ["why", "why-not"])
def test_unknown_customers_and_products_are_named_with_the_nearest(command: str) -> None:
    for user, item, hint in [
        ("marra", "ck-01", "'mara'"),
        ("mara", "ck01", "'ck-01'"),
        ("mara", "pour-over set", "ck"),
    ]:
        ran = newaisle(command, user, item)
        assert (ran.code, ran.out) == (3, "")
        assert "did you mean" in ran.err
        assert hint in ran.err
        assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["why", "why-not"])
def test_wrong_usage_is_said_in_one_line(command: str) -> None:
    for wrong in ([], ["mara"], ["mara", "ck-01", "--currency", "USD"], ["mara", "ck-01", "-k", 0]):
        ran = newaisle(command, *wrong)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)


def test_products_that_are_not_stored_are_asked_about_with_their_file(tmp_path: Path) -> None:
    file = tmp_path / "new hammocks.csv"
    file.write_text(
        "sku,name,brand\nh1,Fernhollow titanium hammock stand,Fernhollow\nh2,Cotton hammock,Dune\n", "utf-8"
    )
    brought = ("--category", "Hammocks", "--candidates", file, "--brief", "Sleeping outdoors")
    assert "place 1 in the answer" in newaisle("why", "mara", "h1", *brought).ok().out
    shown = newaisle("why-not", "mara", "h2", *brought, "-k", 1, "--style", "seller").ok().out
    command = command_in(shown)
    assert "h2" in ids(command)
    assert command.endswith("--brief 'Sleeping outdoors' --candidates " + shlex.quote(str(file)) + " --style seller")
    missing = newaisle("why", "mara", "h1", "--candidates", file)
    assert (missing.code, "give --category NAME" in missing.err) == (3, True)
