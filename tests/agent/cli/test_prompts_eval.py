"""`newaisle prompts eval`: a template, or two variants of one, on the same cases of the sample shop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from newaisle.agent.evaluate import data
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop import backends
from newaisle.prompts.library import bundled_path
from newaisle.prompts.messages import Message
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import Ran, newaisle
from tests.agent.cli.test_eval_command import write_shop

pytestmark = pytest.mark.usefixtures("shop")
MAGIC = "Sesame!"


@pytest.fixture(autouse=True)
def _cache(surroundings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "cache_folder", lambda: surroundings / "cache")


@pytest.fixture
def draft(surroundings: Path) -> Path:
    """A folder with a variant of each English template, whose system line begins with a word of its own."""
    folder = surroundings / "drafts"
    folder.mkdir()
    for bundled in bundled_path("explain", "en").parent.glob("*.en.yaml"):
        text = bundled.read_text(encoding="utf-8").replace("system: >-\n  ", f"system: >-\n  {MAGIC} ")
        (folder / bundled.name).write_text(text.replace("system: You", f"system: {MAGIC} You"), encoding="utf-8")
    return folder


def run(monkeypatch: pytest.MonkeyPatch, model: ScriptedModel, *arguments: object) -> Ran:
    monkeypatch.setattr(backends, "load_model", lambda settings: model)
    return newaisle("prompts", "eval", *arguments, "--model", model.name)


def is_magic(prompt: Sequence[Message]) -> bool:
    return prompt[0].text.startswith(MAGIC)


def fact(prompt: Sequence[Message]) -> str:
    """The first fact."""
    return prompt[-1].text.split("Facts:\n- ", 1)[1].splitlines()[0]


def test_the_variant_whose_texts_pass_the_check_is_better(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(lambda prompt: fact(prompt) if is_magic(prompt) else "It is perfect.")
    found = run(monkeypatch, model, "explain", "--vs", draft, "--cases", 40, "--json").json
    assert (found["prompt"], found["language"], found["model"]) == ("explain", "en", "scripted")
    assert (found["first"]["name"], found["second"]["name"]) == ("bundled", str(draft))
    assert (found["first"]["quality"], found["second"]["quality"]) == (0.0, 1.0)
    assert (found["first"]["of_use"], found["second"]["of_use"]) == (0.0, 1.0)
    assert found["difference"] == {"mean": -1.0, "low": -1.0, "high": -1.0}
    assert found["first"]["evaluated"] > found["second"]["evaluated"]  # each was asked a second time
    assert found["answers"] >= found["cases"] >= 5


def test_the_last_line_is_the_verdict(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(lambda prompt: fact(prompt) if is_magic(prompt) else "It is perfect.")
    ran = run(monkeypatch, model, "explain", "--vs", draft, "--cases", 40).ok()
    assert ran.out.splitlines()[-1] == (
        f"bundled is worse than {draft}: −1.000 [−1.000, −1.000] share that passes the check at the first try"
    )
    assert "tokens written an answer" in ran.out


def test_variants_that_do_alike_cannot_be_told_apart(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(monkeypatch, ScriptedModel(fact), "explain", "--vs", draft, "--cases", 40).ok()
    assert ran.out.splitlines()[-1].startswith("no difference can be claimed: 0.000 [0.000, 0.000]")


def test_too_few_cases_let_nothing_be_claimed(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(lambda prompt: fact(prompt) if is_magic(prompt) else "It is perfect.")
    ran = run(monkeypatch, model, "explain", "--vs", draft, "--cases", 5).ok()
    assert ran.out.splitlines()[-1] == "too few cases (1) to claim a difference by: take more of them"


def test_profiles_are_compared_by_the_paragraphs_that_are_kept(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def described(prompt: Sequence[Message]) -> str:
        facts = [line.partition(". ")[2] for line in prompt[-2].text.splitlines()]
        return " ".join(facts).removeprefix("This customer") if is_magic(prompt) else " is rich."

    found = run(monkeypatch, ScriptedModel(described), "profile", "--vs", draft, "--cases", 8, "--json").json
    assert (found["first"]["quality"], found["second"]["quality"]) == (0.0, 1.0)
    assert found["answers"] == found["cases"]


def test_templates_that_rank_are_compared_by_ndcg(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(likelihoods=lambda prompt, title: len(title) if is_magic(prompt) else -len(title))
    found = run(monkeypatch, model, "rank", "--vs", draft / "rank.en.yaml", "--cases", 6, "--json").json
    assert found["quality"] == "NDCG@10"
    assert found["cases"] == 6
    assert found["first"]["quality"] != found["second"]["quality"]
    assert found["difference"]["mean"] == pytest.approx(found["first"]["quality"] - found["second"]["quality"])
    assert (found["first"]["of_use"], found["first"]["generated"]) == (1.0, 0.0)


def test_listwise_answers_that_are_no_order_are_of_no_use(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(lambda prompt: "A, B, C, D" if is_magic(prompt) else "I like them all")
    model.can_score = False
    found = run(monkeypatch, model, "listwise", "--vs", draft, "--cases", 3, "--json").json
    assert (found["first"]["of_use"], found["second"]["of_use"]) == (0.0, 1.0)
    assert found["second"]["generated"] > 0


def test_turns_are_compared_by_the_tests_of_both_templates(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = "  - input: {categories: [Tea], turn: hi, unread: [hi]}\n    contains: [small talk]\n"
    path = draft / "turn.en.yaml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    model = ScriptedModel(lambda prompt: "small talk" if is_magic(prompt) else "hm", parameters=7_000_000_000)
    found = run(monkeypatch, model, "turn", "--vs", draft, "--json").json
    assert found["cases"] == 4
    assert (found["first"]["quality"], found["second"]["quality"]) == (0.0, 0.5)
    assert (found["first"]["of_use"], found["second"]["of_use"]) == (0.0, 0.75)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explain", "--vs", "bundled"), "change one first"),
        (("explain", "--vs", "yours"), "there is no template 'yours'"),
        (("explain", "--vs", "nowhere"), "give `bundled`, `yours`, a file or a folder"),
        (("explian", "--vs", "bundled"), "did you mean 'explain'?"),
        (("turn", "--vs", "{draft}"), "too small to be asked about turns of a chat"),
        (("listwise", "--vs", "{draft}"), "asked with `rank` instead"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_the_model_is_asked(
    draft: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    model = ScriptedModel()
    ran = run(monkeypatch, model, *[argument.format(draft=draft) for argument in arguments])
    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err
    assert model.generate_calls == []


def test_another_template_has_to_be_named() -> None:
    for arguments in (("rank",), ("explain", "--vs", "bundled", "--vs-model", "none")):
        ran = newaisle("prompts", "eval", *arguments, "--model", "none")
        assert ran.code == 2
        assert "--vs" in ran.err


def test_one_template_by_itself_is_measured_by_what_it_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, ScriptedModel(fact), "explain", "--cases", 20, "--json").json
    assert 20 <= found["answers"] < 25  # as many cases as it takes
    gain = found["first"]["gain"]
    assert (gain["texts"], gain["refused"], gain["again"]) == (found["answers"], 0.0, 1.0)
    assert 0 < gain["masked_openings"] <= gain["openings"] <= 1
    assert (gain["refusals"], found["shown"]) == ({}, [])
    assert gain["seconds"] == pytest.approx(found["first"]["seconds"])
    told = "repeats the claims' own sentences in 100 % of "
    assert found["wording"].startswith(told)
    ran = newaisle("recommend", "--user", "mara", "--category", "Camp Kitchen", "--model", "scripted").ok()
    assert {one["explanation"]["source"] for one in ran.json["recommendations"]} == {"evidence"}


def test_texts_are_shown_beside_the_claims_own_sentences(
    draft: Path, surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel(lambda prompt: fact(prompt) if is_magic(prompt) else "It is perfect <b>.")
    asked = ("explain", "--vs", draft, "--cases", 10, "--show", 2)
    page = surroundings / "texts.html"
    ran = run(monkeypatch, model, *asked, "--html", page).ok()
    assert str(page) in ran.err
    lines = [line.strip() for line in ran.out.splitlines()]
    assert sum(line.startswith("claims ") for line in lines) == 2
    assert sum(line.startswith("bundled refused ('<' is no sign of a plain text): ") for line in lines) == 2
    assert "(the same again)" in ran.out
    assert any(re.match(r"bundled, refused \d times: … is no sign of a plain text$", line) for line in lines)
    shown = run(monkeypatch, model, *asked, "--json").json["shown"]
    assert len(shown) == 2
    for one in shown:
        assert one["title"] in ran.out
        assert list(one["by"]) == ["bundled", str(draft)]
        assert one["by"]["bundled"]["refusal"] == "'<' is no sign of a plain text"
        assert one["by"][str(draft)]["again"] is True
        assert one["by"][str(draft)]["own"] == one["own"]
    html = page.read_text(encoding="utf-8")
    assert "perfect &lt;b&gt;." in html
    assert "<b>" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_only_texts_that_explain_can_be_shown() -> None:
    ran = newaisle("prompts", "eval", "rank", "--vs", "bundled", "--show", 2, "--model", "none")
    assert ran.code == 2
    assert "--show and --html are for the prompts that explain" in ran.err


def test_without_a_model_the_exit_code_is_4(draft: Path) -> None:
    assert newaisle("prompts", "eval", "explain", "--vs", draft, "--model", "none").code == 4


def test_two_models_are_compared_by_one_template(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(settings: Settings) -> ScriptedModel:
        sign = 1 if settings.model == "long" else -1
        return ScriptedModel(likelihoods=lambda _, title: sign * len(title), name=settings.model)

    monkeypatch.setattr(backends, "load_model", load)
    command = ("prompts", "eval", "rank", "--model", "long", "--vs-model", "short", "--cases", 6, "--json")
    found = newaisle(*command).json
    assert (found["model"], found["first"]["name"], found["second"]["name"]) == ("long and short", "long", "short")
    assert found["first"]["hash"] == found["second"]["hash"]
    assert found["difference"]["mean"] == pytest.approx(found["first"]["quality"] - found["second"]["quality"]) != 0


def test_cases_may_come_from_a_folder_of_data(tmp_path: Path, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = write_shop(tmp_path / "shop", products=20, customers=70)
    ranked = ScriptedModel(likelihoods=lambda _, title: len(title))
    found = run(monkeypatch, ranked, "rank", shop, "--vs", draft, "--cases", 5, "--json").json
    assert (found["cases"], found["quality"]) == (5, "NDCG@10")
    ran = run(monkeypatch, ScriptedModel(fact), "explain", shop, "--vs", draft, "--cases", 5)
    assert (ran.code, "nothing to answer in these cases" in ran.err) == (3, True)  # everybody knows its two categories


@pytest.mark.parametrize("options", [(), ("--vs", "bundled", "--vs-model", "x")])
def test_what_to_compare_with_is_one_thing(options: tuple[str, ...]) -> None:
    ran = newaisle("prompts", "eval", "rank", *options)
    assert (ran.code, "--vs OTHER, or --vs-model NAME" in ran.err) == (2, True)
