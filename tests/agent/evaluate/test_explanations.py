from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.evaluate import data
from newaisle.agent.evaluate.explained_cases import chosen_cases
from newaisle.agent.evaluate.explanations import Explained, explain_cases, summary
from newaisle.prompts.messages import Message
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import newaisle, on_terminal
from tests.agent.filled import parts
from tests.agent.two_tastes import two_tastes


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return two_tastes(tmp_path / "home")


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with home.reader() as ledger:
        yield ledger


def explained(text: str = "It is.", **more: Any) -> Explained:
    made: dict[str, Any] = {"user_id": "ann", "category": "Tea", "item_id": "t1", "source": "evidence"}
    made |= {"basis": "history", "problem": None, "refused": [], "said": [], "reasons": []}
    made |= {"history_side": True, "counterfactual": True, "seconds": 0.1}
    return Explained.model_validate({**made, "text": text, **more})


def test_customers_are_asked_about_categories_that_are_new_to_them_evenly_and_always_the_same(ledger: Ledger):
    cases = chosen_cases(ledger, 8)

    assert cases == chosen_cases(ledger, 8)
    assert cases != chosen_cases(ledger, 8, seed=1)
    assert len({case.user_id for case in cases}) == 8
    assert "looker" not in {case.user_id for case in cases}  # who liked next to nothing
    for case in cases:
        known = ledger.products(row.item_id for row in ledger.history(case.user_id))
        assert case.category not in {PATH_SEPARATOR.join(one.category) for one in known.values()}


def test_as_many_cases_are_taken_as_there_are(ledger: Ledger):
    assert len(chosen_cases(ledger, 1000)) == 12  # one new category for each customer with a history


def test_the_claims_own_sentences_pass_the_check(ledger: Ledger):
    found = summary(explain_cases(parts(ledger), recommendations=20))

    assert (found.explanations, found.customers) == (20, 4)
    assert (found.supported, found.by_model, found.only_claim) == (1.0, 0.0, 1.0), found.examples
    assert found.counterfactual == sum(found.basis.values()) == pytest.approx(1.0)
    assert 0 < (found.only_category or 0) == found.basis["category"] < 1 - found.basis["history"] < 1
    assert (found.history_side or 0) >= found.basis["history"]
    assert (found.refused, found.examples) == ({}, [])


def test_what_the_check_refuses_is_counted_by_kind_and_said_by_the_claims(ledger: Ledger):
    model = ScriptedModel(lambda _: " made of gold, and the best there is.")
    made = explain_cases(parts(ledger, lambda: model), recommendations=10)

    found = summary(made)
    assert (found.by_model, found.second_try, found.supported) == (0.0, 0.0, 1.0)
    assert {one.source for one in made} == {"evidence"}
    assert max(len(one.refused) for one in made) == 2
    assert sum(found.refused.values()) == sum(len(one.refused) for one in made) == len(found.examples)
    assert "is in no claim" in found.refused
    assert "'best'" in found.examples[0]


def test_what_the_model_words_well_is_counted_and_whether_it_is_the_claims_sentence_again(ledger: Ledger):
    def word_the_first_fact(prompt: Sequence[Message]) -> str:
        asked = prompt[-1].text
        title = re.search(r"Product: (.+)", asked)
        fact = re.search(r"- It (.+)", asked)
        assert title
        return f"The {title[1]} may suit you because it {fact[1]}" if fact else ""

    model = ScriptedModel(word_the_first_fact)
    model.continues = False
    made = explain_cases(parts(ledger, lambda: model), recommendations=10)

    found = summary(made)
    worded = [one for one in made if one.source == "llm"]
    assert worded
    assert found.by_model == len(worded) / len(made)
    assert (found.second_try, found.supported, found.only_claim) == (0.0, 1.0, 1.0), found.examples


