from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.errors import LedgerError, LockedError
from newaisle.store.category_cells import CategoryPath, CategoryReading
from newaisle.store.home import Home
from newaisle.store.ledger import Ledger, embedding_text
from newaisle.store.rows import Event, Interaction, Moments, Product
from newaisle.store.sqlite import open_writer


def _first_path(cell: str) -> CategoryPath:
    """The path that reading makes of whatever a file says."""
    return (*CategoryReading().paths(cell), ())[0]


texts = st.text(max_size=20)
ids = st.text(min_size=1, max_size=10)
numbers = st.floats(allow_nan=False, allow_infinity=False)
products = st.builds(
    Product,
    item_id=ids,
    title=texts,
    category=st.text(max_size=30).map(_first_path),
    brand=st.none() | texts,
    price=st.none() | st.floats(0, 1e12),
    currency=st.sampled_from([None, "EUR", "CNY"]),
    description=texts,
    in_stock=st.sampled_from([None, True, False]),
    attributes=st.dictionaries(texts, texts, max_size=3),
    other_categories=st.lists(st.text(max_size=30).map(_first_path).filter(bool), max_size=3).map(tuple),
    regular_price=st.none() | st.floats(0, 1e12),
    highest_price=st.none() | st.floats(0, 1e12),
    listed=st.booleans(),
    ids=st.lists(ids, max_size=3).map(tuple),
)
interactions = st.builds(
    Interaction,
    user_id=ids,
    item_id=ids,
    event=st.sampled_from(Event),
    liking=st.floats(-1, 1),
    rating=st.none() | numbers,
    time=st.none() | st.datetimes(timezones=st.just(UTC)),
    position=st.integers(-(2**62), 2**62),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite3", writable=True) as opened:
        yield opened


def product(item_id: str, title: str = "Kettle", **fields: object) -> Product:
    return Product(item_id=item_id, title=title, **fields)  # type: ignore[arg-type]


def bought(user_id: str, item_id: str, **fields: object) -> Interaction:
    return Interaction(user_id=user_id, item_id=item_id, event=Event.PURCHASE, liking=1.0, **fields)  # type: ignore[arg-type]


@given(st.lists(products, max_size=8, unique_by=lambda one: one.item_id))
def test_products_come_back_as_they_were_put(rows: list[Product]) -> None:
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger", writable=True) as ledger:
        assert ledger.put_products(rows).added == len(rows)
        assert list(ledger.products(row.item_id for row in rows).values()) == rows
        assert list(ledger.listed()) == sorted(
            (row for row in rows if row.listed), key=lambda row: row.item_id.encode()
        )
        assert ledger.put_products(rows).unchanged == len(rows)
        for row in rows:
            for path in filter(None, (row.category, *row.other_categories)):
                assert ledger.candidates(" > ".join(path[:1])).count(row) == row.listed


@given(st.lists(interactions, max_size=8))
def test_interactions_come_back_as_they_were_put(rows: list[Interaction]) -> None:
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger", writable=True) as ledger:
        for expected in ((len(rows), 0), (0, len(rows))):
            moment_of = Moments()
            changes = ledger.put_interactions(rows, [moment_of(row) for row in rows])
            assert (changes.added, changes.unchanged, changes.updated) == (*expected, 0)
        shown = [row for row in rows if row.event is Event.IMPRESSION]
        done = [row for row in rows if row.event is not Event.IMPRESSION]
        assert (Counter(ledger.interactions()), Counter(ledger.impressions())) == (Counter(done), Counter(shown))
        for user in {row.user_id for row in rows}:
            positions = [row.position for row in ledger.history(user)]
            assert positions == sorted(row.position for row in done if row.user_id == user)


def test_a_category_holds_its_own_products_and_those_below_it_only(ledger: Ledger) -> None:
    paths = [("Home",), ("Home", "Tea_pots"), ("Home", "Teaxpots"), ("HOME", "Tea_pots"), ("Homes",), ("Home!",), ()]
    ledger.put_products([product(str(i), category=path) for i, path in enumerate(paths)])
    assert [row.item_id for row in ledger.candidates("Home")] == ["0", "1", "2"]
    assert [row.item_id for row in ledger.candidates("Home > Tea_pots")] == ["1"]
    assert ledger.categories() == {"HOME > Tea_pots": 1, "Home": 1, "Home > Tea_pots": 1, "Home > Teaxpots": 1} | {
        "Home!": 1,
        "Homes": 1,
    }


def test_a_product_that_the_shop_hides_is_kept_and_offered_nowhere(ledger: Ledger) -> None:
    hidden = product("b", category=("Home",), other_categories=(("Tea",),), listed=False)
    ledger.put_products([product("a", category=("Home",)), hidden])
    assert [row.item_id for row in ledger.candidates("Home")] == ["a"]
    assert ledger.candidates("Tea") == []
    assert ledger.categories() == {"Home": 1}
    ledger.retire_products(["c"])
    assert ledger.products(["b"])["b"] == hidden  # nobody has bought it yet
    assert ledger.put_products([product("b", category=("Home",))]).updated == 1
    assert [row.item_id for row in ledger.candidates("Home")] == ["a", "b"]


def test_a_product_is_replaced_with_its_categories_and_ids(ledger: Ledger) -> None:
    one = product("a", category=("Home",), other_categories=(("Tea",), ("Home",), ("Tea", "Pots")), ids=("a-red",))
    ledger.put_products([one, product("b", ids=("a", "b-1", "shared")), product("c", ids=("shared",))])
    assert [row.item_id for row in ledger.candidates("Tea")] == ["a"]
    assert ledger.categories() == {"Home": 1, "Tea": 1, "Tea > Pots": 1}
    assert ledger.product_count() == 3
    assert ledger.ids() == {"a-red": "a", "b-1": "b"}  # `a` is a product's own, `shared` is said of two
    assert ledger.ids(["a-red", "none"]) == {"a-red": "a"}
    ledger.put_products([product("a", category=("Home",), other_categories=(("Gifts",),))])
    assert ledger.candidates("Tea") == []
    assert [row.item_id for row in ledger.candidates("Gifts")] == ["a"]
    assert ledger.ids() == {"b-1": "b"}
    ledger.erase_product("a")
    assert ledger.categories() == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"other_categories": (("Tea",),)},
        {"regular_price": 9.0},
        {"highest_price": 9.0},
        {"listed": False},
        {"ids": ("a-1",)},
    ],
)
def test_every_field_of_a_product_is_noticed_when_it_changes(ledger: Ledger, fields: dict[str, object]) -> None:
    ledger.put_products([product("a")])
    assert ledger.put_products([product("a", **fields)]).updated == 1
    assert ledger.put_products([product("a", **fields)]).unchanged == 1


