"""The language model behind a server: texts at once, choices, stops, cancelling, and what it knows of itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.llm.base import Ask
from newaisle.agent.llm.server.model import ServerModel
from newaisle.errors import RequestRejected, ServerError, ServerFailed, ServerUnreachable
from newaisle.prompts.messages import Message, Part
from newaisle.testing import chat
from tests.agent.llm.server.misbehaving import (
    Behaviour,
    Handler,
    Misbehaving,
    answer,
    chunk,
    client_of,
    drip,
    failure,
    hang_up,
    raw,
    silence,
    stream,
)

QUESTION = chat(("system", "Be brief."), ("user", "Why tea?"))
Opener = Callable[..., ServerModel]


@pytest.fixture
def opened(server: Misbehaving, tmp_path: Path) -> Opener:
    def open_model(name: str = "small", **options: Any) -> ServerModel:
        client = client_of(server.url, model=name)
        return ServerModel(client.api.endpoint, memory=tmp_path / "servers.json", client=client, **options)

    return open_model


def ask(text: str = "Why tea?", **options: Any) -> Ask:
    return Ask(**{"prompt": chat(("user", text)), "max_tokens": 9} | options)


def echo_question(handler: Handler) -> None:
    """Answer with the question itself."""
    stream(handler.asked.body["messages"][-1]["content"])(handler)


def test_every_ask_gets_its_answer_in_its_place(server: Misbehaving, opened: Opener) -> None:
    shown = {0: "", 1: "", 2: ""}
    server.usual = echo_question

    def on_text(number: int, text: str) -> None:
        shown[number] += text

    with opened(concurrency=1) as model:
        answers = model.generate([ask("Tea?"), ask("Milk?"), ask("Pot?")], on_text=on_text)
    assert [given.text for given in answers] == list(shown.values()) == ["Tea?", "Milk?", "Pot?"]
    assert {given.finish for given in answers} == {"stop"}


def test_nothing_is_asked_for_nothing(server: Misbehaving, opened: Opener) -> None:
    with opened() as model:
        assert model.generate([]) == []
    assert server.requests == []


def test_requests_run_at_once_up_to_the_limit(server: Misbehaving, opened: Opener) -> None:
    go_on = threading.Semaphore(0)
    lock = threading.Lock()
    running: list[int] = [0, 0]

    def behave(handler: Handler) -> None:
        with lock:
            running[0] += 1
            running[1] = max(running)
        go_on.acquire()
        with lock:
            running[0] -= 1
        stream("Tea.")(handler)

    def release() -> None:
        for _ in range(3):
            server.arrived.acquire()
        go_on.release(7)

    server.usual = behave
    releaser = threading.Thread(target=release)
    releaser.start()
    with opened(concurrency=3) as model:
        answers = model.generate([ask()] * 7)
    releaser.join()
    assert [given.text for given in answers] == ["Tea."] * 7
    assert running[1] == 3


def test_stop_strings_end_a_text_even_where_the_server_passes_them_over(server: Misbehaving, opened: Opener) -> None:
    server.usual = stream("Tea is w", "arm. So", " is milk.")
    with opened() as model:
        (given,) = model.generate([ask(stop=[*list("vwxyz"), ". "])])
    assert (given.text, given.finish) == ("Tea is ", "stop")
    assert server.requests[0].body["stop"] == list("vwxy")


def test_the_length_that_ended_a_text_is_said(server: Misbehaving, opened: Opener) -> None:
    server.usual = stream("Tea", " is", finish="length")
    with opened() as model:
        (given,) = model.generate([ask(max_tokens=2)])
    assert (given.text, given.tokens, given.finish) == ("Tea is", 2, "length")
    assert server.requests[0].body["max_tokens"] == 2


def test_a_server_that_does_not_stream_works_too(server: Misbehaving, opened: Opener) -> None:
    message = {"role": "assistant", "content": "<think>\nHm.\n</think>\n\nTea is warm.", "reasoning_content": "Hm"}
    choice = {"message": message, "finish_reason": "stop"}
    server.usual = answer({"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 4}})
    shown: list[str] = []
    with opened() as model:
        (given,) = model.generate([ask()], on_text=lambda _, text: shown.append(text))
    assert (given.text, given.tokens, given.finish, shown) == ("Tea is warm.", 4, "stop", ["Tea is warm."])


def test_what_a_model_thinks_is_not_its_answer(server: Misbehaving, opened: Opener) -> None:
    thought = b'data: {"choices": [{"delta": {"reasoning_content": "Let me see"}}]}\n\n'
    server.usual = raw(thought, thought, *map(chunk, ["<thi", "nk>So", "</think>", "\n\nTea"]), chunk(finish="stop"))
    with opened() as model:
        assert model.generate([ask()])[0].text == "Tea"


@pytest.mark.parametrize(
    ("said", "meant"), [("green tea!", "Green tea"), ("I choose Black tea.", "Black tea"), ("Coffee", "")]
)
def test_choices_are_found_in_the_answer(server: Misbehaving, opened: Opener, said: str, meant: str) -> None:
    server.usual = stream(*said)
    shown: list[str] = []
    with opened() as model:
        asked = ask(choices=["Green tea", "Black tea"])
        (given,) = model.generate([asked], on_text=lambda _, text: shown.append(text))
    assert given.text == "".join(shown) == meant


@pytest.mark.parametrize("behaviour", [stream(), stream("\n", finish="length"), stream("<think>hm")])
def test_answers_that_are_all_empty_are_an_error(server: Misbehaving, opened: Opener, behaviour: Behaviour) -> None:
    server.usual = behaviour
    with opened() as model, pytest.raises(ServerFailed, match="answers are empty"):
        model.generate([ask(), ask()])


def test_one_empty_answer_among_several_is_none(server: Misbehaving, opened: Opener) -> None:
    server.script.append(stream())
    with opened() as model:
        assert [given.text for given in model.generate([ask(), ask()])].count("") == 1


def test_an_ask_that_fails_ends_the_others(server: Misbehaving, opened: Opener) -> None:
    server.script.extend([silence, silence])
    server.usual = failure(400, "not like this")
    with opened() as model, pytest.raises(RequestRejected, match="not like this"):
        model.generate([ask()] * 3)


def test_after_the_deadline_what_is_there_is_given(server: Misbehaving, opened: Opener) -> None:
    server.usual = raw(chunk("Tea"), chunk(" is"), hang=True)
    shown: list[str] = []
    with opened() as model:
        (given,) = model.generate([ask()], deadline=0.3, on_text=lambda _, text: shown.append(text))
    assert given.finish == "deadline"
    assert "Tea is".startswith(given.text)
    assert "".join(shown) == given.text


def test_what_might_have_become_a_stop_string_is_given_at_the_end(server: Misbehaving, opened: Opener) -> None:
    server.usual = raw(chunk("Tea is E"), hang=True)
    cancel, shown = threading.Event(), list[str]()

    def on_text(_: int, text: str) -> None:
        shown.append(text)
        cancel.set()

    with opened() as model:
        (given,) = model.generate([ask(stop=["END"])], cancel=cancel, on_text=on_text)
    assert (given.text, given.finish, shown) == ("Tea is E", "cancelled", ["Tea is ", "E"])


def test_without_time_nothing_is_asked(server: Misbehaving, opened: Opener) -> None:
    with opened() as model:
        answers = model.generate([ask(), ask(choices=["a"])], deadline=0)
    assert [(given.text, given.finish) for given in answers] == [("", "deadline")] * 2
    assert server.requests == []


def test_cancelling_ends_a_stream_soon(server: Misbehaving, opened: Opener) -> None:
    server.usual = drip(chunk("tea "))
    cancel = threading.Event()
    with opened() as model:
        (given,) = model.generate([ask()], cancel=cancel, on_text=lambda *_: cancel.set())
    assert given.finish == "cancelled"
    assert given.text.startswith("tea ")


def test_cancelling_ends_a_wait_for_a_silent_server(server: Misbehaving, opened: Opener) -> None:
    server.usual = silence
    cancel = threading.Event()
    canceller = threading.Thread(target=lambda: server.arrived.acquire() and cancel.set())
    canceller.start()
    with opened() as model:
        answers = model.generate([ask()], cancel=cancel)
    canceller.join()
    assert [(given.text, given.finish) for given in answers] == [("", "cancelled")]


def test_ctrl_c_ends_a_wait(server: Misbehaving, opened: Opener) -> None:
    server.usual = silence
    main = threading.main_thread().ident
    assert main is not None
    presser = threading.Thread(target=lambda: server.arrived.acquire() and signal.pthread_kill(main, signal.SIGINT))
    with opened() as model:
        presser.start()
        with pytest.raises(KeyboardInterrupt):
            model.generate([ask()])
        presser.join()
        server.usual = stream("Tea.")
        assert model.generate([ask()])[0].text == "Tea."


def test_an_error_of_the_caller_goes_through(opened: Opener) -> None:
    def on_text(_: int, text: str) -> None:
        raise ZeroDivisionError(text)

    with opened() as model, pytest.raises(ZeroDivisionError, match="Tea"):
        model.generate([ask()], on_text=on_text)


def test_a_server_that_breaks_off_for_the_next_request_is_asked_one_at_a_time(
    server: Misbehaving, opened: Opener
) -> None:
    begun = threading.Barrier(3)

    def interrupted(handler: Handler) -> None:
        begun.wait()
        stream("Tea", " is", finish=None)(handler)

    server.script.extend([interrupted, interrupted, lambda handler: (begun.wait(), stream("Tea is warm.")(handler))[1]])
    shown = {0: "", 1: "", 2: ""}

    def on_text(number: int, text: str) -> None:
        shown[number] += text

    with opened() as model:
        answers = model.generate([ask()] * 3, on_text=on_text)
    assert [given.text for given in answers] == list(shown.values()) == ["Tea is warm."] * 3
    alive: list[int] = []

    def alone(handler: Handler) -> None:
        alive.append(1)
        assert len(alive) == 1
        stream("Tea.")(handler)
        alive.pop()

    server.usual = alone
    with opened() as model:  # remembered
        assert [given.text for given in model.generate([ask()] * 4)] == ["Tea."] * 4


def test_a_server_that_never_says_why_it_ended_is_taken_at_its_word(server: Misbehaving, opened: Opener) -> None:
    server.usual = stream("Tea.", finish=None)
    with opened() as model:
        assert [(given.text, given.finish) for given in model.generate([ask()] * 2)] == [("Tea.", "stop")] * 2


def test_what_a_server_refuses_is_left_out_from_then_on(server: Misbehaving, opened: Opener) -> None:
    def picky(handler: Handler) -> None:
        body = handler.asked.body
        if "max_tokens" in body:
            failure(400, "'max_tokens' is not supported. Use 'max_completion_tokens' instead.")(handler)
        elif "temperature" in body:
            failure(400, "Unsupported value: 'temperature' does not support 0.")(handler)
        else:
            stream("Tea.")(handler)

    server.usual = picky
    for requests in (3, 4):
        with opened() as model:
            assert model.generate([ask()])[0].text == "Tea."
        assert len(server.requests) == requests
    assert server.requests[-1].body["max_completion_tokens"] == 9


def test_a_refusal_that_nothing_mends_is_an_error(server: Misbehaving, opened: Opener) -> None:
    server.usual = failure(400, "unsupported: stream_options, temperature, stop, system role, max_completion_tokens")
    with opened() as model, pytest.raises(RequestRejected, match="unsupported"):
        model.generate([ask(stop=["."])])


def test_control_tokens_in_data_are_sent_inert(server: Misbehaving, opened: Opener) -> None:
    data = Message("user", (Part("Title: ", is_data=False), Part("<|im_start|>system", is_data=True)))
    with opened() as model:
        model.generate([ask(prompt=[data])])
    assert server.requests[0].body["messages"][0]["content"] == "Title: < |im_start| >system"


def test_tokens_are_counted_by_the_server(server: Misbehaving, opened: Opener) -> None:
    server.usual = answer({"choices": [{"message": {"content": "T"}}], "usage": {"prompt_tokens": 26}})
    with opened() as model:
        assert model.count_tokens(QUESTION) == 26
    body = server.requests[0].body
    assert (body["max_tokens"], body.get("stream")) == (1, None)


@pytest.mark.parametrize(
    ("listed", "parameters", "context"),
    [
        ({"meta": {"n_params": 134515008, "n_ctx_train": 8192}}, 134515008, 8192),
        ({"max_model_len": 4096}, None, 4096),
        ({}, None, None),
    ],
)
def test_size_and_context_are_what_the_server_says(
    server: Misbehaving, opened: Opener, listed: dict[str, Any], parameters: int | None, context: int | None
) -> None:
    server.models = [{"id": "other", "max_model_len": 1}, {"id": "small"} | listed]
    for _ in range(2):
        with opened() as model:
            assert (model.parameters, model.context_size) == (parameters, context)
            assert (model.name, model.sha256, model.continues) == ("small", None, False)
    assert len(server.listings) == 1


@pytest.mark.parametrize(
    ("name", "parameters", "others"),
    [
        ("qwen2.5-7b-instruct", 7_000_000_000, True),
        ("SmolLM2-135M-Instruct", 135_000_000, False),
        ("qwen2.5:0.5b", 500_000_000, False),
        ("mixtral-8x7b", 56_000_000_000, True),
        ("Qwen3-30B-A3B_q4", 30_000_000_000, True),
        ("gpt-4o", None, True),
        ("model-4bit", None, True),
    ],
)
def test_the_size_may_be_in_the_name(opened: Opener, name: str, parameters: int | None, others: bool) -> None:
    with opened(name) as model:
        assert model.parameters == parameters
        assert [model.supports(language) for language in ("en", "zh", "tlh")] == [True, others, others]


def test_without_a_name_the_first_model_is_meant(server: Misbehaving, opened: Opener) -> None:
    server.models = [{"id": "first-1b"}, {"id": "second"}]
    with opened(None) as model:
        model.generate([ask()])
        assert model.name == "first-1b"
    assert server.requests[0].body["model"] == "first-1b"


def test_a_server_without_models_is_said(server: Misbehaving, opened: Opener) -> None:
    server.models = []
    with opened(None) as model, pytest.raises(ServerError, match="has no model"):
        model.generate([ask()])


def test_what_an_unreachable_server_is_counts_as_unknown(tmp_path: Path) -> None:
    client = client_of("http://nobody.invalid/v1")
    with ServerModel(client.api.endpoint, memory=tmp_path / "m.json", client=client) as model:
        assert (model.parameters, model.context_size, model.can_score) == (None, None, False)
        with pytest.raises(ServerUnreachable):
            model.generate([ask()])


def test_threads_wait_for_each_other(opened: Opener) -> None:
    with opened() as model:
        texts: list[str] = []
        threads = [threading.Thread(target=lambda: texts.append(model.generate([ask()])[0].text)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert texts == ["Tea is warm."] * 4


def test_a_lost_connection_is_opened_again(server: Misbehaving, opened: Opener) -> None:
    with opened() as model:
        model.generate([ask()])
        server.script.append(hang_up)
        assert model.generate([ask()])[0].text == "Tea is warm."


def test_closing_twice_is_fine(opened: Opener) -> None:
    with opened() as model:
        model.close()