def test_a_text_that_does_not_pass_the_check_is_not_supported(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("newaisle.agent.wording.phrase.problem", lambda *_: None)  # so that anything gets through
    model = ScriptedModel(lambda _: "It is made of gold.")
    model.continues = False
    found = summary(explain_cases(parts(ledger, lambda: model), recommendations=10))

    assert found.by_model
    assert found.supported == pytest.approx(1 - found.by_model)
    assert found.only_claim == pytest.approx(found.supported)
    assert "'gold'" in found.examples[0]


def test_the_log_of_the_shop_is_not_filled_and_progress_is_told(ledger: Ledger):
    told: list[tuple[str, int, int]] = []
    explain_cases(parts(ledger), recommendations=10, progress=lambda *step: told.append(step))

    assert told == [("cases", 0, 2), ("cases", 1, 2), ("cases", 2, 2)]


def test_one_text_for_different_reasons_is_counted_where_customers_differ():
    same = [explained(user_id="ann", reasons=["brand a"]), explained(user_id="bob", reasons=["brand b"])]
    assert summary(same).same_text == 1
    assert summary([same[0], explained(user_id="bob", reasons=["brand a"])]).same_text == 0
    assert summary([same[0], explained(user_id="ann", reasons=["brand b"])]).same_text == 0
    assert summary([same[0], explained("Else.", user_id="bob", reasons=["brand b"])]).same_text == 0


def test_a_share_of_nothing_is_unknown_and_not_zero():
    found = summary([])
    assert (found.supported, found.by_model, found.seconds, found.words_mean, found.counterfactual) == (None,) * 5
    assert found.explanations == found.same_text == 0


def test_texts_of_no_more_than_the_category_are_counted():
    found = summary([explained(said=["category"]), explained(said=["brand", "category"]), explained()])
    assert (found.only_category, found.only_claim) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_a_second_try_is_counted_where_the_model_made_it():
    refused = ["it is too long"]
    found = summary([explained(source="llm", refused=refused), explained(source="llm"), explained(refused=refused)])
    assert (found.by_model, found.second_try) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found.refused == {"it is too long": 2}


def test_chinese_texts_are_measured_in_letters():
    found = summary([explained("它属于“茶叶”。"), explained("It is from Tea here.")])
    assert (found.words_mean, found.words_most) == (5.0, 5)


@pytest.fixture
def surroundings(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name, value in {
        "NEWAISLE_HOME": home.folder,
        "NEWAISLE_MODELS": tmp_path / "models",
        "NEWAISLE_MODEL": "none",
        "NEWAISLE_EMBEDDER": "hash",
        "COLUMNS": "80",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(data, "cache_folder", lambda: tmp_path / "cache" / "eval")
    with home.writer() as ledger:
        ledger.set_meta("embedder", "hash")
    return home


def test_the_command_measures_the_shop_itself_and_leaves_it_as_it_is(surroundings: Home):
    found = newaisle("eval", "--explanations", "--cases", 10, "--style", "seller", "--json").json

    assert (found["data"], found["style"], found["explanations"]) == (surroundings.folder.name, "seller", 10)
    assert found["supported"] == 1.0, found["examples"]
    assert not surroundings.index_folder.exists()
    assert not list(surroundings.folder.glob("log*"))


def test_the_command_reads_a_folder_into_the_cache(surroundings: Home, tmp_path: Path):
    folder = tmp_path / "data"
    folder.mkdir()
    with surroundings.reader() as ledger:
        items = [
            f'{{"id": "{one.item_id}", "title": "{one.title}", "category": "{one.category[-1]}"}}'
            for one in ledger.listed()
        ]
        rows = [f"{user},{row.item_id},purchase" for user in ledger.user_ids() for row in ledger.history(user)]
    (folder / "items.jsonl").write_text("\n".join(items), encoding="utf-8")
    (folder / "interactions.csv").write_text("\n".join(["user_id,item_id,event", *rows]), encoding="utf-8")

    found = newaisle("eval", folder, "--explanations", "--cases", 5, "--json").json

    assert (found["data"], found["explanations"], found["supported"]) == ("data", 5, 0.8)
    assert found["examples"] == ["u0 mug-red-0: it makes no claim"]  # "From Mugs." is no reason


@pytest.mark.usefixtures("surroundings")
def test_people_get_a_table_that_fits_80_columns():
    code, shown = on_terminal("eval", "--explanations", "--cases", 10, columns=80)

    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert code == 0
    assert "supported" in text
    assert "100.0 %" in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--style", "short"), "give --explanations too"),
        (("--explanations", "--html", "x.html"), "--explanations goes with"),
        (("--explanations", "--only", "Mugs"), "--explanations goes with"),
        (("--explanations", "--llm-rank", "on"), "--explanations goes with"),
        (("--explanations", "--style", "loud"), "--style"),
        (("--explanations", "--cases", "0"), "--cases"),
    ],
)
@pytest.mark.usefixtures("surroundings")
def test_wrong_usage_is_refused(options: tuple[str, ...], complaint: str):
    ran = newaisle("eval", *options)

    assert ran.code == 2
    assert complaint in ran.err


@pytest.mark.usefixtures("surroundings")
def test_a_shop_that_is_not_there_gets_one_line(tmp_path: Path):
    ran = newaisle("--home", tmp_path / "nowhere", "eval", "--explanations")

    assert (ran.code, ran.err.count("\n")) == (3, 1)
