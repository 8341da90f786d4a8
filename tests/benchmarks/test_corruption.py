"""The benchmark of corrupted explanations: its corruptions are real ones, and the check keeps its promises on it."""

from __future__ import annotations

import json
from random import Random

import pytest
from click.testing import CliRunner

from benchmarks.corruption import Figures, main, measure
from benchmarks.corruptions import CORRUPTIONS, corrupted
from benchmarks.scenes import draw_scene, draw_text


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(texts=250, seed=3)


def test_at_least_99_percent_are_caught_and_at_most_2_percent_of_true_texts_refused(figures: Figures) -> None:
    assert figures["corrupted_texts"] >= 500
    assert figures["caught_share"] >= 0.99
    assert figures["true_refused_share"] <= 0.02


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_each_kind_of_corruption_is_made_and_caught(figures: Figures, kind: str) -> None:
    assert figures["kinds"][kind]["texts"] > 0
    assert figures["kinds"][kind]["share"] >= 0.95, figures["kinds"][kind]["missed_examples"]


def test_the_same_seed_draws_the_same_texts() -> None:
    first, second, other = (measure(texts=20, seed=seed) for seed in (1, 1, 2))
    assert first["kinds"] == second["kinds"]
    assert first["kinds"] != other["kinds"]


def test_a_corrupted_text_is_another_text() -> None:
    random = Random(4)
    for _ in range(50):
        true = draw_text(random, draw_scene(random))
        assert all(wrong != true.text for _, wrong in corrupted(random, true))


def test_true_texts_name_the_product_or_say_it() -> None:
    random = Random(5)
    languages = set()
    for _ in range(100):
        true = draw_text(random, draw_scene(random))
        languages.add((true.scene.language, true.scene.style))
        assert true.text[-1] in ".。"
        assert "{" not in true.text
    assert len(languages) == 6


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_prints_a_table_or_json(options: list[str]) -> None:
    result = CliRunner().invoke(main, ["--texts", "5", "--seed", "7", *options])
    assert result.exit_code == 0, result.output
    if options:
        figures = json.loads(result.output)
        assert figures["seed"] == 7
        assert figures["true_texts"] == 5
    else:
        assert "names swapped" in result.output
        assert "seed 7" in result.output
