from __future__ import annotations

from typing import Any

import pytest

from newaisle.store.category_cells import CategoryEvidence
from newaisle.store.formats import CategoryMarks


def paths(*cells: Any, marks: CategoryMarks | None = None) -> list[list[str]]:
    """The paths of each cell of a column."""
    evidence = CategoryEvidence()
    for cell in cells:
        evidence.add(cell)
    reading = evidence.reading(marks)
    return [[" > ".join(path) for path in reading.paths(cell)] for cell in cells]


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("Home > Kitchen > Kettles", "Home > Kitchen > Kettles"),
        ("Home &gt; Kitchen", "Home > Kitchen"),
        ("Home >>> Kitchen->Pans", "Home > Kitchen > Pans"),
        ("Home::Kitchen", "Home > Kitchen"),
        ("Home|Kitchen", "Home > Kitchen"),
        ("Home / Kitchen", "Home > Kitchen"),
        ("/Home/Kitchen/", "Home > Kitchen"),
        ("Bread/Buns/Rolls", "Bread/Buns/Rolls"),
        ("电脑/办公 > 鼠标", "电脑/办公 > 鼠标"),
        ("Tape, Adhesives & Fasteners", "Tape, Adhesives & Fasteners"),
        ('["Home", "Kitchen"]', "Home > Kitchen"),
        ("['Home', 'Kitchen']", "Home > Kitchen"),
        ([["Home"], ["Home", "Kitchen"]], "Home > Kitchen"),
        ([{"id": 3, "name": "Home"}, {"name": "Kitchen"}], "Home > Kitchen"),
        ({"name": "Kitchen"}, "Kitchen"),
        ("[Home] Kitchen", "[Home] Kitchen"),
    ],
)
def test_a_category_becomes_a_path(cell: Any, path: str) -> None:
    assert paths(cell) == [[path]]


def test_where_there_is_no_category_there_is_none() -> None:
    assert paths("N/A", None, "", []) == [[], [], [], []]


def test_several_categories_in_a_cell_come_the_deepest_first() -> None:
    assert paths("Clothing > Coats, Sale", "Clothing > Hats, Sale", "Home > Bins;Sale", "Clothing > Hats") == [
        ["Clothing > Coats", "Sale"],
        ["Clothing > Hats", "Sale"],
        ["Home > Bins", "Sale"],
        ["Clothing > Hats"],
    ]
    assert paths("Sale, Home > Pans, Home", "Sale") == [["Home > Pans", "Sale"], ["Sale"]]
    assert paths("Home > Bins, Outlet > Bins") == [["Home > Bins", "Outlet > Bins"]]
    assert paths("A/B,A/C", "A/B") == [["A > B", "A > C"], ["A > B"]]
    assert paths("/kitchen/jugs, /sale", "/sale") == [["kitchen > jugs", "sale"], ["sale"]]
    assert paths("20,27", "20") == [["20", "27"], ["20"]]


def test_a_comma_in_a_name_stays_one() -> None:
    name = "Home, Garden & Tools"
    assert paths(f"{name} > Kettles", f"{name} > Pans", "Home > Pans") == [
        [f"{name} > Kettles"],
        [f"{name} > Pans"],
        ["Home > Pans"],
    ]
    assert paths("Jugs, tall", "Pans") == [["Jugs, tall"], ["Pans"]]
    assert paths("Coffee & Tea, Cafes", "Bars, Cafes") == [["Coffee & Tea", "Cafes"], ["Bars", "Cafes"]]


def test_marks_that_need_no_other_cell() -> None:
    assert paths("Tea >>> Green && Gifts") == [["Tea > Green", "Gifts"]]
    assert paths("a.b.c", "a.d") == [["a > b > c"], ["a > d"]]
    assert paths("St. Ives", "a.b", "a.c") == [["St. Ives"], ["a.b"], ["a.c"]]
    listed = [{"path": "Home/Kitchen"}, {"path": "Sale"}]
    assert paths(listed) == [["Home > Kitchen", "Sale"]]
    assert paths([{"name": {"nl": "Keuken", "fr": "Cuisine"}}]) == [["Keuken"]]


def test_the_name_of_a_column_may_say_that_a_cell_has_several() -> None:
    evidence = CategoryEvidence()
    evidence.add("Drama, Romance")
    assert evidence.reading(None, several=True).paths("Drama, Romance") == (("Drama",), ("Romance",))


def test_a_slash_is_a_level_where_other_cells_begin_alike() -> None:
    assert paths("Women/Tops", "Women/Skirts", "TV/Video") == [["Women > Tops"], ["Women > Skirts"], ["TV/Video"]]
    names = ["BEER/ALE", "OIL/SHORTENING", "BREAD/ROLLS", "BREAD"]
    assert paths(*names) == [[name] for name in names]


def test_names_that_change_their_place_are_several_categories() -> None:
    assert paths("Drama|Crime", "Comedy|Drama", "Crime") == [["Drama", "Crime"], ["Comedy", "Drama"], ["Crime"]]
    assert paths("Home|Pans", "Home|Jugs") == [["Home > Pans"], ["Home > Jugs"]]
    assert paths(["Pans", "Sale"], ["Sale", "Jugs"], ["Sale"]) == [["Pans", "Sale"], ["Sale", "Jugs"], ["Sale"]]


def test_a_format_says_what_the_marks_mean() -> None:
    marks = CategoryMarks(between=",", levels="/", none=("(none)",))
    assert paths("Home/Pans,Sale", r"Pots\, large", "(none)", marks=marks) == [
        ["Home > Pans", "Sale"],
        ["Pots, large"],
        [],
    ]
