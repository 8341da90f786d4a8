"""One tree of errors: each ends a command with its exit code, and each message ends with the next move."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import newaisle
from newaisle.agent.chat.state import load
from newaisle.agent.cli.files import read_products, text_of
from newaisle.agent.llm.server.endpoint import Endpoint, Keys
from newaisle.agent.llm.server.failures import error_of_answer
from newaisle.agent.settings.files import fill_in
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.session import load_embedder, load_model
from newaisle.errors import NewaisleError
from newaisle.prompts.library import load_template
from newaisle.prompts.own import new_template
from newaisle.prompts.template import read_template
from newaisle.store.columns import parse_mapping
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.liking import parse_event_map
from newaisle.store.logs import Logs
from newaisle.testing import ScriptedModel


def all_errors() -> set[type[BaseException]]:
    """Every class of exception that any module of newaisle defines."""
    for module in pkgutil.walk_packages(newaisle.__path__, "newaisle."):
        importlib.import_module(module.name)

    def below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {kind for kind in below(BaseException) if kind.__module__.startswith("newaisle.")}


def test_every_error_is_in_one_tree_but_what_never_leaves_its_room() -> None:
    strays = {kind.__name__ for kind in all_errors() if not issubclass(kind, NewaisleError)}
    assert strays == {"BadValue", "Refused", "_GaveUp", "_Stopped"}


def test_every_error_has_one_of_the_exit_codes() -> None:
    codes = {kind.__name__: kind.exit_code for kind in all_errors() if issubclass(kind, NewaisleError)}
    assert len(codes) > 35
    assert set(codes.values()) == {3, 4, 5, 6}


@pytest.mark.parametrize(
    ("message", "move"),
    [
        ("the index is missing: run `newaisle reindex`", "run `newaisle reindex`"),
        ("x.csv is no table (not UTF-8: byte 0xff); name its encoding.", "name its encoding"),
        ("no category 'Home: Tea' (did you mean 'Home: Teas'?): check the name", "check the name"),
        ("'Tea' is ambiguous: say one of 'Home: Tea', 'Food; Tea'", "say one of 'Home: Tea', 'Food; Tea'"),
        ("the file cannot be used: write `{'host': 'key'}` into it", "write `{'host': 'key'}` into it"),
        (r"C:\shop\a.yaml:12: the key stands twice: take one out", "take one out"),
        ("it was locked at 12:30 by another program: wait", "wait"),
        ("the customer's list: mend the shop's file", "mend the shop's file"),
        ("nothing more can be said", ""),
    ],
)
def test_the_next_move_is_the_last_clause_of_a_message(message: str, move: str) -> None:
    assert NewaisleError(message).next_move == move


@dataclass(frozen=True)
class Scene:
    """Where things go wrong: a shop, open, and a folder to put files into."""

    shop: newaisle.Shop
    home: Home
    folder: Path

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def ingest(self, text: str | bytes, name: str = "items.csv", **how: object) -> object:
        return self.shop.ingest(self.file(name, text), **how)  # type: ignore[arg-type]

    def opened(self, **how: object) -> newaisle.Shop:
        return newaisle.open_shop(self.home.folder, **{"model": "none", "embedder": "hash", **how})  # type: ignore[arg-type]

    def settings(self, **how: object) -> Settings:
        return Settings(home=self.home.folder, models=self.folder / "models", **how)  # type: ignore[arg-type]

    def written_to(self, path: Path, content: bytes) -> newaisle.Shop:
        """The shop, opened anew after a file of it was overwritten."""
        path.write_bytes(content)
        return self.opened()

    def changed(self, statement: str) -> newaisle.Shop:
        """The shop, opened anew after somebody changed its ledger."""
        with closing(sqlite3.connect(self.home.ledger_path)) as db, db:
            db.execute(statement)
        return self.opened()

    def locked(self) -> object:
        with self.home.writer():
            return self.ingest("id,title\na,Pot\n")

    def configured(self, text: str) -> object:
        self.file("newaisle.toml", text)
        return fill_in(Settings(), self.folder, {})

    def template(self, text: str) -> object:
        return read_template(self.file("explain.en.yaml", text), "yours")

    def answer_of_server(self, status: int, body: bytes = b"") -> None:
        raise error_of_answer(status, body, Endpoint.parse("http://localhost:9/v1#small", keys=Keys()))

    def strict(self, reply: str) -> object:
        with self.opened(model=ScriptedModel(lambda _: reply)) as shop:
            return shop.recommend("ann", "Tea", strict=True)


FAILURES: dict[str, tuple[Callable[[Scene], object], int, str]] = {
    "no shop": (lambda at: newaisle.open_shop(at.folder / "no").profile("ann"), 3, "run `newaisle ingest CATALOGUE "),
    "an unknown customer": (lambda at: at.shop.recommend("anna", "Tea"), 3, "check the id, or leave --user out"),
    "a profile of nobody": (lambda at: at.shop.profile("anna"), 3, "check the id"),
    "an unknown category": (lambda at: at.shop.recommend("ann", "Tee"), 3, "check the name, or bring its products"),
    "no product": (lambda at: at.shop.recommend("ann", "Tea", k=0), 3, "ask for at least one product"),
    "a style that there is not": (lambda at: at.shop.recommend("ann", "Tea", style="long"), 3, "it should be 'short',"),
    "a method that there is not": (lambda at: at.shop.category("Tea", method="best"), 3, "take one of 'words', "),
    "an unknown product": (lambda at: at.shop.why("ann", "t9"), 3, "give the id of a product as the catalogue has it"),
    "why a product that is owned": (lambda at: at.shop.why("ann", "t0"), 3, "`newaisle why-not` with the same options"),
    "feedback about nothing": (lambda at: at.shop.feedback("ann", "t9", "liked"), 3, "check the id"),
    "feedback that is none": (lambda at: at.shop.feedback("ann", "t1", "loved"), 3, "say one of liked, disliked"),
    "forgetting nobody": (lambda at: at.shop.forget("anna"), 3, "check the id"),
    "removing nothing": (lambda at: at.shop.remove("t9"), 3, "check the id"),
    "no command of a chat": (lambda at: at.shop.reply(at.shop.chat(), "/wyh 1"), 3, "/help lists them"),
    "no saved chat": (lambda at: load(at.folder / "no.chat"), 3, "give the file of a saved chat"),
    "no logged answer": (lambda at: Logs(at.home.logs_path).find("x"), 3, "see `newaisle logs`"),
    "no file": (lambda at: at.shop.ingest("nothing.csv"), 3, "check the path"),
    "a misspelt file": (lambda at: at.shop.ingest(at.file("a.csv", "").with_name("b.csv")), 3, "did you mean "),
    "a folder for a file": (lambda at: at.shop.ingest(at.folder), 3, "give a file that can be read"),
    "an empty file": (lambda at: at.ingest(""), 3, "give a file with rows"),
    "a file without rows": (lambda at: at.ingest("id,title\n"), 3, "export it again"),
    "a file without titles": (lambda at: at.ingest("id,price\n1,2\n"), 3, "name it with --map title="),
    "a file of another kind": (lambda at: at.ingest(b"%PDF-1.7"), 3, "export the data as CSV"),
    "a file in another encoding": (lambda at: at.ingest("id,title\n1,é\n".encode("latin-1")), 3, "add --encoding"),
    "a file of bad rows": (lambda at: at.ingest("id,title\n,Pot\n"), 3, "see /"),
    "a format that there is not": (
        lambda at: at.ingest("x", options=newaisle.ReadOptions(file_format="xls")),
        3,
        "take one of csv",
    ),
    "a column that there is not": (
        lambda at: at.ingest("id,name\n1,Pot\n", options=newaisle.ReadOptions(mapping={"title": ("nam",)})),
        3,
        "take one of its columns, ",
    ),
    "a mapping to no field": (lambda at: parse_mapping(["titel=x"]), 3, "take one of id, title"),
    "no map of events": (lambda at: parse_event_map(["x=bougt"]), 3, "take as EVENT one of purchase"),
    "no brief": (lambda at: text_of(str(at.file("brief", b"\xff"))), 3, "give a UTF-8 text file, or the text"),
    "no candidates": (lambda at: read_products(str(at.file("c.csv", "id,title\n,P\n"))), 3, "give a catalogue with"),
    "another embedder": (
        lambda at: newaisle.open_shop(at.home.folder, embedder=OtherEmbedder()).ingest(
            at.file("c.csv", "id,title\n1,P")
        ),
        3,
        "run `newaisle reindex` to embed it anew",
    ),
    "another writer": (Scene.locked, 6, "wait until it is done, then run this again"),
    "a damaged ledger": (
        lambda at: at.written_to(at.home.ledger_path, b"SQLite format 3\0" + b"x" * 4096).profile("ann"),
        6,
        "restore a copy, or ingest into another --home",
    ),
    "a ledger of something else": (
        lambda at: at.changed("PRAGMA application_id = 7").profile("ann"),
        6,
        "move it away or choose another --home",
    ),
    "a ledger of a newer program": (
        lambda at: at.changed("PRAGMA user_version = 99").profile("ann"),
        6,
        "upgrade newaisle",
    ),
    "a shop that is half read": (
        lambda at: at.changed("DELETE FROM meta WHERE key = 'embedder'").profile("ann"),
        6,
        "run the same `newaisle ingest` command again",
    ),
    "a damaged log": (
        lambda at: Logs(at.file("log", b"SQLite format 3\0" + b"x" * 4096)).status(),
        6,
        "begin a new one with `newaisle logs clear`",
    ),
    "a model that there is not": (lambda at: load_model(at.settings(model="smolm2")), 3, "did you mean smollm2-135m?"),
    "a model that is not there": (
        lambda at: load_model(at.settings()),
        4,
        "run `newaisle models pull smollm2-135m`",
    ),
    "no reference to a model": (lambda at: load_model(at.settings(model="hf:tea")), 3, "write hf:owner/repo/file.gguf"),
    "an embedder that is not there": (
        lambda at: load_embedder(at.settings(embedder="minilm-l6")),
        4,
        "run `newaisle models pull minilm-l6`, or compare words only with --embedder hash",
    ),
    "no server": (
        lambda at: load_model(at.settings(backend="http", base_url="http://127.0.0.1:9", model="m")),
        4,
        "is the server running?",
    ),
    "no address of a server": (lambda at: newaisle.open_shop(base_url="x"), 3, "give base_url one like 'http://"),
    "an impossible port": (lambda at: Endpoint.parse("http://h:99999/v1#m", keys=Keys()), 3, "give one like http://"),
    "a server without the model": (lambda at: at.answer_of_server(404, b"no such model"), 4, "take one of those that"),
    "a server that will not": (lambda at: at.answer_of_server(400, b"no: never"), 4, "take another model, or another"),
    "a server that is busy": (lambda at: at.answer_of_server(429), 4, "try again later, or configure a --fallback"),
    "no file of keys": (
        lambda at: Keys.from_environment(at.file("keys", "[]"), base_url=None),
        3,
        'it must be a JSON object like `{"host:port": "key"}`',
    ),
    "a part that is missing": (
        lambda at: at.opened(model="smollm2-135m", models=at.folder).recommend("ann", "Tea", strict=True),
        4,
        "run `newaisle models pull smollm2-135m`",
    ),
    "a useless model": (lambda at: at.strict("It is the best."), 5, "leave --strict out to have them replaced"),
    "an unknown setting": (lambda at: at.configured('modle = "x"'), 3, "mend it, or take it out"),
    "a setting that cannot be": (lambda at: at.configured("k = 0"), 3, "k must be a whole number of at least 1"),
    "no file of settings": (lambda at: at.configured("k = = 3"), 3, "mend it, or move it away"),
    "a server in a strange folder": (
        lambda at: at.configured('base_url = "http://example.com/v1"'),
        3,
        "if you trust what is in there, put `trust = [",
    ),
    "a prompt that there is not": (
        lambda at: load_template("explian", language="en", folder=None),
        3,
        "take one of explain, ",
    ),
    "a template of nothing": (lambda at: at.template(""), 3, "must be a mapping with `description`"),
    "a template with a key twice": (
        lambda at: at.template("language: en\nlanguage: en\n"),
        3,
        "take one out",
    ),
    "a template of one's own that is wrong": (
        lambda at: load_template("explain", language="en", folder=at.file("explain.en.yaml", "a: [").parent),
        3,
        "mend it with `newaisle prompts edit explain --language en`, or use the bundled one again with ",
    ),
    "a template that is there": (
        lambda at: new_template("explain", "en", at.file("explain.en.yaml", "").parent),
        3,
        "change it with `newaisle prompts edit explain --language en`, or ",
    ),
}


class OtherEmbedder(HashEmbedder):
    """Words in more dimensions."""

    def __init__(self) -> None:
        super().__init__(128)


@pytest.mark.parametrize("what", FAILURES)
def test_what_goes_wrong_is_told_in_one_line_with_the_next_move(what: str, shop: Home, tmp_path: Path) -> None:
    fail, code, move = FAILURES[what]
    with (
        newaisle.open_shop(shop.folder, model="none", embedder="hash") as opened,
        pytest.raises(NewaisleError) as raised,
    ):
        fail(Scene(opened, shop, tmp_path))
    error = raised.value
    assert "\n" not in str(error)
    assert error.exit_code == code
    assert error.next_move.startswith(move), error
    assert str(error).rstrip(".").endswith(error.next_move)
