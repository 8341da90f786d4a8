from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from agent.evaluate.measure import measure, summarise
from agent.evaluate.methods import Methods
from agent.evaluate.split import Case, DataFolder, read_cases
from store.embedders import HashEmbedder
from store.home import Home
from store.ingest import ingest
from store.ledger import Ledger
from store.shop import ReadOptions
from tests.agent.llm.fake import ScriptedModel
from tests.evaluate.data import ITEM_IDS, write_data

ZERO_SHOT = ("tfidf", "lexical", "dense", "brand", "blend")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return DataFolder.find(write_data(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def ledger(data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    home = Home(tmp_path_factory.mktemp("home"))
    ingest(home, embedder=HashEmbedder(), catalogue=data.items, histories=data.interactions, options=ReadOptions())
    with home.reader() as opened:
        yield opened


@pytest.fixture(scope="module")
def cases(data: DataFolder) -> list[Case]:
    return read_cases(data.split, known=ITEM_IDS)


def test_methods_that_read_the_history_find_the_product_of_the_customers_colour(ledger: Ledger, cases: list[Case]):
    summary = summarise(measure(cases, Methods(ledger)))

    assert {name: summary[name]["hr@1"] for name in ZERO_SHOT} == dict.fromkeys(ZERO_SHOT, 1.0)
    assert 0 < summary["random"]["hr@1"] < 1


def test_popularity_leaves_out_what_the_customer_did(ledger: Ledger, cases: list[Case]):
    """Each vase was bought by one customer, who is the one of the case: only the other vase is popular."""
    summary = summarise(measure(cases, Methods(ledger)))

    assert summary["popularity"]["hr@1"] == 0.0


def test_zero_shot_methods_see_nothing_that_anybody_did(
    ledger: Ledger, data: DataFolder, cases: list[Case], tmp_path: Path
):
    ingest(Home(tmp_path), embedder=HashEmbedder(), catalogue=data.items, options=ReadOptions())

    with Home(tmp_path).reader() as without_histories:
        of_catalogue_alone = Methods(without_histories)(cases[0])
    of_everything = Methods(ledger)(cases[0])

    for name in of_everything.keys() - {"popularity"}:
        np.testing.assert_allclose(of_everything[name], of_catalogue_alone[name], err_msg=name)
    assert of_everything["popularity"].any()
    assert not of_catalogue_alone["popularity"].any()


def test_a_product_that_comes_twice_in_a_history_is_one_row(ledger: Ledger, cases: list[Case]):
    once = cases[0]
    twice = once.model_copy(update={"history": (*once.history, *once.history)})

    methods = Methods(ledger)

    assert methods(twice)["blend"].tolist() == methods(once)["blend"].tolist()


def test_the_language_models_likelihood_is_a_method_and_moves_the_blend(ledger: Ledger, cases: list[Case]):
    model = ScriptedModel(likelihoods=lambda prompt, title: -1.0 if title == "blue vase" else -9.0)

    results = measure(cases, partial(Methods(ledger), model=model))

    summary = summarise(results)
    assert summary["likelihood"]["hr@1"] == 0.5  # it likes blue for everybody
    assert summary["blend"]["hr@1"] == summary["blend+likelihood"]["hr@1"] == 1.0
    assert [set(call.continuations) for call in model.score_calls] == [{"blue vase", "red vase"}] * 2
    assert "red mug" in "".join(message.text for message in model.score_calls[0].prompt)
    both = Methods(ledger)(cases[0], model=model)
    assert np.ptp(both["blend+likelihood"]) < np.ptp(both["blend"])  # blue is nearer to red than before


def test_means_and_standard_errors_worked_out_by_hand():
    results = {"one": np.array([[1.0] * 6, [0.0] * 6, [0.5] * 6, [0.5] * 6])}

    summary = summarise(results)["one"]

    # Deviations 0.5, -0.5, 0, 0: sample variance 0.5 / 3, divided by four cases.
    assert summary["ndcg@10"] == 0.5
    assert summary["ndcg@10_se"] == pytest.approx((0.5 / 3 / 4) ** 0.5)


def test_a_single_case_has_no_standard_error():
    assert summarise({"one": np.ones((1, 6))})["one"]["mrr_se"] == 0.0


def test_measuring_says_how_far_it_is(ledger: Ledger, cases: list[Case]):
    seen: list[tuple[int, int]] = []

    measure(cases, Methods(ledger), progress=lambda done, total: seen.append((done, total)))

    assert seen == [(0, 2), (1, 2), (2, 2)]