def test_only_a_row_that_changes_is_written(ledger: Ledger) -> None:
    ledger.put_products([product("a"), product("b")])
    revision = ledger.revision
    assert ledger.put_products([product("a"), product("b")]).any is False
    assert ledger.revision == revision
    changes = ledger.put_products([product("a"), product("b", price=3.0), product("c")])
    assert (changes.added, changes.updated, changes.unchanged) == (1, 1, 1)
    assert ledger.revision > revision


def test_a_changed_interaction_is_updated(ledger: Ledger) -> None:
    ledger.put_interactions([bought("u", "a", rating=None), bought("u", "b", rating=3.0)], ["", ""])
    revision = ledger.revision
    changes = ledger.put_interactions([bought("u", "a", rating=None), bought("u", "b", rating=4.0)], ["", ""])
    assert (changes.added, changes.updated, changes.unchanged) == (0, 1, 1)
    assert [row.rating for row in ledger.history("u")] == [None, 4.0]
    assert ledger.revision == revision + 1


def test_rows_at_one_moment_are_told_apart_by_their_order() -> None:
    day = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [bought("u", "a", time=day, position=i) for i in range(3)] + [bought("u", "a"), bought("u", "b")]
    moment_of = Moments()
    moments = [moment_of(row) for row in rows]
    assert moments == [day.isoformat(), f"{day.isoformat()}#2", f"{day.isoformat()}#3", "", ""]


def test_many_ids_are_asked_for_in_portions(ledger: Ledger) -> None:
    ledger.put_products([product("first"), product("last")])
    asked = ["first", *map(str, range(70_000)), "last"]
    assert list(ledger.products(asked)) == ["first", "last"]


def test_vectors_are_kept_by_text_and_embedder(ledger: Ledger) -> None:
    ledger.put_products([product("a"), product("b"), product("c", "Pot")])
    keys = ledger.keys_without_vector("one")
    assert ledger.texts(keys) == ["Pot", "Kettle"]  # the shortest first, and one for two products
    ledger.put_vectors(keys, "one", np.array([[1, 0], [0, 1]], np.float32))
    assert ledger.keys_without_vector("one") == []
    assert ledger.keys_without_vector("two") == keys
    assert ledger.vectors(["a", "c"], "two") == {}
    found = ledger.vectors(["a", "b", "c", "x"], "one")
    assert {item: vector.tolist() for item, vector in found.items()} == {"a": [0, 1], "b": [0, 1], "c": [1, 0]}


