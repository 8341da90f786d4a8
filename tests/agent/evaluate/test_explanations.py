from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.evaluate import data
from newaisle.agent.evaluate.explained_cases import chosen_cases
from newaisle.agent.evaluate.explanations import Explained, JudgedStatement, explain_cases, summary
from newaisle.prompts.messages import Message
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from newaisle.store.rows import PATH_SEPARATOR
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import newaisle, on_terminal
from tests.agent.filled import did, fill, parts, product

THINGS = {"Mugs": "mug", "Lamps": "lamp", "Rugs": "rug", "Vases": "vase"}
COLOURS = ("red", "blue")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Red and blue customers, who each bought of all categories but one."""
    products = [
        product(f"{thing}-{colour}-{i}", f"{colour} {thing} model {i}", f"Home > {category}", brand=f"{colour} works")
        for category, thing in THINGS.items()
        for colour in COLOURS
        for i in range(4)
    ]
    rows = [
        did(f"u{number}", f"{thing}-{COLOURS[number % 2]}-{number % 4}")
        for number in range(12)
        for place, thing in enumerate(THINGS.values())
        if place != number % len(THINGS)
    ]
    return fill(tmp_path / "home", products, [*rows, did("looker", "mug-red-0")])


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with home.reader() as ledger:
        yield ledger


def explained(text: str = "It is.", **more: Any) -> Explained:
    made = {
        "user_id": "ann",
        "category": "Tea",
        "item_id": "t1",
        "statements": [],
        "seconds": 0.1,
        "source": "evidence",
    }
    return Explained.model_validate({**made, "text": text, **more})


def stated(verdict: str) -> JudgedStatement:
    return JudgedStatement.model_validate({"text": "x", "kind": "clause", "verdict": verdict, "why": ""})


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


def test_every_true_explanation_is_supported_and_has_both_sides(ledger: Ledger):
    made, others = explain_cases(parts(ledger), recommendations=20)
    found = summary(made)

    assert others == []
    assert (found.explanations, found.customers) == (20, 4)
    assert found.precision == 1.0, found.examples
    assert found.product_side == found.history_side_where_it_counts == found.counterfactual == 1.0
    assert found.by_model == 0.0
    assert found.seconds is not None
    assert sum(found.basis.values()) == pytest.approx(1)
    assert all(one.source == "evidence" and one.statements for one in made)


def test_what_the_check_refuses_is_tried_twice_and_then_said_by_the_claims(ledger: Ledger):
    model = ScriptedModel(lambda _: " made of gold, and the best there is.")
    made, _ = explain_cases(parts(ledger, lambda: model), recommendations=10)

    found = summary(made)
    assert (found.by_model, found.second_try, found.precision) == (0.0, 0.0, 1.0)
    assert {one.source for one in made} == {"evidence"}
    assert max(one.attempts or 0 for one in made) == 2


def test_what_the_model_words_well_is_counted_and_judged(ledger: Ledger):
    def word_the_first_fact(prompt: Sequence[Message]) -> str:
        asked = prompt[-1].text
        title = re.search(r"Product: (.+)", asked)
        fact = re.search(r"- It (.+)", asked)
        assert title
        return f"The {title[1]} may suit you because it {fact[1]}" if fact else ""

    model = ScriptedModel(word_the_first_fact)
    model.continues = False
    made, _ = explain_cases(parts(ledger, lambda: model), recommendations=10)

    found = summary(made)
    worded = [one for one in made if one.source == "llm"]
    assert worded
    assert found.by_model == len(worded) / len(made)
    assert (found.second_try, found.precision) == (0.0, 1.0), found.examples


def test_other_texts_for_the_same_products_are_judged_by_the_same_checker(ledger: Ledger):
    ours, theirs = explain_cases(
        parts(ledger),
        recommendations=10,
        instead=lambda case, answer: [("It is made of gold.", 0.5) for _ in answer.recommendations],
    )

    assert [one.item_id for one in ours] == [one.item_id for one in theirs]
    found = summary(theirs)
    assert (found.precision, found.seconds, found.product_side, found.by_model) == (0.0, 0.5, None, None)
    assert found.unsupported_kinds == {"clause": 10}
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
    assert (found.precision, found.by_model, found.seconds, found.words_mean, found.counterfactual) == (None,) * 5
    assert found.explanations == found.statements == 0


def test_chinese_texts_are_measured_in_letters_and_are_not_for_the_model_to_word():
    found = summary([explained("它属于“茶叶”。"), explained("It is from Tea here.")])
    assert (found.words_mean, found.words_most, found.by_model) == (5.0, 5, 0.0)


@given(st.lists(st.sampled_from(["supported", "unsupported", "opinion"]), min_size=1, max_size=30), st.integers(1, 4))
def test_shares_are_of_all_statements(verdicts: list[str], size: int):
    groups = [verdicts[start : start + size] for start in range(0, len(verdicts), size)]
    found = summary([explained(statements=[stated(verdict) for verdict in group]) for group in groups])

    assert found.statements == len(verdicts)
    assert found.precision == pytest.approx(verdicts.count("supported") / len(verdicts))
    assert found.opinions == pytest.approx(verdicts.count("opinion") / len(verdicts))
    assert found.fully_supported == pytest.approx(sum(set(group) == {"supported"} for group in groups) / len(groups))
    assert sum(found.unsupported_kinds.values()) == len(found.examples) == verdicts.count("unsupported")


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
    assert found["precision"] == 1.0, found["examples"]
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

    assert (found["data"], found["explanations"], found["precision"]) == ("data", 5, 1.0)


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
