"""Making, trying and measuring the variants of a language model."""

from __future__ import annotations

import math
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from newaisle.agent.evaluate.sample_asks import SAMPLE_ASKS, sample_asks
from newaisle.agent.llm.base import Generated
from newaisle.agent.llm.trial import TrialResult
from newaisle.agent.models import quantize
from newaisle.agent.models.catalog import DEFAULT_LLM, known_models
from newaisle.agent.models.manifest import MEASUREMENTS, MOST_LOSS, Measurement, Variants
from newaisle.agent.models.quantize import choose_quantization, make_candidate
from newaisle.agent.models.sources import fetch_package
from newaisle.agent.wording.check.check import problem

# It is looked for without being imported: the engine has to set it up first.
needs_llama_cpp = pytest.mark.skipif(find_spec("llama_cpp") is None, reason="llama-cpp-python is not installed")
STEPS: list[tuple[int, int]] = []
MEASURED = (
    Measurement(variant="Q4_1", bytes=10, answer_s=2.0, loss=0.0, loss_se=0.0, passed_share=0.9),
    Measurement(variant="Q8_0", bytes=20, answer_s=1.0, loss=0.005, loss_se=0.01, passed_share=0.9),
)


def silent(_done: int, _total: int) -> None:
    """A report that nobody reads."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "published.gguf"
    file.write_bytes(b"GGUF")
    return file


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything but F16 can be made, and whatever was made runs."""

    def make(source: Path, target: Path, _report: object, *, variant: str) -> bool:
        target.parent.mkdir(parents=True)
        target.write_bytes(source.read_bytes())
        return variant != "F16"

    monkeypatch.setattr(quantize, "make_candidate", make)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: True)
    monkeypatch.setattr("newaisle.agent.llm.trial.trial", lambda _path, **_: TrialResult(True, True, True))


def choose_with(child: str, source: Path) -> Variants:
    """The choice with a program in the place of the measuring child."""
    STEPS.clear()
    command = (sys.executable, "-c", child)
    return choose_quantization(
        source,
        "Q4_1",
        source.parent / "variants",
        making=silent,
        measuring=lambda done, total: STEPS.append((done, total)),
        child=command,
    )


@pytest.mark.usefixtures("works")
def test_what_the_child_measures_decides(source: Path) -> None:
    found = choose_with(
        f"print('1 of 2'); print('2 of 2'); print({MEASUREMENTS.dump_json(MEASURED).decode()!r})", source
    )
    assert found.chosen.variant == "Q8_0"
    assert found.paths["Q8_0"].read_bytes() == b"GGUF"
    assert [(one.variant, one.chosen) for one in found.measurements] == [
        ("Q4_1", False),
        ("Q8_0", True),
        ("Q4_0", False),  # of which the child said nothing
    ]
    assert STEPS == [(1, 2), (2, 2)]


@pytest.mark.usefixtures("works")
@pytest.mark.parametrize("child", ["import os; os.abort()", "raise SystemExit(1)"])
def test_a_child_that_crashes_leaves_the_file_as_published(source: Path, child: str) -> None:
    found = choose_with(child, source)
    assert found.problem == "measuring failed"
    assert found.chosen.variant == "Q4_1"
    assert found.paths == {"Q4_1": source}


@pytest.mark.usefixtures("works")
def test_a_child_that_hangs_is_ended(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantize, "MEASURING_TIMEOUT_S", 0.1)
    assert choose_with("import time; time.sleep(600)", source).problem == "measuring failed"


@pytest.mark.usefixtures("works")
def test_nothing_is_made_of_a_large_file(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantize, "LARGEST_SOURCE", 3)
    found = choose_with(f"print({MEASUREMENTS.dump_json(MEASURED[:1]).decode()!r})", source)
    assert [one.variant for one in found.measurements] == ["Q4_1"]
    assert found.problem == ""


def test_without_llama_cpp_the_file_stays_as_published(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    found = choose_with("", source)
    assert found.problem == "llama-cpp-python is not installed"
    assert (found.chosen.variant, found.paths) == ("Q4_1", {"Q4_1": source})


def test_a_file_that_does_not_run_stays_as_published(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: True)
    monkeypatch.setattr(
        "newaisle.agent.llm.trial.trial", lambda _path, **_: TrialResult(False, False, False, "damaged")
    )
    assert choose_with("", source).problem == "it does not run here"


@needs_llama_cpp
def test_a_candidate_that_cannot_be_made_leaves_nothing(source: Path) -> None:
    target = source.parent / "made" / "Q8_0.gguf"
    assert make_candidate(source, target, silent, variant="Q8_0") is False
    assert not target.exists()


def test_the_explanations_asked_for_are_the_same_each_time_and_can_all_be_given() -> None:
    asks = sample_asks()
    assert len(asks) == SAMPLE_ASKS
    assert asks == sample_asks()
    assert len({one.evidence.product.item_id for one in asks}) > SAMPLE_ASKS / 2
    for one in asks:
        assert any(reason.row for reason in one.evidence.reasons)
        own = " ".join(reason.claim.text for reason in one.evidence.reasons if reason.row)
        assert problem(own, "stop", one.evidence) is None
        assert problem("It is the best.", "stop", one.evidence) is not None


def test_what_a_model_made_of_one_is_judged_beside_the_claims_own_sentences() -> None:
    one = sample_asks()[0]
    fact = one.evidence.reasons[0].claim.text
    repeated = one.worded(Generated(fact, 9, "stop"))
    assert (repeated.refusal, repeated.again) == (None, True)
    assert fact in repeated.own
    refused = one.worded(Generated("It is perfect.", 2, "stop"))
    assert refused.refusal is not None


@pytest.mark.models
@needs_llama_cpp
def test_the_default_model_measured_here_loses_nothing_as_q8_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from newaisle.agent.evaluate.model_quality import measure
    from newaisle.agent.models.manifest import Variant

    monkeypatch.setattr("newaisle.agent.evaluate.sample_asks.SAMPLE_ASKS", 10)
    model = known_models()[DEFAULT_LLM]
    fetch_package(model, tmp_path, silent)
    paths = {model.variant: tmp_path / model.files[0].name, "Q8_0": tmp_path / "made" / "Q8_0.gguf"}
    assert make_candidate(paths[model.variant], paths["Q8_0"], silent, variant="Q8_0")
    variants = [
        Variant(name=name, model=DEFAULT_LLM, path=path, use_extra_bufts=True, can_fork=True)
        for name, path in paths.items()
    ]
    published, q8_0 = measure(variants, silent, rounds=1)
    assert (published.loss, published.loss_se) == (0.0, 0.0)
    assert q8_0.loss is not None
    assert abs(q8_0.loss) < MOST_LOSS
    for one in (published, q8_0):
        assert one.answer_s is not None
        assert 0 < one.answer_s < math.inf
    assert published.passed_share is not None
    assert published.passed_share > 0.5
