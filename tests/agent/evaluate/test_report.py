"""The report of an evaluation: one page that is whole, safe, and says what can be claimed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newaisle.agent.evaluate.drawing import clean
from newaisle.agent.evaluate.report import render_report, signals
from newaisle.agent.evaluate.result import Difference, Evaluation, Personal
from newaisle.agent.evaluate.wording import PLAIN_WORDS, finding, method_name, number, percent, signed, verdict
from tests.agent.evaluate.evaluations import CATEGORIES, NDCG, calibrated, category_map, evaluation, interval

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a" * 200,
    "\x00\x1b[31m\u202ered\ud800",
    "茶" * 200,
    "{{ 7 * 7 }}",
    "]]>&amp;<!--",
]
EMPTY = Evaluation(
    data="x",
    cases=0,
    candidates=0,
    methods={},
    differences=[],
    strongest={},
    personal=Personal(overlap=0, by_chance=0, own_history=interval(0, 0, 0)),
    by_category=[],
    by_history=[],
    calibration=None,
    learning_curve=[],
    category_map=[],
    weights={},
    seconds=0,
)
WORDS = "plain words (BM25 or TF-IDF of titles)"
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The elements of a page as a browser reads them, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.shown: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.shown.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.shown).split())

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_report(evaluation()))


def section(page: str, name: str) -> str:
    """The text of one section."""
    root = ElementTree.fromstring(page)
    (found,) = (part for part in root.iter("section") if part.get("id") == name)
    return " ".join(" ".join(found.itertext()).split())


def compared(mean: float, low: float, high: float, minus: str = "plain-words") -> Evaluation:
    return evaluation(differences=[Difference(method="blend", minus=minus, ndcg_at_10=interval(mean, low, high))])


def test_the_same_evaluation_makes_the_same_page() -> None:
    assert render_report(evaluation()) == render_report(evaluation())


@pytest.mark.parametrize("found", [evaluation(), evaluation(HOSTILE), EMPTY], ids=["plain", "hostile", "empty"])
def test_the_page_is_well_formed_for_browsers_and_for_xml(found: Evaluation) -> None:
    page = render_report(found)
    assert page.startswith("<!DOCTYPE html>")
    assert Page(page).open == []
    ElementTree.fromstring(page)


def test_nothing_on_the_page_asks_the_network_or_runs(page: Page) -> None:
    assert not page.tags() & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"}
    for tag, attributes in page.elements:
        assert not {"src", "href", "srcset", "style"} & attributes.keys(), tag
        assert not [name for name in attributes if name.startswith("on")]
    text = render_report(evaluation())
    assert not re.search(r"https?:|//|@import|url\((?!#)", text)
    policies = [attributes["content"] for _, attributes in page.elements if "http-equiv" in attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_hostile_names_are_shown_as_text_and_change_nothing_else() -> None:
    hostile = evaluation(HOSTILE, data=HOSTILE[0], notes=HOSTILE)
    page = Page(render_report(hostile))
    harmless = Page(render_report(evaluation([str(i) for i in range(len(HOSTILE))], data="x", notes=["y"] * 7)))
    assert page.tags() == harmless.tags()
    for name in HOSTILE:
        assert clean(name) in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", render_report(hostile))


@settings(max_examples=15)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=3, unique=True))
def test_any_names_make_a_well_formed_page(names: list[str]) -> None:
    ElementTree.fromstring(render_report(evaluation(names, data=names[0], notes=names)))


def test_names_of_all_elements_are_different_and_all_that_are_meant_are_there() -> None:
    page = Page(render_report(evaluation([f"Category {i}" for i in range(40)])))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    for _, attributes in page.elements:
        assert set((attributes.get("aria-labelledby") or "").split()) <= set(names)


def test_three_hundred_categories_stay_below_two_megabytes_and_are_folded_away() -> None:
    page = render_report(evaluation([f"Category {i} " + "of many words " * (i % 9) for i in range(300)]))
    assert len(page.encode()) < 2_000_000
    assert "288 more categories" in page
    folded = [list(part.itertext()) for part in ElementTree.fromstring(page).iter("details")]
    assert max(map(len, folded)) > 288


def test_the_verdict_is_the_first_thing_said(page: Page) -> None:
    assert page.text.index("What can be claimed") < page.text.index("All methods")
    assert "Blend is better than plain words (BM25 or TF-IDF of titles), by 0.014 NDCG@10 [0.008, 0.019]." in page.text
    assert "Blend is worse than popularity (warm), by 0.007 NDCG@10 [0.002, 0.012]." in page.text


def test_only_what_an_interval_allows_is_claimed() -> None:
    for found, finding_, says in [
        (
            compared(0.01, 0.002, 0.018),
            "better",
            f"Blend is better than {WORDS}, by 0.010 NDCG@10 [0.002, 0.018].",
        ),
        (
            compared(-0.01, -0.018, -0.002),
            "worse",
            f"Blend is worse than {WORDS}, by 0.010 NDCG@10 [0.002, 0.018].",
        ),
        (compared(0.01, -0.002, 0.022), "open", "no difference can be claimed, +0.010 [−0.002, 0.022]"),
        (compared(0.01, 0.0, 0.022), "open", "no difference can be claimed"),
        (compared(0.03, 0.02, 0.04, "blend-swapped"), "better", "Blend is better than blend, swapped history"),
    ]:
        first = verdict(found)[0]
        assert first.finding == finding_, found
        assert says in first.text, found
        assert says in Page(render_report(found)).text, found


def test_the_probabilities_are_judged_by_their_intervals() -> None:
    for calibration, says in [
        (calibrated(), "agree with what was taken: 5.5 % predicted, 5.1 % [4.3 %, 6.0 %] taken"),
        (calibrated(top5=interval(0.04, 0.03, 0.05)), "The probabilities of the first five are too high"),
        (calibrated(top5=interval(0.08, 0.07, 0.09)), "The probabilities of the first five are too low"),
        (calibrated(skill=interval(0.01, -0.01, 0.03)), "It cannot be claimed that the probabilities tell more"),
        (calibrated(skill=interval(-0.02, -0.03, -0.01)), "The probabilities tell less than the base rate"),
    ]:
        assert says in section(
            render_report(evaluation().model_copy(update={"calibration": calibration})), "verdict"
        ), calibration


def test_without_probabilities_the_page_says_so() -> None:
    page = render_report(evaluation().model_copy(update={"calibration": None}))
    assert "gave no probabilities" in section(page, "calibration")


def test_nothing_compared_is_nothing_claimed() -> None:
    assert "nothing can be claimed" in section(render_report(EMPTY), "verdict")


def test_the_table_has_every_method_the_best_first_and_marks_the_warm_ones() -> None:
    root = ElementTree.fromstring(render_report(evaluation()))
    (table,) = (part for part in root.iter("section") if part.get("id") == "methods")
    rows = ["".join(cell.itertext()).strip() for row in table.iter("tr") for cell in list(row)[:1]][1:]
    assert rows[:3] == ["popularity warm", "user-kNN warm", "blend"]
    assert rows[-1] == "random order"
    told = [name for name in NDCG if name not in PLAIN_WORDS and (name == "blend-swapped" or "blend-" not in name)]
    assert len(rows) == len(told)


def test_ways_to_compare_words_stand_apart_and_say_when_they_are_the_one_to_beat() -> None:
    page = render_report(evaluation())
    assert "BM25 0.035 ± 0.003 600 TF-IDF of titles 0.034 ± 0.003 120" in section(page, "words")
    assert "43.0 % in common, by chance 3.0 %" in section(page, "verdict")


def test_leaving_a_signal_out_is_told_with_its_weight_and_cost() -> None:
    by_name = {signal.name: signal for signal in signals(evaluation())}
    assert list(by_name) == ["dense", "lexical", "brand"]
    assert by_name["brand"].cost == interval(-0.0005, -0.002, 0.001)
    assert by_name["lexical"].cost is None
    text = section(render_report(evaluation()), "signals")
    assert "lexical 1.00 0.035 0.041 +0.007" in text
    assert "brand 0.50 0.020 0.049 −0.001" in text
    assert "−0.001 [−0.002, 0.001]" in text
    assert "without brand" not in section(render_report(evaluation()), "verdict")


def test_every_part_of_an_evaluation_has_its_section(page: Page) -> None:
    names = [attributes.get("id") for tag, attributes in page.elements if tag == "section"]
    assert names == "verdict methods words curve calibration categories history signals map how".split()
    for name in CATEGORIES:
        assert name in page.text
    for said in ("720 cases", "700 candidates", "1,000", "all", "50+", "It took 71 s.", "Made up for a test."):
        assert said in page.text


def test_parts_that_were_not_measured_are_left_out() -> None:
    sections = [part.get("id") for part in ElementTree.fromstring(render_report(EMPTY)).iter("section")]
    assert sections == ["verdict", "methods", "calibration", "how"]


def test_the_map_says_which_lines_it_draws() -> None:
    few = render_report(evaluation())
    many = render_report(evaluation().model_copy(update={"category_map": category_map([f"c{i}" for i in range(20)])}))
    assert "the known categories that" in section(few, "map")
    assert "the known category that" in section(many, "map")
    assert "Known category 5; Known category 6" in section(many, "map")


def test_the_page_can_be_read_in_the_dark_and_on_paper_and_on_a_telephone() -> None:
    page = render_report(evaluation())
    for said in ("prefers-color-scheme: dark", "@media print", 'name="viewport"', 'lang="en"', 'charset="utf-8"'):
        assert said in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_drawn_and_written_stands_out_from_the_paper(scheme: str) -> None:
    """Web Content Accessibility Guidelines 2.2, 1.4.3 and 1.4.11: 4.5 for text, 3 for what is drawn."""
    style = render_report(EMPTY).split("prefers-color-scheme")[scheme == "dark"]
    colours = dict(reversed(re.findall(r"--(\w+): (#[0-9a-f]{6});", style)))  # the first of each counts
    for name, least in {"ink": 4.5, "soft": 4.5, **{f"c{i}": 4.5 for i in range(6)}}.items():
        assert contrast(colours[name], colours["paper"]) >= least
        assert contrast(colours[name], colours["card"]) >= least


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_methods_are_called_what_people_call_them() -> None:
    for name, called in [
        ("tfidf", "TF-IDF"),
        ("ngrams-title-max", "character n-grams of titles, maximum"),
        ("blend", "blend"),
        ("blend-brand", "blend without brand"),
        ("blend-swapped", "blend, swapped history"),
        ("something", "something"),
    ]:
        assert method_name(name) == called, name


def test_numbers_have_true_minus_signs_and_nothing_is_minus_zero() -> None:
    assert [number(value) for value in (0.0125, -0.0125, -0.0001, 0.0)] == ["0.013", "−0.013", "0.000", "0.000"]
    assert [signed(value) for value in (0.0125, -0.0125, 0.0001)] == ["+0.013", "−0.013", "0.000"]
    assert [percent(value) for value in (0.5, 0.01, 0.0042)] == ["50.0 %", "1.0 %", "0.42 %"]


def test_an_interval_that_touches_zero_leaves_it_open() -> None:
    assert [finding(interval(0, *ends)) for ends in ((0, 1), (-1, 0), (0.1, 1), (-1, -0.1))] == [
        "open",
        "open",
        "better",
        "worse",
    ]
