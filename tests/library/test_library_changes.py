"""What is stored, learned or erased is seen by the next answer, whoever did it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import newaisle
from newaisle.agent.learn.learned import Learned, keep_learned
from newaisle.agent.rank.blend import Blend
from newaisle.store.home import Home
from tests.conftest import PRODUCTS, write_catalogue, write_histories

MORE = [*PRODUCTS, {**PRODUCTS[0], "id": "t6", "title": "Green tea lychee"}]


def ids(shop: newaisle.Shop, user_id: str | None = "ann", category: str = "Tea") -> set[str]:
    return {one.item_id for one in shop.recommend(user_id, category, k=20).recommendations}


def in_another_process(home: Home, work: str) -> None:
    """Do something with the shop there, without a probe of the index, and wait for it."""
    code = f"""
import newaisle
from newaisle.store import index
index._probe_in_child = lambda path: None
with newaisle.open_shop({str(home.folder)!r}, model='none', embedder='hash') as shop: {work}
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def in_another_thread(work: object) -> None:
    """Do something there, and wait for it."""
    assert callable(work)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_feedback_is_seen_by_the_next_answer(small: newaisle.Shop) -> None:
    assert "t3" in ids(small)
    small.feedback("ann", "t3", "bought")
    assert "t3" not in ids(small)


def test_a_catalogue_is_seen_by_the_next_answer(small: newaisle.Shop, tmp_path: Path) -> None:
    before = small.recommend("ann", "Tea")
    file = write_catalogue(tmp_path / "more.jsonl", MORE)
    assert small.ingest(str(file)).counts["products"] == 13
    after = small.recommend("ann", "Tea", k=20)
    assert "t6" in {one.item_id for one in after.recommendations}
    assert (before.made_with.index_generation, after.made_with.index_generation) == ("g000001", "g000002")


def test_who_is_forgotten_is_unknown_to_the_next_answer(small: newaisle.Shop) -> None:
    assert ids(small)
    small.forget("ann")
    with pytest.raises(newaisle.NewaisleError, match="no customer 'ann'"):
        ids(small)


def test_what_is_learned_is_used_by_the_next_answer(small: newaisle.Shop, shop: Home) -> None:
    def weighed() -> set[str]:
        return set(small.recommend("ann", "Tea", k=1).recommendations[0].signals) - {"popularity"}

    usual = weighed()
    assert len(usual) > 1
    for learn_anew in (small.calibrate, small.reset_blend):
        keep_learned(shop.folder, Learned(blend=Blend(weights={"brand": 1.0})))  # as another program may
        assert weighed() == {"brand"}
        learn_anew()
        assert weighed() == usual


@pytest.mark.parametrize("do", [in_another_thread, lambda work: work()], ids=["another thread", "this one"])
def test_each_thread_sees_what_another_changed(small: newaisle.Shop, do: object) -> None:
    seen: list[set[str]] = []
    assert callable(do)
    seen.append(ids(small))
    do(lambda: seen.append(ids(small)))
    do(lambda: small.feedback("ann", "t3", "disliked"))
    seen.append(ids(small))
    do(lambda: seen.append(ids(small)))
    assert seen == [{"t2", "t3", "t4", "t5"}] * 2 + [{"t2", "t4", "t5"}] * 2


def test_what_another_process_stores_is_seen_by_a_shop_opened_before(
    small: newaisle.Shop, shop: Home, tmp_path: Path
) -> None:
    assert ids(small) == {"t2", "t3", "t4", "t5"}
    file = write_catalogue(tmp_path / "more.jsonl", MORE)
    in_another_process(shop, f"shop.ingest({str(file)!r}); shop.feedback('ann', 't3', 'bought')")
    assert ids(small) == {"t2", "t4", "t5", "t6"}


def test_who_another_process_forgets_is_unknown_to_a_shop_opened_before(small: newaisle.Shop, shop: Home) -> None:
    before = small.category("Tea", brief="hot").nearest, small.recommend("ann", "Tea")
    assert before
    in_another_process(shop, "shop.forget('ann')")
    with pytest.raises(newaisle.NewaisleError, match="no customer 'ann'"):
        small.recommend("ann", "Tea")
    assert small.recommend("bob", "Tea").made_with.index_generation == "g000002"


def test_a_shop_is_opened_filled_and_asked(tmp_path: Path) -> None:
    with newaisle.open_shop(tmp_path / "shop", model="none", embedder="hash") as shop:
        with pytest.raises(newaisle.NewaisleError, match=r"there is no shop in .*: run `newaisle ingest") as raised:
            shop.recommend("ann", "Tea")
        assert raised.value.exit_code == 3
        for ask in (lambda: shop.feedback("ann", "t1", "liked"), lambda: shop.forget("ann"), shop.calibrate):
            with pytest.raises(newaisle.NewaisleError, match="there is no shop in"):
                ask()
        assert not (tmp_path / "shop").exists()
        report = shop.ingest(
            write_catalogue(tmp_path / "items.jsonl"), histories=str(write_histories(tmp_path / "histories.csv"))
        )
        assert report.counts == {"products": 12, "customers": 3, "interactions": 7, "categories": 2}
        assert ids(shop) == {"t2", "t3", "t4", "t5"}


def test_a_catalogue_may_be_a_stream_and_replace_what_there_was(small: newaisle.Shop, tmp_path: Path) -> None:
    with write_catalogue(tmp_path / "some.jsonl", PRODUCTS[:4]).open("rb") as stream:
        report = small.ingest(stream, replace=True, remove_most=True)
    assert report.files[0].changes.removed == 8
    assert ids(small) == {"t2", "t3"}


def test_rows_that_cannot_be_used_are_written_where_they_are_wanted(small: newaisle.Shop, tmp_path: Path) -> None:
    histories = write_histories(tmp_path / "more.csv", "user,item,event\nann,t5,purchase\nann,t9,purchase\n")
    report = small.ingest(histories=histories, rejects_folder=str(tmp_path / "rejects"))
    assert report.rejected == 1
    assert "t9" in (tmp_path / "rejects" / "histories.jsonl").read_text()
