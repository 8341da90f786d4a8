"""The commands of a chat, and chats in files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.agent.chat.commands import COMMANDS, answer, parse
from newaisle.agent.chat.conversation import Conversation
from newaisle.agent.chat.state import load
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.answer import RecommendationSet
from newaisle.agent.schema.profile import Profile
from newaisle.agent.schema.why import Why, WhyNot
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.preview import Preview
from newaisle.agent.why.why import why
from newaisle.errors import RequestError


@pytest.fixture
def kitchen(conversation: Conversation) -> Conversation:
    """The chat with camp kitchen on the screen."""
    answer(conversation, "/category Camp Kitchen")
    return conversation


def test_help_lists_every_command(conversation: Conversation) -> None:
    told = answer(conversation, "/help").text
    assert all(f"/{name}" in told for name in COMMANDS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/whi 1", "there is no command /whi \\(did you mean /why\\?\\)"),
        ("/", "there is no command /"),
        ("/category", "/category needs NAME"),
        ("/more please", "/more stands alone"),
        ("/why 7", "no number 7 on the screen: 5 are shown"),
        ("/why gone-1", "no product 'gone-1'"),
        ("/prompt 1 nothing", "is neither"),
        ("/load nowhere.json", "cannot read nowhere.json"),
    ],
)
def test_what_makes_no_sense_says_what_would(kitchen: Conversation, line: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        answer(kitchen, line)


def test_a_command_is_read_whatever_its_case_and_spaces() -> None:
    command, argument = parse("  /CATEGORY   Camp Kitchen ")
    assert (command.name, argument) == ("category", "Camp Kitchen")


def test_why_is_what_the_command_line_answers(kitchen: Conversation) -> None:
    found = answer(kitchen, "/why 2").whole
    assert isinstance(found, Why)
    assert found == why(kitchen.query(), kitchen.shown[1], kitchen.parts)


def test_whynot_takes_an_id_or_as_much_of_a_name_as_tells_the_product(kitchen: Conversation) -> None:
    by_id, by_name = (answer(kitchen, f"/whynot {named}").whole for named in ("ck-17", "gravity filter"))
    assert isinstance(by_id, WhyNot)
    assert by_id == by_name


def test_likes_are_those_of_the_chat_and_can_be_turned(kitchen: Conversation) -> None:
    answer(kitchen, "/like 2")
    liked = kitchen.state.opinions[0].item_id
    answer(kitchen, f"/dislike {liked}")
    assert [one.event.value for one in kitchen.state.opinions] == ["dislike"]
    assert liked not in kitchen.state.shown


def test_another_customer_gets_other_products_and_what_was_asked_for_holds(kitchen: Conversation) -> None:
    answer(kitchen, "under 60 usd")
    before = kitchen.state
    answer(kitchen, "/user 小雨")
    assert kitchen.state.user_id == "小雨"
    assert kitchen.state.wishes.constraints == before.wishes.constraints
    assert kitchen.state.shown != before.shown
    answer(kitchen, "/user")
    assert kitchen.state.user_id is None


def test_profile_prompt_and_json_are_what_the_command_line_shows(kitchen: Conversation) -> None:
    assert isinstance(answer(kitchen, "/profile").whole, Profile)
    prompt = answer(kitchen, "/prompt 2").whole
    assert isinstance(prompt, Preview)
    assert prompt.product == kitchen.shown[1]
    assert isinstance(answer(kitchen, "/prompt rank").whole, Preview)
    found = answer(kitchen, "/json").whole
    assert isinstance(found, RecommendationSet)
    assert found.recommendations == recommend(kitchen.query(), kitchen.parts).recommendations


def test_constraints_says_when_nothing_is_in_force(kitchen: Conversation) -> None:
    assert answer(kitchen, "/constraints").notes == ("nothing is in force",)


def test_leave_is_taken(conversation: Conversation) -> None:
    assert answer(conversation, "/bye").is_over


def test_a_chat_is_saved_and_resumed(kitchen: Conversation, parts: Parts, tmp_path: Path) -> None:
    file = tmp_path / "mara.chat"
    answer(kitchen, "under 60, no plastic")
    answer(kitchen, "/like 2")
    answer(kitchen, f"/save {file}")
    answer(kitchen, f"/save {file}")  # the same chat, further on
    resumed = Conversation(parts)
    reply = answer(resumed, f"/load {file}")
    assert resumed.state == kitchen.state
    assert reply.answer is not None
    assert resumed.saved().turns == kitchen.saved().turns
    answer(resumed, "cheaper")
    assert len(resumed.saved().turns) == len(kitchen.saved().turns) + 1


def test_a_chat_is_read_with_parts_that_were_renamed_or_dropped_since(
    kitchen: Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mara.chat"
    answer(kitchen, "under 60, no plastic")
    answer(kitchen, f"/save {file}")
    saved = load(file)
    found = saved.model_dump(mode="json")
    for turn in found["turns"]:
        turn["limits"] = {**turn.pop("constraints"), "season": "spring"}
        turn["mood"] = "good"
    found["state"]["wishes"]["constraints"]["season"] = "spring"
    file.write_text(json.dumps(found), encoding="utf-8")
    monkeypatch.setattr("newaisle.agent.chat.state._EARLIER_NAMES", {"turns.limits": "constraints"})
    assert load(file) == saved


def test_what_is_no_chat_is_neither_read_nor_written_over(kitchen: Conversation, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    for command in ("save", "load"):
        with pytest.raises(RequestError, match="is no chat that was saved"):
            answer(kitchen, f"/{command} {file}")
    assert file.read_text() == "mine"
    with pytest.raises(RequestError, match="cannot write"):
        answer(kitchen, f"/save {tmp_path / 'nowhere' / 'mara.chat'}")


def test_resuming_says_when_other_products_come_out(kitchen: Conversation, parts: Parts, tmp_path: Path) -> None:
    file = tmp_path / "mara.chat"
    answer(kitchen, f"/save {file}")
    saved = load(file)
    state = saved.state.model_copy(update={"shown": saved.state.shown[::-1]})
    file.write_text(saved.model_copy(update={"state": state}).model_dump_json())
    reply = answer(Conversation(parts), f"/load {file}")
    assert reply.notes[-1].startswith("the shop has changed since")


def test_a_chat_of_a_customer_who_is_gone_is_not_resumed(kitchen: Conversation, parts: Parts, tmp_path: Path) -> None:
    file = tmp_path / "mara.chat"
    answer(kitchen, f"/save {file}")
    file.write_text(file.read_text().replace(f'"{sample.CUSTOMER}"', '"maro"'))
    other = Conversation(parts)
    before = other.state
    with pytest.raises(RequestError, match="no customer 'maro'"):
        answer(other, f"/load {file}")
    assert other.state == before
