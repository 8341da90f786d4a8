"""A language model that several threads ask: one call at a time, in the order in which they came."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from newaisle.agent.llm.base import Generated, LanguageModel
from newaisle.agent.llm.wrapping import SharedModel
from newaisle.errors import Interrupted, ModelMissing
from newaisle.prompts.messages import Message
from newaisle.testing import ScriptedModel, asks, chat
from tests.library.watched import PATIENCE, OneAtATime, Seen


def ask(model: LanguageModel, text: str, **how: Any) -> Generated:
    return model.generate(asks(chat(("user", text))), **how)[0]


@pytest.fixture
def scripted() -> OneAtATime:
    return OneAtATime()


@pytest.fixture
def shared(scripted: OneAtATime) -> Iterator[SharedModel]:
    with SharedModel(lambda: scripted) as model:
        yield model


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def queued(pool: ThreadPoolExecutor, shared: SharedModel, text: str, **how: Any) -> tuple[Future[Generated], Seen]:
    """Somebody who waits for their turn, and their `cancel`."""
    cancel = Seen()
    waiting = pool.submit(ask, shared, text, cancel=cancel, **how)
    assert cancel.seen.wait(PATIENCE)
    return waiting, cancel


def test_whoever_came_first_is_served_first(
    scripted: OneAtATime, shared: SharedModel, pool: ThreadPoolExecutor
) -> None:
    with scripted.held(lambda: ask(shared, "first")):
        waiting = [queued(pool, shared, f"number {number}")[0] for number in range(6)]
    assert [one.result(PATIENCE).text for one in waiting] == [f"number {number}" for number in range(6)]
    assert scripted.heard == ["first", *(f"number {number}" for number in range(6))]


def test_there_are_never_two_calls_at_once_whatever_is_called(scripted: OneAtATime, shared: SharedModel) -> None:
    begin = threading.Barrier(8)

    def talk(number: int) -> list[str]:
        begin.wait(PATIENCE)
        shared.prepare(chat(("system", "Be brief.")))
        shared.count_tokens(chat(("user", "tea")))
        assert shared.supports("en")
        return [ask(shared, f"{number} {turn}").text for turn in range(25)]

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(talk, range(8)))
    assert said == [[f"{number} {turn}" for turn in range(25)] for number in range(8)]
    assert len(scripted.heard) == 200
    assert len(scripted.threads) == 1


def test_a_model_is_opened_asked_and_closed_in_one_thread() -> None:
    threads: list[int] = []

    class Native(ScriptedModel):
        def note(self) -> None:
            threads.append(threading.get_ident())

        def count_tokens(self, messages: Sequence[Message]) -> int:
            self.note()
            return super().count_tokens(messages)

        def supports(self, language: str) -> bool:
            self.note()
            return super().supports(language)

        def score(self, *args: Any, **how: Any) -> Any:
            self.note()
            return super().score(*args, **how)

        def prepare(self, head: Sequence[Message], template: str = "") -> None:
            self.note()
            super().prepare(head, template)

        def close(self) -> None:
            self.note()
            super().close()

    def opened() -> Native:
        threads.append(threading.get_ident())
        return Native(["It is warm."])

    with SharedModel(opened) as shared:
        shared.prepare(chat(("system", "Be brief.")))
        shared.score(chat(("user", "tea")), ["warm"])
        shared.supports("en")
        ask(shared, "tea")
    assert len(threads) >= 6
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


def test_who_gives_up_waiting_does_not_wait_and_takes_nobodys_turn(
    scripted: OneAtATime, shared: SharedModel, pool: ThreadPoolExecutor
) -> None:
    with scripted.held(lambda: ask(shared, "first")):
        gone, cancel = queued(pool, shared, "gone")
        after, _ = queued(pool, shared, "after")
        cancel.set()
        assert gone.result(PATIENCE) == Generated("", 0, "cancelled")
        assert scripted.heard == ["first"]
    assert after.result(PATIENCE).text == "after"
    assert scripted.heard == ["first", "after"]


def test_waiting_counts_towards_the_deadline(
    scripted: OneAtATime, shared: SharedModel, pool: ThreadPoolExecutor
) -> None:
    with scripted.held(lambda: ask(shared, "first")):
        patient, _ = queued(pool, shared, "patient", deadline=PATIENCE)
        hasty, _ = queued(pool, shared, "hasty", deadline=0.01)
        assert hasty.result(PATIENCE) == Generated("", 0, "deadline")
        with pytest.raises(Interrupted, match=r"not all was scored \(deadline\): do without"):
            shared.score(chat(("user", "tea")), ["warm"], deadline=0)
        assert scripted.heard == ["first"]
    assert patient.result(PATIENCE).text == "patient"
    assert scripted.heard == ["first", "patient"]
    left = scripted.generate_calls[-1].deadline
    assert left is not None
    assert left < PATIENCE


def test_preparing_is_not_waited_for_and_comes_before_what_is_asked_next(
    scripted: OneAtATime, shared: SharedModel, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "prepare", lambda head, _: scripted.heard.append(f"prepare {head[0].text}"))
    with scripted.held(lambda: ask(shared, "first")):
        shared.prepare(chat(("system", "tea")))
        waiting, _ = queued(pool, shared, "next")
    waiting.result(PATIENCE)
    assert scripted.heard == ["first", "prepare tea", "next"]


def interrupted(work: Callable[[], object], when: threading.Event) -> None:
    """Press Ctrl-C on a piece of work, which only the main thread can have, after an event."""

    def press() -> None:
        when.wait(PATIENCE)
        _thread.interrupt_main()

    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    pressing = threading.Thread(target=press)
    pressing.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        pressing.join()
        signal.signal(signal.SIGINT, usual)


def test_who_is_interrupted_while_waiting_takes_nobodys_turn(
    scripted: OneAtATime, shared: SharedModel, pool: ThreadPoolExecutor
) -> None:
    cancel = Seen()
    with scripted.held(lambda: ask(shared, "first")):
        interrupted(lambda: ask(shared, "interrupted", cancel=cancel), when=cancel.seen)
        after, _ = queued(pool, shared, "after")
    assert after.result(PATIENCE).text == "after"
    assert scripted.heard == ["first", "after"]
    assert not cancel.is_set()


def test_who_is_interrupted_while_being_served_holds_up_nobody(scripted: OneAtATime, shared: SharedModel) -> None:
    stopped = threading.Event()

    def until_stopped(*_: object, cancel: threading.Event, **__: object) -> list[Generated]:
        scripted.is_held.set()
        assert cancel.wait(PATIENCE)
        stopped.set()
        return []

    usual, scripted.generate = scripted.generate, until_stopped  # type: ignore[method-assign]
    interrupted(lambda: ask(shared, "interrupted"), when=scripted.is_held)
    scripted.generate = usual  # type: ignore[method-assign]
    assert ask(shared, "after").text == "after"
    assert stopped.is_set()


def test_what_a_model_fails_with_is_raised_where_it_was_asked(shared: SharedModel) -> None:
    with pytest.raises(ZeroDivisionError):
        shared.generate(asks(chat(("user", "tea"))), on_text=lambda number, text: 1 / 0)  # type: ignore[arg-type]
    assert ask(shared, "after").text == "after"


def test_what_opening_fails_with_is_raised_and_leaves_no_thread() -> None:
    def missing() -> LanguageModel:
        raise ModelMissing("Model tea is not installed; run `newaisle models pull tea`.")

    before = threading.active_count()
    with pytest.raises(ModelMissing, match="tea"):
        SharedModel(missing)
    for thread in threading.enumerate():
        if thread.name.startswith("newaisle-model"):
            thread.join(PATIENCE)
    assert threading.active_count() == before


def test_closing_waits_for_what_was_asked_before(
    scripted: OneAtATime, shared: SharedModel, pool: ThreadPoolExecutor
) -> None:
    with scripted.held(lambda: ask(shared, "first")):
        second, _ = queued(pool, shared, "second")
        closing = pool.submit(shared.close)
        assert not scripted.closed
    closing.result(PATIENCE)
    assert second.result(PATIENCE).text == "second"
    assert scripted.heard == ["first", "second"]
    assert scripted.closed


def test_closing_twice_is_fine_and_what_is_asked_then_is_an_error(shared: SharedModel) -> None:
    shared.close()
    shared.close()
    for work in (lambda: ask(shared, "tea"), lambda: shared.prepare(chat(("user", "tea")))):
        with pytest.raises(Interrupted, match="was closed while it was needed"):
            work()


def test_a_ready_model_stays_open_and_may_serve_two(scripted: OneAtATime) -> None:
    with SharedModel(scripted) as once, SharedModel(once) as again:
        assert ask(again, "tea").text == "tea"
    assert not scripted.closed
