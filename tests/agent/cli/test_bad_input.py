"""Everything a user can get wrong, or that can be wrong around them: one line, its exit code, and nothing lost."""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from newaisle.agent import sample
from newaisle.store.home import Home
from tests.agent.cli.command import PROGRAM, STARTED, Ran, newaisle

CAMP = ("--category", sample.NEW_CATEGORY)
ITEMS = "id,title,category,price\na,Red tea pot,Tea,12\nb,Blue tea pot,Tea,13\n"


@dataclass(frozen=True, slots=True)
class Bad:
    """A file's content, what is said about it, and the options to read it with."""

    content: bytes | str | None
    says: str
    options: tuple[str, ...] = ()


FILES = {
    "missing": Bad(None, "there is no file"),
    "empty": Bad("", "is empty"),
    "a header and nothing else": Bad("id,title\n", "has no rows"),
    "wrong encoding": Bad("id,title\na,Café crème brûlée\n".encode("latin-1"), "is not utf-8"),
    "unknown encoding": Bad(ITEMS, "there is no text encoding 'utf-99'", ("--encoding", "utf-99")),
    "no column for the title": Bad("id,colour\na,red\n", "has no column for the title"),
    "a mapped column that is not there": Bad(ITEMS, "has no column 'nme'", ("--map", "title=nme")),
    "a mapping to no field": Bad(ITEMS, "--map knows no field 'titel' (did you mean 'title'?)", ("--map", "titel=x")),
    "a mapping that is none": Bad(ITEMS, "is not FIELD=COLUMN", ("--map", "title")),
    "an event map that is none": Bad(ITEMS, "is not VALUE=EVENT", ("--map-event", "x=bougt")),
    "unknown locale": Bad(ITEMS, "there is no locale 'xx_YY'", ("--locale", "xx_YY")),
    "a file of no format": Bad(ITEMS, "there is no file nowhere.yaml", ("--format-file", "nowhere.yaml")),
    "unknown format": Bad(ITEMS, "there is no format 'xls'", ("--format", "xls")),
    "a workbook": Bad(b"PK\x03\x04 and so on", "an Excel workbook"),
    "a gzip file that breaks off": Bad(gzip.compress(ITEMS.encode())[:-9], "breaks off or is damaged"),
    "not the JSON it should be": Bad('[{"id": "a",\n "title": ', "is not valid JSON at line 2", ("--format", "json")),
    "only ragged rows": Bad("id,title\na\nb,c,d\n", "all 2 rows were rejected"),
    "a field of 10 MB": Bad(f"id,title\na,{'x' * 10_000_000}\n", "all 1 rows were rejected"),
    "only impossible prices": Bad("id,title,price\na,Pot,-1\nb,Pan,inf\n", "all 2 rows were rejected"),
    "only a number too large": Bad('{"id":"a","title":"Pot","price":1e999}\n', "all 1 rows were rejected"),
    "duplicate keys in an object": Bad('{"id":"a","id":"b","title":"Pot"}\n', "all 1 rows were rejected"),
    "only ids missing": Bad("id,title\n,Pot\n", "all 1 rows were rejected"),
    "a Parquet file that is none": Bad(b"PAR1 not really", "is not a readable Parquet file"),
}


