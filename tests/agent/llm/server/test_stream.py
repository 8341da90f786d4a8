"""Streams of events, cut anywhere, and the text in them."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.server.stream import MAX_LINE, EventParser, Reply, ThoughtFilter, read_chunk
from newaisle.errors import ServerFailed
from tests.agent.llm.server.misbehaving import chunk

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])))


def parse(pieces: list[bytes]) -> list[str]:
    parser = EventParser()
    return [data for piece in pieces for data in parser.feed(piece)] + list(parser.end())


def cut(content: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(content), *(place % (len(content) + 1) for place in places)})
    return [content[start:end] for start, end in pairwise(edges)]


@given(texts=TEXTS, places=st.lists(st.integers(0, 10_000)), end=st.sampled_from(["\n\n", "\r\n\r\n", "\r\r", "\n"]))
def test_where_a_stream_is_cut_does_not_matter(texts: list[str], places: list[int], end: str) -> None:
    lines = [": alive", *(f"data: {json.dumps({'t': text}, ensure_ascii=False)}" for text in texts), "data:[DONE]"]
    content = ("\ufeff" + end.join(lines)).encode()
    *events, done = parse(cut(content, places))
    assert [json.loads(event)["t"] for event in events] == texts
    assert done == "[DONE]"


@given(texts=TEXTS, places=st.lists(st.integers(0, 10_000)))
def test_the_text_of_a_reply_is_what_the_server_wrote(texts: list[str], places: list[int]) -> None:
    shown: list[str] = []
    reply = Reply(on_text=shown.append)
    for event in parse(cut(b"".join(map(chunk, ["-", *texts])), places)):
        reply.take(read_chunk(event))
    reply.end()
    assert reply.text == "".join(shown) == "-" + "".join(texts)


def test_names_of_events_and_unknown_fields_are_passed_over() -> None:
    assert parse([b'event: x\nid: 1\nretry: 5\ndata: {"a": 1}\ndata\nnonsense\n\n']) == ['{"a": 1}']


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="a line of more than"):
        parse([b"data: "] + [b"x" * 65536] * (MAX_LINE // 65536 + 1))


@given(
    thought=st.text("ab<>/think \n"),
    answer=st.text("ab<>/think \n"),
    places=st.lists(st.integers(0, 500)),
    before=st.sampled_from(["", "\n", "  "]),
)
def test_a_thought_at_the_beginning_is_left_out(thought: str, answer: str, places: list[int], before: str) -> None:
    thought = thought.replace("</think>", "")
    content = f"{before}<think>{thought}</think>{answer}"
    thoughts = ThoughtFilter()
    pieces = cut(content.encode(), places)
    said = "".join(thoughts.feed(piece.decode()) for piece in pieces) + thoughts.end()
    expected = content.split("</think>", 1)[1].lstrip()
    assert said == expected


@given(text=st.text("ab<>think \n"), places=st.lists(st.integers(0, 500)))
def test_a_text_without_a_thought_is_left_as_it_is(text: str, places: list[int]) -> None:
    if text.lstrip().startswith("<think>"):
        return
    thoughts = ThoughtFilter()
    assert "".join(thoughts.feed(piece.decode()) for piece in cut(text.encode(), places)) + thoughts.end() == text


def test_a_thought_without_end_is_no_answer() -> None:
    thoughts = ThoughtFilter()
    assert thoughts.feed("<think>let me see") + thoughts.end() == ""


def test_a_stop_string_ends_the_text_before_it_across_pieces() -> None:
    reply = Reply(["END"])
    for text in ("Tea", " is E", "N", "D more"):
        reply.take(read_chunk(chunk(text).removeprefix(b"data: ")))
    assert (reply.text, reply.finish, reply.stopped) == ("Tea is ", "stop", True)


def test_tokens_are_those_that_the_server_counts() -> None:
    reply = Reply()
    reply.take(read_chunk(chunk("Tea is").removeprefix(b"data: ")))
    assert reply.tokens == 1
    reply.take(read_chunk('{"choices": [], "usage": {"completion_tokens": 2}}'))
    assert reply.tokens == 2


def test_an_answer_begun_anew_shows_only_what_was_not_shown() -> None:
    shown: list[str] = []
    reply = Reply(on_text=shown.append)
    for text in ("Tea", " is"):
        reply.take(read_chunk(chunk(text).removeprefix(b"data: ")))
    reply.begin()
    for text in ("Te", "a is w", "arm"):
        reply.take(read_chunk(chunk(text).removeprefix(b"data: ")))
    assert shown == ["Tea", " is", " w", "arm"]
    reply.begin()
    with pytest.raises(ServerFailed, match="began another"):
        reply.take(read_chunk(chunk("Milk").removeprefix(b"data: ")))
