"""The plots of the report: what they show, and that any text can be in them."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.evaluate import plots
from newaisle.agent.evaluate.drawing import Drawing, Scale, clean, shorten, ticks
from newaisle.agent.evaluate.result import MapPoint
from tests.agent.evaluate.evaluations import calibrated, category_map, curve, group, interval


def parse(plot: str) -> ElementTree.Element:
    return ElementTree.fromstring(plot)


def texts(plot: str) -> list[str]:
    return [element.text or "" for element in parse(plot).iter("text")]


def of_class(plot: str, kind: str) -> list[ElementTree.Element]:
    return [element for element in parse(plot).iter() if kind in element.get("class", "").split()]


def middle(marker: ElementTree.Element) -> tuple[float, float]:
    corners = [tuple(map(float, corner.split(","))) for corner in marker.get("points", "").split()]
    across, down = zip(*corners, strict=True)
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


ALL = {
    "forest": plots.forest("a", "Title", [("one", interval(0.1, 0.05, 0.2)), ("two", interval(0, -0.1, 0.1))]),
    "bars": plots.bars("b", "Title", [group("Pens"), group("茶具", cases=1)]),
    "learning curve": plots.learning_curve("c", "Title", curve()),
    "reliability": plots.reliability("d", "Title", calibrated()),
    "map": plots.category_map("e", "Title", category_map(["Pens", "茶具"])),
}


def test_a_plot_says_what_it_shows_to_who_cannot_see_it() -> None:
    for plot in ALL.values():
        root = parse(plot)
        title, text = (root.find(tag) for tag in ("title", "desc"))
        assert title is not None, plot
        assert text is not None, plot
        assert title.text == "Title", plot
        assert re.search(r"\d|nearest", text.text or ""), plot
        assert root.get("role") == "img", plot
        assert root.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}", plot


def test_nothing_is_drawn_outside_of_a_plot() -> None:
    for plot in ALL.values():
        root = parse(plot)
        width, height = map(float, root.get("viewBox", "").split()[2:])
        for element in root.iter():
            for name in ("x", "x1", "x2"):
                assert 0 <= float(element.get(name, 0)) <= width, plot
            for name in ("y", "y1", "y2"):
                assert 0 <= float(element.get(name, 0)) <= height, plot


def test_an_interval_above_zero_lies_right_of_the_line_and_looks_different_from_one_across_it() -> None:
    plot = plots.forest(
        "a", "t", [("up", interval(2, 1, 3)), ("open", interval(0.5, -1, 2)), ("down", interval(-2, -3, -1))]
    )
    zero = float(of_class(plot, "zero")[0].get("x1", 0))
    up, unclear, down = of_class(plot, "marker")
    assert middle(down)[0] < zero < middle(unclear)[0] < middle(up)[0]
    assert len({len(marker.get("points", "").split()) for marker in (up, unclear)}) == 2
    assert len({marker.get("class") for marker in (up, unclear, down)}) == 3


def test_a_difference_of_nothing_at_all_can_be_drawn() -> None:
    assert "+0" not in str(plots.forest("a", "t", [("same", interval(0, 0, 0))]))


def test_bars_are_as_long_as_their_values_with_intervals_around_their_ends() -> None:
    plot = plots.bars("b", "t", [group("Pens")])
    legend, drawn = of_class(plot, "bar")[:4], of_class(plot, "bar")[4:]
    assert len(legend) == len(drawn) == len(plots.CATEGORY_METHODS)
    lengths = [float(bar.get("width", 0)) for bar in drawn]
    assert lengths[0] / lengths[1] == pytest.approx(0.048 / 0.034, rel=0.01)
    level = [line for line in of_class(plot, "error") if line.get("y1") == line.get("y2")]
    for line, length in zip(level, lengths, strict=True):
        low, high = float(line.get("x1", 0)), float(line.get("x2", 0))
        assert low == 0 or (low + high) / 2 == pytest.approx(length, abs=0.2)
        assert low < length < high
    assert {"0.048", "0.034", "120 cases"} <= set(texts(plot))


def test_bars_of_several_plots_can_share_a_scale() -> None:
    first, second = (
        plots.bars(
            "b", "t", [group("Pens", better=factor)], highest=plots.top_of([group("Pens"), group("x", better=2)])
        )
        for factor in (1.0, 2.0)
    )
    short, long = (float(of_class(plot, "bar")[4].get("width", 0)) for plot in (first, second))
    assert long == pytest.approx(2 * short, rel=0.01)


def test_a_method_that_nobody_measured_has_no_bar() -> None:
    without = group("Pens").model_copy(update={"ndcg_at_10": {"blend": 0.1, "random": 0.01}})
    assert "popularity" not in texts(plots.bars("b", "t", [without]))


def test_one_case_alone_has_no_interval() -> None:
    assert not of_class(plots.bars("b", "t", [group("Pens", cases=1)]), "error")
    alone = [point.model_copy(update={"cases": 1}) for point in curve()]
    plot = plots.learning_curve("c", "t", alone)
    assert not of_class(plot, "error")
    assert texts(plot).count("1 case") == len(alone)


def test_the_learning_curve_has_a_place_for_every_amount_and_a_shape_for_every_method() -> None:
    plot = plots.learning_curve("c", "t", curve())
    assert {"0", "10", "100", "1,000", "all", "popularity", "user-kNN", "warm blend"} <= set(texts(plot))
    lines = of_class(plot, "curve")
    assert len(lines) == 3
    assert all(len(line.get("points", "").split()) == 5 for line in lines)
    shapes = {element.get("class"): len(element.get("points", "").split()) for element in of_class(plot, "marker")}
    assert len(set(shapes.values())) == 3


def test_a_curve_may_begin_late() -> None:
    first, *others = curve()
    late = first.model_copy(update={"ndcg_at_10": {"popularity": 0.01}})
    lengths = [
        len(line.get("points", "").split())
        for line in of_class(plots.learning_curve("c", "t", [late, *others]), "curve")
    ]
    assert sorted(lengths) == [4, 4, 5]


def test_what_happens_as_predicted_lies_on_the_diagonal() -> None:
    right = calibrated(top5=interval(0.055, 0.04, 0.07))  # as predicted
    plot = plots.reliability("d", "t", right)
    (diagonal,) = of_class(plot, "diagonal")
    x1, y1, x2, y2 = (float(diagonal.get(name, 0)) for name in ("x1", "y1", "x2", "y2"))
    bins = of_class(plot, "marker")[: len(right.bins)]
    five = of_class(plot, "marker")[len(right.bins)]
    x, y = middle(five)
    assert y == pytest.approx(y1 + (x - x1) * (y2 - y1) / (x2 - x1), abs=0.5)
    assert all(middle(marker)[1] < y1 + (middle(marker)[0] - x1) * (y2 - y1) / (x2 - x1) for marker in bins)


def test_small_probabilities_do_not_lie_on_each_other() -> None:
    bins = [middle(marker)[0] for marker in of_class(plots.reliability("d", "t", calibrated()), "marker")[:10]]
    assert all(after - before > 5 for before, after in pairwise(bins))


def test_held_out_categories_are_named_and_tied_to_their_nearest() -> None:
    points = category_map(["Pens", "茶具"])
    plot = plots.category_map("e", "t", points)
    assert {"Pens", "茶具"} <= set(texts(plot))
    assert not {"Known category 1"} & set(texts(plot))
    lines = of_class(plot, "near")
    assert len(lines) == 6
    ends = {(round(float(line.get("x2", 0))), round(float(line.get("y2", 0)))) for line in lines}
    known = {tuple(map(round, middle(marker))) for marker in of_class(plot, "known")}
    assert all(any(abs(x - a) <= 1 and abs(y - b) <= 1 for a, b in known) for x, y in ends)


def test_many_held_out_categories_have_one_line_each_and_no_names() -> None:
    names = [f"Category {i}" for i in range(plots.LABELLED + 1)]
    plot = plots.category_map("e", "t", category_map(names))
    assert len(of_class(plot, "many")) == len(names)
    assert not set(names) & set(texts(plot))


@pytest.mark.parametrize("y", [0.0, -1.0])
def test_names_of_points_in_one_place_do_not_lie_on_each_other(y: float) -> None:
    points = [MapPoint(category=f"c{i}", x=0, y=y, products=1, held_out=True, nearest=[]) for i in range(3)]
    points.append(MapPoint(category="far", x=0, y=1, products=1, held_out=False, nearest=[]))
    plot = plots.category_map("e", "t", points)
    heights = [float(text.get("y", 0)) for text in parse(plot).iter("text") if (text.text or "").startswith("c")]
    assert all(after - before >= 10 for before, after in pairwise(heights))


@given(st.text())
def test_any_text_can_be_drawn(text: str) -> None:
    drawing = Drawing("n", height=20, title=text, description=text)
    drawing.text(0, 10, text, room=100)
    drawing.marker(0, 0, 0, label=text)
    root = parse(drawing.markup())
    assert (root.findtext("title") or "") == clean(text).replace("\r", "\n")


@given(st.text(), st.integers(1, 60))
def test_shortened_text_fits(text: str, most: int) -> None:
    short = shorten(text, most)
    assert len(short) <= most
    assert short == clean(text) or short.endswith("…")


def test_wide_characters_take_two_columns() -> None:
    assert shorten("茶具茶具茶具", 7) == "茶具茶…"


def test_what_no_page_may_hold_is_replaced() -> None:
    for text in ["\x00", "\x1b[31m", "\u202e", "\ud800", "\ufffe", "\x85", "\u2066"]:
        assert clean(f"a{text}b") == f"a\ufffd{text[1:]}b", text


@given(st.floats(-1e3, 1e3), st.floats(1e-4, 1e3))
def test_ticks_are_few_and_within_the_scale(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert 1 <= len(found) <= 6
    assert all(low - 1e-6 <= value <= low + span + 1e-6 for value in found)


@pytest.mark.parametrize("root", [False, True])
def test_a_scale_keeps_the_order_and_stays_within_its_ends(root: bool) -> None:
    scale = Scale(0, 4, 10, 110, root=root)
    places = [scale(value) for value in (-1, 0, 1, 2, 4, 9)]
    assert places == sorted(places)
    assert (places[0], places[1], places[-2], places[-1]) == (10, 10, 110, 110)
    assert scale(1) == (60 if root else 35)
