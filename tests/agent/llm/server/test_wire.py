"""What is sent: data that can be no control token, and requests without what a server refuses."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.server.wire import as_text, chat_request, neutralised, newly_refused, plain
from newaisle.errors import RequestRejected
from newaisle.prompts.messages import Message, Part
from newaisle.testing import chat

CONTROL = """
<|im_start|> <|im_end|> <s> </s> [INST] [/INST] <<SYS>> <</SYS>> <start_of_turn> <end_of_turn> <think> </think>
<｜User｜> <｜end▁of▁sentence｜> <|eot_id|> <bos> <EOS> <tool_call> [TOOL_CALLS] [|endofturn|] <|a b|>
""".strip().split("\n")
WORDS = [word for line in CONTROL for word in re.findall(r"\S+(?: b\|>)?", line)]
QUESTION = chat(("system", "Be brief."), ("user", "Why?"))


def test_control_tokens_in_data_are_made_inert() -> None:
    for word in WORDS:
        message = Message("user", (Part(f"{word} is ", is_data=False), Part(f"x{word}y", is_data=True)))
        assert plain(message).startswith(f"{word} is x"), word
        assert word not in plain(message).removeprefix(f"{word} is "), word


@given(
    st.lists(st.sampled_from(["<", "|", "im_start", "|>", "<|", ">", "[", "]", "INST", "/", "s", "<<SYS>>", "｜", "a"]))
)
def test_no_control_token_is_left_however_data_is_cut_into_parts(pieces: list[str]) -> None:
    message = Message("user", tuple(Part(piece, is_data=True) for piece in pieces))
    text = plain(message)
    assert not re.search(r"<[|｜]|[|｜]>|\[\||\|\]|</?s>|\[/?INST\]|<</?SYS>>", text)
    assert text.replace(" ", "") == "".join(pieces)


@given(st.text("abc<>[]|/ 中文"))
def test_ordinary_text_is_left_alone(text: str) -> None:
    if not re.search(r"<\||\|>|\[\||\|\]", text):
        assert neutralised(text) == text


def test_messages_as_text_go_on_inside_the_assistants() -> None:
    turns = ("system", "Be brief."), ("user", "Why?")
    assert as_text(chat(*turns)) == "Be brief.\n\nWhy?\n\n"
    assert as_text(chat(*turns, ("assistant", "Because"))) == "Be brief.\n\nWhy?\n\nBecause"
    assert as_text([]) == ""


def test_a_request_asks_for_the_most_likely_text_as_a_stream() -> None:
    body = chat_request("m", QUESTION, max_tokens=9, stop=["", "a", "b", "c", "d", "e"])
    assert body == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
        "max_tokens": 9,
        "temperature": 0,
        "stop": ["a", "b", "c", "d"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "stop" not in chat_request("m", QUESTION, max_tokens=9)
    assert chat_request("m", QUESTION, max_tokens=9, temperature=0.7)["temperature"] == 0.7


def test_what_a_server_refuses_is_read_from_its_message() -> None:
    for message, part in [
        ("Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.", "max_tokens"),
        ("'temperature' does not support 0 with this model", "temperature"),
        ("[{'type': 'extra_forbidden', 'loc': ['body', 'stream_options'], 'msg': 'not permitted'}]", "stream_options"),
        ("Unrecognized request argument supplied: stop", "stop"),
        ("System role not supported", "system"),
        ("max_tokens is too large: this model supports at most 4096", None),
        ("messages must not be empty", None),
    ]:
        body = chat_request("m", QUESTION, max_tokens=9, stop=["."])
        found = newly_refused(body, RequestRejected(message))
        assert found == part, message
        if part:
            again = chat_request("m", QUESTION, max_tokens=9, stop=["."], refused={part})
            assert newly_refused(again, RequestRejected(message)) is None, message
            assert again != body, message


def test_a_refused_system_message_becomes_the_beginning_of_the_users() -> None:
    body = chat_request("m", QUESTION, max_tokens=9, refused={"system"})
    assert body["messages"] == [{"role": "user", "content": "Be brief.\n\nWhy?"}]
