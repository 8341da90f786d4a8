from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.evaluate.data import Fold, Measured
from newaisle.agent.evaluate.learner import default_blend
from newaisle.agent.evaluate.run import evaluate
from newaisle.agent.learn.split import Case
from newaisle.errors import RequestError
from newaisle.testing import ScriptedModel
from tests.agent.learn.datasets import dataset, likes, products


def _measured(folder: Path) -> Measured:
    shop = dataset(products({"tea": 6, "pot": 30, "cup": 30}), likes("ann", "tea0"))
    folds = [
        Fold(
            frozenset({category}),
            [
                Case(
                    user_id=f"u{i}",
                    category=category,
                    history=("tea0", "tea1"),
                    targets=frozenset({f"{category}{i}"}),
                    candidates=tuple(f"{category}{j}" for j in range(30)),
                )
                for i in range(12)
            ],
        )
        for category in ("pot", "cup")
    ]
    return Measured("shop", shop, folds, False, folder)


def test_all_cases_of_all_folds_are_measured(tmp_path: Path):
    found = evaluate(_measured(tmp_path), default_blend)

    assert (found.cases, found.candidates) == (24, 30)
    assert [group.name for group in found.by_category] == ["pot", "cup"]


def test_some_categories_alone(tmp_path: Path):
    assert [g.name for g in evaluate(_measured(tmp_path), default_blend, only=["cup"]).by_category] == ["cup"]
    with pytest.raises(RequestError, match="no case is about a category 'hat'"):
        evaluate(_measured(tmp_path), default_blend, only=["hat"])


def test_fewer_cases_are_spread_over_all(tmp_path: Path):
    found = evaluate(_measured(tmp_path), default_blend, most=4)

    assert [(group.name, group.cases) for group in found.by_category] == [("pot", 2), ("cup", 2)]


def test_made_cases_are_limited_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("newaisle.agent.evaluate.run.MOST_MADE", 6)
    given = _measured(tmp_path)
    made = Measured(given.name, given.dataset, given.folds, True, given.kept)

    found = evaluate(made, default_blend)

    assert found.cases == 6
    assert "6 of 24" in " ".join(found.notes)


def test_with_a_language_model_a_sample_with_fewer_candidates_is_measured(tmp_path: Path):
    model = ScriptedModel(likelihoods=lambda prompt, title: -float(len(title)))

    found = evaluate(_measured(tmp_path), default_blend, most=6, only=["pot"], model=model)

    assert found.candidates == 20
    assert found.cases == 6
    assert {"likelihood", "blend+likelihood"} <= set(found.methods)
    assert ("blend+likelihood", "blend") in {(row.method, row.minus) for row in found.differences}


def test_what_a_model_was_asked_once_is_not_asked_again(tmp_path: Path):
    model = ScriptedModel(likelihoods=lambda prompt, title: -float(len(title)))

    first = evaluate(_measured(tmp_path), default_blend, most=4, model=model)
    asked = len(model.score_calls)
    again = evaluate(_measured(tmp_path), default_blend, most=4, model=model)

    assert len(model.score_calls) == asked == 4
    assert again.methods == first.methods
