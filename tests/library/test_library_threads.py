"""One shop, several threads: answers are those of one thread, and nobody is in anybody's way."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

import newaisle
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.session import Session
from newaisle.prompts.messages import Message
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from tests.conftest import PRODUCTS, write_catalogue
from tests.library.watched import PATIENCE, OneAtATime, Seen, files_open_in

THREADS, EACH = 8, 25
Result = TypeVar("Result")
Work = Callable[[newaisle.Shop], object]


def asked(number: int) -> Work:
    """One of many different things that a shop may be asked."""
    user = ("ann", "bob", "cy", None)[number % 4]
    category = ("Tea", "Drills")[number // 4 % 2]
    k = 1 + number % 6
    if number % 10 == 7:
        return lambda shop: shop.profile(user or "ann").model_dump()
    if number % 10 == 8:
        return lambda shop: shop.why_not(user, "t4", max_price=k).model_dump()
    if number % 10 == 9:
        return lambda shop: shop.category("Kettles", brief=f"for {category}").as_json()
    return lambda shop: _without_time(shop.recommend(user, category, k=k, max_price=20 - k, currency="EUR"))


def _without_time(answer: newaisle.RecommendationSet) -> dict[str, object]:
    return answer.model_dump(exclude={"id", "created_at", "timings_ms"})


def at_once(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of works that begin at the same moment, each in a thread of its own."""
    begin = threading.Barrier(len(works))

    def do(work: Callable[[], Result]) -> Result:
        begin.wait(PATIENCE)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(do, works))


def test_two_hundred_answers_of_eight_threads_are_those_of_one(small: newaisle.Shop) -> None:
    works = [asked(number) for number in range(THREADS * EACH)]
    rounds = [works[start::THREADS] for start in range(THREADS)]
    together = at_once([lambda mine=mine: [work(small) for work in mine] for mine in rounds])  # type: ignore[misc]
    assert together == [[work(small) for work in mine] for mine in rounds]


def test_each_thread_has_a_ledger_of_its_own_and_shares_the_rest(small: newaisle.Shop) -> None:
    all_have_theirs = threading.Barrier(THREADS)

    def parts() -> tuple[object, ...]:
        mine = small.parts
        all_have_theirs.wait(PATIENCE)
        assert mine is small.parts
        return mine.ledger, mine.embedder(), mine.index()

    ledgers, embedders, indexes = zip(*at_once([parts] * THREADS), strict=True)
    assert len(set(map(id, ledgers))) == THREADS
    assert len(set(map(id, embedders))) == len(set(map(id, indexes))) == 1


def test_readers_do_not_wait_for_each_other(shop: Home) -> None:
    meeting = threading.Barrier(2)

    class Meeting(HashEmbedder):
        def embed(self, texts: Sequence[str], **how: object) -> object:  # type: ignore[override]
            meeting.wait(PATIENCE)  # which nobody passes alone
            return super().embed(texts, **how)  # type: ignore[arg-type]

    with newaisle.open_shop(shop.folder, model="none", embedder=Meeting()) as opened:
        found = at_once([lambda: opened.category("Kettles", brief="for hot tea")] * 2)
    assert found[0] == found[1]


def test_a_thread_that_ends_frees_its_connection(small: newaisle.Shop) -> None:
    left: list[weakref.ref[object]] = []

    def answer() -> None:
        small.recommend("ann", "Tea", k=1)
        left.append(weakref.ref(small.parts.ledger))

    thread = threading.Thread(target=answer)
    thread.start()
    thread.join(PATIENCE)
    assert left[0]() is None


def test_an_older_index_is_closed_when_nobody_looks_anything_up_in_it(small: newaisle.Shop, shop: Home) -> None:
    small.parts.index().check()
    older = shop.index_folder / "g000001"
    assert files_open_in(older)
    small.reindex()
    assert small.parts.index().generation == "g000002"
    gc.collect()  # before that Chroma itself does not let go of them
    assert older.exists()
    assert files_open_in(older) == []


def test_a_conversation_may_go_on_in_another_thread(small: newaisle.Shop) -> None:
    with ThreadPoolExecutor(1) as pool:
        chat = pool.submit(small.chat, "ann", k=2).result(PATIENCE)
        pool.submit(small.reply, chat, "tea under 9 euros").result(PATIENCE)
    found = small.reply(chat, "/more").answer
    assert found is not None
    assert found.recommendations


@pytest.fixture
def more(tmp_path: Path) -> str:
    """A catalogue with a tea more than the shop has."""
    return str(write_catalogue(tmp_path / "more.jsonl", [*PRODUCTS, {**PRODUCTS[0], "id": "t6", "title": "Green tea"}]))


