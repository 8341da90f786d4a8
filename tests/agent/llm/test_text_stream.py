"""Tokens' bytes to text: characters whole, stop strings found wherever they are split."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.text_stream import TextStream

texts = st.text(alphabet="ab.水é🫖\n ", max_size=30)


def feed(stream: TextStream, data: bytes, size: int) -> list[str]:
    shown = [stream.feed(data[start : start + size]) for start in range(0, len(data), size)]
    return [*shown, stream.end()]


@given(texts, st.integers(1, 5))
def test_text_comes_out_whole_however_its_bytes_are_split(text: str, size: int) -> None:
    stream = TextStream()
    shown = feed(stream, text.encode(), size)
    assert "".join(shown) == stream.text == text
    assert "\ufffd" not in stream.text


@given(texts, st.text(alphabet="ab.水\n", min_size=1, max_size=4), st.integers(1, 5))
def test_text_ends_before_the_stop_string_wherever_tokens_split_it(text: str, stop: str, size: int) -> None:
    stream = TextStream([stop])
    shown = feed(stream, text.encode(), size)
    assert "".join(shown) == stream.text == text.split(stop)[0]
    assert stream.stopped == (stop in text)


@given(texts, st.lists(st.text(alphabet="ab.水", min_size=1, max_size=3), max_size=3), st.integers(1, 5))
def test_no_stop_string_is_ever_shown(text: str, stop: list[str], size: int) -> None:
    stream = TextStream(stop)
    feed(stream, text.encode(), size)
    assert not any(string in stream.text for string in stop)
    assert text.startswith(stream.text)


def test_what_may_become_a_stop_string_is_held_back_until_it_is_certain() -> None:
    stream = TextStream(["\n\n"])
    assert stream.feed(b"tea\n") == "tea"
    assert stream.feed(b"pot") == "\npot"
    assert stream.feed(b"\n") == ""
    assert stream.end() == "\n"


def test_a_character_cut_off_at_the_end_is_shown_as_replaced() -> None:
    stream = TextStream()
    assert stream.feed("水".encode()[:2]) == ""
    assert stream.end() == "\ufffd"


def test_nothing_comes_after_a_stop_string() -> None:
    stream = TextStream(["."])
    assert stream.feed(b"Yes. And") == "Yes"
    assert stream.feed(b" more") == ""
    assert stream.end() == ""


def test_an_empty_stop_string_stops_nothing() -> None:
    stream = TextStream([""])
    assert stream.feed(b"tea") == "tea"
    assert not stream.stopped
