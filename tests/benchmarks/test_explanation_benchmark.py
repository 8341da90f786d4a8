from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.explanations import OBVIOUS, OURS, main, summaries
from benchmarks.free_text import free_texts
from newaisle.errors import LanguageModelError
from newaisle.store.home import Home
from newaisle.testing import ScriptedModel
from tests.agent.filled import did, fill, product

HISTORY = [product(f"h{number}", f"Orrin tool {number}") for number in range(20)]
STOVES = [product("s1", "Orrin stove", "Camp > Stoves"), product("s2", "Batley stove", "Camp > Stoves")]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    tools = [product(f"t{i}", f"Orrin tool {i}", "Garden > Tools", brand="Orrin") for i in range(5)]
    stoves = [product(f"s{i}", f"Orrin stove {i}", "Camp > Stoves", brand="Orrin") for i in range(5)]
    made = fill(tmp_path / "shop", [*tools, *stoves], [did("ann", f"t{i}") for i in range(4)])
    with made.writer() as ledger:
        ledger.set_meta("embedder", "hash")
    return made


def test_the_obvious_prompt_has_the_latest_titles_the_product_and_a_plain_request():
    model = ScriptedModel(["  Because.\n", "So."])
    texts = free_texts(model, HISTORY, "Stoves", STOVES, "en")

    assert [text for text, _ in texts] == ["Because.", "So."]
    assert all(seconds >= 0 for _, seconds in texts)
    first, second = model.generate_calls[0].texts
    assert "Explain in two sentences why this product suits this customer." in first
    assert "- Orrin tool 8\n" in first
    assert "Orrin tool 7\n" not in first
    assert "from Stoves: Orrin stove" in first
    assert "from Stoves: Batley stove" in second
    assert len(model.generate_calls) == 1  # all in one batch


def test_the_obvious_prompt_is_chinese_where_the_answer_is():
    model = ScriptedModel(["好。"])
    free_texts(model, HISTORY, "锅具", STOVES[:1], "zh")

    assert "请用两句话说明这件商品为什么适合这位顾客。" in model.generate_calls[0].texts[0]


def test_a_model_that_fails_is_not_hidden():
    with pytest.raises(LanguageModelError):
        free_texts(ScriptedModel([LanguageModelError("broken")]), HISTORY, "Stoves", STOVES[:1], "en")


def test_without_a_model_the_claims_own_sentences_are_measured_alone(home: Home, tmp_path: Path):
    written = tmp_path / "texts.json"
    options = ["--model", "none", "--embedder", "hash", "--cases", "5", "--out", str(written), "--json"]
    ran = CliRunner().invoke(main, [str(home.folder), *options])

    assert ran.exit_code == 0, ran.output
    (found,) = json.loads(ran.stdout)["measured"]
    assert (found["data"], found["style"], set(found) & {OURS, OBVIOUS}) == ("shop", "short", {OURS})
    assert found[OURS]["precision"] == 1.0, found[OURS]["examples"]
    assert len(json.loads(written.read_text(encoding="utf-8"))["shop"][OURS]) == 5


def test_people_get_a_table(home: Home):
    options = ["--model", "none", "--embedder", "hash", "--cases", "5", "--style", "detailed"]
    ran = CliRunner().invoke(main, [str(home.folder), *options])

    assert ran.exit_code == 0, ran.output
    assert "shop, detailed" in ran.stdout
    assert "100.0 %" in ran.stdout


def test_a_folder_without_data_gets_one_line(tmp_path: Path):
    ran = CliRunner().invoke(main, [str(tmp_path), "--model", "none", "--embedder", "hash"])

    assert ran.exit_code == 1
    assert "has no items.jsonl" in ran.output


def test_both_ways_are_summed_up_alike():
    assert {way: found.explanations for way, found in summaries({OURS: [], OBVIOUS: []}).items()} == {
        OURS: 0,
        OBVIOUS: 0,
    }