def test_others_are_answered_while_a_catalogue_is_read(small: newaisle.Shop, more: str) -> None:
    all_answered, is_read = threading.Barrier(3), threading.Event()

    def answer() -> list[newaisle.RecommendationSet]:
        found = [small.recommend("ann", "Tea", k=20)]
        all_answered.wait(PATIENCE)
        while not is_read.is_set():
            found.append(small.recommend("ann", "Tea", k=20))
        return [*found, small.recommend("ann", "Tea", k=20)]

    def ingest() -> list[newaisle.RecommendationSet]:
        all_answered.wait(PATIENCE)
        try:
            small.ingest(more)
        finally:
            is_read.set()
        return []

    for answers in at_once([ingest, answer, answer])[1:]:
        found = [{one.item_id for one in answer.recommendations} for answer in answers]
        assert (found[0], found[-1]) == ({"t2", "t3", "t4", "t5"}, {"t2", "t3", "t4", "t5", "t6"})
        assert all(found[0] <= one <= found[-1] for one in found)
        assert not any(answer.degraded or answer.warnings for answer in answers)


def test_two_cannot_write_at_once_and_the_second_is_told(small: newaisle.Shop, shop: Home, more: str) -> None:
    with shop.writer(), pytest.raises(newaisle.NewaisleError, match="another newaisle is writing") as raised:
        small.ingest(more)
    assert raised.value.exit_code == 6
    assert raised.value.next_move == "wait until it is done, then run this again"


def test_feedback_of_eight_threads_is_stored_whole(small: newaisle.Shop) -> None:
    def like(number: int) -> None:
        for item in ("t0", "t1", "t2", "t3", "t4"):
            small.feedback(f"user {number}", item, "liked")

    at_once([partial(like, number) for number in range(THREADS)])
    assert [small.profile(f"user {number}").rows for number in range(THREADS)] == [5] * THREADS


def test_a_failure_in_one_thread_can_be_looked_at_in_another(small: newaisle.Shop) -> None:
    with ThreadPoolExecutor(1) as pool:
        failure = pool.submit(small.feedback, "ann", "t9", "liked").exception(PATIENCE)
    assert isinstance(failure, newaisle.NewaisleError)
    del failure  # and with it a ledger that was open for writing
    gc.collect()


def true_words(prompt: Sequence[Message]) -> str:
    """The first fact of a prompt, which the check lets pass."""
    return next(line.removeprefix("- ") for line in prompt[-1].text.splitlines() if line.startswith("- "))


@pytest.fixture
def scripted() -> OneAtATime:
    return OneAtATime(true_words)


@pytest.fixture
def worded(shop: Home, scripted: OneAtATime) -> Iterator[newaisle.Shop]:
    with newaisle.open_shop(shop.folder, model=scripted, embedder="hash") as opened:
        yield opened


def test_threads_take_turns_with_the_language_model(worded: newaisle.Shop, scripted: OneAtATime) -> None:
    works = [partial(worded.recommend, user, "Tea", k=2) for user in ("ann", "bob", "cy", None)] * 4
    together = at_once(works)
    assert [_without_time(one) for one in together] == [_without_time(work()) for work in works]
    assert "llm" in {text.explanation.source for one in together for text in one.recommendations}
    assert len(scripted.threads) == 1


def test_who_gives_up_waiting_for_the_model_gets_the_claims_own_sentences(
    worded: newaisle.Shop, scripted: OneAtATime
) -> None:
    cancel = Seen()
    with scripted.held(lambda: worded.recommend("ann", "Tea", k=2)), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(worded.recommend, "ann", "Tea", k=1, cancel=cancel)
        assert cancel.seen.wait(PATIENCE)
        cancel.set()
        found = waiting.result(PATIENCE)
        assert len(scripted.heard) == 1
    assert [one.explanation.source for one in found.recommendations] == ["evidence"]


def test_who_needs_no_model_does_not_wait_for_it(worded: newaisle.Shop, scripted: OneAtATime) -> None:
    with scripted.held(lambda: worded.recommend("ann", "Tea", k=2)):
        assert worded.why("ann", "t2").product.item_id == "t2"
        assert worded.category("Kettles", brief="for hot tea").nearest


def test_who_needs_no_model_does_not_wait_until_it_is_loaded(shop: Home, scripted: OneAtATime) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def loading(what: str, load: Callable[[], object]) -> object:
        if what == "language model":
            begun.set()
            assert go_on.wait(PATIENCE)
        return load()

    settings = Settings(home=shop.folder, embedder="hash")
    with newaisle.Shop(Session(settings, model=scripted, loading=loading)) as opened, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(opened.recommend, "ann", "Tea", k=1)
        assert begun.wait(PATIENCE)
        assert opened.category("Kettles", brief="for hot tea").nearest
        assert opened.why("ann", "t2").product.item_id == "t2"
        go_on.set()
        assert waiting.result(PATIENCE).recommendations
