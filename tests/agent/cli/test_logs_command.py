"""`newaisle logs`: what was answered in the sample shop, and how that is listed, kept, turned off and erased."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from newaisle.agent import sample
from newaisle.agent.cli.log_text import print_entry
from newaisle.store.logs import Entry, Exchange, Logs
from tests.agent.cli.command import newaisle, on_terminal

STYLE = re.compile(r"\x1b\[[\d;]*m")
COLOUR = re.compile(r"\x1b\[[\d;]*3\d[\d;]*m")
REFUSED = "You bought a tent. \x1b[31mBuy it now!\x07"


def ask(user: str | None = sample.CUSTOMER, *more: object) -> str:
    """Ask for a recommendation; returns the id of the answer."""
    whom = () if user is None else ("--user", user)
    answer = newaisle("recommend", *whom, "--category", sample.NEW_CATEGORY, "-k", 2, *more).json
    return str(answer["id"])


def exchange(**fields: object) -> Exchange:
    prompt = (("system", "Be brief."), ("user", "Why this [bold]product[/] :smile:?"))
    common = {"template": "explain", "template_hash": "0123456789abcdef", "prompt": prompt, "finish": "stop"}
    return Exchange(**{**common, **fields})  # type: ignore[arg-type]


def exchanges(item_id: str) -> list[Exchange]:
    return [
        exchange(purpose="listwise", answer="B A\\", refusal="it puts no two products in order"),
        exchange(purpose="explain", item_id=item_id, answer=REFUSED, refusal="it says 'now'"),
        exchange(purpose="explain", item_id=item_id, attempt=2, answer="It is like the tent."),
    ]


@pytest.fixture
def logs(shop: Path) -> Logs:
    """The log of a shop that was asked once without a model, and then with one."""
    ask()
    log = Logs(shop / "logs.sqlite3")
    (entry,) = log.newest()
    item_id = json.loads(entry.answer)["recommendations"][0]["item_id"]
    later = entry.created_at + timedelta(seconds=1)
    log.write(replace(entry, id="3f9b21c4-0000", created_at=later, exchanges=exchanges(item_id)))
    return log


# Listing


@pytest.mark.usefixtures("shop")
def test_an_answer_is_logged_and_listed_as_it_was_given() -> None:
    answer = newaisle("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY, "-k", 3).json
    (entry,) = newaisle("logs", "--json").json
    assert list(entry) == ["id", "created_at", "user_id", "category", "answer", "exchanges"]
    assert (entry["id"], entry["user_id"], entry["exchanges"]) == (answer["id"], sample.CUSTOMER, [])
    assert datetime.fromisoformat(entry["created_at"]) == datetime.fromisoformat(answer["created_at"])
    assert entry["answer"] == answer


def test_a_list_has_the_products_with_their_texts_and_what_was_refused(logs: Logs) -> None:
    first, second = (json.loads(entry.answer)["recommendations"] for entry in logs.newest())
    ran = newaisle("logs").ok()
    assert ran.err == ""
    without, asked = (" ".join(part.split()) for part in ran.out.strip().split("\n\n"))
    assert "no language model" in without
    assert "3f9b21c4 " in asked
    assert f" {sample.CUSTOMER} {sample.NEW_CATEGORY} " in asked
    assert "asked 3 times, 2 refused" in asked
    for recommendation in (*first, *second):
        assert f"{recommendation['title']} {recommendation['item_id']}" in without
        assert f"{recommendation['explanation']['text']} (by the claims)" in asked
    assert "refused: You bought a tent. \ufffd[31mBuy it now!\ufffd (it says 'now')" in asked
    assert "refused: B A\\ (it puts no two products in order)" in asked
    assert "Be brief." not in asked


def test_in_full_every_prompt_answer_and_verdict_is_shown(logs: Logs) -> None:
    by_id = newaisle("logs", "--id", "3f9b").ok().out
    assert newaisle("logs", "-n", 1, "--prompts").ok().out == by_id
    assert by_id.startswith("3f9b21c4-0000  ")
    shown = by_id[by_id.index("===") :]
    item_id = logs.find("3f9b").exchanges[1].item_id
    prompt = "--- system\nBe brief.\n--- user\nWhy this [bold]product[/] :smile:?\n"
    assert shown == (
        f"=== listwise (template explain 01234567)\n{prompt}"
        "--- answered (stop)\nB A\\\n--- check refused: it puts no two products in order\n\n"
        f"=== explain for {item_id} (template explain 01234567)\n{prompt}"
        "--- answered (stop)\nYou bought a tent. \ufffd[31mBuy it now!\ufffd\n--- check refused: it says 'now'\n\n"
        f"=== explain for {item_id}, attempt 2 (template explain 01234567)\n{prompt}"
        "--- answered (stop)\nIt is like the tent.\n--- check used\n\n"
    )


def test_as_json_everything_is_there(logs: Logs) -> None:
    (entry,) = newaisle("logs", "--id", "3f9b21c4-0000", "--json").json
    written = logs.find("3f9b")
    assert entry["answer"] == json.loads(written.answer)
    assert [one["attempt"] for one in entry["exchanges"]] == [1, 1, 2]
    assert entry["exchanges"][1] == {
        "purpose": "explain",
        "template": "explain",
        "template_hash": "0123456789abcdef",
        "item_id": written.exchanges[1].item_id,
        "attempt": 1,
        "prompt": [
            {"role": "system", "text": "Be brief."},
            {"role": "user", "text": "Why this [bold]product[/] :smile:?"},
        ],
        "answer": REFUSED,
        "finish": "stop",
        "refusal": "it says 'now'",
    }


@pytest.mark.usefixtures("shop")
def test_the_newest_come_last_and_as_many_as_are_wanted() -> None:
    users = [sample.CUSTOMER, None, sample.CUSTOMER, sample.CUSTOMER, None, sample.CUSTOMER]
    ids = [ask(user) for user in users]

    def listed(*options: object) -> list[str]:
        return [entry["id"] for entry in newaisle("logs", "--json", *options).json]

    assert listed() == ids[1:]
    assert listed("-n", 2) == ids[-2:]
    assert listed("-n", 0) == ids
    assert listed("--user", sample.CUSTOMER, "-n", 3) == [ids[2], ids[3], ids[5]]
    assert "somebody without a history" in newaisle("logs").ok().out


def test_an_unknown_or_ambiguous_id_is_told_in_one_line(logs: Logs) -> None:
    (first, _) = logs.newest()
    logs.write(replace(first, id="3f9b99"))
    for id, reason in (("zzz", "no logged answer"), ("3f9b", "3f9b21c4-0000, 3f9b99"), ("", "no logged answer")):
        ran = newaisle("logs", "--id", id)
        assert (ran.code, ran.out) == (3, "")
        assert reason in ran.err
        assert len(ran.err.splitlines()) == 1


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("options", [("--id", "a", "-n", 3), ("--id", "a", "--user", "b"), ("-n", 1, "status")])
def test_options_that_make_no_sense_together_are_refused(options: tuple[object, ...]) -> None:
    ran = newaisle("logs", *options)
    assert (ran.code, ran.out) == (2, "")
    assert "--help" in ran.err


@pytest.mark.usefixtures("shop")
def test_where_nothing_was_asked_that_is_said_and_the_json_is_empty() -> None:
    ran = newaisle("logs").ok()
    assert (ran.out, ran.err) == ("", "nothing is logged yet: ask with `newaisle recommend`\n")
    assert newaisle("logs", "--json").json == []
    assert newaisle("logs", "--user", "bob").err == "nothing is logged yet for bob: ask with `newaisle recommend`\n"


def test_without_a_shop_or_a_log_the_folder_is_doubted(tmp_path: Path) -> None:
    ran = newaisle("logs", "--home", tmp_path / "nowhere")
    assert (ran.code, ran.out) == (3, "")
    assert "newaisle ingest" in ran.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.usefixtures("logs")
def test_it_fits_a_narrow_terminal_without_colour() -> None:
    code, shown = on_terminal("logs", columns=40, env={"NO_COLOR": "1"})
    assert code == 0
    assert not COLOUR.search(shown)
    plain = STYLE.sub("", shown)
    assert max(map(len, plain.splitlines())) <= 40
    assert "refused: You bought a tent." in plain
    assert "\x07" not in shown


@given(text=st.text(max_size=40), refusal=st.text(max_size=40))
def test_whatever_a_model_writes_can_be_shown(text: str, refusal: str) -> None:
    console = Console(width=40, record=True, file=io.StringIO())
    answer = {"made_with": {"model": text}, "degraded": True, "recommendations": [], "warnings": [text]}
    one = exchange(purpose="rank", template=text, prompt=((text, text),), answer=text, finish=text, refusal=refusal)
    moment = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
    entry = Entry(id="1", created_at=moment, user_id=text, category=text, answer=json.dumps(answer), exchanges=[one])
    for in_full in (False, True):
        print_entry(console, entry, in_full=in_full)
    assert "\x1b" not in console.export_text(styles=False)


# On, off and how long


@pytest.mark.usefixtures("shop")
def test_off_holds_for_every_later_answer_until_it_is_on() -> None:
    before = ask()
    ran = newaisle("logs", "off").ok()
    assert ran.out == "nothing is logged any more; 1 answer from before: `newaisle logs clear` erases them\n"
    ask()
    listed = newaisle("logs", "--json")
    assert [entry["id"] for entry in listed.json] == [before]
    assert listed.err == "the log is off: `newaisle logs on` turns it on; these are from before\n"
    assert "logging    off\n" in newaisle("logs", "status").ok().out
    newaisle("logs", "clear").ok()
    assert newaisle("logs").ok().err == "the log is off: `newaisle logs on` turns it on\n"
    newaisle("logs", "on").ok()
    after = ask()
    assert [entry["id"] for entry in newaisle("logs", "--json").json] == [after]


@pytest.mark.usefixtures("surroundings")
def test_it_can_be_turned_off_before_there_is_a_shop() -> None:
    newaisle("logs", "off").ok()
    newaisle("ingest", sample.CATALOGUE, "--histories", sample.HISTORIES).ok()
    ask()
    assert newaisle("logs", "--json").json == []


def test_the_status_says_what_is_kept_and_where(logs: Logs) -> None:
    found = newaisle("logs", "status", "--json").json
    first, last = logs.newest()
    assert found == {
        "is_on": True,
        "keep_days": 30,
        "most_answers": 10_000,
        "answers": 2,
        "exchanges": 3,
        "oldest": first.created_at.isoformat(),
        "newest": last.created_at.isoformat(),
        "bytes": logs.path.stat().st_size,
        "path": str(logs.path),
    }
    shown = newaisle("logs", "status").ok().out
    assert shown.splitlines()[:2] == ["logging    on", "answers    2, with 3 prompts"]
    assert "kept       30 days, the newest 10,000 at most\n" in shown
    assert newaisle("logs", "path").ok().out == f"{logs.path}\n"


@pytest.mark.usefixtures("surroundings")
def test_the_status_of_no_log_is_that_it_is_on() -> None:
    shown = newaisle("logs", "status").ok().out
    assert "logging    on\nanswers    0, with 0 prompts\noldest     -\nnewest     -\n" in shown


def test_a_retention_drops_what_is_older_at_once(logs: Logs) -> None:
    (first, _) = logs.newest()
    logs.write(replace(first, id="old", created_at=first.created_at - timedelta(days=2)))
    ran = newaisle("logs", "on", "--keep-days", 1).ok()
    assert ran.out == "answers are logged, and kept for 1 day, the newest 10,000 at most\n"
    assert "old" not in [entry["id"] for entry in newaisle("logs", "--json").json]
    assert newaisle("logs", "on").ok().out == ran.out
    for wrong in (0, -1, "soon", 10**9):
        assert newaisle("logs", "on", "--keep-days", wrong).code == 2


# Erasing, and a log that is out of order


def test_a_cleared_log_is_empty_and_holds_nobody(logs: Logs) -> None:
    assert newaisle("logs", "clear").ok().out == "2 answers erased\n"
    assert newaisle("logs", "--json").json == []
    assert sample.CUSTOMER.encode() not in logs.path.read_bytes()


def test_a_forgotten_customers_answers_go_with_the_rows(logs: Logs, shop: Path) -> None:
    kept = ask(None)
    titles = {row["title"] for entry in logs.newest() for row in json.loads(entry.answer)["recommendations"]}
    newaisle("forget", sample.CUSTOMER).ok()
    assert [entry["id"] for entry in newaisle("logs", "--json").json] == [kept]
    for path in shop.rglob("logs*"):
        assert sample.CUSTOMER.encode() not in path.read_bytes()
    newaisle("logs", "clear").ok()
    assert not [title for title in titles if title.encode() in (shop / "logs.sqlite3").read_bytes()]


def test_a_damaged_log_stops_no_answer_and_says_what_to_do(shop: Path) -> None:
    (shop / "logs.sqlite3").write_bytes(b"once a log " * 1_000)
    answer = newaisle("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY).json
    assert answer["recommendations"]
    assert not answer["degraded"]
    assert [warning for warning in answer["warnings"] if "newaisle logs clear" in warning]
    ran = newaisle("logs")
    assert (ran.code, ran.out) == (6, "")
    assert re.fullmatch(r"Error: .*logs\.sqlite3 is damaged .*: begin a new one with `newaisle logs clear`\n", ran.err)
    assert newaisle("logs", "clear").ok().out.startswith("the damaged log is deleted")
    id = ask()
    assert [entry["id"] for entry in newaisle("logs", "--json").json] == [id]
