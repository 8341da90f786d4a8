"""`newaisle recommend` and `schema` in the sample shop, with words only and without a model."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent import sample
from tests.agent.cli.command import newaisle
from tests.agent.llm.server.misbehaving import Misbehaving, failure, stream

MARA = ("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY)
pytestmark = pytest.mark.usefixtures("shop")


def catalogue() -> dict[str, dict[str, str]]:
    with sample.CATALOGUE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def items(*arguments: object) -> list[Any]:
    recommendations: list[Any] = newaisle(*MARA, *arguments).json["recommendations"]
    return recommendations


def test_in_a_pipe_the_answer_is_one_json_document() -> None:
    ran = newaisle(*MARA)
    answer = ran.json
    assert ran.err == ""
    assert answer["request"]["k"] == len(answer["recommendations"]) == 5
    assert answer["degraded"] is False
    assert newaisle(*MARA, "--json").json["recommendations"] == answer["recommendations"]


def test_every_recommendation_is_a_product_of_the_category() -> None:
    new = {id for id, row in catalogue().items() if row["category"].endswith(sample.NEW_CATEGORY)}
    ids = [item["item_id"] for item in items("-k", 10_000)]
    assert len(ids) == len(set(ids)) <= len(new)
    assert set(ids) <= new


def test_more_than_there_is_gives_what_there_is() -> None:
    assert len(items("-k", 10_000)) == len(items("-k", 9_999)) > 5


def test_json_lines_are_one_recommendation_each() -> None:
    lines = [json.loads(line) for line in newaisle(*MARA, "-k", 3, "--jsonl").ok().out.splitlines()]
    assert [line["rank"] for line in lines] == [1, 2, 3]
    assert {line["user_id"] for line in lines} == {sample.CUSTOMER}
    assert len({line["set_id"] for line in lines}) == 1
    assert {line["degraded"] for line in lines} == {False}


def test_the_table_has_title_price_and_reason() -> None:
    shown = newaisle(*MARA, "--table", "-k", 1).ok().out
    (item,) = items("-k", 1)
    reason = item["explanation"]["text"]
    assert " ".join(shown.split()) == (
        f"Camp Kitchen for mara 1 {item['title']} {item['item_id']} {item['price']:,.2f} {item['currency']} {reason}"
    )
    assert "\x1b" not in shown


def test_a_verbose_table_also_has_the_nearest_categories_and_what_moved_each_score() -> None:
    shown = " ".join(newaisle(*MARA, "--table", "-k", 1, "-v").ok().out.split())
    (item,) = items("-k", 1)
    claim = next(claim for claim in item["explanation"]["claims"] if claim["also"])
    assert "nearest known categories: " in shown
    assert f"because of {claim['history_item_id']} and {len(claim['also'])} more (place 1, without them " in shown
    assert f"score {item['score']:.2f} = lexical {item['signals']['lexical']:+.2f} " in shown


def test_constraints_hold() -> None:
    cheap = items("--max-price", 40, "--currency", "usd", "--exclude", "titanium", "-k", 100)
    assert cheap
    assert all(item["price"] <= 40 and item["currency"] == "USD" for item in cheap)
    assert not any("titanium" in item["title"].lower() for item in cheap)
    brands = {item["brand"] for item in items("--brand", "Fernhollow", "--brand", "oatmere", "-k", 100)}
    assert brands == {"Fernhollow", "Oatmere"}


def test_products_left_out_for_their_currency_are_counted_on_stderr_too() -> None:
    ran = newaisle(*MARA, "--max-price", 40, "--jsonl").ok()
    assert "priced in another currency were left out" in ran.err


def test_constraints_that_leave_nothing_are_answered() -> None:
    assert items("--max-price", 0) == []
    assert "Nothing is left to recommend" in newaisle(*MARA, "--max-price", 0, "--table").ok().out


def test_somebody_without_a_history_gets_an_answer_that_says_so() -> None:
    answer = newaisle("recommend", "--category", sample.NEW_CATEGORY).json
    bases = {claim["basis"] for item in answer["recommendations"] for claim in item["explanation"]["claims"]}
    assert answer["request"]["user_id"] is None
    assert bases <= {"category", "general"}


def test_a_chinese_customer_is_answered_in_chinese_unless_told_otherwise() -> None:
    asked = ("recommend", "--user", "小雨", "--category", sample.NEW_CATEGORY, "-k", 1)
    assert newaisle(*asked).json["request"]["language"] == "zh"
    assert newaisle(*asked, "--language", "en").json["request"]["language"] == "en"
    assert "松间炊" in newaisle(*asked, "--table").ok().out


HAMMOCKS = (
    "sku,name,brand,price\nh1,Fernhollow titanium hammock stand,Fernhollow,$80\nh2,Cotton hammock,Dune,$30\nh3,,,\n"
)
BRIEF = "Sleeping outdoors, hung between trees"


@pytest.mark.parametrize("brief", [BRIEF, "brief.txt"])
def test_a_category_the_catalogue_does_not_know_comes_with_brief_and_candidates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brief: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brief.txt").write_text(BRIEF, encoding="utf-8")
    (tmp_path / "hammocks.csv").write_text(HAMMOCKS, encoding="utf-8")
    asked = ("recommend", "--user", "mara", "--category", "Hammocks", "--brief", brief, "--candidates", "hammocks.csv")
    ran = newaisle(*asked)
    assert [item["item_id"] for item in ran.json["recommendations"]] == ["h1", "h2"]
    assert ran.json["category"]["is_new_to_catalogue"] is True
    assert ran.err == "1 row of hammocks.csv cannot be used, the first, line 4: the title is missing\n"
    assert "no category 'Hammocks'" in newaisle("recommend", "--category", "Hammocks").err


def test_candidates_may_come_from_standard_input() -> None:
    asked = ("recommend", "--category", "Hammocks", "--candidates", "-")
    assert len(newaisle(*asked, stdin=HAMMOCKS).json["recommendations"]) == 2


def test_the_schema_names_every_field_of_the_answer() -> None:
    schema, answer = newaisle("schema").json, newaisle(*MARA, "-k", 1).json
    assert list(schema["properties"]) == list(answer)
    assert schema["required"] == list(answer)
    (item,) = answer["recommendations"]
    assert schema["$defs"]["Recommendation"]["required"] == list(item)
    assert schema["$defs"]["Explanation"]["required"] == list(item["explanation"])
    assert schema["$defs"]["Claim"]["required"] == list(item["explanation"]["claims"][0])


def test_a_server_can_be_the_language_model_and_its_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWAISLE_API_KEY", "sk-secret")
    with Misbehaving() as server:
        server.usual = stream("It suits you.")
        ran = newaisle(*MARA, "--backend", "http", "--base-url", server.url, "--model", "small", "--llm-rank", "off")
        assert ran.json["made_with"]["model"] == "small"
        assert ran.json["degraded"] is False
        assert server.requests[0].headers["authorization"] == "Bearer sk-secret"
        server.usual = failure(401, "sk-secret is no key")
        refused = newaisle(*MARA, "--backend", "http", "--base-url", server.url, "--model", "small")
    assert refused.json["degraded"] is True
    assert "refuses the key" in refused.json["warnings"][-1]
    assert "sk-secret" not in ran.out + ran.err + refused.out + refused.err


def test_a_customers_id_is_sent_to_no_server() -> None:
    with Misbehaving() as server:
        server.usual = stream("It suits you.")
        newaisle(*MARA, "--backend", "http", "--base-url", server.url, "--model", "small", "--llm-rank", "on").ok()
        sent = json.dumps([request.body for request in server.requests], ensure_ascii=False)
    assert sample.NEW_CATEGORY in sent
    assert sample.CUSTOMER not in sent.lower()


def test_a_fallback_that_took_over_is_a_note_and_no_failure() -> None:
    with Misbehaving() as server, Misbehaving() as other:
        server.usual = failure(400, "no")
        other.usual = stream("It suits you.")
        http = ("--backend", "http", "--base-url", server.url, "--model", "small", "--llm-rank", "off")
        answer = newaisle(*MARA, *http, "--fallback", f"{other.url}#spare").json
        assert (answer["made_with"]["model"], answer["degraded"]) == ("spare", False)
        assert answer["warnings"][-1].startswith(f"another language model took over: {server.url} rejects the request")
        assert newaisle(*MARA, *http, "--strict").code == 4
        assert newaisle(*MARA, *http, "--fallback", f"{server.url}#other", "--strict").code == 4