def test_a_text_that_the_embedder_cannot_read_has_no_vector_and_is_not_asked_for_again(ledger: Ledger) -> None:
    ledger.put_products([product("a", "水壶")])
    ledger.put_vectors(ledger.keys_without_vector("one"), "one", np.zeros((1, 2), np.float32))
    assert ledger.vectors(["a"], "one") == {}
    assert ledger.keys_without_vector("one") == []


def test_vectors_of_texts_that_are_gone_are_dropped(ledger: Ledger) -> None:
    ledger.put_products([product("a"), product("b", "Pot")])
    ledger.put_vectors(ledger.keys_without_vector("one"), "one", np.ones((2, 2), np.float32))
    ledger.put_products([product("a", "Teapot")])
    ledger.drop_unused_vectors()
    ledger.put_products([product("a", "Kettle")])
    assert ledger.texts(ledger.keys_without_vector("one")) == ["Kettle"]
    assert list(ledger.vectors(["a", "b"], "one")) == ["b"]


def test_words_are_counted_by_product_and_category(ledger: Ledger) -> None:
    ledger.put_products([product("a", "Red kettles red", category=("Home",)), product("b", "Blue kettle")])
    ledger.recount_words()
    assert ledger.product_frequencies(["kettle", "red", "blue", "green"]) == {"kettle": 2, "red": 1, "blue": 1}
    assert ledger.category_words() == {"Home": {"red": 1, "kettle": 1}}
    ledger.put_products([product("b", "Green kettle")])
    ledger.recount_words()
    assert ledger.product_frequencies(["blue", "green"]) == {"green": 1}


def test_kept_counts_are_those_of_the_listed_products(ledger: Ledger) -> None:
    steps = [
        lambda: ledger.put_products([product("a", category=("Home",)), product("b", category=("Home",)), product("c")]),
        lambda: ledger.put_products([product("b", category=("Garden",)), product("d", category=("Garden",))]),
        lambda: ledger.retire_products(["b"]),
        lambda: ledger.erase_product("d"),
    ]
    expected = [(3, {"Home": 2}), (4, {"Garden": 2, "Home": 1}), (3, {"Garden": 1, "Home": 1}), (2, {"Home": 1})]
    for step, counts in zip(steps, expected, strict=True):
        step()
        assert (ledger.product_count(), ledger.categories()) == counts
        ledger.recount_words()
        assert (ledger.product_count(), ledger.categories()) == counts


def test_the_state_of_the_catalogue_tells_when_words_were_counted_anew(ledger: Ledger) -> None:
    ledger.put_products([product("a", "Red kettle", category=("Home",))])
    states = [ledger.catalogue_state]
    ledger.recount_words()
    states.append(ledger.catalogue_state)
    ledger.recount_words()
    assert ledger.catalogue_state == states[-1]
    ledger.put_products([product("b", "Drill", category=("Tools",))])
    states.append(ledger.catalogue_state)
    assert len(set(states)) == len(states)


def test_a_product_taken_off_the_list_stays_in_histories_only(ledger: Ledger) -> None:
    ledger.put_products([product("a", category=("Home",)), product("b", category=("Home",)), product("c")])
    ledger.put_interactions([bought("u", "a")], [""])
    ledger.retire_products(["a", "b"])
    assert [row.item_id for row in ledger.listed()] == ["c"]
    assert ledger.candidates("Home") == []
    assert ledger.categories() == {}
    assert list(ledger.products(["a", "b"])) == ["a"]
    assert ledger.counts() == {"products": 1, "customers": 1, "interactions": 1, "categories": 0}
    ledger.retire_interactions(ledger.interaction_keys())
    assert ledger.item_ids() == ["c"]


def test_the_text_of_a_product_holds_what_describes_it() -> None:
    described = product("a", brand="Acme", category=("Home", "Kettles"), description="Boils.", price=3.0)
    assert embedding_text(described) == "Kettle. Acme. Kettles. Boils."
    assert embedding_text(product("a")) == "Kettle"


def test_a_reader_sees_one_state_while_a_writer_writes(ledger: Ledger) -> None:
    ledger.put_products([product(f"{i:03}") for i in range(300)])
    with Ledger.open(ledger.path) as reader:
        under_way = reader.listed()
        seen = [next(under_way).item_id]
        ledger.put_products([product(f"{i:03}", "Pot") for i in range(200, 400)])
        rest = list(under_way)
        seen += [row.item_id for row in rest]
        assert len(seen) == 300
        assert {row.title for row in rest} == {"Kettle"}
        assert reader.counts()["products"] == 400
        assert reader.products(["250"])["250"].title == "Pot"


