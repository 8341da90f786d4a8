"""What is worth saying of a customer, and how code says it."""

from __future__ import annotations

from histories import interests_of, product, row

from newaisle.agent.profile.statements import Statement, sentences, statements
from newaisle.store.rows import Event, Product

CATALOGUE = [
    product(
        f"p{i}",
        f"{('oak', 'tin', 'wool', 'cork')[i % 4]} thing",
        f"Home > {('Lamps', 'Chairs', 'Desks', 'Rugs', 'Beds')[i // 10]}",
        brand=("Hale", "Orrin", "Batley", "Lumo", "Nord")[i % 5],
        price=float(10 + i % 10),
        currency="EUR",
    )
    for i in range(50)
]


def said_of(*rows: object) -> dict[str, Statement]:
    return {one.about: one for one in statements(interests_of(list(rows), CATALOGUE))}  # type: ignore[arg-type]


def test_categories_are_mostly_chosen_from_where_they_are_most_of_the_history() -> None:
    assert said_of(row("p0"), row("p1"), row("p10"))["mostly"].names == ("Lamps", "Chairs")
    spread = said_of(*(row(f"p{10 * i + j}") for i in range(5) for j in range(i, i + 2)))
    assert "mostly" in spread
    assert len(spread["mostly"].names) == 3


def test_a_brand_of_one_purchase_among_many_is_not_said() -> None:
    many = said_of(row("p0"), row("p5"), row("p11"), row("p22"), row("p33"))
    assert many["brand"].names == ("Hale",)
    assert said_of(row("p1"))["brand"].names == ("Orrin",)


def test_a_price_level_is_said_only_off_the_middle_and_of_several_products() -> None:
    assert "dearer" in said_of(row("p8"), row("p19"), row("p27"))
    assert "cheaper" in said_of(row("p0"), row("p11"), row("p21"))
    assert {"dearer", "cheaper"}.isdisjoint(said_of(row("p0"), row("p9"), row("p10"), row("p19")))
    assert "dearer" not in said_of(row("p9"))


def test_dislikes_of_several_products_are_said_apart() -> None:
    said = said_of(row("p0"), row("p5"), row("p1", Event.DISLIKE), row("p6", Event.RETURN))
    assert "Orrin" in said["dislike"].names
    assert "Orrin" not in said["brand"].names
    assert "disliked" not in said


def test_one_disliked_product_is_a_dislike_of_that_product_alone() -> None:
    said = said_of(row("p0"), row("p5"), row("p1", Event.DISLIKE))
    assert said["disliked"].names == ("tin thing",)
    assert "dislike" not in said
    assert "did not like the tin thing" in sentences(list(said.values()), "en")
    assert "不喜欢“tin thing”" in sentences(list(said.values()), "zh")


def test_what_came_last_is_said_where_there_is_little_else() -> None:
    bare = Product(item_id="x", title="#1 (2 l)")
    said = statements(interests_of([row("x", Event.VIEW)], [bare]))
    assert said == [Statement("recent", ("#1 (2 l)",), Event.VIEW)]
    assert "recent" not in said_of(row("p0"), row("p5"), row("p10"))


def test_what_was_bought_again_is_said_with_the_products_title() -> None:
    said = said_of(row("p0", day=0), row("p0", day=2), row("p0", day=4), row("p1", day=1), row("p1", day=3))
    assert said["again"].names == ("oak thing",)


def test_a_history_that_says_nothing_has_a_sentence_too() -> None:
    said = statements(interests_of([row("p0", Event.RATING, rating=3.0)], CATALOGUE))
    assert said == []
    assert sentences(said, "en") == "What this customer did so far does not say what they like."
    assert sentences(said, "zh") == "这位顾客目前的行为还看不出喜好。"


def test_a_name_with_a_comma_stands_in_quotation_marks() -> None:
    said = [Statement("often", ("Tape, Glue", "Paper"))]
    assert sentences(said, "en") == 'This customer chooses often from "Tape, Glue" and Paper.'


def test_words_of_the_same_products_are_said_once() -> None:
    mugs = [product(f"m{i}", f"brass, rivet, {name}", "Mugs") for i, name in enumerate(("ada", "bea"))]
    said = statements(interests_of([row("m0"), row("m1")], [*mugs, *CATALOGUE]))
    (names,) = [one.names for one in said if one.about == "word"]
    assert len({"brass", "rivet"} & set(names)) == 1
