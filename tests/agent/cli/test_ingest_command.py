"""`newaisle ingest`, `reindex`, `forget`, `remove` and `demo` as a user sees them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from newaisle.agent import sample
from tests.agent.cli.command import Ran, newaisle

ITEMS = "id,title,category,price\na,Red tea pot,Tea,12.00\nb,Blue tea pot,Tea,abc\nc,,Tea,3\n"
HISTORY = "user_id,item_id,event\nann,a,purchase\nann,zzz,purchase\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    items, history = tmp_path / "items.csv", tmp_path / "history.csv"
    items.write_text(ITEMS, encoding="utf-8")
    history.write_text(HISTORY, encoding="utf-8")
    return items, history


def ingest(files: tuple[Path, Path], *more: object) -> Ran:
    return newaisle("ingest", files[0], "--histories", files[1], *more)


def test_the_summary_counts_what_went_in_and_every_reject_keeps_line_and_reason(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    ran = ingest(files).ok()
    rejects = tmp_path / "home" / "rejects"
    assert f"{files[0]}: 3 rows, 2 added, 0 updated, 0 unchanged" in ran.out
    assert f"1 row rejected, with line and reason in {rejects / 'catalogue.jsonl'}" in ran.out
    assert "2 products in 1 categories and 1 interactions of 1 customers" in ran.out
    assert ran.err == ""
    assert first_reject(rejects / "catalogue.jsonl") == (4, "the title is missing")
    assert first_reject(rejects / "histories.jsonl") == (3, "the catalogue has no product 'zzz'")


def first_reject(file: Path) -> tuple[int, str]:
    reject = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    return reject["line"], reject["reason"]


def test_strict_stores_the_rest_and_ends_with_bad_input(files: tuple[Path, Path], tmp_path: Path) -> None:
    ran = ingest(files, "--strict", "--json", "--rejects", tmp_path / "bad")
    assert ran.code == 3
    assert ran.err == "Error: 2 rows rejected and --strict allows none: mend them and run this again\n"
    summary = json.loads(ran.out)
    assert summary["shop"] == {"products": 2, "customers": 1, "interactions": 1, "categories": 1}
    assert [file["rejects_file"] for file in summary["files"]] == [
        str(tmp_path / "bad" / "catalogue.jsonl"),
        str(tmp_path / "bad" / "histories.jsonl"),
    ]


def test_a_dry_run_shows_what_would_be_stored_and_stores_nothing(files: tuple[Path, Path], tmp_path: Path) -> None:
    ran = ingest(files, "--dry-run").ok()
    assert f"{files[0]}: 3 rows\n  id = id, title = title, category = category, price = price\n" in ran.out
    assert f"{files[0]}, line 4 would be rejected: the title is missing" in ran.out
    assert '"item_id": "a", "title": "Red tea pot", "categories": ["Tea"]' in ran.out
    assert ran.out.endswith("nothing was stored\n")
    shown = json.loads(ingest(files, "--dry-run", "--json").ok().out)
    assert [row["item_id"] for row in shown["interactions"]] == ["a"]
    assert ingest(files, "--dry-run", "--strict").code == 3
    assert not (tmp_path / "home").exists()


def test_most_of_a_shop_is_removed_only_with_yes(files: tuple[Path, Path]) -> None:
    many = "".join(f"m{place},Tea pot {place},Tea,5\n" for place in range(9))
    files[0].write_text(ITEMS + many, encoding="utf-8")
    newaisle("ingest", files[0]).ok()
    files[0].write_text(ITEMS.replace("Blue tea pot", ""), encoding="utf-8")  # b stays, whose row is rejected
    ran = newaisle("ingest", files[0], "--replace")
    assert ran.code == 3
    assert "2 rows rejected" in ran.out
    assert "lacks 9 of the 11 rows that the shop had: they are still there" in ran.err
    assert "11 products" in ran.out
    assert "2 products" in newaisle("ingest", files[0], "--replace", "--yes").ok().out
    assert newaisle("ingest", files[0], "--yes").code == 2


def test_the_same_files_again_change_nothing(shop: Path) -> None:
    before = sorted(path.name for path in (shop / "index").iterdir())
    summary = newaisle("ingest", sample.CATALOGUE, "--histories", sample.HISTORIES, "--json").json
    assert [file["changes"]["added"] + file["changes"]["updated"] for file in summary["files"]] == [0, 0]
    assert summary["embedded"] == 0
    assert sorted(path.name for path in (shop / "index").iterdir()) == before


@pytest.mark.usefixtures("shop")
def test_replace_removes_what_the_file_no_longer_has(tmp_path: Path) -> None:
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join(sample.CATALOGUE.read_text(encoding="utf-8").splitlines(True)[:-3]), encoding="utf-8")
    assert "200 unchanged, 3 removed" in newaisle("ingest", fewer, "--replace").ok().out


def test_the_catalogue_may_be_standard_input(files: tuple[Path, Path]) -> None:
    newaisle("ingest", "-", "--histories", files[1], stdin=ITEMS).ok()
    assert newaisle("recommend", "--user", "ann", "--category", "Tea").json["recommendations"][0]["item_id"] == "b"


def test_columns_events_format_and_locale_can_be_named(tmp_path: Path) -> None:
    items = tmp_path / "items.txt"
    items.write_text("key\twhat\tcategory\tprice\na\tRed pot\tTea\t1\nb\tBlue pot\tTea\t1.299\n", encoding="utf-16")
    history = "who\tkey\twhat\nann\ta\tacquired\n".encode("utf-16")
    newaisle(
        "ingest", items, "--histories", "-", "--map", "id=key", "--map", "title=what", "--map", "user_id=who",
        "--map", "item_id=key", "--map", "event=what", "--map-event", "acquired=purchase", "--locale", "de_DE",
        "--format", "tsv", "--encoding", "utf-16", stdin=history,
    ).ok()  # fmt: skip
    (item,) = newaisle("recommend", "--user", "ann", "--category", "Tea").json["recommendations"]
    assert (item["item_id"], item["price"]) == ("b", 1299)


def test_the_columns_of_files_without_a_header_can_be_named_as_is_advised(tmp_path: Path) -> None:
    items, did = tmp_path / "movies.dat", tmp_path / "ratings.dat"
    items.write_text("1::Café North::Drama|Crime\n2::Glass Harbour::Comedy\n3::Lamp::Comedy\n", encoding="cp1252")
    did.write_text("7::1::5::978300760\n7::3::1::978302109\n")
    asked: list[object] = ["ingest", items, "--histories", did]
    for advised in (
        ["--columns", "user_id,item_id,rating,timestamp"],
        ["--encoding", "cp1252"],
        ["--columns", "id,title,category"],
    ):
        ran = newaisle(*asked)
        assert (ran.code, " ".join(advised) in ran.err) == (3, True)
        asked += advised
    assert "3 products in 2 categories and 2 interactions of 1 customers" in newaisle(*asked).ok().out
    ran = newaisle(*asked[:2], *asked[4:])
    assert (ran.code, "--columns names those of histories, and none is given" in ran.err) == (3, True)


def test_a_missing_embedder_names_both_ways_out(files: tuple[Path, Path], tmp_path: Path) -> None:
    ran = ingest(files, "--embedder", "minilm-l6")
    assert ran.code == 4
    assert "newaisle models pull minilm-l6" in ran.err
    assert "--embedder hash" in ran.err
    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("shop")
def test_reindex_says_what_it_did() -> None:
    assert newaisle("reindex").ok().out == "0 texts embedded; index g000002 built\n"


def test_a_forgotten_customer_is_unknown_afterwards(shop: Path) -> None:
    assert newaisle("forget", "wanjiru").ok().out.endswith(" rows of wanjiru erased\n")
    ran = newaisle("recommend", "--user", "wanjiru", "--category", sample.NEW_CATEGORY)
    assert (ran.code, ran.out) == (3, "")
    assert not any(b"wanjiru" in path.read_bytes() for path in shop.rglob("*") if path.is_file())


@pytest.mark.usefixtures("shop")
def test_a_removed_product_is_never_recommended_again() -> None:
    asked = ("recommend", "--user", "mara", "--category", sample.NEW_CATEGORY, "-k", 1)
    best = newaisle(*asked).json["recommendations"][0]["item_id"]
    newaisle("remove", best).ok()
    assert newaisle(*asked).json["recommendations"][0]["item_id"] != best


def test_the_demo_runs_the_main_job_and_says_what_to_try(tmp_path: Path) -> None:
    ran = newaisle("demo", "--home", tmp_path / "demo").ok()
    assert "203 products in 8 categories" in ran.out
    assert "Camp Kitchen for mara" in ran.out
    tries = [shlex.split(line)[1:] for line in ran.err.partition("Try next:\n")[2].splitlines()]
    assert [line[0] for line in tries] == ["chat", "recommend", "recommend", "why", "recommend"]
    for line in tries:
        assert line[1:3] == ["--home", str(tmp_path / "demo")]
        newaisle(*line).ok()
