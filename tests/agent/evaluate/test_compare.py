from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newaisle.agent.evaluate.compare import Entrant, judge_both
from newaisle.agent.evaluate.data import Fold, Measured
from newaisle.agent.evaluate.variants import Variant, VariantComparison, of_rankings
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.split import Case
from newaisle.errors import RequestError
from newaisle.prompts.library import bundled_path
from newaisle.prompts.template import Template, read_template
from newaisle.testing import ScriptedModel
from tests.agent.learn.datasets import dataset, likes, products


def _dataset() -> Dataset:
    catalogue = [replace(p, title=f"title of {p.item_id}") for p in products({"tea": 6, "pot": 30})]
    return dataset(catalogue, likes("ann", "tea0"))


def _measured(folder: Path) -> Measured:
    cases = [
        Case(
            user_id=f"u{i}",
            category="pot",
            history=("tea0", "tea1"),
            targets=frozenset({f"pot{i}"}),
            candidates=tuple(f"pot{j}" for j in range(30)),
        )
        for i in range(12)
    ]
    return Measured("shop", _dataset(), [Fold(frozenset({"pot"}), cases)], False, folder)


def _knows_when(prompt_has: str) -> Callable[[str, str], float]:
    """Likes "title of pot0" to "pot11", the targets, best where the prompt has a text; else it likes them least."""

    def likelihood(prompt: object, title: str) -> float:
        number = int(title.removeprefix("title of pot"))
        return -float(number) if prompt_has in str(prompt) else float(number)

    return likelihood


def _template(folder: Path, text: str) -> Template:
    folder.mkdir()
    file = folder / "rank.en.yaml"
    bundled = bundled_path("rank", "en").read_text(encoding="utf-8")
    file.write_text(bundled.replace("You know what", f"{text} You know what"), encoding="utf-8")
    return read_template(file, "yours")


def _compare(tmp_path: Path, model: ScriptedModel, **more: int) -> VariantComparison:
    magic = _template(tmp_path / f"a{len(model.score_calls)}", "Sesame!")
    plain = read_template(bundled_path("rank", "en"), "bundled")
    entrants = (Entrant(lambda: model, magic), Entrant(lambda: model, plain))  # type: ignore[arg-type, return-value]
    judged = judge_both(_measured(tmp_path / "kept"), entrants, **more)  # type: ignore[arg-type]
    return of_rankings((Variant("magic", magic, model), Variant("plain", plain, model)), judged)


def test_two_templates_are_compared_on_the_same_cases(tmp_path: Path):
    model = ScriptedModel(likelihoods=_knows_when("Sesame"))

    found = _compare(tmp_path, model)

    assert (found.model, found.cases) == (model.name, 12)
    assert found.first.quality > found.second.quality
    assert found.difference.mean == pytest.approx(found.first.quality - found.second.quality)
    assert found.difference.low > 0
    assert found.first.evaluated > found.second.evaluated
    asked = [sorted(call.continuations) for call in model.score_calls]
    assert asked[:12] == asked[12:]
    assert all(len(titles) == 20 for titles in asked)


def test_a_comparison_that_was_made_is_taken_from_the_cache(tmp_path: Path):
    model = ScriptedModel(likelihoods=_knows_when("Sesame"))

    first = _compare(tmp_path, model)
    again = _compare(tmp_path, model)

    assert again == first
    assert len(model.score_calls) == 24


def test_fewer_cases_take_fewer_asks(tmp_path: Path):
    model = ScriptedModel(likelihoods=_knows_when("Sesame"))

    assert _compare(tmp_path, model, most=3).cases == 3
    assert len(model.score_calls) == 6


def test_a_model_that_cannot_score_is_refused(tmp_path: Path):
    model = ScriptedModel(likelihoods=_knows_when("Sesame"))
    model.can_score = False

    with pytest.raises(RequestError, match="cannot score given texts"):
        _compare(tmp_path, model)
