"""A shop, what it learned, templates and chats of an earlier newaisle, through every command of this one.

`tests/earlier` has what `make.py` there made, with the version that it names; each command gets a copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from newaisle.agent.chat.state import load
from newaisle.agent.learn import calibrate, cold_start
from newaisle.agent.learn.learned import read_learned
from newaisle.store import log_file, sqlite
from tests.agent.cli.command import Ran, commands, newaisle
from tests.agent.llm.server.misbehaving import Misbehaving
from tests.store.later import tables

KEPT = Path(__file__).parent / "earlier" / "2026-11"
FILES = {
    "more.csv": "id,title,category,price\nm-1,Brass desk lamp,Desk > Lamps,9\nm-2,Elm pen,Desk > Pens,8\n",
    "explain.en.yaml": (KEPT / "home/prompts/explain.en.yaml").read_text(encoding="utf-8").replace("90", "80"),
}
SERVER = "--backend http --base-url SERVER --model small"


@dataclass(frozen=True)
class Line:
    """A command, a pattern of what it says, and its exit code; `sealed`: that where nobody may write, if it differs."""

    command: str
    says: str
    code: int = 0
    sealed: int | None = None

    def __str__(self) -> str:
        return self.command

    def run(self) -> Ran:
        if "SERVER" not in self.command:
            return newaisle(*shlex.split(self.command))
        with Misbehaving() as server:
            return newaisle(*shlex.split(self.command.replace("SERVER", server.url)))

    def is_said_by(self, ran: Ran) -> bool:
        return re.search(self.says, f"{ran.out}\n{ran.err}", re.DOTALL) is not None


# What comes of them is for those who asked, and for the log.
READING = [
    Line("recommend --user nora --category Secateurs -k 2 --table", r"for nora.* 1 .* USD\n.* 2 .*others you chose"),
    Line("recommend --user 小林 --category Secateurs --language zh", r'"language": "zh".*"probability": 0\.\d'),
    Line("why nora se-00", r"Ostrand walnut pruning shears se-00.*by score.*probability.*[1-9]\d* rows of the history"),
    Line("why-not nora se-01 --exclude brass", r"Ostrand brass pruning shears.*has 'brass', which was not wanted"),
    Line("profile nora", r"nora: 25 rows about 25 products, 2026-03-02 to 2026-12-01.*walnut"),
    Line("category Secateurs", r"Secateurs.*Workshop > \w+"),
    Line("classify more.csv", r"Brass desk lamp.*(Pens|Lamps)"),
    Line(
        "chat --load nora.chat",
        r"for nora.*in force: at most 70.00 USD; with brass\nfor this chat: you like ",
    ),
    Line("chat --load xiaolin.chat", r"小林.*472.49 CNY.*竹溪.*黄铜"),
    Line("logs -n 0 --prompts", r"olek  Secateurs\nsmall, asked 8 times.*--- answered.*It suits you.*refused.*小林"),
    Line("logs status", r"answers +26, with 8 prompts.*kept +36,500 days"),
    Line("logs path", r"home/logs\.sqlite3"),
    Line("schema", r"RecommendationSet"),
    Line("config show --origin", r"home +\S+home +\S+newaisle.toml:1\n.*currency +USD +\S+config.toml:\d"),
    Line("config path", r"config/newaisle/config\.toml"),
    Line("completion bash", r"complete"),
    Line("doctor", r"ledger +126 products, 36 customers, 866 interactions.*14 templates, 14 of them yours", sealed=4),
    Line("eval --explanations --cases 3", r"with a claim on the history +100.0 %"),
    Line("prompts list", r"explain .*yours .*Our own, of November 2026"),
    Line("prompts vars explain", r"refused"),
    Line("prompts words", r"best.*unbeatable"),
    Line("synonyms check --word metal", r"titanium"),
    Line("prompts show explain", r"description: Our own, of November 2026\."),
    Line("prompts path explain --language zh", r"home/prompts/explain\.zh\.yaml"),
    Line("prompts diff explain", r"\+description: Our own, of November 2026\."),
    Line("prompts render explain --user nora --category Secateurs", r"Product: .*Facts:\n- "),
    Line("prompts check", r"explain\.en.*listwise\.zh.*turn\.zh"),
    Line(f"prompts test explain {SERVER}", r"explain\.en\.yaml:\d+: failed: it does not contain 'Ridgeline", 5),
    Line(f"prompts eval explain --vs . --cases 2 {SERVER}", r"nothing to answer in these cases", 3),
    Line("models list", r"smollm2"),
    Line("models pull nosuch", r"No model, file or folder is called 'nosuch'", 3),
    Line("models bench nosuch", r"nosuch", 3),
    Line("models rm nosuch", r"nosuch", 3),
]
WRITING = [
    Line("ingest items.csv --histories histories.csv", r"0 added, 0 updated, 126 unchanged.*0 added, 0 updated, 864 u"),
    Line("ingest more.csv", r"2 added.*now has 128 products.*866 interactions of 36 customers"),
    Line("feedback edda se-00 --liked", r"stored: edda liked se-00"),
    Line("calibrate", r"on \d+ cases of 6 categories left out"),
    Line("calibrate --reset", r"back to the default weights"),
    Line("reindex", r"0 texts embedded; index g000002 built"),
    Line("forget nora", r"\d\d rows of nora erased"),
    Line("remove se-00", r"rows? of se-00 erased"),
    Line("logs on --keep-days 36000", r"36,000 days"),
    Line("logs off", r"26 answers from before"),
    Line("logs clear", r"26 answers"),
    Line("prompts new explain", r"explain\.en\.yaml: is there already", 3),
    Line("prompts edit rank", r"Nothing was changed"),
    Line("prompts reset explain --yes", r"Deleted; the bundled explain\.en\.yaml is in use"),
    Line("demo", r"Camp Kitchen for mara"),
]


def test_no_command_is_forgotten() -> None:
    lines = [line.command.split() for line in [*READING, *WRITING]]
    assert [path for path, _ in commands() if list(path) not in (line[: len(path)] for line in lines)] == []
    assert ["logs", "-n"] in (line[:2] for line in lines)  # the group is a command too


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of all that is kept, to stand in: where anybody may come."""
    folder = Path(tempfile.mkdtemp()).resolve()
    folder.chmod(0o755)
    shutil.copytree(KEPT, folder, dirs_exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in [name for name in os.environ if name.startswith("NEWAISLE_")]:
        monkeypatch.delenv(name)
    for name, value in {"XDG_CONFIG_HOME": folder / "config", "EDITOR": "true", "VISUAL": "true"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(folder)
    # There is less to try out.
    monkeypatch.setattr(calibrate, "_PULLS", (0.1,))
    monkeypatch.setattr(calibrate, "MOST_CASES", 17)
    monkeypatch.setattr(cold_start, "PRIORS", (30.0,))
    monkeypatch.setattr(cold_start, "LIKENESSES", (1.0,))
    yield folder
    shutil.rmtree(folder)


def contents(folder: Path, *, without: str = "$") -> dict[str, bytes]:
    """Every file below a folder, but for those whose path matches."""
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not re.match(without, name)}


@contextmanager
def sealed(folder: Path) -> Iterator[None]:
    """Nobody may write below a folder: as another user where this one is root, for whom nothing is read-only."""
    everything = [folder, *folder.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    am_root = os.geteuid() == 0
    try:
        if am_root:
            os.seteuid(65534)
        yield
    finally:
        if am_root:
            os.seteuid(0)
        for path in everything:
            path.chmod(0o755)


@pytest.mark.parametrize("line", READING, ids=str)
def test_it_is_read_and_left_as_it_is(earlier: Path, line: Line) -> None:
    # What is measured, and what servers can do, is found again; SQLite's own files come and go with readers.
    but = r"home/(logs.sqlite3|index/|ledger.sqlite3-)|models/|cache/"
    before = contents(earlier, without=but)
    ran = line.run()
    assert ran.code == line.code, ran.err
    assert line.is_said_by(ran), ran
    assert "degraded: made without" not in ran.out
    assert contents(earlier, without=but) == before

    before = contents(earlier)
    with sealed(earlier):
        ran = line.run()
    assert ran.code == (line.code if line.sealed is None else line.sealed), ran.err
    assert line.is_said_by(ran), ran
    assert contents(earlier) == before


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("line", WRITING, ids=str)
def test_it_is_written_to_and_answers_afterwards(line: Line) -> None:
    ran = line.run()
    assert ran.code == line.code, ran.err
    assert line.is_said_by(ran), ran
    answer = newaisle("recommend", "--user", "edda", "--category", "Secateurs").json
    assert len(answer["recommendations"]) == 3
    assert not answer["warnings"]


def test_its_own_template_is_what_a_model_is_asked_with(earlier: Path) -> None:
    with Misbehaving() as server:
        arguments = shlex.split(f"recommend --user nora --category Secateurs {SERVER.replace('SERVER', server.url)}")
        answer = newaisle(*arguments, "--llm-rank", "off").json
    own = (earlier / "home/prompts/explain.en.yaml").read_bytes()
    assert answer["made_with"]["template_hash"] == hashlib.sha256(own).hexdigest()


def test_all_that_it_learned_is_read() -> None:
    written = json.loads((KEPT / "home/learned.json").read_bytes())
    found = read_learned(KEPT / "home")
    assert found.warnings == ()
    assert found.expected_popularity is not None
    assert len(found.expected_popularity.words) == len(written["attraction"]["words"])
    weights = written["blend"]["weights"]
    weights["expected_popularity"] = weights.pop("attraction")
    assert found.blend.weights == weights
    assert (found.blend.likeness, found.blend.prior, found.blend.slope) == (0.1, 300.0, 1.88702)
    assert found.judged is not None
    assert found.judged.cases == 144


def test_all_that_was_said_in_its_chats_is_read() -> None:
    chat = load(KEPT / "nora.chat")
    assert len(chat.turns) == 27
    assert {turn.intent.act for turn in chat.turns if turn.intent} >= {"recommend", "why", "why_not", "reset", "like"}
    assert chat.state.user_id == "nora"
    assert chat.state.wishes.constraints.max_price == 70
    assert chat.state.wishes.constraints.words == ["brass"]
    assert len(chat.state.opinions) == 2


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("name", ["nora.chat", "xiaolin.chat"])
def test_its_chats_are_said_again(name: str) -> None:
    ran = newaisle("chat", "--replay", name)
    assert ran.code in (0, 3), ran.err  # 3: other products come out, as one recommends otherwise by now
    turns = [turn.say for turn in load(KEPT / name).turns]
    assert [line[2:] for line in ran.out.splitlines() if line.startswith("> ")] == turns
    assert f"{len(turns)} turns" in ran.err or "other products or constraints came out" in ran.err


@pytest.mark.parametrize("name", ["ledger", "logs"])
def test_what_it_is_brought_up_to_is_what_a_new_one_is(earlier: Path, tmp_path: Path, name: str) -> None:
    """Fails where a schema was changed and no step leads to it."""
    for path in (earlier / f"home/{name}.sqlite3", tmp_path / f"{name}.sqlite3"):
        if name == "ledger":
            sqlite.open_writer(path).close()
        else:
            with log_file.open_writer(path):
                pass
    with (
        closing(sqlite3.connect(earlier / f"home/{name}.sqlite3")) as old,
        closing(sqlite3.connect(tmp_path / f"{name}.sqlite3")) as new,
    ):
        assert tables(old) == tables(new)