def test_a_second_writer_is_refused_at_once(home: Home) -> None:
    with home.writer() as ledger:
        ledger.put_products([product("a")])
        with pytest.raises(LockedError, match=r"another newaisle is writing to .*: wait"), home.writer():
            pass
        with home.reader() as reader:
            assert reader.item_ids() == ["a"]
    with home.writer() as ledger:
        assert ledger.item_ids() == ["a"]


def test_a_shop_that_is_not_there_is_named_with_the_command_that_makes_it(home: Home) -> None:
    with pytest.raises(LedgerError, match=r"there is no shop in .*: run `newaisle ingest"):
        home.reader()
    assert not home.folder.exists()


def test_an_empty_file_is_no_shop_yet(home: Home) -> None:
    home.folder.mkdir()
    home.ledger_path.touch()
    with pytest.raises(LedgerError, match="there is no shop"):
        home.reader()
    with home.writer() as ledger:
        assert ledger.item_ids() == []


@pytest.mark.parametrize("writable", [False, True])
def test_a_newer_ledger_is_refused_and_left_as_it_is(shop: Home, writable: bool) -> None:
    with sqlite3.connect(shop.ledger_path, isolation_level=None) as db:
        db.execute("PRAGMA user_version = 9")
    db.close()
    before = shop.ledger_path.read_bytes()
    with pytest.raises(LedgerError, match=r"newer newaisle \(ledger version 9, this one reads \d\): upgrade newaisle"):
        Ledger.open(shop.ledger_path, writable=writable)
    assert shop.ledger_path.read_bytes() == before


@pytest.mark.parametrize("writable", [False, True])
@pytest.mark.parametrize("version", [0, 1, 7])
def test_the_database_of_another_program_is_refused_and_left_as_it_is(home: Home, version: int, writable: bool) -> None:
    home.folder.mkdir()
    with sqlite3.connect(home.ledger_path) as db:
        db.executescript(f"CREATE TABLE photos (name); PRAGMA user_version = {version};")
    db.close()
    before = home.ledger_path.read_bytes()
    with pytest.raises(LedgerError, match="is not a ledger of newaisle: move it away or choose another --home"):
        Ledger.open(home.ledger_path, writable=writable)
    assert home.ledger_path.read_bytes() == before
    assert [path.name for path in home.folder.iterdir()] == ["ledger.sqlite3"]


@pytest.mark.parametrize("writable", [False, True])
def test_a_file_that_is_no_database_is_refused(home: Home, writable: bool) -> None:
    home.folder.mkdir()
    home.ledger_path.write_bytes(b"photos of the sea " * 1000)
    with pytest.raises(LedgerError, match=r"is damaged \(file is not a database\): restore a copy"):
        Ledger.open(home.ledger_path, writable=writable)
    assert home.ledger_path.read_bytes() == b"photos of the sea " * 1000


def test_a_damaged_ledger_says_so_in_one_line(shop: Home) -> None:
    content = bytearray(shop.ledger_path.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    shop.ledger_path.write_bytes(content)
    with shop.reader() as ledger:
        for use in (ledger.check, ledger.counts, ledger.user_ids, lambda: list(ledger.listed())):
            with pytest.raises(
                LedgerError, match=r"is damaged .*: restore a copy, or ingest into another --home"
            ) as found:
                use()
            assert "\n" not in str(found.value)


def test_a_sound_ledger_passes_its_check(shop: Home) -> None:
    with shop.reader() as ledger:
        ledger.check()


def test_a_full_disk_costs_none_of_the_rows_that_were_there(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, writable=True) as ledger:
        ledger.put_products([product(f"{i:04}") for i in range(100)])
    connection = open_writer(path)
    connection.execute("PRAGMA max_page_count = 40")
    many = [product(f"{i:04}", "Pot", description="x" * 500) for i in range(1000)]
    with Ledger(connection, path) as full:
        with pytest.raises(LedgerError, match=r"the disk of .* is full: free some space and run it again"):
            full.put_products(many)
        assert full.counts()["products"] == 100
        assert full.put_products([product("0000")]).unchanged == 1
    with Ledger.open(path, writable=True) as ledger:
        assert {row.title for row in ledger.listed()} == {"Kettle"}
        assert ledger.put_products(many).updated == 100


def test_the_mean_vector_is_that_of_all_texts_the_embedder_can_read(ledger: Ledger) -> None:
    assert ledger.mean_vector("one").shape == (0,)
    ledger.put_products([product("a"), product("b", "Pot"), product("c", "水壶")])
    ledger.put_vectors(ledger.keys_without_vector("one"), "one", np.array([[0, 0], [1, 0], [0, 1]], np.float32))
    assert ledger.mean_vector("one").tolist() == [0.5, 0.5]
    assert ledger.mean_vector("two").shape == (0,)
