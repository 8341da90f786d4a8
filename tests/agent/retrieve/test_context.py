"""Retrieval: the candidates, the history and the categories that bear on a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.retrieve.constraints import admit
from newaisle.agent.retrieve.context import Context
from newaisle.agent.retrieve.known import find_category
from newaisle.agent.schema.answer import Constraints
from newaisle.agent.schema.query import Query
from newaisle.errors import IndexDamaged, RequestError
from newaisle.store import index
from newaisle.store.home import Home
from newaisle.store.index import Index, Neighbour
from newaisle.store.ledger import Ledger
from newaisle.store.rows import Event, Interaction, Product
from tests.agent.filled import EMBEDDER, did, fill, no_index, product, retriever

PRODUCTS = [
    product("l1", "oak desk lamp", "Home > Lamps", brand="Hale", price=20.0, currency="USD"),
    product("l2", "steel floor lamp", "Home > Lamps", brand="Orrin", price=90.0, currency="USD"),
    product("l3", "oak bed lamp", "Home > Lamps > Bedside", brand="Hale"),
    product("d1", "oak desk", "Home > Desks", brand="Hale"),
    product("d2", "oak desk with lamp", "Home > Desks", brand="Hale"),
    product("t1", "black tea", "Food > Tea", brand="Pine"),
    product("t2", "green tea", "Food > Tea", brand="Pine"),
    product("n1", "thing without a category", ""),
    product("z1", "陶瓷台灯", "家居 > 台灯", brand="明朗"),
]
HISTORY = [
    did("ann", "d1"),
    did("ann", "t1", Event.VIEW),
    did("ann", "t2", Event.REVIEW, 1.0),
    did("bob", "l1"),
    did("bob", "l2", Event.VIEW),
    did("bob", "l3", Event.LIKE),
    did("cy", "t1"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return fill(tmp_path_factory.mktemp("context"), PRODUCTS, HISTORY)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with home.reader() as opened:
        yield opened


def find(ledger: Ledger, user_id: str | None, category: str = "Lamps", **asked: Any) -> Context:
    return retriever(ledger).find(Query(user_id=user_id, category=category, **asked))


def candidate_ids(context: Context) -> list[str]:
    return [context.case.candidates[one].item_id for one in context.case.eligible]


def test_candidates_are_the_products_of_the_category_and_of_those_below_it(ledger: Ledger) -> None:
    assert candidate_ids(find(ledger, "ann")) == ["l1", "l2", "l3"]
    assert candidate_ids(find(ledger, "ann", "Bedside")) == ["l3"]
    assert candidate_ids(find(ledger, None, "Home")) == ["d1", "d2", "l1", "l2", "l3"]


def test_what_was_bought_is_no_candidate_and_what_was_only_looked_at_or_liked_is(ledger: Ledger) -> None:
    assert candidate_ids(find(ledger, "bob")) == ["l2", "l3"]


@pytest.mark.parametrize(
    ("event", "owned"),
    [
        (Event.PURCHASE, True),
        (Event.REVIEW, True),
        (Event.RATING, True),
        (Event.RETURN, True),
        (Event.DISLIKE, True),
        (Event.LIKE, False),
        (Event.VIEW, False),
    ],
)
def test_which_events_keep_a_product_out(tmp_path: Path, event: Event, owned: bool) -> None:
    with fill(tmp_path, PRODUCTS, [did("u", "l1", event, 5.0 if event is Event.RATING else None)]).reader() as ledger:
        assert ("l1" not in candidate_ids(find(ledger, "u"))) is owned


def test_history_holds_what_was_liked_with_the_most_telling_event(tmp_path: Path) -> None:
    rows = [
        did("u", "d1", Event.VIEW),
        did("u", "d1"),
        did("u", "d2", Event.LIKE),
        did("u", "t1"),
        did("u", "t1", Event.RETURN),
        did("u", "t2", Event.RATING, 1.0),
        did("u", "z1", Event.RATING, 5.0),
        did("u", "l1"),
        did("u", "l1", Event.REVIEW, 2.0),
    ]
    with fill(tmp_path, PRODUCTS, rows).reader() as ledger:
        history = find(ledger, "u").case.history
    assert [(row.product.item_id, row.event) for row in history] == [
        ("d1", Event.PURCHASE),
        ("d2", Event.LIKE),
        ("z1", Event.RATING),
    ]


def test_a_purchase_that_was_rated_badly_and_liked_later_is_called_liked(tmp_path: Path) -> None:
    rows = [did("u", "d1", Event.PURCHASE, 1.0), did("u", "d1", Event.LIKE)]
    with fill(tmp_path, PRODUCTS, rows).reader() as ledger:
        (row,) = find(ledger, "u").case.history
    assert row.event is Event.LIKE


def test_the_history_is_in_the_order_of_time_with_its_vectors(ledger: Ledger) -> None:
    case = find(ledger, "ann").case
    assert [row.product.item_id for row in case.history] == ["d1", "t1"]
    assert [row.liking for row in case.history] == [1.0, 0.25]
    assert case.history_vectors.shape == (2, EMBEDDER.dimensions)
    stored = ledger.vectors(["d1"], EMBEDDER.name)["d1"]
    assert np.array_equal(case.history_vectors[0], stored)


def test_nobody_has_no_history(ledger: Ledger) -> None:
    context = find(ledger, None)
    assert context.case.history == []
    assert len(candidate_ids(context)) == 3
    assert context.is_new_to_user


def test_a_category_is_new_to_a_customer_who_did_nothing_in_it(ledger: Ledger) -> None:
    assert find(ledger, "ann").is_new_to_user
    assert not find(ledger, "bob").is_new_to_user
    assert not find(ledger, "bob", "Home").is_new_to_user


def test_an_unknown_customer_is_told_who_is_closest(ledger: Ledger) -> None:
    with pytest.raises(RequestError, match=r"no customer 'anne' \(did you mean 'ann'\?\): check the id, or leave"):
        find(ledger, "anne")


def test_an_unknown_category_is_told_which_is_closest(ledger: Ledger) -> None:
    with pytest.raises(RequestError, match=r"no category 'Lmaps' \(did you mean 'Lamps'\?\): .*--candidates FILE"):
        find(ledger, "ann", "Lmaps")


def test_a_category_is_found_by_its_name_or_path_in_whatever_case() -> None:
    for name, found in [
        ("Lamps", ["Home > Lamps"]),
        ("lamps ", ["Home > Lamps"]),
        ("HOME > LAMPS", ["Home > Lamps"]),
        ("Home", ["Home"]),
        ("Bedside", ["Home > Lamps > Bedside"]),
        ("Garden", ["Garden"]),
        ("Chairs", ["Home > Chairs", "Garden > Chairs"]),
        ("Garden > Chairs", ["Garden > Chairs"]),
        ("台灯", ["家居 > 台灯"]),
        ("Lamp", []),
        ("", []),
    ]:
        known = ["Home > Lamps", "Home > Lamps > Bedside", "Home > Chairs", "Garden > Chairs", "家居 > 台灯"]
        assert find_category(name, known) == found, name


def test_a_name_that_several_categories_have_is_asked_about(tmp_path: Path) -> None:
    products = [product("a", "x", "Home > Chairs"), product("b", "x", "Garden > Chairs")]
    with fill(tmp_path, products).reader() as ledger:
        with pytest.raises(RequestError, match="'chairs' is ambiguous: say one of 'Garden > Chairs', 'Home > Chairs'"):
            find(ledger, None, "chairs")
        assert candidate_ids(find(ledger, None, "garden > chairs")) == ["b"]


def test_categories_whose_names_begin_alike_are_kept_apart(tmp_path: Path) -> None:
    products = [product("a", "x", "Tea"), product("b", "x", "Tea > Green"), product("c", "x", "Tea cups")]
    with fill(tmp_path, products).reader() as ledger:
        assert candidate_ids(find(ledger, None, "Tea")) == ["a", "b"]


def test_a_price_limit_is_in_the_currency_of_the_category_and_leaves_out_what_has_none(ledger: Ledger) -> None:
    context = find(ledger, "ann", constraints=Constraints(max_price=50))
    assert candidate_ids(context) == ["l1"]
    assert context.constraints.currency == "USD"
    assert context.warnings == ["1 products without a price were left out because of the price limit"]


def test_a_currency_that_was_given_is_kept(ledger: Ledger) -> None:
    context = find(ledger, "ann", constraints=Constraints(max_price=50, currency="EUR"))
    assert candidate_ids(context) == []
    assert context.warnings[1].startswith("2 products priced in another currency")


def test_it_says_when_nothing_is_left(ledger: Ledger) -> None:
    context = find(ledger, "ann", constraints=Constraints(brands=["Nobody"]))
    assert candidate_ids(context) == []
    assert context.warnings == ["none of 3 products can be recommended: they are owned already or break a constraint"]


HAMMOCKS = [product("h1", "linen hammock", "", brand="Hale"), product("h2", "oak stand for a lamp", "")]


def test_a_category_new_to_the_catalogue_brings_its_own_candidates(ledger: Ledger) -> None:
    before = ledger.counts()
    found = retriever(ledger, embedder=lambda: EMBEDDER).find(
        Query(user_id="ann", category="Hammocks", candidates=[*HAMMOCKS, HAMMOCKS[0]], brief="Made of linen")
    )
    assert candidate_ids(found) == ["h1", "h2"]
    assert found.is_new_to_catalogue
    assert found.is_new_to_user
    assert found.category_name == found.category == "Hammocks"
    assert found.case.candidate_vectors.any(axis=1).all()
    assert ledger.counts() == before


def test_candidates_that_are_brought_are_held_to_ownership_and_constraints_too(ledger: Ledger) -> None:
    brought = [*HAMMOCKS, product("d1", "oak desk", "")]
    found = retriever(ledger, embedder=lambda: EMBEDDER).find(
        Query(user_id="ann", category="X", candidates=brought, constraints=Constraints(exclude=["linen"]))
    )
    assert candidate_ids(found) == ["h2"]


def test_a_category_that_is_known_may_be_given_other_candidates(ledger: Ledger) -> None:
    found = retriever(ledger, embedder=lambda: EMBEDDER).find(
        Query(user_id="ann", category="Lamps", candidates=HAMMOCKS)
    )
    assert candidate_ids(found) == ["h1", "h2"]
    assert not found.is_new_to_catalogue


def test_the_nearest_categories_share_words_with_it(ledger: Ledger) -> None:
    nearest = find(ledger, "ann", "Bedside").nearest
    assert {path for path, _ in nearest} == {"Home > Desks", "Home > Lamps"}
    assert [similarity for _, similarity in nearest] == sorted((s for _, s in nearest), reverse=True)


def test_a_category_is_not_near_to_itself_or_to_what_is_in_it(ledger: Ledger) -> None:
    names = [path for path, _ in find(ledger, "ann", "Home").nearest]
    assert not any(name.startswith("Home") for name in names)


def test_a_brief_says_what_a_new_category_is_near_to(ledger: Ledger) -> None:
    asked = Query(user_id=None, category="New", candidates=[product("x", "zzz", "")], brief="green tea and black tea")
    nearest = retriever(ledger, embedder=lambda: EMBEDDER).find(asked).nearest
    assert nearest[0][0] == "Food > Tea"


def test_chinese_categories_are_near_by_their_words(tmp_path: Path) -> None:
    products = [
        product("a", "陶瓷茶杯", "茶具"),
        product("b", "陶瓷花瓶", "花瓶"),
        product("c", "羊毛围巾", "围巾"),
        product("d", "真丝围巾", "丝巾"),
    ]
    with fill(tmp_path, products).reader() as ledger:
        assert find(ledger, None, "茶具").nearest[0][0] == "花瓶"
        assert find(ledger, None, "丝巾").nearest[0][0] == "围巾"


def test_without_an_index_there_is_an_answer_and_the_failure_is_noted(ledger: Ledger) -> None:
    context = find(ledger, "ann")
    assert context.index_generation is None
    assert isinstance(context.index_failure, IndexDamaged)
    assert context.nearest


class _BrokenIndex:
    """Opens, and cannot be searched."""

    generation = "g000001"

    def nearest_categories(self, *_: object, **__: object) -> list[Neighbour]:
        raise IndexDamaged("the index cannot be read: run `newaisle reindex`")

    nearest_products = nearest_categories


def test_an_index_that_fails_in_the_middle_is_noted_too(ledger: Ledger) -> None:
    broken = retriever(ledger, index=_BrokenIndex, exact_limit=1)  # type: ignore[arg-type]
    context = broken.find(Query(user_id="ann", category="Lamps"))
    assert candidate_ids(context) == ["l1", "l2", "l3"]
    assert context.nearest
    assert isinstance(context.index_failure, IndexDamaged)


def test_the_index_makes_the_shortlist_of_a_large_category(home: Home, ledger: Ledger) -> None:
    with home.writer() as writable:
        index.build(home.index_folder, writable, embedder=EMBEDDER.name)
    opened = Index.open(home.index_folder, embedder=EMBEDDER.name)
    try:
        large = retriever(ledger, index=lambda: opened, exact_limit=1, shortlist=2)
        small = retriever(ledger, index=lambda: opened)
        found = large.find(Query(user_id="ann", category="Home"))
        assert len(candidate_ids(found)) < len(candidate_ids(small.find(Query(user_id="ann", category="Home"))))
        assert set(candidate_ids(found)) <= {"d2", "l1", "l2", "l3"}
        assert found.index_failure is None
        assert found.index_generation == opened.generation
        with_limit = Query(user_id="ann", category="Home", constraints=Constraints(brands=["Orrin"]))
        assert candidate_ids(large.find(with_limit)) == ["l2"]
        assert len(candidate_ids(large.find(Query(user_id=None, category="Home")))) == 5
        nearest = [path for path, _ in small.find(Query(user_id="ann", category="Bedside")).nearest]
        assert set(nearest[:2]) == {"Home > Desks", "Home > Lamps"}
    finally:
        opened.close()


TITLES = st.lists(st.sampled_from("oak wool linen 陶瓷 木质 lamp".split()), max_size=4).map(" ".join)
SHOP = st.lists(
    st.builds(
        product,
        st.just(""),
        TITLES,
        st.sampled_from(["A", "A > B", "A > B > C", "D", ""]),
        brand=st.sampled_from([None, "Hale", "Orrin"]),
        price=st.one_of(st.none(), st.floats(0, 100)),
        currency=st.sampled_from([None, "USD", "CNY"]),
        in_stock=st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=10,
)
EVENT_VERBS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from([one for one in Event if one is not Event.IMPRESSION]),
        st.sampled_from([None, 1.0, 3.0, 5.0]),
    ),
    min_size=1,
    max_size=12,
)
ASKED = st.builds(
    Constraints,
    max_price=st.one_of(st.none(), st.floats(0, 100)),
    currency=st.sampled_from([None, "USD"]),
    brands=st.lists(st.sampled_from(["hale", "Nobody"]), max_size=1),
    exclude=st.lists(st.sampled_from(["wool", "陶瓷"]), max_size=1),
    in_stock=st.booleans(),
)


def interactions(shop: list[Product], verbs: list[tuple[int, Event, float | None]]) -> list[Interaction]:
    return [
        did("u", shop[place % len(shop)].item_id, event, 3.0 if event is Event.RATING and rating is None else rating)
        for place, event, rating in verbs
    ]


@given(SHOP, EVENT_VERBS, ASKED)
def test_no_candidate_is_owned_or_breaks_a_constraint_in_any_shop(
    shop: list[Product], verbs: list[tuple[int, Event, float | None]], constraints: Constraints
) -> None:
    shop = [product(f"p{i}", one.title, " > ".join(one.category), **_rest(one)) for i, one in enumerate(shop)]
    rows = interactions(shop, verbs)
    categories = {path for one in shop if (path := " > ".join(one.category))}
    with TemporaryDirectory() as folder, fill(Path(folder), shop, rows).reader() as ledger:
        for category in categories:
            context = retriever(ledger, index=no_index).find(
                Query(user_id="u", category=category, constraints=constraints)
            )
            found = set(candidate_ids(context))
            owned = {row.item_id for row in rows if row.event not in (Event.VIEW, Event.LIKE)}
            inside = {one.item_id for one in shop if " > ".join([*one.category, ""]).startswith(category + " > ")}
            assert len(found) == len(context.case.eligible)
            assert {one.item_id for one in context.case.candidates} <= inside - owned
            eligible = [one for one in shop if one.item_id in found]
            assert admit(eligible, context.constraints).kept_out.total() == 0
            assert all(row.liking > 0 for row in context.case.history)


def _rest(one: Product) -> dict[str, Any]:
    return {"brand": one.brand, "price": one.price, "currency": one.currency, "in_stock": one.in_stock}


def test_what_is_left_out_and_what_others_shall_be_like_is_no_candidate(tmp_path: Path) -> None:
    lamps = [product(f"l{i}", f"oak lamp {i}") for i in range(4)]
    with fill(tmp_path, lamps).reader() as ledger:
        found = retriever(ledger).find(Query(user_id=None, category="Lamps", like=["l0"], left_out={"l1", "gone"}))
    assert [one.item_id for one in found.case.candidates] == ["l2", "l3"]


def test_products_that_others_shall_be_like_weigh_as_much_as_the_history(tmp_path: Path) -> None:
    products = [product(f"b{i}", f"book {i}", "Books") for i in range(3)] + [product("l0", "oak lamp")]
    with fill(
        tmp_path, [*products, product("l1", "oak desk lamp")], [did("ann", f"b{i}") for i in range(3)]
    ).reader() as ledger:
        found = retriever(ledger).find(Query(user_id="ann", category="Lamps", like=["l0", "b2"]))
    rows = [(row.product.item_id, row.event, row.liking) for row in found.case.history]
    assert rows == [
        ("b0", Event.PURCHASE, 1.0),
        ("b1", Event.PURCHASE, 1.0),
        ("l0", Event.VIEW, 1.0),
        ("b2", Event.VIEW, 1.0),
    ]
