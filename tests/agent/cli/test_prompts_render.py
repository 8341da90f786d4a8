"""`newaisle prompts render` in the sample shop, with words only and without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.agent.shop import backends
from newaisle.testing import ScriptedModel
from tests.agent.cli.command import newaisle, on_terminal

pytestmark = pytest.mark.usefixtures("shop")
RENDER = ("--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY)


def test_a_rendered_explain_prompt_is_about_the_first_recommendation() -> None:
    (item,) = newaisle("recommend", *RENDER, "-k", 1).json["recommendations"]
    messages = newaisle("prompts", "render", "explain", *RENDER, "--json").json["messages"]
    request = [message for message in messages if message["role"] == "user"][-1]
    assert messages[0]["role"] == "system"
    own = [claim["text"] for claim in item["explanation"]["claims"] if claim["basis"] == "history"]
    assert own[0] in request["text"]
    assert all(message["text"] == "".join(part["text"] for part in message["parts"]) for message in messages)
    data = [part["text"] for part in request["parts"] if part["is_data"]]
    assert data[0] in item["title"]
    assert not any(part["is_data"] for part in messages[0]["parts"])


def test_a_rendered_explain_prompt_can_be_about_another_place() -> None:
    titles = [item["title"] for item in newaisle("recommend", *RENDER, "-k", 3).json["recommendations"]]
    for place, title in enumerate(titles, start=1):
        messages = newaisle("prompts", "render", "explain", *RENDER, "-n", place, "--json").json["messages"]
        data = [part["text"] for message in messages for part in message["parts"] if part["is_data"]]
        assert data[0] in title


def test_a_rendered_rank_prompt_has_the_history_and_the_brief() -> None:
    ran = newaisle("prompts", "render", "rank", *RENDER, "--brief", "Pots for the trail").ok()
    assert "--- system\n" in ran.out
    assert "Pots for the trail" in ran.out
    assert "Fernhollow" in ran.out
    assert ran.err == ""


def test_a_prompt_can_be_rendered_in_the_other_language() -> None:
    assert "顾客" in newaisle("prompts", "render", "explain", *RENDER, "--language", "zh").ok().out


def test_a_users_own_template_is_what_is_rendered(shop: Path) -> None:
    (shop / "prompts").mkdir()
    (shop / "prompts" / "rank.en.yaml").write_text("description: d\nlanguage: en\nprompt: Mine for {{ category }}\n")
    assert newaisle("prompts", "render", "rank", *RENDER).ok().out == (
        "~~~ read once: the same in every prompt of this template\n"
        "--- user\n"
        "Mine for \n"
        "~~~ read again for each category\n"
        "⟦Camp Kitchen⟧\n"
    )


def test_tokens_that_cannot_be_counted_are_no_failure() -> None:
    ran = newaisle("prompts", "render", "explain", *RENDER, "--model", "smollm2-135m").ok()
    assert ran.err.startswith("tokens not counted: ")
    assert "newaisle models pull smollm2-135m" in ran.err


def test_a_place_that_nothing_takes_is_refused() -> None:
    ran = newaisle("prompts", "render", "explain", *RENDER, "-n", 500)
    assert (ran.code, ran.out) == (3, "")
    assert "there is no product in place 500" in ran.err


def test_every_part_says_what_it_changes_with_and_the_layers_come_in_their_order() -> None:
    found = newaisle("prompts", "render", "rank", *RENDER, "--json").json
    (parts,) = [message["parts"] for message in found["messages"] if message["role"] == "user"]
    history = [part for part in parts if part["is_data"] and "Fernhollow" in part["text"]]
    assert {part["changes_with"] for part in history} == {"customer"}
    assert [layer["changes_with"] for layer in found["layers"]] == ["template", "customer", "category"]
    assert (found["prompt"], found["language"], found["item_id"], found["tokens"]) == ("rank", "en", None, None)


def test_a_prompt_about_a_product_names_it() -> None:
    (item,) = newaisle("recommend", *RENDER, "-k", 1).json["recommendations"]
    assert newaisle("prompts", "render", "explain", *RENDER, "--json").json["item_id"] == item["item_id"]


def test_with_a_model_the_tokens_of_each_layer_are_counted_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(name="small")
    monkeypatch.setattr(backends, "load_model", lambda settings: model)
    options = (*RENDER, "--model", "small")
    found = newaisle("prompts", "render", "explain", *options, "--json").json
    assert found["tokens"] == sum(layer["tokens"] for layer in found["layers"])
    assert (found["context"], found["counted_by"]) == (4096, "small")
    ran = newaisle("prompts", "render", "explain", *options).ok()
    sizes = [layer["tokens"] for layer in found["layers"]]
    assert [line.rpartition("(")[2] for line in ran.out.splitlines() if line.startswith("~~~")] == [
        f"{size:,} tokens)" for size in sizes
    ]
    assert f"{found['tokens']:,} tokens of the 4,096 that small reads" in ran.err
    assert model.generate_calls == []
    assert model.closed


def test_on_a_terminal_data_is_styled_and_not_marked() -> None:
    code, shown = on_terminal("prompts", "render", "profile", "--user", sample.CUSTOMER)
    assert code == 0
    assert "⟦" not in shown
    assert "\x1b[4;36m" in shown


def test_a_profile_needs_no_category() -> None:
    out = newaisle("prompts", "render", "profile", "--user", sample.CUSTOMER).ok().out
    assert "⟦They look for raw titanium.⟧" in out


def test_a_category_is_asked_for_where_it_is_needed() -> None:
    ran = newaisle("prompts", "render", "explain", "--user", sample.CUSTOMER)
    assert (ran.code, ran.out) == (2, "")
    assert "give --category NAME" in ran.err


def test_an_unknown_prompt_is_an_error_with_the_nearest() -> None:
    ran = newaisle("prompts", "render", "explian")
    assert ran.code == 3
    assert "did you mean 'explain'?" in ran.err


def test_a_turn_is_rendered_with_what_was_left_unread_of_it() -> None:
    out = newaisle("prompts", "render", "turn", "--turn", "a mug for slurping noodles").ok().out
    assert "Message: ⟦a mug for slurping noodles⟧\nWords left: ⟦slurping; noodles⟧\n" in out


@pytest.mark.parametrize(
    ("turn", "message"), [("", "give it with --turn TEXT"), ("hello", "the rules read all of this turn")]
)
def test_a_turn_that_no_model_is_asked_about_is_refused(turn: str, message: str) -> None:
    ran = newaisle("prompts", "render", "turn", "--turn", turn)
    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err


def test_a_style_is_the_prompt_of_that_style() -> None:
    seller = newaisle("prompts", "render", "explain", *RENDER, "--style", "seller", "--json").json
    assert seller["prompt"] == "explain-seller"
    assert seller == newaisle("prompts", "render", "explain-seller", *RENDER, "--json").json


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rank", *RENDER, "--style", "seller"), "--style goes with `explain` alone"),
        (("turn", "--turn", "hm", "--language", "zh"), "leave --language out"),
    ],
)
def test_options_that_change_nothing_are_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    ran = newaisle("prompts", "render", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
