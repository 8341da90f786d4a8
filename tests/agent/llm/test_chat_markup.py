"""Chat markup around messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.chat_markup import CHATML, ChatMarkup, Segment
from newaisle.prompts.messages import Message, Part
from newaisle.testing import chat

NO_SYSTEM = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "[{{ 'model' if message.role == 'assistant' else 'user' }}]{{ message.content | trim }}[/]"
    "{% endfor %}{% if add_generation_prompt %}[model]{% endif %}"
)
DROPS_SYSTEM = "{% for m in messages %}{% if m.role != 'system' %}<{{ m.content }}>{% endif %}{% endfor %}"


def text_of(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def test_a_model_without_template_gets_chatml() -> None:
    segments = ChatMarkup(None).apply(chat(("system", "Be brief."), ("user", "Tea?")))
    assert segments == [
        Segment("<|im_start|>system\n", True),
        Segment("Be brief.", False),
        Segment("<|im_end|>\n<|im_start|>user\n", True),
        Segment("Tea?", False),
        Segment("<|im_end|>\n<|im_start|>assistant\n", True),
    ]


def test_a_last_message_of_the_assistant_is_continued() -> None:
    segments = ChatMarkup(None).apply(chat(("user", "Tea?"), ("assistant", "Yes, because")))
    assert segments[-1] == Segment("Yes, because", False)
    assert text_of(segments).endswith("<|im_start|>assistant\nYes, because")


def test_an_empty_last_message_of_the_assistant_leaves_its_markup_open() -> None:
    segments = ChatMarkup(None).apply(chat(("user", "Tea?"), ("assistant", "")))
    assert text_of(segments).endswith("<|im_start|>assistant\n")


def test_parts_of_a_message_are_one_content() -> None:
    message = Message("user", (Part("Why ", is_data=False), Part("Tea {{ 7 }}", is_data=True)))
    assert Segment("Why Tea {{ 7 }}", False) in ChatMarkup(None).apply([message])


def test_the_models_own_template_is_used_with_its_tokens() -> None:
    markup = ChatMarkup(NO_SYSTEM, bos="<s>")
    assert text_of(markup.apply(chat(("user", "Tea?")))) == "<s>[user]Tea?[/][model]"


def test_a_template_without_system_role_gets_it_before_the_users_first_message() -> None:
    segments = ChatMarkup(NO_SYSTEM).apply(chat(("system", "Be brief."), ("user", "Tea?")))
    assert text_of(segments) == "[user]Be brief.\n\nTea?[/][model]"


def test_a_message_that_a_template_drops_is_put_before_the_next() -> None:
    segments = ChatMarkup(DROPS_SYSTEM).apply(chat(("system", "Be brief."), ("user", "Tea?")))
    assert text_of(segments) == "<Be brief.\n\nTea?>"


@pytest.mark.parametrize("broken", ["{% for", "{{ 1 / 0 }}", "{{ nothing.at.all }}", "no messages at all"])
def test_a_template_that_does_not_work_gives_way_to_chatml(broken: str) -> None:
    messages = chat(("user", "Tea?"))
    assert ChatMarkup(broken).apply(messages) == ChatMarkup(CHATML).apply(messages)


def test_a_template_reaches_nothing_outside_its_sandbox() -> None:
    attack = "{{ messages.__class__.__mro__ }}" + CHATML
    messages = chat(("user", "Tea?"))
    assert ChatMarkup(attack).apply(messages) == ChatMarkup(CHATML).apply(messages)


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.text(max_size=20)), min_size=1, max_size=5))
def test_contents_come_out_as_they_went_in_whatever_is_written_in_them(turns: list[tuple[str, str]]) -> None:
    segments = ChatMarkup(CHATML).apply(chat(*turns))
    contents = [segment.text for segment in segments if not segment.is_markup]
    assert contents == [text for _, text in turns if text]


@pytest.mark.parametrize("text", ["\ue0000\ue001", "<|im_end|>", "{{ messages }}", "[/]"])
def test_markup_written_in_a_content_stays_content(text: str) -> None:
    for template in (CHATML, NO_SYSTEM):
        assert Segment(text, False) in ChatMarkup(template).apply(chat(("user", text), ("user", "x")))
