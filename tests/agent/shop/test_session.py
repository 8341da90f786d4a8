"""Language models made from the settings: servers, their keys, and what takes over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newaisle.agent.llm.base import Ask
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.backends import load_model
from newaisle.errors import ModelMissing, RequestError, ServerLacksModel, ServerUnreachable
from newaisle.testing import chat
from tests.agent.llm.server.misbehaving import Misbehaving, answer, failure, stream

ASKS = [Ask(prompt=chat(("user", "Why tea?")), max_tokens=9)]
NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEWAISLE_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings(server: Misbehaving, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path, models=tmp_path / "models", backend="http", base_url=server.url, model="small", embedder="hash"
    )


def keys_sent(server: Misbehaving) -> set[str | None]:
    return {request.headers.get("authorization") for request in [*server.listings, *server.requests]}


def test_a_model_of_a_server_answers(settings: Settings, server: Misbehaving) -> None:
    with load_model(settings) as model:
        assert model.name == "small"
        assert [one.text for one in model.generate(ASKS)] == ["Tea is warm."]
    assert server.requests[0].body["model"] == "small"


def test_without_a_name_it_is_the_first_that_the_server_lists(settings: Settings, server: Misbehaving) -> None:
    server.models = [{"id": "first"}, {"id": "second"}]
    settings.model = None
    with load_model(settings) as model:
        model.generate(ASKS)
    assert server.requests[0].body["model"] == "first"


def test_a_server_without_models_is_said_at_once(settings: Settings, server: Misbehaving) -> None:
    server.models = []
    settings.model = None
    with pytest.raises(ServerLacksModel), load_model(settings):
        pass


def test_a_server_that_has_no_list_of_models_may_answer_nevertheless(
    settings: Settings, server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave = server.behaviour
    monkeypatch.setattr(
        server, "behaviour", lambda request: failure(404) if request.path.endswith("models") else behave(request)
    )
    with load_model(settings) as model:
        assert [one.text for one in model.generate(ASKS)] == ["Tea is warm."]


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_not_there_is_said_at_once(settings: Settings) -> None:
    settings.base_url = NOBODY
    with pytest.raises(ServerUnreachable, match="cannot be reached"):
        load_model(settings)


@pytest.mark.usefixtures("impatient")
def test_the_next_takes_over_where_the_first_is_not_there(settings: Settings, server: Misbehaving) -> None:
    settings.base_url, settings.fallback = NOBODY, ("smollm2-135m", f"{server.url}#small")
    with load_model(settings) as model:
        assert [one.text for one in model.generate(ASKS)] == ["Tea is warm."]
        first, second = model.given_up
    assert first.startswith(f"{NOBODY} cannot be reached")
    assert second.startswith("Model smollm2-135m is not installed")


def test_the_next_takes_over_where_the_first_fails_later(
    settings: Settings, server: Misbehaving, other_server: Misbehaving
) -> None:
    server.usual = failure(400, "no")
    other_server.usual = stream("From", " the", " other.")
    settings.fallback = (f"{other_server.url}#spare",)
    with load_model(settings) as model:
        assert [one.text for one in model.generate(ASKS)] == ["From the other."]
        assert model.name == "spare"


def test_a_local_model_can_have_a_server_as_fallback(settings: Settings, server: Misbehaving) -> None:
    settings.backend, settings.base_url, settings.fallback = "local", None, (f"{server.url}#small",)
    settings.model = "smollm2-135m"
    with load_model(settings) as model:
        assert model.name == "small"


def test_without_a_fallback_the_failure_is_raised_as_it_is(settings: Settings) -> None:
    settings.backend, settings.base_url, settings.model = "local", None, "smollm2-135m"
    with pytest.raises(ModelMissing):
        load_model(settings)


def test_the_key_of_the_environment_goes_to_the_first_server_alone(
    settings: Settings, server: Misbehaving, other_server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWAISLE_API_KEY", "sk-main")
    server.usual = failure(400, "no")
    settings.fallback = (f"{other_server.url}#small",)
    with load_model(settings) as model:
        model.generate(ASKS)
    assert keys_sent(server) == {"Bearer sk-main"}
    assert keys_sent(other_server) == {None}


def test_a_fallback_takes_its_key_from_the_key_file(
    settings: Settings, server: Misbehaving, other_server: Misbehaving, tmp_path: Path
) -> None:
    settings.api_key_file = tmp_path / "keys.json"
    host = other_server.url.removeprefix("http://").removesuffix("/v1")
    settings.api_key_file.write_text(json.dumps({host: "sk-other"}), encoding="utf-8")
    server.usual = failure(400, "no")
    settings.fallback = (f"{other_server.url}#small",)
    with load_model(settings) as model:
        model.generate(ASKS)
    assert (keys_sent(server), keys_sent(other_server)) == ({None}, {"Bearer sk-other"})


@pytest.mark.parametrize("spec", ["http://", "http://user:sk-secret@localhost/v1#m", "https://local host#m"])
def test_an_address_that_makes_no_sense_is_said_before_it_is_needed(
    settings: Settings, server: Misbehaving, spec: str
) -> None:
    settings.fallback = (spec,)
    with pytest.raises(RequestError) as raised:
        load_model(settings)
    assert "sk-secret" not in str(raised.value)
    assert server.listings == []


def test_what_a_server_can_do_is_kept_in_the_folder_of_models(settings: Settings, server: Misbehaving) -> None:
    server.usual = answer({"choices": [{"text": ","}]})
    with load_model(settings) as model:
        assert not model.can_score
    assert (settings.models / "servers.json").exists()
