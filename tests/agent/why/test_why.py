"""Why and why not: every number adds up, and what would have to change, once changed, puts the product there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.recommend import recommend
from newaisle.agent.retrieve.context import Retriever
from newaisle.agent.schema.answer import Constraints, RecommendationSet
from newaisle.agent.schema.query import SAFE_DIVERSITY, Query
from newaisle.agent.schema.why import Obstacle, Why, WhyNot
from newaisle.agent.shop.parts import Parts
from newaisle.agent.why.why import find_product, own_category, why
from newaisle.agent.why.why_not import why_not
from newaisle.errors import RequestError
from newaisle.store.home import Home
from newaisle.store.index import Neighbour
from newaisle.store.rows import Event, Interaction, Product
from tests.agent.filled import did, fill, parts, product

LAMPS = [
    product("l0", "Hale oak desk lamp", brand="Hale", price=20.0, currency="USD"),
    product("l1", "Hale oak desk lamp, large", brand="Hale", price=30.0, currency="USD"),
    product("l2", "Orrin steel floor lamp", brand="Orrin", price=90.5, currency="USD"),
    product("l3", "Pine clip lamp", brand="Pine", price=9.0, currency="USD", in_stock=False),
    product("l4", "Hale linen shade", brand="Hale", price=35.0, currency="EUR"),
    product("l5", "zinc lantern"),
    product("l6", "paper moon light", price=12.0, attributes={"frame_colour": "Forest green"}),
    product("l7", "copper wall sconce", brand="Orrin", price=50.0, currency="USD"),
    product("l8", "wool felt pendant", brand="Fell", price=25.0, currency="USD", description="On an oak base"),
    product("l9", "青禾 木质台灯", brand="青禾", price=99.0, currency="CNY"),
]
KNOWN = [
    product("d1", "Hale oak desk", "Home > Desks", brand="Hale"),
    product("s1", "Orrin steel shelf", "Home > Shelves", brand="Orrin"),
    product("s2", "Orrin steel floor rack", "Home > Shelves", brand="Orrin"),
    product("t1", "Pine black tea", "Food > Tea", brand="Pine"),
    product("n1", "mystery parcel", ""),
]
HISTORY = [
    did("ann", "d1"),
    did("ann", "t1", Event.VIEW),
    did("ann", "l7", Event.REVIEW),
    did("ann", "l7"),
    did("bea", "s1"),
    did("bea", "s2"),
    did("bea", "d1"),
    did("bea", "l0", Event.LIKE),
    did("cy", "l2", Event.DISLIKE),
    did("mei", "t1"),
    did("zoe", "l6"),
]
USERS = [None, "ann", "bea", "cy", "mei", "zoe"]
LAMPS_PATH = "Home > Lamps"


def shop(folder: Path, products: Sequence[Product] = LAMPS, rows: Sequence[Interaction] = HISTORY) -> Home:
    return fill(folder, [*products, *KNOWN], rows)


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with shop(tmp_path_factory.mktemp("lamps")).reader() as ledger:
        yield parts(ledger)


def asking(user: str | None = "ann", category: str = LAMPS_PATH, k: int = 20, **more: Any) -> Query:
    diversity = {"diversity": more.pop("diversity")} if "diversity" in more else {}
    return Query(user_id=user, category=category, k=k, constraints=Constraints(**more), **diversity)


def of(item_id: str, shop: Parts) -> Product:
    return find_product(item_id, shop.ledger)


def ask_why(shop: Parts, item_id: str, query: Query) -> Why:
    return why(query, of(item_id, shop), shop)


def ask_why_not(shop: Parts, item_id: str, query: Query) -> WhyNot:
    return why_not(query, of(item_id, shop), shop)


def kinds(found: WhyNot) -> list[str]:
    return [one.kind for one in found.obstacles]


def place_of(item_id: str, answer: RecommendationSet) -> int | None:
    return next((one.rank for one in answer.recommendations if one.item_id == item_id), None)


def with_options(query: Query, options: Sequence[str]) -> Query:
    """The query that the options of `recommend` stand for, whoever asks."""
    given: dict[str, list[str]] = {}
    rest = list(options)
    while rest:
        name = rest.pop(0)
        given.setdefault(name, []).extend([] if name == "--out-of-stock" else [rest.pop(0)])
    limits = Constraints(
        max_price=float(given["--max-price"][0]) if "--max-price" in given else None,
        min_price=float(given["--min-price"][0]) if "--min-price" in given else None,
        currency=given.get("--currency", [None])[0],
        brands=given.get("--brand", []),
        not_brands=given.get("--not-brand", []),
        words=given.get("--word", []),
        exclude=given.get("--exclude", []),
        in_stock="--out-of-stock" not in given,
    )
    asked = replace(
        query, category=given["--category"][0], k=int(given["-k"][0]), constraints=limits, diversity=SAFE_DIVERSITY
    )
    return replace(asked, diversity=float(given["--diversity"][0])) if "--diversity" in given else asked


def changed(query: Query, one: Obstacle) -> Query:
    """A query with what one obstacle says would have to change, and nothing else."""
    limits, options = query.constraints, dict(zip(one.change.options[::2], one.change.options[1::2], strict=False))
    if "--max-price" in options:
        limits = limits.model_copy(update={"max_price": float(options["--max-price"])})
    if "--min-price" in options:
        limits = limits.model_copy(update={"min_price": float(options["--min-price"])})
    if "--not-brand" in one.change.leave_out:
        limits = limits.model_copy(update={"not_brands": []})
    if "--word" in one.change.leave_out:
        limits = limits.model_copy(update={"words": []})
    if "--currency" in options:
        limits = limits.model_copy(update={"currency": options["--currency"]})
    if "--brand" in options:
        limits = limits.model_copy(update={"brands": [*limits.brands, options["--brand"]]})
    if "--out-of-stock" in one.change.options:
        limits = limits.model_copy(update={"in_stock": False})
    if "--max-price" in one.change.leave_out:
        limits = limits.model_copy(update={"max_price": None, "currency": None})
    if "--exclude" in one.change.leave_out:
        left = [word for word in limits.exclude if word != one.change.leave_out[1]]
        limits = limits.model_copy(update={"exclude": left})
    if "--brand" in one.change.leave_out:
        limits = limits.model_copy(update={"brands": []})
    return replace(
        query,
        constraints=limits,
        category=options.get("--category", query.category),
        k=int(options.get("-k", query.k)),
        diversity=float(options.get("--diversity", query.diversity)),
    )


SINGLE: dict[str, tuple[str, Query, str, str]] = {
    "too dear": ("l2", asking(max_price=90), "it costs 90.5 USD, and the limit is 90 USD", "90.5 USD or more"),
    "too cheap": ("l2", asking(min_price=91), "at least 91 USD was asked for", "--min-price 90.5 or less"),
    "unwanted brand": ("l2", asking(not_brands=["orrin"]), "it is by Orrin, which was not wanted", "leave --not-brand"),
    "missing word": ("l2", asking(words=["zebra"]), "no text of it has 'zebra'", "leave --word 'zebra' out"),
    "other currency": ("l4", asking(max_price=40), "it costs 35 EUR, and the limit is in USD", "35 EUR or more"),
    "no currency": ("l6", asking(max_price=40), "it costs 12, and the limit is in USD", "leave the price limits out"),
    "unknown price": ("l5", asking(max_price=40), "no price of it", "leave the price limits out"),
    "out of stock": ("l3", asking(), "out of stock", "--out-of-stock"),
    "other brand": ("l2", asking(brands=["hale"]), "it is by Orrin, and only hale was asked for", "--brand 'Orrin'"),
    "no brand": ("l5", asking(brands=["Hale", "Pine"]), "only Hale, Pine was asked for", "leave --brand out"),
    "excluded in the title": ("l0", asking(exclude=["oak desk"]), "its title has 'oak desk'", "leave --exclude"),
    "excluded brand": ("l8", asking(exclude=["fell"]), "its brand has 'fell'", "leave --exclude 'fell' out"),
    "excluded text": ("l8", asking(exclude=["oak"]), "its description has 'oak'", "leave --exclude 'oak' out"),
    "excluded value": ("l6", asking(exclude=["greens"]), "its frame colour has 'greens'", "leave --exclude"),
    "excluded in Chinese": ("l9", asking(exclude=["木质"]), "its title has '木质'", "leave --exclude '木质' out"),
    "category": ("l0", asking(category="Tea"), "it is in Home > Lamps, not in Food > Tea", "--category 'Home > Lamps'"),
    "variant": (
        "l1",
        asking(brands=["Hale", "Orrin"], k=2),
        "it is a variant of Hale oak desk lamp (l0)",
        "--diversity 0",
    ),
    "score": ("l5", asking(k=1), "in place", "-k"),
}


@pytest.mark.parametrize("name", SINGLE)
def test_what_would_have_to_change_is_true(lamps: Parts, name: str) -> None:
    item_id, query, text, change = SINGLE[name]
    assert place_of(item_id, recommend(query, lamps)) is None
    found = ask_why_not(lamps, item_id, query)
    (only,) = found.obstacles
    assert text in only.text
    assert change in only.change.text
    assert found.shown_with is not None
    for asked in (changed(query, only), with_options(query, found.shown_with)):
        assert place_of(item_id, recommend(asked, lamps)) == found.rank_after is not None


def test_a_limit_a_cent_below_the_price_is_not_enough(lamps: Parts) -> None:
    (only,) = ask_why_not(lamps, "l2", asking(max_price=20)).obstacles
    (_, limit) = only.change.options
    at_least, below = (asking(max_price=float(limit) - less) for less in (0, 0.01))
    assert place_of("l2", recommend(at_least, lamps)) is not None
    assert place_of("l2", recommend(below, lamps)) is None


def test_a_list_one_shorter_than_it_would_have_to_be_does_not_have_it(lamps: Parts) -> None:
    query = asking(k=1)
    (only,) = ask_why_not(lamps, "l5", query).obstacles
    k = int(only.change.options[1])
    assert place_of("l5", recommend(replace(query, k=k), lamps)) == k
    assert place_of("l5", recommend(replace(query, k=k - 1), lamps)) is None


def test_all_reasons_are_given_and_each_alone_is_not_enough(lamps: Parts) -> None:
    query = asking(max_price=5, brands=["Hale"], exclude=["clip", "lamp", "wool"], k=1)
    found = ask_why_not(lamps, "l3", query)
    assert kinds(found) == ["out of stock", "other brand", "excluded word", "excluded word", "too dear"]
    for one in found.obstacles:
        assert place_of("l3", recommend(changed(query, one), lamps)) is None
    assert found.shown_with is not None
    assert place_of("l3", recommend(with_options(query, found.shown_with), lamps)) == found.rank_after == 1


def test_a_limit_in_another_currency_that_is_too_low_there_too_is_raised(lamps: Parts) -> None:
    found = ask_why_not(lamps, "l4", asking(max_price=5))
    assert kinds(found) == ["other currency"]
    assert found.shown_with is not None
    assert found.shown_with[-4:] == ["--max-price", "35", "--currency", "EUR"]
    assert place_of("l4", recommend(with_options(asking(), found.shown_with), lamps)) == found.rank_after


def test_what_the_customer_has_had_is_said_with_all_they_did(tmp_path: Path, lamps: Parts) -> None:
    found = ask_why_not(lamps, "l7", asking())
    (only,) = found.obstacles
    assert (only.kind, found.shown_with) == ("owned", None)
    assert set(only.text.partition(": ")[2].split(", ")) == {"bought", "reviewed"}
    never = [row for row in HISTORY if (row.user_id, row.item_id) != ("ann", "l7")]
    with shop(tmp_path / "never", rows=never).reader() as ledger:
        without = parts(ledger)
        assert place_of("l7", recommend(asking(), without)) == found.rank_after is not None
        assert ask_why(without, "l7", asking()).score == pytest.approx(found.score, abs=2e-4)


def test_what_was_disliked_is_said_to_be(lamps: Parts) -> None:
    (only,) = ask_why_not(lamps, "l2", asking("cy")).obstacles
    assert only.text == "the customer has had it already: disliked"


def test_a_product_that_is_owned_and_dear_has_both_reasons(lamps: Parts) -> None:
    found = ask_why_not(lamps, "l7", asking(max_price=10))
    assert kinds(found) == ["owned", "too dear"]
    assert found.shown_with is None
    assert found.rank_after is not None


def test_a_product_that_is_not_listed_any_more_would_have_to_be_read_again(tmp_path: Path) -> None:
    home = shop(tmp_path)
    with home.reader() as ledger:
        before = recommend(asking(), parts(ledger))
    with home.writer() as ledger:
        ledger.retire_products(["l6"])
    with home.reader() as ledger:
        assert place_of("l6", recommend(asking(), parts(ledger))) is None
        found = ask_why_not(parts(ledger), "l6", asking())
    assert (kinds(found), found.shown_with) == (["unlisted"], None)
    assert found.rank_after == place_of("l6", before)


def test_a_category_of_which_nothing_is_listed_any_more_is_said_to_be_gone(tmp_path: Path) -> None:
    home = shop(tmp_path)
    with home.writer() as ledger:
        ledger.retire_products([one for one in ledger.item_ids() if one.startswith("s")])
        ledger.recount_words()
    with home.reader() as ledger, pytest.raises(RequestError, match="not in the catalogue any more"):
        ask_why_not(parts(ledger), "s1", asking())


def test_a_product_without_a_category_has_none_to_be_asked_for(lamps: Parts) -> None:
    found = ask_why_not(lamps, "n1", asking())
    assert (kinds(found), found.shown_with) == (["category"], None)
    assert "has no category" in found.obstacles[0].text
    with pytest.raises(RequestError, match="give --category NAME"):
        own_category(of("n1", lamps))


class FewIndex:
    """An index that finds two products near to any taste."""

    generation = "1"

    def nearest_products(self, *_: Any, **__: Any) -> list[Neighbour]:
        return [Neighbour("l0", 1.0), Neighbour("l8", 0.9)]


def test_what_is_not_on_the_shortlist_of_a_large_category_is_said_so(
    lamps: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = Retriever.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "exact_limit", 3)
    large = replace(lamps, index=FewIndex)  # type: ignore[arg-type]
    found = ask_why_not(large, "l2", asking())
    assert (kinds(found), found.shown_with, found.candidates) == (["shortlist"], None, 3)
    assert kinds(ask_why_not(large, "l8", asking())) == []


def test_diversity_puts_down_what_its_score_would_show(lamps: Parts) -> None:
    for query in (asking(user, k=k, diversity=0.9) for user in USERS for k in range(2, 8)):
        down = [one for one in LAMPS if kinds(ask_why_not(lamps, one.item_id, query)) == ["diversity"]]
        for one in down:
            found = ask_why_not(lamps, one.item_id, query)
            (only,) = found.obstacles
            assert found.rank_by_score <= query.k
            assert place_of(only.other_item_id or "", recommend(query, lamps))
            assert place_of(one.item_id, recommend(changed(query, only), lamps)) == found.rank_by_score
        if down:
            return
    pytest.fail("nothing was put down")


def test_the_product_it_is_compared_with_is_shown_and_the_gap_is_what_the_signals_differ_by(lamps: Parts) -> None:
    query = asking("bea", k=2)
    shown = recommend(query, lamps)
    other = ask_why_not(lamps, "l5", query).compared
    assert other is not None
    assert (other.item_id, other.rank) == (shown.recommendations[-1].item_id, 2)
    assert other.score == pytest.approx(shown.recommendations[-1].score, abs=1e-4)
    assert other.gap == pytest.approx(-sum(gap.difference for gap in other.signals), abs=1e-3)
    assert other.gap >= 0
    assert [gap.difference for gap in other.signals] == sorted(gap.difference for gap in other.signals)


def test_a_row_that_holds_it_back_does_so(tmp_path: Path, lamps: Parts) -> None:
    query = asking("bea", k=1, diversity=0.0)
    found = ask_why_not(lamps, "l2", query)
    assert [held.item_id for held in found.held_back_by] == ["l0", "d1"]
    assert found.rows_tried == 4
    for held in found.held_back_by:
        rows = [row for row in HISTORY if (row.user_id, row.item_id) != ("bea", held.item_id)]
        would_be = held.counterfactual
        assert would_be.rank < would_be.rank_now == found.rank_by_score
        with shop(tmp_path / held.item_id, rows=rows).reader() as ledger:
            without = ask_why(parts(ledger), "l2", query)
        assert without.rank_by_score == would_be.rank
        assert without.score == pytest.approx(would_be.score, abs=2e-4)


def test_of_a_long_history_the_rows_that_speak_against_it_most_are_tried(
    lamps: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newaisle.agent.why.standing._TRIED", 1)
    found = ask_why_not(lamps, "l7", asking("bea", k=1, diversity=0.0))
    assert (found.rows_tried, [held.item_id for held in found.held_back_by]) == (1, ["l0"])
    monkeypatch.setattr("newaisle.agent.why.standing._SCORED", 20)
    monkeypatch.setattr("newaisle.agent.why.standing._TRIED", 100)
    found = ask_why_not(lamps, "l7", asking("bea", k=1, diversity=0.0))
    assert (found.rows_tried, found.candidates) == (3, 9)


def test_a_variant_is_compared_with_the_one_that_is_recommended(lamps: Parts) -> None:
    item_id, query, *_ = SINGLE["variant"]
    other = ask_why_not(lamps, item_id, query).compared
    assert other is not None
    assert (other.item_id, other.rank) == ("l0", 1)


def test_what_is_recommended_is_said_to_be(lamps: Parts) -> None:
    first = recommend(asking(), lamps).recommendations[0]
    found = ask_why_not(lamps, first.item_id, asking())
    assert (found.rank, found.rank_after, found.obstacles, found.shown_with) == (1, 1, [], None)
    assert (found.compared, found.held_back_by, found.rows_tried) == (None, [], 0)


def test_why_is_the_answers_own_numbers(lamps: Parts) -> None:
    answer = recommend(asking(), lamps)
    for one in answer.recommendations:
        found = ask_why(lamps, one.item_id, asking())
        assert (found.rank, found.score, found.probability) == (one.rank, one.score, one.probability)
        assert {signal.name: signal.contribution for signal in found.signals} == one.signals
        assert found.explanation.text == one.explanation.text
        assert [claim.text for claim in found.explanation.claims] == [claim.text for claim in one.explanation.claims]
        assert found.request.model_dump(exclude={"diversity"}) == answer.request.model_dump() | {"category": LAMPS_PATH}


def test_each_signal_has_its_place_and_the_place_that_would_be_without_it(lamps: Parts) -> None:
    everything = recommend(asking("bea", diversity=0.0), lamps).recommendations
    (own,) = (one for one in everything if one.item_id == "l7")
    for signal in ask_why(lamps, "l7", asking("bea")).signals:
        alone = [one.signals[signal.name] for one in everything]
        others = [one.score - one.signals[signal.name] for one in everything]
        above = [value for value in alone if value > own.signals[signal.name] + 1e-3]
        ahead = [value for value in others if value > own.score - own.signals[signal.name] + 1e-3]
        same = [value for value in alone if abs(value - own.signals[signal.name]) <= 1e-3]
        assert len(above) < signal.rank <= len(above) + len(same)
        assert signal.rank_without == len(ahead) + 1


def test_every_claim_on_the_history_says_what_would_be_without_its_rows(tmp_path: Path, lamps: Parts) -> None:
    found = ask_why(lamps, "l0", asking())
    of_history = [claim for claim in found.explanation.claims if claim.basis == "history"]
    assert of_history
    for number, claim in enumerate(of_history):
        gone = {claim.history_item_id, *claim.also}
        rows = [row for row in HISTORY if not (row.user_id == "ann" and row.item_id in gone)]
        with shop(tmp_path / str(number), rows=rows).reader() as ledger:
            without = ask_why(parts(ledger), "l0", asking())
        assert claim.counterfactual is not None
        assert claim.counterfactual.rank_now == found.rank_by_score
        assert claim.counterfactual.rank == without.rank_by_score
        assert claim.counterfactual.score == pytest.approx(without.score, abs=2e-4)


def test_the_rows_add_up_to_the_signals_that_go_by_rows(lamps: Parts) -> None:
    found = ask_why(lamps, "l0", asking("bea"))
    signals = {signal.name: signal.contribution for signal in found.signals}
    assert {row.item_id for row in found.rows} == {"s1", "s2", "d1", "l0"}
    for name in found.rows[0].signals:
        assert sum(row.signals[name] for row in found.rows) == pytest.approx(signals[name], abs=1e-3)
    sizes = [abs(row.contribution) for row in found.rows]
    assert sizes == sorted(sizes, reverse=True)
    for row in found.rows:
        assert row.contribution == pytest.approx(sum(row.signals.values()), abs=1e-3)


def test_somebody_without_a_history_has_no_rows(lamps: Parts) -> None:
    found = ask_why(lamps, "l0", asking(None))
    assert (found.rows, found.request.user_id) == ([], None)
    assert {claim.basis for claim in found.explanation.claims} <= {"category", "general"}


def test_what_cannot_be_recommended_has_no_why(lamps: Parts) -> None:
    with pytest.raises(RequestError, match="why-not"):
        ask_why(lamps, "l7", asking())


def test_what_is_not_in_the_answer_is_said_not_to_be(lamps: Parts) -> None:
    last = recommend(asking(diversity=0.0), lamps).recommendations[-1]
    found = ask_why(lamps, last.item_id, asking(k=1, diversity=0.0))
    assert (found.rank, found.rank_by_score) == (None, found.candidates)


@pytest.mark.parametrize(("wanted", "meant"), [("L0", "'l0'"), ("hale linen", "'l4'"), ("木质台灯", "'l9'")])
def test_an_unknown_product_is_named_with_those_that_may_be_meant(lamps: Parts, wanted: str, meant: str) -> None:
    with pytest.raises(RequestError, match=f"no product .*did you mean .*{meant}"):
        of(wanted, lamps)


def test_a_product_like_none_is_unknown_without_a_guess(lamps: Parts) -> None:
    with pytest.raises(RequestError, match=r"^no product '%%%': give the id"):
        of("%%%", lamps)


HAMMOCKS = [
    product("h1", "Hale oak hammock stand", "", brand="Hale"),
    product("h2", "net", ""),
    product("h3", "rope", ""),
]


def test_products_that_are_not_stored_can_be_asked_about(lamps: Parts) -> None:
    query = replace(asking(category="Hammocks", k=1), candidates=HAMMOCKS)
    assert why(query, find_product("h1", lamps.ledger, HAMMOCKS), lamps).rank == 1
    found = why_not(query, find_product("h3", lamps.ledger, HAMMOCKS), lamps)
    assert kinds(found) == ["score"]
    k = int(found.obstacles[0].change.options[1])
    assert place_of("h3", recommend(replace(query, k=k), lamps)) == found.rank_after == k
    with pytest.raises(RequestError, match="no product 'l0' among the candidates"):
        find_product("l0", lamps.ledger, HAMMOCKS)


def test_the_answers_can_be_read_back(lamps: Parts) -> None:
    for found in (ask_why(lamps, "l0", asking()), ask_why_not(lamps, "l5", asking(k=1))):
        assert type(found).model_validate_json(found.model_dump_json()) == found


queries = st.builds(
    asking,
    st.sampled_from(USERS),
    st.sampled_from([LAMPS_PATH, "Home", "Tea"]),
    st.integers(1, 12),
    max_price=st.none() | st.sampled_from([0, 12, 30, 90, 100]),
    currency=st.none(),
    brands=st.lists(st.sampled_from(["Hale", "orrin", "Nobody"]), max_size=2),
    exclude=st.lists(st.sampled_from(["oak", "lamp", "", "steel floor", "灯"]), max_size=2),
    in_stock=st.booleans(),
    diversity=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)


@given(queries, st.sampled_from([one.item_id for one in (*LAMPS, *KNOWN)]))
def test_whatever_is_asked_the_reasons_are_those_of_the_answer(lamps: Parts, query: Query, item_id: str) -> None:
    found = ask_why_not(lamps, item_id, query)
    place = place_of(item_id, recommend(query, lamps))
    assert found.rank == place
    assert bool(found.obstacles) == (place is None)
    assert found.rank_after is not None
    if found.shown_with is not None:
        assert place_of(item_id, recommend(with_options(query, found.shown_with), lamps)) == found.rank_after
    elif place is None:
        unchangeable = [one.kind for one in found.obstacles if not one.change.options and not one.change.leave_out]
        assert unchangeable in (["owned"], ["category"])
    if place is not None:
        assert ask_why(lamps, item_id, query).rank == place
