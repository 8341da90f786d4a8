from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from newaisle.agent.evaluate.data import Fold
from newaisle.agent.evaluate.learner import default_blend
from newaisle.agent.evaluate.measure import FoldBlend, Results, measure, summarise
from newaisle.agent.evaluate.methods import SIGNALS
from newaisle.agent.learn.case_maker import CaseMaker
from newaisle.agent.learn.dataset import Dataset
from newaisle.agent.learn.popularity_learner import PopularityLearner
from newaisle.agent.learn.split import Case, DataFolder, read_cases
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend
from newaisle.progress import Progress
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions
from newaisle.testing import ScriptedModel
from tests.agent.evaluate.data import ITEM_IDS, NEW, write_data

ZERO_SHOT = (
    "plain-words",
    "tfidf",
    "bm25-title-max",
    "ngrams-title",
    "lexical",
    "dense",
    "brand",
    "nearest",
    "blend",
    "default",
    "untaught",
    "diverse",
    "blend-dense",
    "embedding",
)
WARM = {"popularity", "user-knn", "warm-blend"}
HELD_OUT = frozenset({NEW})


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return DataFolder.find(write_data(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def dataset(data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    home = Home(tmp_path_factory.mktemp("home"))
    ingest(home, embedder=HashEmbedder(), catalogue=data.items, histories=data.interactions, options=ReadOptions())
    with home.reader() as opened:
        yield Dataset.read(opened)


@pytest.fixture(scope="module")
def cases(data: DataFolder) -> list[Case]:
    return read_cases(data.split, known=ITEM_IDS)


@pytest.fixture(scope="module")
def results(dataset: Dataset, cases: list[Case]) -> Results:
    return measure(dataset, [Fold(HELD_OUT, cases)], default_blend)


def test_methods_that_read_the_history_find_the_product_of_the_customers_colour(results: Results):
    summary = summarise(results)

    assert {name: summary[name]["hr@1"] for name in ZERO_SHOT} == dict.fromkeys(ZERO_SHOT, 1.0)
    assert summary["random"]["hr@1"] == 0.5


def test_somebody_elses_history_finds_the_other_product(results: Results):
    summary = summarise(results)

    assert summary["blend-swapped"]["hr@1"] == summary["plain-words-swapped"]["hr@1"] == 0.0


def test_popularity_leaves_out_what_the_customer_did(results: Results):
    """Each vase was bought by one customer, who is the one of the case: only the other vase is popular."""
    summary = summarise(results)

    assert summary["popularity"]["hr@1"] == summary["user-knn"]["hr@1"] == 0.0


def test_zero_shot_methods_see_nothing_that_anybody_did(dataset: Dataset, cases: list[Case], results: Results):
    nobody = dataset.rows.where(np.zeros(len(dataset.rows), dtype=bool))

    alone = measure(replace(dataset, rows=nobody), [Fold(HELD_OUT, cases)], default_blend)

    for name in results[0].metrics.keys() - WARM:
        assert alone[0].metrics[name] == results[0].metrics[name], name
    assert alone[0].metrics["popularity"] == alone[0].metrics["random"]


def test_what_is_learned_is_learned_once_a_fold_from_other_categories_alone(dataset: Dataset, cases: list[Case]):
    seen: list[Dataset] = []

    def learner(allowed: Dataset, *_: object) -> Blend:
        seen.append(allowed)
        return DEFAULT_BLEND

    measure(dataset, [Fold(HELD_OUT, cases)], learner)

    (allowed,) = seen
    assert NEW not in {dataset.products[item].category[-1] for item in allowed.rows.item}
    assert len(allowed.rows) == 10


def test_the_learner_decides_what_the_blend_is(dataset: Dataset, cases: list[Case]):
    def upside_down(allowed: Dataset, *_: object) -> Blend:
        return Blend(weights={"lexical": -1.0 if len(allowed.rows) else 1.0})

    results = measure(dataset, [Fold(HELD_OUT, cases)], upside_down)

    assert summarise(results)["blend"]["hr@1"] == 0.0
    assert summarise(results)["default"]["hr@1"] == 1.0
    assert {name: weight for name, weight in results[0].weights.items() if weight} == {"lexical": pytest.approx(1.0)}


def test_every_signal_is_measured_alone_and_left_out_also_where_the_blend_has_it_not(
    dataset: Dataset, cases: list[Case]
):
    """Of folds that learned different blends, the same methods can be compared."""

    def words_for_some(allowed: Dataset, *_: object) -> Blend:
        learned.append(allowed)
        return Blend(weights={"lexical": 1.0} if len(learned) == 1 else {"dense": 1.0, "brand": 1.0})

    learned: list[Dataset] = []

    one, other = measure(dataset, [Fold(HELD_OUT, [case]) for case in cases], words_for_some).values()

    assert one.metrics.keys() == other.metrics.keys() == one.first.keys()
    assert one.metrics.keys() >= {name for s in SIGNALS for name in (s, f"blend-{s}")}
    assert one.metrics["blend-dense"] == one.metrics["blend"]
    assert one.metrics["blend-lexical"] == one.metrics["random"]
    assert summarise({0: one, 1: other})["lexical"]["hr@1"] == 1.0


def test_without_choices_of_others_the_warm_blend_is_the_blend(results: Results):
    for result in results.values():
        assert result.curve[0]["warm-blend"] == result.metrics["blend"][0]


def test_a_product_that_comes_twice_in_a_history_is_one_row(dataset: Dataset, cases: list[Case], results: Results):
    twice = cases[0].model_copy(update={"history": (*cases[0].history, *cases[0].history)})

    again = measure(dataset, [Fold(HELD_OUT, [twice, cases[1]])], default_blend)

    assert again[0] == results[0]


def test_the_language_models_likelihood_is_a_method_and_moves_the_blend(dataset: Dataset, cases: list[Case]):
    model = ScriptedModel(likelihoods=lambda prompt, title: -1.0 if title == "blue vase" else -9.0)

    summary = summarise(measure(dataset, [Fold(HELD_OUT, cases)], default_blend, model=model))

    assert summary["likelihood"]["hr@1"] == 0.5  # it likes blue for everybody
    assert summary["blend"]["hr@1"] == summary["blend+likelihood"]["hr@1"] == 1.0
    assert [set(call.continuations) for call in model.score_calls] == [{"blue vase", "red vase"}] * 2
    assert "red mug" in "".join(message.text for message in model.score_calls[0].prompt)


def test_lists_are_described_by_their_products_and_how_alike_and_popular_these_are(dataset: Dataset, results: Results):
    result = results[0]

    assert [dataset.products[number].item_id for number in result.first["blend"]] == ["vase-red", "vase-blue"]
    assert result.popularity["blend"] == 0.5  # all candidates are in the list
    expected = 1 - dataset.vectors[result.first["blend"][0]] @ dataset.vectors[result.first["blend"][1]]
    assert result.distance["blend"] == pytest.approx(float(expected), abs=1e-6)


def test_the_learning_curve_goes_as_far_as_there_are_interactions(results: Results):
    assert {count: sorted(point) for count, point in results[0].curve.items()} == {
        0: ["popularity", "user-knn", "warm-blend"],
        -1: ["popularity", "user-knn", "warm-blend"],
    }
    assert results[0].curve[0]["popularity"] == results[0].metrics["random"][0]


def test_a_run_takes_up_what_was_kept_and_measures_the_rest(
    dataset: Dataset, cases: list[Case], results: Results, tmp_path: Path
):
    kept = tmp_path / "kept" / "results.jsonl"
    learned: list[Dataset] = []

    def learner(allowed: Dataset, *_: object) -> Blend:
        learned.append(allowed)
        return DEFAULT_BLEND

    def run(numbers: list[int] | None, seen: list[tuple[int, int]]) -> Results:
        return measure(
            dataset,
            [Fold(HELD_OUT, cases)],
            learner,
            numbers=numbers,
            kept=kept,
            progress=lambda _, done, total: seen.append((done, total)),
        )

    run([0], [])
    with kept.open("a", encoding="utf-8") as file:
        file.write('{"case": 1, "metr')  # where it was stopped
    second: list[tuple[int, int]] = []
    whole = run(None, second)
    third: list[tuple[int, int]] = []
    again = run(None, third)

    assert whole == again == results
    assert second == [(1, 2), (2, 2)]
    assert third == [(2, 2)]
    assert len(learned) == 1


def test_what_was_learned_is_kept_for_each_fold_and_used_as_it_was(dataset: Dataset, cases: list[Case], tmp_path: Path):
    kept = tmp_path / "results.jsonl"
    folds = [Fold(HELD_OUT, [cases[0]]), Fold(HELD_OUT, [cases[1]])]
    blends = [
        Blend(weights={"lexical": 1 / 3, "dense": 0.1}, likeness=0.3, prior=30.0, slope=1.1, intercept=-0.7),
        Blend(weights={"lexical": -1.0}),
    ]
    left = iter(blends)

    first = measure(dataset, folds, lambda *_: next(left), kept=kept)
    kept.unlink()  # as if it had been stopped before the first case was measured
    again = measure(dataset, folds, lambda *_: pytest.fail("learned again"), kept=kept)

    assert again == first
    assert [result.metrics["blend"][1] for result in again.values()] == [1.0, 0.0]
    lines = (tmp_path / "results-learned.jsonl").read_text(encoding="utf-8").splitlines()
    assert [FoldBlend.model_validate_json(line).blend for line in lines if line] == blends


def test_what_was_not_written_to_its_end_is_learned_again(dataset: Dataset, cases: list[Case], tmp_path: Path):
    (tmp_path / "results-learned.jsonl").write_text('{"fold": 0, "blend": {"weig', encoding="utf-8")
    learned: list[Dataset] = []

    def learner(allowed: Dataset, *_: object) -> Blend:
        learned.append(allowed)
        return DEFAULT_BLEND

    for _ in range(2):
        (tmp_path / "results.jsonl").unlink(missing_ok=True)
        measure(dataset, [Fold(HELD_OUT, cases)], learner, kept=tmp_path / "results.jsonl")

    assert len(learned) == 1


def test_means_and_standard_errors_worked_out_by_hand(results: Results):
    values = (1.0, 0.0, 0.5, 0.5)
    four = {i: results[0].model_copy(update={"case": i, "metrics": {"one": [v] * 6}}) for i, v in enumerate(values)}

    summary = summarise(four)["one"]

    # Deviations 0.5, -0.5, 0, 0: sample variance 0.5 / 3, divided by four cases.
    assert summary["ndcg@10"] == 0.5
    assert summary["ndcg@10_se"] == pytest.approx((0.5 / 3 / 4) ** 0.5)


def test_a_single_case_has_no_standard_error(results: Results):
    assert summarise({0: results[0]})["blend"]["mrr_se"] == 0.0


def test_measuring_says_how_far_it_is(dataset: Dataset, cases: list[Case]):
    def learner(
        _dataset: Dataset, _expected_popularity: PopularityLearner, _cases: CaseMaker, progress: Progress
    ) -> Blend:
        progress(0, 3)
        progress(3, 3)
        return DEFAULT_BLEND

    seen: list[tuple[str, int, int]] = []
    folds = [Fold(HELD_OUT, [case]) for case in cases]

    measure(dataset, folds, learner, progress=lambda *said: seen.append(said))

    assert seen == [
        ("cases", 0, 2),
        *(("learn", 0, 6), ("learn", 3, 6), ("cases", 1, 2)),
        *(("learn", 3, 6), ("learn", 6, 6), ("cases", 2, 2)),
    ]


def test_diversity_keeps_the_best_first_and_the_same_candidates(results: Results):
    for result in results.values():
        assert result.first["diverse"][0] == result.first["blend"][0]
        assert set(result.first["diverse"]) == set(result.first["blend"])
