from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from newaisle.agent.learn.learned import Judged, JudgedLikelihood, Learned, keep_learned, read_learned
from newaisle.agent.learn.shop import calibrate_shop, learn_expected_popularity, reset_blend
from newaisle.agent.library.likelihoods import weighing
from newaisle.agent.rank.blend import DEFAULT_BLEND, Blend
from newaisle.agent.rank.expected_popularity import ExpectedPopularity
from newaisle.agent.recommend import recommend
from newaisle.agent.schema.query import Query
from newaisle.agent.why.why import why
from newaisle.agent.why.why_not import why_not
from newaisle.errors import CannotScore
from newaisle.store.home import Home
from newaisle.store.rows import Interaction, Product
from newaisle.testing import ScriptedModel
from tests.agent.filled import EMBEDDER, did, fill, parts, product, retriever

CATEGORIES, EACH = 8, 16


def _products() -> list[Product]:
    """Half of each category is of wool, which everybody takes."""
    return [
        product(f"c{c}i{i}", f"thing {c} {i} {'wool' if i % 2 else 'wire'}", f"Category {c}")
        for c in range(CATEGORIES)
        for i in range(EACH)
    ]


def _rows(customers: int = 40) -> list[Interaction]:
    """Everybody goes from category to category and takes four things, most of them of wool."""
    random = np.random.default_rng(0)
    return [
        did(f"u{u}", f"c{(c + u) % CATEGORIES}i{2 * random.integers(EACH // 2) + (random.random() < 0.8)}")
        for u in range(customers)
        for c in range(CATEGORIES)
        for _ in range(4)
    ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = fill(tmp_path_factory.mktemp("wool"), _products(), _rows())
    with home.writer() as ledger:
        ledger.set_meta("embedder", EMBEDDER.name)
    return home


def test_what_sells_is_learned_once_and_kept(shop: Home):
    assert learn_expected_popularity(shop)
    assert not learn_expected_popularity(shop)

    expected_popularity = read_learned(shop.folder).expected_popularity
    assert expected_popularity is not None
    assert expected_popularity.words["wool"] > 0 > expected_popularity.words["wire"]


def test_what_sells_moves_the_answer_even_for_somebody_without_a_history(shop: Home):
    learn_expected_popularity(shop)
    with shop.reader() as ledger:
        expected_popularity = read_learned(shop.folder).expected_popularity
        new = [product("n1", "new thing wire", "New"), product("n2", "new thing wool", "New")]
        found = retriever(ledger, expected_popularity=expected_popularity, embedder=lambda: EMBEDDER).find(
            Query(user_id=None, category="New", candidates=new)
        )

    assert found.case.expected_popularity is not None
    assert found.case.expected_popularity[1] > found.case.expected_popularity[0]


def test_what_was_learned_with_another_embedder_is_not_used(shop: Home):
    learn_expected_popularity(shop)
    expected_popularity = read_learned(shop.folder).expected_popularity
    assert expected_popularity is not None
    with shop.reader() as ledger:
        other = retriever(ledger, expected_popularity=expected_popularity.model_copy(update={"embedder": "another"}))
        assert other.find(Query(user_id="u1", category="Category 0")).case.expected_popularity is None


def test_a_shop_calibrates_itself_and_gives_probabilities_afterwards(shop: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("newaisle.agent.learn.cold_start._CASES", 4)  # what is learned from them is tested for itself
    seen: list[tuple[int, int]] = []
    found = calibrate_shop(shop, progress=lambda done, total: seen.append((done, total)))

    kept = read_learned(shop.folder)
    assert kept.blend == found.blend
    assert kept.judged == found.judged
    assert found.judged is not None
    assert found.judged.categories == CATEGORIES
    assert seen[-1] == (CATEGORIES, CATEGORIES)
    assert found.blend.slope is not None
    with shop.reader() as ledger:
        new = [product(f"n{i}", f"new thing {i}", "New") for i in range(3)]
        query = Query(user_id="u1", category="New", candidates=new)
        answer = recommend(query, replace(parts(ledger), learned=kept))
    assert all(one.probability is not None and 0 < one.probability < 1 for one in answer.recommendations)

    reset_blend(shop)
    assert read_learned(shop.folder).blend == DEFAULT_BLEND
    assert read_learned(shop.folder).expected_popularity == kept.expected_popularity


def test_a_shop_weighs_a_language_model_by_its_own_prompts_and_forgets_it_at_the_next_calibration(
    shop: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("newaisle.agent.learn.cold_start._CASES", 4)
    model = ScriptedModel(name="m")
    seen: list[tuple[int, int]] = []
    ask = partial(weighing, model, None, lambda done, total: seen.append((done, total)))

    found = calibrate_shop(shop, progress=lambda done, total: None, ask=ask).likelihood

    assert found is not None
    assert (found.model, found.asked) == ("m", len(model.score_calls))
    assert seen[-1][0] == found.asked
    assert read_learned(shop.folder).likelihood == found
    assert all("Category" in call.prompt[-1].text for call in model.score_calls)
    calibrate_shop(shop, progress=lambda done, total: None)
    assert read_learned(shop.folder).likelihood is None


def test_a_model_that_gives_no_likelihoods_cannot_be_weighed(shop: Home):
    model = ScriptedModel()
    model.can_score = False

    with pytest.raises(CannotScore, match="gives no likelihoods"):
        calibrate_shop(
            shop, progress=lambda done, total: None, ask=partial(weighing, model, None, lambda done, total: None)
        )


def test_a_blend_survives_when_expected_popularity_is_learned_anew(shop: Home):
    blend = Blend(weights={"lexical": 1.0})
    keep_learned(shop.folder, Learned(blend=blend))

    assert learn_expected_popularity(shop)

    assert read_learned(shop.folder).blend == blend


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1, "blend": 3}', b'{"version": 2}', b"\xff\xfe"])
def test_a_damaged_file_means_that_nothing_was_learned_and_is_told(tmp_path: Path, damage: bytes):
    home = fill(tmp_path, _products(), _rows())
    keep_learned(home.folder, Learned(blend=Blend(weights={"brand": 1.0})))
    (home.folder / "learned.json").write_bytes(damage)
    kept = read_learned(home.folder)
    assert kept.blend == DEFAULT_BLEND
    assert kept.expected_popularity is None

    with home.reader() as ledger:
        with_it = replace(parts(ledger), learned=kept)
        query = Query(user_id="u1", category="Category 0")
        thing = product("c0i0", "thing", "Category 0")
        answers = [
            recommend(query, with_it),
            why(replace(query, user_id=None), thing, with_it),
            why_not(query, thing, with_it),
        ]
    for answer in answers:
        assert [one for one in answer.warnings if "learned.json cannot be read: `newaisle calibrate` learns" in one]

    keep_learned(home.folder, kept)
    assert read_learned(home.folder) == Learned()


def test_without_a_file_nothing_was_learned_and_nothing_is_said(tmp_path: Path):
    assert read_learned(tmp_path) == Learned()


EVERYTHING = Learned(
    revision=3,
    expected_popularity=ExpectedPopularity(
        embedder="e", words={"wool": 1.0}, brands={}, vector=[0.5], numbers=["price"], features=[0.1]
    ),
    blend=Blend(weights={"lexical": 0.5, "brand": 0.25}, likeness=3.0, slope=1.5),
    judged=Judged(categories=8, cases=200, default=0.5, learned=0.6, gain=0.1, gain_se=0.01, kept=True),
    likelihood=JudgedLikelihood(
        model="m", weight=0.3, cases=9, asked=8, gain=0.1, gain_se=0.01, seconds=1.0, kept=True
    ),
)


def test_what_there_is_no_more_costs_nothing_else_of_what_was_learned(tmp_path: Path):
    found = EVERYTHING.model_dump(mode="json")
    for part in (found, found["expected_popularity"], found["blend"], found["judged"]):
        part["season"] = {"spring": 1.5}
    (tmp_path / "learned.json").write_text(json.dumps(found), encoding="utf-8")

    assert read_learned(tmp_path) == EVERYTHING


def test_what_was_renamed_is_read_by_its_earlier_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = EVERYTHING.model_dump(mode="json")
    found["appeal"] = found.pop("expected_popularity")
    found["blend"]["weights"]["spelling"] = found["blend"]["weights"].pop("lexical")
    (tmp_path / "learned.json").write_text(json.dumps(found), encoding="utf-8")
    names = {"appeal": "expected_popularity", "blend.weights.spelling": "lexical"}
    monkeypatch.setattr("newaisle.agent.learn.learned._EARLIER_NAMES", names)

    assert read_learned(tmp_path) == EVERYTHING


def test_a_shop_with_little_in_it_learns_nothing_and_says_so(tmp_path: Path):
    home = fill(tmp_path, _products()[:6], [did("u", "c0i0")])
    with home.writer() as ledger:
        ledger.set_meta("embedder", EMBEDDER.name)

    assert not learn_expected_popularity(home)
    assert calibrate_shop(home, progress=lambda done, total: None).judged is None
    assert read_learned(home.folder).blend == DEFAULT_BLEND
