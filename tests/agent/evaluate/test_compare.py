from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newaisle.agent.evaluate.compare import Comparison, Entrant, compare
from newaisle.agent.evaluate.data import Fold, Measured
from newaisle.agent.learn.past import Past
from newaisle.agent.learn.split import Case
from newaisle.errors import RequestError
from newaisle.prompts.library import bundled_path
from newaisle.prompts.template import Template, read_template
from newaisle.testing import ScriptedModel
from tests.agent.learn.pasts import likes, past, products


def _past() -> Past:
    catalogue = [replace(p, title=f"title of {p.item_id}") for p in products({"tea": 6, "pot": 30})]
    return past(catalogue, likes("ann", "tea0"))


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
    return Measured("shop", _past(), [Fold(frozenset({"pot"}), cases)], False, folder)


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


def _compare(tmp_path: Path, model: ScriptedModel, **more: int) -> Comparison:
    entrants = (
        Entrant("magic", lambda: model, _template(tmp_path / f"a{len(model.score_calls)}", "Sesame!")),
        Entrant("plain", lambda: model, None),
    )
    return compare(_measured(tmp_path / "kept"), entrants, **more)  # type: ignore[arg-type]


def test_two_templates_are_compared_on_the_same_cases(tmp_path: Path):
    model = ScriptedModel(likelihoods=_knows_when("Sesame"))

    found = _compare(tmp_path, model)

    assert (found.data, found.cases, found.candidates) == ("shop", 12, 20)
    assert found.first.ndcg_at_10 > found.second.ndcg_at_10
    assert found.difference.mean == pytest.approx(found.first.ndcg_at_10 - found.second.ndcg_at_10)
    assert found.difference.low > 0
    assert found.first.prompt_tokens > found.second.prompt_tokens
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
