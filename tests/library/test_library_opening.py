"""Opening a shop, closing it, and what it is not made for."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import newaisle
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.testing import ScriptedModel
from tests.agent.llm.server.misbehaving import Misbehaving
from tests.conftest import write_catalogue
from tests.library.watched import PATIENCE, files_open_in


class Closable(HashEmbedder):
    closed = False

    def close(self) -> None:
        self.closed = True


def test_files_of_settings_and_the_environment_are_not_looked_at(
    tmp_path: Path, shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWAISLE_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("NEWAISLE_BACKEND", "nonsense")
    (tmp_path / "newaisle.toml").write_text('home = "elsewhere"\nmodle = "x"\n')
    monkeypatch.chdir(tmp_path)
    with newaisle.open_shop(shop.folder, model="none", embedder="hash") as opened:
        assert opened.recommend("ann", "Tea").recommendations


def test_the_folder_stays_the_same_wherever_the_program_goes(
    tmp_path: Path, shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop.folder.parent)
    with newaisle.open_shop(shop.folder.name, model="none", embedder="hash") as opened:
        monkeypatch.chdir(tmp_path.parent)
        assert opened.recommend("ann", "Tea").recommendations


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"base_url": "localhost:8000"}, "'localhost:8000' is no address of a server: give base_url one like "),
        ({"model": ""}, "open_shop: model must be a text in quotes"),
        ({"fallback": ["spare", ""]}, "open_shop: fallback must be a list of texts"),
        ({"home": "~nobody-of-this-name/shop"}, "open_shop: home must be a path in quotes"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_at_once(given: dict[str, Any], told: str) -> None:
    with pytest.raises(newaisle.NewaisleError) as raised:
        newaisle.open_shop(**given)
    assert str(raised.value).startswith(told)
    assert raised.value.exit_code == 3


def test_a_setting_that_there_is_not_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="modle"):
        newaisle.open_shop("shop", modle="none")  # type: ignore[call-arg]


def test_every_setting_reaches_its_place(tmp_path: Path) -> None:
    opened = newaisle.open_shop(
        tmp_path / "shop",
        model="small",
        embedder="hash",
        base_url="http://localhost:9/v1",
        api_key_file=str(tmp_path / "keys.json"),
        fallback="spare",
        models=str(tmp_path / "models"),
        prompts="prompts",
    )
    found = opened.settings
    assert found.language_models == ("http://localhost:9/v1#small", "spare")
    assert (found.home, found.models) == (tmp_path / "shop", tmp_path / "models")
    assert (found.prompts_folder, found.api_key_file) == (Path.cwd() / "prompts", tmp_path / "keys.json")


@pytest.mark.usefixtures("impatient")
def test_a_server_is_asked_and_another_one_takes_over(shop: Home, tmp_path: Path) -> None:
    models = {"base_url": "http://127.0.0.1:9/v1", "model": "small", "models": tmp_path, "embedder": "hash"}
    with (
        Misbehaving() as server,
        newaisle.open_shop(shop.folder, fallback=[f"{server.url}#small"], **models) as opened,  # type: ignore[arg-type]
    ):
        found = opened.recommend("ann", "Tea", k=1, llm_rank="off")
    assert server.requests
    assert found.warnings[-1].partition(":")[0] == "another language model took over"


ASKS: Sequence[Callable[[newaisle.Shop], object]] = (
    lambda shop: shop.recommend("ann", "Tea"),
    lambda shop: shop.answer(newaisle.Query(user_id="ann", category="Tea")),
    lambda shop: list(shop.recommend_many([{"user_id": "ann", "category": "Tea"}])),
    lambda shop: shop.why("ann", "t3"),
    lambda shop: shop.why_not("ann", "t3"),
    lambda shop: shop.profile("ann"),
    lambda shop: shop.category("Tea"),
    lambda shop: shop.classify([]),
    lambda shop: shop.chat("ann"),
    lambda shop: shop.feedback("ann", "t3", "liked"),
    lambda shop: shop.ingest(write_catalogue(shop.settings.home / "items.jsonl")),
    lambda shop: shop.reindex(),
    lambda shop: shop.calibrate(),
    lambda shop: shop.reset_blend(),
    lambda shop: shop.forget("ann"),
    lambda shop: shop.remove("t3"),
    lambda shop: shop.parts,
)


def test_closing_twice_is_fine_and_nothing_can_be_asked_then(small: newaisle.Shop, shop: Home) -> None:
    chat = small.chat("ann")
    small.recommend("ann", "Tea")
    small.close()
    small.close()
    for ask in (*ASKS, lambda shop: shop.reply(chat, "tea")):
        with pytest.raises(RuntimeError, match=r"this shop is closed: call newaisle.open_shop\('.*'\) again"):
            ask(small)
    with newaisle.open_shop(shop.folder, model="none", embedder="hash") as again:
        assert again.profile("ann").rows == 2


def test_closing_frees_the_files(shop: Home) -> None:
    with newaisle.open_shop(shop.folder, model="none", embedder="hash") as opened:
        opened.recommend("ann", "Tea")
        opened.why("ann", "t3")
        assert files_open_in(shop.folder)
    assert files_open_in(shop.folder) == []


def test_what_is_being_answered_when_a_shop_is_closed_is_answered_to_the_end(shop: Home) -> None:
    asked, closing = threading.Event(), threading.Event()

    def reply(_: object) -> str:
        asked.set()
        assert closing.wait(PATIENCE)
        return "It is nice."  # which is refused, and would be asked for again

    opened = newaisle.open_shop(shop.folder, model=ScriptedModel(reply), embedder="hash")
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(opened.recommend, "ann", "Tea", k=1)
        assert asked.wait(PATIENCE)
        threading.Timer(0, closing.set).start()
        opened.close()
        assert [one.explanation.source for one in answering.result(PATIENCE).recommendations] == ["evidence"]
    del answering
    assert files_open_in(shop.folder) == []


def test_what_is_ready_stays_open_and_may_serve_several_shops(shop: Home) -> None:
    model, embedder = ScriptedModel(lambda prompt: "It is nice."), Closable()
    for _ in range(2):
        with newaisle.open_shop(shop.folder, model=model, embedder=embedder) as opened:
            opened.recommend("ann", "Tea", k=1)
            assert opened.category("Kettles", brief="for hot tea").nearest
    assert not model.closed
    assert not embedder.closed
    assert len(model.generate_calls) == 4  # each text was refused once, and asked for again
    assert not [one for one in threading.enumerate() if one.name.startswith("newaisle-model")]


@pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_cannot_be_pickled_and_says_so_in_one_line(small: newaisle.Shop, carry: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as raised:
        carry(small)
    home = str(small.settings.home)
    assert str(raised.value) == f"a Shop cannot be pickled: call newaisle.open_shop({home!r}) in each process"


FORKED = """
import os, newaisle

shop = newaisle.open_shop({home!r}, model="none", embedder="hash")
shop.profile("ann")
if child := os.fork():
    os.waitpid(child, 0)
    print(shop.profile("ann").rows)
else:
    try:
        shop.profile("ann")
    except RuntimeError as exc:
        print(exc, flush=True)
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_was_forked_is_told_to_open_its_own(shop: Home) -> None:
    home = str(shop.folder)
    done = subprocess.run(
        [sys.executable, "-c", FORKED.format(home=home)], capture_output=True, text=True, timeout=PATIENCE
    )
    told = f"this shop was opened by another process: call newaisle.open_shop({home!r}) in each"
    assert done.stdout.splitlines() == [told, "2"], done.stderr