@pytest.mark.parametrize("bad", FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_used(bad: Bad, tmp_path: Path, shop: Path) -> None:
    before = counts(shop)
    file = tmp_path / ("items.jsonl" if isinstance(bad.content, str) and bad.content[:1] == "{" else "items.csv")
    if bad.content is not None:
        file.write_bytes(bad.content.encode() if isinstance(bad.content, str) else bad.content)
    ran = newaisle("ingest", file, *bad.options)
    one_line(ran, 3, bad.says)
    assert counts(shop) == before


def one_line(ran: Ran, code: int, says: str) -> None:
    assert ran.code == code, ran.err
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1
    assert says in ran.err
    assert ran.out == ""


def counts(home: Path) -> dict[str, int]:
    with Home(home).reader() as ledger:
        ledger.check()
        return ledger.counts()


REQUESTS = {
    "no category": (("recommend",), 2, "Missing option '--category'"),
    "k of 0": (("recommend", *CAMP, "-k", "0"), 2, "0 is not in the range x>=1"),
    "k that is no number": (("recommend", *CAMP, "-k", "few"), 2, "'few' is not a valid integer"),
    "a price that is not a number": (("recommend", *CAMP, "--max-price", "nan"), 2, "nan is not a price"),
    "an infinite price": (("recommend", *CAMP, "--max-price", "1e999"), 2, "1e999 is not a price"),
    "a negative price": (("recommend", *CAMP, "--max-price", "-3"), 2, "is not in the range"),
    "a currency without a price": (("recommend", *CAMP, "--currency", "USD"), 2, "give one of them too"),
    "no currency": (("recommend", *CAMP, "--max-price", "3", "--currency", "$"), 2, "no ISO 4217 code such as USD"),
    "bytes that are no text": (("recommend", *CAMP, "--user", "\udcff"), 2, "is not UTF-8 text"),
    "no language": (("recommend", *CAMP, "--language", "French"), 2, "'French' is not the code of a language"),
    "an unknown language": (("recommend", *CAMP, "--language", "fr"), 3, "there are no phrases in 'fr'"),
    "an unknown customer": (("recommend", *CAMP, "--user", "marra"), 3, "(did you mean 'mara'"),
    "an unknown category": (("recommend", "--category", "Camp Kitchn"), 3, "(did you mean 'Camp Kitchen'"),
    "missing candidates": (("recommend", *CAMP, "--candidates", "none.csv"), 3, "there is no file none.csv"),
    "nothing to ingest": (("ingest",), 2, "give a CATALOGUE, or --histories FILE, or both"),
    "standard input twice": (("ingest", "-", "--histories", "-"), 2, "only one of the two files"),
    "an unknown customer to forget": (("forget", "nobody"), 3, "no customer 'nobody'"),
    "an unknown product to remove": (("remove", "nothing"), 3, "no product 'nothing'"),
    "an unknown prompt": (("prompts", "show", "explian"), 3, "did you mean 'explain'"),
    "an unknown prompt to render": (("prompts", "render", "rnk", *CAMP), 3, "did you mean 'rank'"),
    "an unknown model": (("models", "pull", "smolm2-135m"), 3, "did you mean smollm2-135m"),
    "a model that is not there": (("models", "rm", "smollm2-135m"), 4, "is not installed"),
    "a home that is a file": (("--home", __file__, "doctor"), 2, "is a file"),
    "a home below a file": (
        ("--home", f"{__file__}/home", "ingest", str(sample.CATALOGUE)),
        6,
        "choose another --home",
    ),
}


@pytest.mark.parametrize(("arguments", "code", "says"), REQUESTS.values(), ids=REQUESTS)
def test_a_request_that_makes_no_sense(arguments: tuple[str, ...], code: int, says: str, shop: Path) -> None:
    before = counts(shop)
    one_line(newaisle(*arguments), code, says)
    assert counts(shop) == before


TEMPLATES = {
    "a syntax error": ("prompt: '{% if %}'", ":3: "),
    "an unknown variable": ("prompt: '{{ prodct.title }}'", "did you mean 'product'"),
    "an attack": ("prompt: '{{ category.__class__.__mro__ }}'", ":3: "),
    "an endless loop": ("prompt: '{% for a in range(999999999) %}{% endfor %}'", ":3: "),
    "no template": ("prompt: [", ":4: "),
}


@pytest.mark.parametrize(("line", "says"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_cannot_be_used(line: str, says: str, shop: Path) -> None:
    (shop / "prompts").mkdir()
    (shop / "prompts" / "explain.en.yaml").write_text(f"description: d\nlanguage: en\n{line}\n", encoding="utf-8")
    one_line(newaisle("prompts", "render", "explain", "--user", sample.CUSTOMER, *CAMP), 3, says)
    ran = newaisle("prompts", "check")
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert says in ran.out
    newaisle("recommend", *CAMP).ok()


def damaged_ledger(home: Path) -> None:
    ledger = home / "ledger.sqlite3"
    ledger.write_bytes(ledger.read_bytes()[:5_000] + os.urandom(50_000))


def newer_ledger(home: Path) -> None:
    with sqlite3.connect(home / "ledger.sqlite3") as db:
        db.execute("PRAGMA user_version = 9999")
    db.close()


@pytest.mark.parametrize(
    ("damage", "says"), [(damaged_ledger, "is damaged"), (newer_ledger, "newer")], ids=["damaged", "newer"]
)
def test_a_ledger_that_cannot_be_used(damage: Callable[[Path], None], says: str, shop: Path) -> None:
    damage(shop)
    one_line(newaisle("recommend", *CAMP), 6, says)
    one_line(newaisle("ingest", sample.CATALOGUE), 6, says)


def test_an_index_that_is_gone_is_built_anew_and_said_so(shop: Path) -> None:
    shutil.rmtree(shop / "index")
    ran = newaisle("recommend", *CAMP)
    assert ran.json["degraded"] is False
    assert "building it anew from the ledger" in ran.err


def test_a_second_writer_is_told_to_wait(shop: Path) -> None:
    with Home(shop).writer():
        one_line(newaisle("ingest", sample.CATALOGUE), 6, "another newaisle is writing")
        newaisle("recommend", *CAMP).ok()


def test_a_full_disk_stops_with_one_line_and_loses_nothing(shop: Path, tmp_path: Path) -> None:
    before = counts(shop)
    rows = "".join(f"n{row},{'Pot ' * 200}{row},Pots\n" for row in range(3_000))
    (tmp_path / "many.csv").write_text(f"id,title,category\n{rows}", encoding="utf-8")
    largest = (shop / "ledger.sqlite3").stat().st_size + 100_000
    done = subprocess.run(
        [*STARTED, "ingest", tmp_path / "many.csv"],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )
    one_line(Ran(done.returncode, done.stdout, done.stderr), 6, "")
    assert counts(shop) == before


def test_output_that_cannot_be_written_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, text=True)
    one_line(Ran(done.returncode, "", done.stderr), 6, "No space left on device")


ASKED = ("recommend", "--user", sample.CUSTOMER, *CAMP, "--model", "smollm2-135m")


def assert_degraded(says: str) -> None:
    """Answered all the same, saying so; refused under --strict."""
    answer = newaisle(*ASKED).json
    assert answer["degraded"] is True
    assert says in " ".join(answer["warnings"])
    assert answer["made_with"]["model"] is None
    assert len(answer["recommendations"]) == 5
    assert {item["explanation"]["source"] for item in answer["recommendations"]} == {"evidence"}
    assert "degraded: made without a part that failed" in newaisle(*ASKED, "--table").ok().out
    one_line(newaisle(*ASKED, "--strict"), 4, says)


@pytest.mark.usefixtures("shop")
def test_no_model_installed_still_answers_and_names_the_command() -> None:
    assert_degraded("newaisle models pull smollm2-135m")


@pytest.mark.usefixtures("shop")
def test_no_llama_cpp_still_answers_and_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "some.gguf"
    file.write_bytes(b"GGUF" + bytes(1_000))
    newaisle("models", "pull", file).ok()
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    answer = newaisle(*ASKED[:-1], file).json
    assert answer["degraded"] is True
    assert "python -m newaisle.agent.llm.build" in " ".join(answer["warnings"])


@pytest.mark.usefixtures("shop")
def test_a_truncated_model_still_answers_and_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "some.gguf"
    file.write_bytes(b"GGUF" + bytes(100_000))
    newaisle("models", "pull", file).ok()
    file.write_bytes(b"GGUF")
    answer = newaisle(*ASKED[:-1], file).json
    assert answer["degraded"] is True
    assert "has 4 bytes, 100,004 expected" in " ".join(answer["warnings"])
    assert f"newaisle models pull {file}" in " ".join(answer["warnings"])


@pytest.mark.usefixtures("shop")
def test_a_model_that_was_changed_still_answers_and_names_the_checksum(tmp_path: Path) -> None:
    file = tmp_path / "some.gguf"
    file.write_bytes(b"GGUF" + bytes(100_000))
    newaisle("models", "pull", file).ok()
    file.write_bytes(b"GGUF" + bytes(99_999) + b"x")
    os.utime(file, (1, 1))
    answer = newaisle(*ASKED[:-1], file).json
    assert answer["degraded"] is True
    assert "sha256" in " ".join(answer["warnings"])


@pytest.mark.usefixtures("shop")
def test_candidates_without_an_embedder_name_the_command(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text(ITEMS, encoding="utf-8")
    ran = newaisle("recommend", "--category", "New", "--candidates", tmp_path / "new.csv", "--embedder", "minilm-l6")
    one_line(ran, 4, "newaisle models pull minilm-l6")
