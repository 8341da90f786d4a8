from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.evaluate import data, learner
from newaisle.agent.learn.leave_out import FOLDS
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger
from tests.agent.cli.command import STARTED, newaisle, on_terminal
from tests.agent.evaluate.data import COLOURS, THINGS, write_data

METHOD_KEYS = {"ndcg@10", "ndcg@10_se", "hr@1", "hr@3", "hr@10", "mrr", "recall@10", "warm"}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, a cache and a folder of models of its own for every test; words only, and no language model."""
    for name, value in {
        "NEWAISLE_HOME": tmp_path / "home",
        "NEWAISLE_MODELS": tmp_path / "models",
        "NEWAISLE_MODEL": "none",
        "NEWAISLE_EMBEDDER": "hash",
        "XDG_CACHE_HOME": tmp_path / "cache",
        "COLUMNS": "80",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(data, "cache_folder", lambda: tmp_path / "cache" / "eval")
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_data(tmp_path / "colours")


def write_shop(folder: Path, *, products: int = 10, customers: int = 30) -> Path:
    """A data set without a split: red and blue customers go through six categories, each beginning elsewhere."""
    folder.mkdir(parents=True)
    things = list(THINGS.items())
    items = [
        {"id": f"{thing}-{colour}-{i}", "title": f"{colour} {thing} model {i}", "category": category}
        for category, thing in things
        for colour in COLOURS
        for i in range(products // 2)
    ]
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    rows = ["user_id,item_id,timestamp,event"]
    for customer in range(customers):
        colour = COLOURS[customer % 2]
        turned = things[customer % 6 :] + things[: customer % 6]
        rows += [f"u{customer},{thing}-{colour}-{customer % 3},{at},purchase" for at, (_, thing) in enumerate(turned)]
        rows += [f"u{customer},{turned[0][1]}-{colour}-{2 + customer % 3},0,purchase"]
    (folder / "interactions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_json_has_exactly_what_it_promises_and_nothing_else_is_on_stdout(folder: Path):
    found = newaisle("eval", folder, "--json").json

    assert set(found) == {"data", "cases", "methods", "plain_words", "personal", "brier_skill"}
    assert (found["data"], found["cases"], found["brier_skill"]) == ("colours", 2, None)
    assert {"blend", "tfidf", "random", "popularity", "embedding", "user-knn", "lexical"} <= set(found["methods"])
    assert {
        "default",
        "untaught",
        "expected_popularity",
        "blend-lexical",
        "blend-swapped",
        "plain-words-swapped",
    } <= set(found["methods"])
    assert all(set(method) == METHOD_KEYS for method in found["methods"].values())
    warm = {name for name, method in found["methods"].items() if method["warm"]}
    assert warm == {"popularity", "user-knn", "warm-blend"}
    assert found["methods"]["blend"]["hr@1"] == 1.0
    assert sum(found["plain_words"].values()) == 2
    assert (found["personal"]["overlap"], found["personal"]["own_history"]["mean"]) == (
        1.0,
        pytest.approx(0.369, abs=1e-3),
    )
    assert found["methods"]["random"]["hr@1"] == 0.5


def test_a_folder_is_read_as_the_options_of_ingest_say(tmp_path: Path):
    plain, renamed = write_shop(tmp_path / "plain"), write_shop(tmp_path / "renamed")
    for name, old, new in (("items.jsonl", '"title"', '"zz"'), ("interactions.csv", ",purchase", ",zapped")):
        (renamed / name).write_text((renamed / name).read_text().replace(old, new))
    assert newaisle("eval", renamed, "--json").code == 3
    found = newaisle("eval", renamed, "--map", "title=zz", "--map-event", "zapped=purchase", "--json").json
    assert {**found, "data": "plain"} == newaisle("eval", plain, "--json").json
    assert newaisle("eval", renamed, "--map", "title=zz", "--map-event", "zapped=ignore", "--json").code == 3
    assert newaisle("eval", "--map", "title=zz").code == 2


def test_zipped_files_give_the_same(tmp_path: Path, folder: Path):
    zipped = write_data(tmp_path / "zipped" / "colours", zipped=True)

    assert newaisle("eval", zipped, "--json").json == newaisle("eval", folder, "--json").json


def test_the_users_own_shop_is_left_alone(folder: Path, surroundings: Path):
    newaisle("eval", folder, "--json").ok()

    assert not (surroundings / "home").exists()


def test_a_second_run_reads_nothing_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    first = newaisle("eval", folder, "--json").json
    monkeypatch.setattr(data, "ingest", lambda *_, **__: pytest.fail("read again"))

    assert newaisle("eval", folder, "--json").json == first


def test_fresh_reads_and_measures_again(folder: Path, surroundings: Path):
    newaisle("eval", folder, "--json").ok()
    kept = list((surroundings / "cache").rglob("*.jsonl"))
    before = {path: path.stat().st_mtime_ns for path in kept}

    newaisle("eval", folder, "--json", "--fresh").ok()

    assert len(kept) == 2  # what was measured, and what was learned
    assert all(path.stat().st_mtime_ns > before[path] for path in kept)


def test_what_was_learned_is_not_learned_again(tmp_path: Path, surroundings: Path, monkeypatch: pytest.MonkeyPatch):
    """Not even where the run was stopped before the first case was measured."""
    shop = write_shop(tmp_path / "shop", customers=60)
    learned: list[object] = []
    calibrate = learner.calibrate
    monkeypatch.setattr(learner, "calibrate", lambda *a, **k: learned.append(calibrate(*a, **k)) or learned[-1])
    first = newaisle("eval", shop, "--json").json
    (measured,) = {*(surroundings / "cache").rglob("*.jsonl")} - {*(surroundings / "cache").rglob("*-learned.jsonl")}
    measured.unlink()

    again = newaisle("eval", shop, "--json").json

    assert again == first
    assert len(learned) == FOLDS


def test_another_split_of_the_same_shop_is_measured_anew(folder: Path):
    newaisle("eval", folder, "--json").ok()
    lines = (folder / "split.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "split.jsonl").write_text(lines[0] + "\n", encoding="utf-8")

    assert newaisle("eval", folder, "--json").json["cases"] == 1


def test_without_a_split_cases_are_made_by_leaving_categories_out(tmp_path: Path):
    found = newaisle("eval", write_shop(tmp_path / "shop"), "--json").json

    assert found["cases"] > 15
    assert found["methods"]["blend"]["ndcg@10"] > found["methods"]["random"]["ndcg@10"]


def test_without_a_folder_the_shop_itself_is_measured_and_not_changed(tmp_path: Path, surroundings: Path):
    files = write_shop(tmp_path / "shop")
    newaisle("ingest", files / "items.jsonl", "--histories", files / "interactions.csv").ok()
    home = Home(surroundings / "home")
    before = _revision(home)

    own = newaisle("eval", "--json").json

    assert own["methods"] == newaisle("eval", files, "--json").json["methods"]
    assert _revision(home) == before


def _revision(home: Home) -> int:
    with Ledger.open(home.ledger_path) as ledger:
        return ledger.revision


def test_people_get_tables_that_fit_80_columns_and_what_can_be_claimed(tmp_path: Path):
    code, shown = on_terminal("eval", write_shop(tmp_path / "shop"), columns=80)

    assert code == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert "Blend is better than random order, by 0." in text
    assert "popularity (warm)" in text
    assert "\nWeights: " in text
    assert "learning" in text
    assert "measuring" in text
    assert "5-9" in text
    tables = text[text.index("NDCG@10  ") :]
    assert max(len(line.rstrip()) for line in tables.splitlines()) <= 80
    assert "…" not in tables


def test_fewer_cases_and_single_categories(tmp_path: Path):
    shop = write_shop(tmp_path / "shop")

    assert newaisle("eval", shop, "--json", "--cases", 4).json["cases"] == 4
    some = newaisle("eval", shop, "--json", "--only", "Mugs", "--only", "Rugs").json["cases"]
    assert 0 < some < newaisle("eval", shop, "--json").json["cases"]


def test_a_report_is_written_where_asked(folder: Path, tmp_path: Path):
    ran = newaisle("eval", folder, "--json", "--html", tmp_path / "report.html").ok()

    assert json.loads(ran.out)["cases"] == 2
    assert "report.html" in ran.err
    assert "colours" in (tmp_path / "report.html").read_text(encoding="utf-8")


def _rubbish(folder: Path) -> None:
    (folder / "items.jsonl").write_bytes(b"\x00\xff rubbish")


def _no_items(folder: Path) -> None:
    (folder / "items.jsonl").unlink()


def _no_interactions(folder: Path) -> None:
    (folder / "interactions.csv").unlink()


def _empty_split(folder: Path) -> None:
    (folder / "split.jsonl").write_text("", encoding="utf-8")


def _broken_split(folder: Path) -> None:
    (folder / "split.jsonl").write_text("{", encoding="utf-8")


def _split_of_another_shop(folder: Path) -> None:
    case = {"user_id": "u", "category": "c", "history": ["x"], "targets": ["y"], "candidates": ["y", "z"]}
    (folder / "split.jsonl").write_text(json.dumps(case), encoding="utf-8")


def _nothing_to_measure(folder: Path) -> None:
    (folder / "split.jsonl").unlink()


@pytest.mark.parametrize(
    "spoil",
    [_rubbish, _no_items, _no_interactions, _empty_split, _broken_split, _split_of_another_shop, _nothing_to_measure],
)
def test_data_that_cannot_be_measured_gets_one_line_and_exit_code_3(folder: Path, spoil: Any):
    spoil(folder)

    ran = newaisle("eval", folder, "--json")

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1


def test_a_missing_folder_and_a_missing_shop_get_one_line_and_exit_code_3(tmp_path: Path):
    for arguments in (("eval", tmp_path / "nowhere"), ("eval",)):
        ran = newaisle(*arguments)
        assert ran.code == 3
        assert ran.err.count("\n") == 1


def test_an_unknown_category_gets_a_hint(folder: Path):
    ran = newaisle("eval", folder, "--only", "Vase")

    assert ran.code == 3
    assert "did you mean 'Vases'?" in ran.err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--prompt", "bundled", "--vs", "yours"), "by `newaisle prompts eval rank FOLDER --vs OTHER`"),
        (("--vs-model", "x y"), "by `newaisle prompts eval rank FOLDER --vs-model 'x y'`"),
        (("--llm-rank", "on"), "needs a language model"),
        (("--cases", "0"), "--cases"),
    ],
)
def test_wrong_usage_is_refused(folder: Path, options: tuple[str, ...], complaint: str):
    ran = newaisle("eval", folder, *options)

    assert ran.code == 2
    assert complaint.replace("FOLDER", str(folder)) in ran.err


def test_a_run_that_was_stopped_goes_on_and_finds_the_same(
    tmp_path: Path, surroundings: Path, monkeypatch: pytest.MonkeyPatch
):
    shop = write_shop(tmp_path / "shop", products=20, customers=70)
    kept = surroundings / "cache" / "newaisle" / "eval"
    command = [*STARTED, "eval", str(shop), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and _lines(kept) < 20:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, b""), err
    stopped_at = _lines(kept)

    monkeypatch.setattr(data, "cache_folder", lambda: kept)  # where that process kept it
    again = newaisle("eval", shop, "--json")
    cases = again.json["cases"]
    assert _lines(kept) == cases  # each was measured once
    assert 20 <= stopped_at < cases
    assert again.out == newaisle("eval", shop, "--json", "--fresh").out


def _lines(folder: Path) -> int:
    """Cases that were measured."""
    return sum(path.read_text(encoding="utf-8").count('"metrics"') for path in folder.rglob("*.jsonl"))
