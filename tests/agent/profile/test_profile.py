"""The profile of a customer, from a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from newaisle.agent.profile.profile import profile
from newaisle.agent.schema.profile import Profile
from newaisle.errors import LanguageModelError, ModelMissing, RequestError
from newaisle.store.home import Home
from newaisle.store.rows import Event
from newaisle.testing import ScriptedModel
from tests.agent.filled import did, fill, parts, product

PRODUCTS = [
    product(f"l{i}", f"Oak lamp {name}", "Home > Lamps", brand="Hale" if i % 2 else "Orrin")
    for i, name in enumerate(("ada", "bea", "cay", "dot"))
] + [product("t1", "松间 普洱茶", "茶叶", brand="松间"), product("t2", "松间 红茶", "茶叶", brand="松间")]
ROWS = [
    did("ann", "l1"),
    did("ann", "l3", Event.LIKE),
    did("ann", "l0", Event.DISLIKE),
    did("bo", "t1"),
    did("bo", "t2"),
    did("cy", "l2", Event.RATING, 3.0),
]
GOOD = " chooses mostly from Lamps, and likes the brand Hale. They did not like the Oak lamp ada."


@pytest.fixture
def lamps(tmp_path: Path) -> Home:
    return fill(tmp_path / "home", PRODUCTS, ROWS)


def of(home: Home, user: str, model: ScriptedModel | None = None, **more: object) -> Profile:
    with home.reader() as ledger:
        return profile(user, parts(ledger, (lambda: model) if model else None), **more)  # type: ignore[arg-type]


def test_interests_come_with_their_rows_and_titles(lamps: Home) -> None:
    found = of(lamps, "ann")
    brands = {one.name: one for one in found.interests.brands}
    assert brands["Hale"].weight > 0 > brands["Orrin"].weight
    assert brands["Hale"].item_ids == ["l3", "l1"]
    assert found.titles == {"l0": "Oak lamp ada", "l1": "Oak lamp bea", "l3": "Oak lamp dot"}
    assert (found.rows, found.products) == (3, 3)
    assert found.interests.recent[0].event is Event.DISLIKE


def test_the_paragraph_of_the_model_says_so(lamps: Home) -> None:
    found = of(lamps, "ann", ScriptedModel([GOOD]))
    assert found.paragraph.text == "This customer" + GOOD
    assert (found.paragraph.source, found.made_with.model, found.made_with.template) == ("llm", "scripted", "profile")
    assert (found.warnings, found.degraded) == ([], False)


def test_a_paragraph_that_failed_the_check_is_replaced_and_says_so(lamps: Home) -> None:
    found = of(lamps, "ann", ScriptedModel([" is rich.", " loves gold."]))
    assert found.paragraph.source == "evidence"
    assert "Hale" in found.paragraph.text
    assert found.degraded is False
    assert "failed the check, 'rich' is in no fact and 'gold' is in no fact" in found.warnings[0]


def test_without_a_model_it_is_made_by_code_and_says_so(lamps: Home) -> None:
    found = of(lamps, "ann")
    assert (found.paragraph.source, found.made_with.model, found.degraded) == ("evidence", None, False)
    assert found.warnings == ["the paragraph is made by code: no language model is in use"]


@pytest.mark.parametrize("error", [LanguageModelError("it broke"), ModelMissing("no file")])
def test_a_model_that_fails_is_done_without(lamps: Home, error: Exception) -> None:
    def broken() -> ScriptedModel:
        raise error

    with lamps.reader() as ledger:
        loaded = profile("ann", parts(ledger, broken))
        asked = profile("ann", parts(ledger, lambda: ScriptedModel([error])))
    for found in (loaded, asked):
        assert (found.paragraph.source, found.degraded) == ("evidence", True)
        assert str(error) in found.warnings[0]


def test_a_chinese_history_is_told_in_chinese_by_code_where_the_model_has_none(lamps: Home) -> None:
    model = ScriptedModel()
    found = of(lamps, "bo", model)
    assert (found.paragraph.language, found.paragraph.source) == ("zh", "evidence")
    assert found.paragraph.text.startswith("这位顾客主要选购茶叶")
    assert "does not master Chinese" in found.warnings[0]
    assert model.generate_calls == []
    assert of(lamps, "bo", language="en").paragraph.text.startswith("This customer chooses mostly from 茶叶")


def test_a_history_that_says_nothing_asks_no_model(lamps: Home) -> None:
    found = of(lamps, "cy", ScriptedModel())
    assert found.paragraph.text == "What this customer did so far does not say what they like."
    assert found.interests.brands == []


def test_an_unknown_customer_is_named_with_the_nearest(lamps: Home) -> None:
    with pytest.raises(RequestError, match=r"no customer 'anne' \(did you mean 'ann'\?\)"):
        of(lamps, "anne")


def test_the_json_is_what_its_schema_says(lamps: Home) -> None:
    found = of(lamps, "ann")
    assert Profile.model_validate_json(found.model_dump_json()) == found
    schema = Profile.model_json_schema(mode="serialization")
    assert schema["required"] == list(found.model_dump())
    assert schema["additionalProperties"] is False


def test_a_template_of_ones_own_is_used(lamps: Home, tmp_path: Path) -> None:
    (tmp_path / "profile.en.yaml").write_text(
        "description: d\nlanguage: en\nprompt: \"Say it: {{ facts | join('; ') }}\"\n", encoding="utf-8"
    )
    model = ScriptedModel(["This customer" + GOOD])
    with lamps.reader() as ledger:
        found = profile("ann", parts(ledger, lambda: model, prompts_folder=tmp_path))
    assert found.paragraph.source == "llm"
    assert model.generate_calls[0].texts[0].startswith("Say it: This customer chooses mostly from Lamps")
    assert "ann" not in model.generate_calls[0].texts[0]  # a customer's id goes to no model
