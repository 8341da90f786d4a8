"""A LoRA adapter beside a model: when it takes part, what is kept apart, and what is no adapter for it."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from newaisle.agent.llm.adapter import Adapter
from newaisle.agent.llm.engine import LlamaEngine
from newaisle.agent.llm.kept_files import StateFiles
from newaisle.agent.llm.trial import open_engine, trial
from newaisle.agent.models.adapters import known
from newaisle.agent.models.adapters.known import NO_ADAPTER, adapter_entries, adapter_for, known_adapters
from newaisle.errors import ModelMissing, ModelUnusable, UnknownModel
from newaisle.store.embedders import hash_file
from newaisle.testing import asks, chat
from tests.agent.llm.tiny_llama import HIDDEN, write_adapter, write_llama

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="needs llama-cpp-python: pip install 'newaisle[local]'"
)
PROMPT = chat(("user", "Name a shop."))
HEAD = chat(("system", "You know shops."), ("user", "Hm"), ("assistant", "Yes"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("llm") / "tiny.gguf")


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    path = write_adapter(tmp_path_factory.mktemp("lora") / "short.gguf")
    return Adapter(name="short", path=path, sha256="1234", templates=("explain",))


def said(engine: LlamaEngine, template: str) -> str:
    return engine.generate(asks(PROMPT, template=template))[0].text


@needs_library
@pytest.mark.parametrize("can_fork", [True, False])
def test_it_takes_part_in_the_answers_to_its_templates_alone(model: Path, adapter: Adapter, can_fork: bool) -> None:
    with LlamaEngine(model, adapter=adapter, can_fork=can_fork) as engine:
        plain = said(engine, "")
        assert plain
        assert [said(engine, name) for name in ("explain", "profile", "explain", "")] == ["", plain, "", plain]
        mixed = [*asks(PROMPT, template="explain"), *asks(PROMPT)]
        assert [one.text for one in engine.generate(mixed)] == [plain, plain]
        assert engine.score(PROMPT, [" ."])[0].total < 0


@needs_library
def test_what_was_read_with_it_is_kept_for_it(model: Path, adapter: Adapter, tmp_path: Path) -> None:
    states = StateFiles(tmp_path, "this model")
    prompt = [*HEAD, *PROMPT]
    with LlamaEngine(model, adapter=adapter, states=states) as engine:
        for template in ("explain", ""):
            engine.prepare(HEAD, template)
            before = engine.usage.evaluated
            engine.generate(asks(prompt, template=template))
            assert engine.usage.evaluated - before < len(engine.tokens_of(prompt))
    assert len(list(tmp_path.glob("*.state"))) == 2
    with LlamaEngine(model, adapter=adapter, states=states) as engine:
        engine.prepare(HEAD, "explain")
        assert engine.usage.evaluated == 0
        assert engine.generate(asks(prompt, template="explain"))[0].text == ""


@needs_library
def test_it_is_tried_in_a_child_before_it_is_trusted(model: Path, adapter: Adapter, tmp_path: Path) -> None:
    assert trial(model, state_folder=tmp_path, adapter=adapter).adapts
    assert not trial(model, state_folder=tmp_path).adapts
    with open_engine(model, state_folder=tmp_path, adapter=adapter) as engine:
        assert engine.adapter == adapter
        assert said(engine, "explain") == ""


@needs_library
def test_an_adapter_of_another_model_is_refused_with_the_way_to_do_without(model: Path, tmp_path: Path) -> None:
    other = write_adapter(tmp_path / "other.gguf", hidden=2 * HIDDEN)
    adapter = Adapter(name="other", path=other, sha256="5", templates=("explain",))
    with pytest.raises(ModelUnusable, match=r"no adapter for tiny.*--adapter none"):
        open_engine(model, state_folder=tmp_path, adapter=adapter)


def test_a_bundled_one_is_what_its_table_says() -> None:
    for one in known_adapters().values():
        assert hash_file(one.path) == one.sha256
        assert adapter_for(one.model, None) == adapter_for(one.model, one.name)
    assert [entry.name for entry in adapter_entries()] == [*known_adapters()]


def test_one_that_readers_like_less_than_the_claims_own_sentences_says_so() -> None:
    (one, *_) = known_adapters().values()
    assert replace(one, preferred=0.5).disliked == ""
    assert replace(one, preferred=0.24, pairs=48).disliked == (
        "readers preferred its texts to the claims' own sentences in 24 % of 48 pairs: "
        "wording is off by `--wording auto`"
    )


def test_which_adapter_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = known.KnownAdapter(
        name="plain",
        model="m",
        about="",
        license="MIT",
        file="f.gguf",
        sha256="12",
        templates=("explain",),
        preferred=0.6,
        pairs=9,
    )
    monkeypatch.setattr(known, "known_adapters", lambda: {"plain": one})
    assert adapter_for("m", NO_ADAPTER) is None
    assert adapter_for("other", None) is None
    assert (found := adapter_for("m", None)) is not None
    assert (found.name, found.sha256, found.templates) == ("plain", "12", ("explain",))
    with pytest.raises(UnknownModel, match="made for m, not for other"):
        adapter_for("other", "plain")
    with pytest.raises(UnknownModel, match="did you mean 'plain'"):
        adapter_for("m", "plian")
    with pytest.raises(ModelMissing, match=r"mine\.gguf"):
        adapter_for("m", str(tmp_path / "mine.gguf"))
    mine = write_adapter(tmp_path / "mine.gguf")
    assert (own := adapter_for("other", str(mine))) is not None
    assert (own.path, own.sha256) == (mine, hash_file(mine))
    assert "explain" in own.templates
