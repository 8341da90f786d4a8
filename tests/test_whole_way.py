"""The whole way with the real models: from the bundled files to explained recommendations, by the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent import sample
from tests.agent.cli.command import newaisle, on_terminal
from tests.agent.cli.test_chat_command import typing

pytestmark = pytest.mark.models
CAMP = ("--category", sample.NEW_CATEGORY)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample shop, made with the default models out of the shared cache."""
    newaisle("models", "pull").ok()
    home = tmp_path_factory.mktemp("whole") / "home"
    newaisle("ingest", sample.CATALOGUE, "--histories", sample.HISTORIES, "--home", home).ok()
    return home


@pytest.fixture(autouse=True)
def _home(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWAISLE_HOME", str(shop))


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def explanations(answer: Any) -> list[Any]:
    return [item["explanation"] for item in answer["recommendations"]]


def assert_keeps_its_promises(answer: Any, user_id: str) -> None:
    """Real products of the category, none twice, none owned, and every claim grounded in row and field."""
    catalogue = {row["id"]: row for row in rows(sample.CATALOGUE)}
    done = {row["item_id"] for row in rows(sample.HISTORIES) if row["user_id"] == user_id}
    ids = [item["item_id"] for item in answer["recommendations"]]
    assert len(ids) == len(set(ids)) == answer["request"]["k"]
    assert all(catalogue[id]["category"].endswith(sample.NEW_CATEGORY) for id in ids)
    assert not done & set(ids)
    assert answer["degraded"] is False
    for item in answer["recommendations"]:
        product = catalogue[item["item_id"]]
        assert (item["title"], item["brand"]) == (product["title"], product["brand"] or None)
        assert item["score"] == pytest.approx(sum(item["signals"].values()), abs=1e-3)
        for claim in item["explanation"]["claims"]:
            assert claim["history_item_id"] in done | {None}
            if claim["item_field"] == "brand" and claim["basis"] == "history":
                assert claim["value"] == product["brand"] == catalogue[claim["history_item_id"]]["brand"]


def test_an_english_customer_gets_reasons_phrased_by_the_model() -> None:
    answer = newaisle("recommend", "--user", sample.CUSTOMER, *CAMP, "--wording", "on").json
    assert_keeps_its_promises(answer, sample.CUSTOMER)
    assert any(explanation["source"] == "llm" for explanation in explanations(answer))
    made_with = answer["made_with"]
    assert (made_with["model"], made_with["adapter"]) == ("smollm2-135m", "shop-assistant")
    assert answer["made_with"]["embedder"].startswith("use-multilingual/")  # one in ten titles is Chinese
    assert answer["made_with"]["template"] == "explain"


def test_a_chinese_customer_gets_chinese_sentences_built_from_the_evidence() -> None:
    answer = newaisle("recommend", "--user", "小雨", *CAMP).json
    assert_keeps_its_promises(answer, "小雨")
    assert {explanation["source"] for explanation in explanations(answer)} == {"evidence"}
    assert answer["request"]["language"] == "zh"
    assert answer["recommendations"][0]["title"].startswith("松间炊")


def test_the_same_question_gets_the_same_products() -> None:
    asked = ("recommend", "--user", sample.CUSTOMER, *CAMP)
    first, second = newaisle(*asked).json, newaisle(*asked).json
    assert first["id"] != second["id"]
    strip = [
        [(item["item_id"], item["score"], item["explanation"]["claims"]) for item in answer["recommendations"]]
        for answer in (first, second)
    ]
    assert strip[0] == strip[1]


def test_a_person_gets_a_table() -> None:
    code, shown = on_terminal("recommend", "-v", "--user", sample.CUSTOMER, *CAMP, "-k", 2)
    assert code == 0
    assert "because of" in shown


def test_the_models_likelihood_can_take_part() -> None:
    answer = newaisle("recommend", "--user", sample.CUSTOMER, *CAMP, "--llm-rank", "on").json
    assert_keeps_its_promises(answer, sample.CUSTOMER)
    assert all("likelihood" in item["signals"] for item in answer["recommendations"])


def test_a_prompt_is_rendered_with_the_tokens_it_takes() -> None:
    ran = newaisle("prompts", "render", "explain", "--user", sample.CUSTOMER, *CAMP, "--json").ok()
    best = newaisle("recommend", "--user", sample.CUSTOMER, *CAMP, "-k", 1).json["recommendations"][0]
    request = [message["text"] for message in ran.json["messages"] if message["role"] == "user"][-1]
    told = [claim["text"] for claim in best["explanation"]["claims"] if claim["basis"] == "history"]
    assert told[0] in request
    assert (ran.json["counted_by"], ran.json["context"]) == ("smollm2-135m", 4096)
    assert ran.json["tokens"] == sum(layer["tokens"] for layer in ran.json["layers"]) > 100


def test_the_doctor_finds_nothing_to_mend() -> None:
    found = newaisle("doctor", "--json").json
    assert {finding["name"]: finding["detail"] for finding in found if finding["verdict"] != "ok"} == {}
    assert "decodes here" in next(finding["detail"] for finding in found if finding["name"] == "language model")


def test_the_trial_found_that_the_default_model_can_fork() -> None:
    from newaisle.agent.models.catalog import DEFAULT_LLM
    from newaisle.agent.settings.settings import Settings

    settings = Settings()
    trials = json.loads((settings.models / "trials.json").read_text(encoding="utf-8"))
    path = str(settings.model_cache.path(DEFAULT_LLM).resolve())
    found = [trial["result"] for key, trial in trials.items() if key.startswith(path)]
    assert all(result["can_fork"] for result in found)
    assert any(result["adapts"] for result in found)


def test_candidates_of_a_category_that_nobody_knows_are_embedded_and_ranked(tmp_path: Path) -> None:
    file = tmp_path / "hammocks.csv"
    file.write_text(
        "id,title,brand\nh1,Cotton garden hammock,Sunday\nh2,Fernhollow ultralight camping hammock,Fernhollow\n",
        encoding="utf-8",
    )
    asked = ("recommend", "--user", sample.CUSTOMER, "--category", "Hammocks", "--candidates", file)
    answer = newaisle(*asked, "--brief", "Sleeping outdoors, hung between two trees").json
    assert [item["item_id"] for item in answer["recommendations"]] == ["h2", "h1"]
    assert answer["category"]["nearest"][0]["name"].startswith("Outdoor > ")


def test_a_chat_is_worded_by_the_model_and_keeps_to_what_was_asked_for() -> None:
    script = "camp kitchen, under 60 usd, not oatmere\ncheaper than 1\n/json\n"
    out = newaisle("chat", "--user", sample.CUSTOMER, "--wording", "on", stdin=script).ok().out
    answer = json.loads(out.partition("> /json\n")[2])
    assert_keeps_its_promises(answer, sample.CUSTOMER)
    limits = answer["request"]["constraints"]
    assert limits["not_brands"] == ["Oatmere"]
    assert limits["max_price"] < 60
    assert all(item["price"] <= limits["max_price"] for item in answer["recommendations"])
    assert any(explanation["source"] == "llm" for explanation in explanations(answer))


def test_a_chat_on_a_terminal_is_worded_by_the_model(shop: Path) -> None:
    with typing("chat", "--user", sample.CUSTOMER, "--home", str(shop), "--wording", "on") as typed:
        typed.waits()
        typed.say("camp kitchen")
        typed.waits()
        typed.running.sendeof()
    answer = newaisle("recommend", "--user", sample.CUSTOMER, *CAMP, "--wording", "on").json
    shown = " ".join(typed.seen.split())
    assert any(one["text"][:30] in shown for one in explanations(answer) if one["source"] == "llm")
    assert "degraded" not in typed.seen


def test_the_templates_own_tests_pass_with_the_default_model() -> None:
    for name in ("explain", "explain-detailed", "explain-seller", "rank", "profile"):
        newaisle("prompts", "test", name).ok()
