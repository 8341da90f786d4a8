"""Addresses of servers and the keys that go with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newaisle.agent.llm.server.endpoint import Endpoint, Keys
from newaisle.errors import RequestError

NO_KEYS = Keys()
MAIN = "http://localhost:8000/v1"


def test_an_address_is_read() -> None:
    for text, base_url, model in [
        ("http://localhost:8000", "http://localhost:8000/v1", None),
        ("http://localhost:8000/#qwen2.5:7b", "http://localhost:8000/v1", "qwen2.5:7b"),
        ("https://API.OpenAI.com:443/v1/", "https://api.openai.com/v1", None),
        ("http://[::1]:8000/v1#org/name#2", "http://[::1]:8000/v1", "org/name#2"),
        ("https://shop.example/openai/v1/chat/completions#m", "https://shop.example/openai/v1", "m"),
        (" http://127.0.0.1:80 ", "http://127.0.0.1/v1", None),
    ]:
        endpoint = Endpoint.parse(text, keys=NO_KEYS)
        assert (endpoint.base_url, endpoint.model, endpoint.key) == (base_url, model, None), text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:8000",
        "ftp://host/",
        "http://",
        "http://host:99999",
        "http://host:x",
        "http://ho st",
        "http://h/?k=1",
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(RequestError, match="no address of a server") as caught:
        Endpoint.parse(text, keys=NO_KEYS)
    assert "\n" not in str(caught.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(RequestError, match="key file") as caught:
        Endpoint.parse("http://me:hunter2@host/v1", keys=NO_KEYS)
    assert "hunter2" not in str(caught.value)


def test_only_addresses_of_this_machine_are_loopback() -> None:
    names = ("localhost", "127.0.0.1", "127.1.2.3", "[::1]", "a.localhost", "127.0.0.1.evil.example", "example.org")
    loopback = [Endpoint(base_url=f"http://{name}/v1").is_loopback for name in names]
    assert loopback == [True, True, True, True, True, False, False]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"Other.Example": "sk-other", "localhost:9000": "sk-9000", "localhost": "sk-local"}))
    return path


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (MAIN, "sk-main"),
        ("http://localhost:9000/v1", "sk-9000"),
        ("http://localhost:9001/v1", "sk-local"),
        ("https://other.example/v1", "sk-other"),
        ("https://api.openai.com/v1", "sk-openai"),
        ("http://api.openai.com/v1", None),
        ("https://api.openai.com.evil.example/v1", None),
        ("https://nobody.example/v1", None),
    ],
)
def test_each_server_gets_its_own_key_only(key_file: Path, url: str, key: str | None) -> None:
    environment = {"NEWAISLE_API_KEY": "sk-main\n", "OPENAI_API_KEY": "sk-openai"}
    keys = Keys.from_environment(key_file, base_url="http://localhost:8000/", environment=environment)
    assert Endpoint.parse(url, keys=keys).key == key


def test_without_a_base_url_the_variable_goes_nowhere() -> None:
    keys = Keys.from_environment(environment={"NEWAISLE_API_KEY": "sk-main"})
    assert Endpoint.parse(MAIN, keys=keys).key is None


def test_keys_are_in_no_repr(key_file: Path) -> None:
    environment = {"NEWAISLE_API_KEY": "sk-main", "OPENAI_API_KEY": "sk-openai"}
    keys = Keys.from_environment(key_file, base_url=MAIN, environment=environment)
    shown = repr(keys) + repr(Endpoint.parse(MAIN, keys=keys)) + Endpoint.parse(MAIN, keys=keys).key_advice
    assert "sk-" not in shown


def test_advice_names_where_the_key_has_to_be(key_file: Path) -> None:
    keys = Keys.from_environment(key_file, base_url=MAIN, environment={})
    assert "'localhost'" in Endpoint.parse(MAIN, keys=keys).key_advice
    without = Keys.from_environment(base_url=MAIN, environment={})
    assert "NEWAISLE_API_KEY" in Endpoint.parse(MAIN, keys=without).key_advice
    assert "NEWAISLE_API_KEY" not in Endpoint.parse("http://b.example", keys=without).key_advice
    assert "--api-key-file" in Endpoint.parse("http://b.example", keys=without).key_advice


@pytest.mark.parametrize("content", ["", "[]", '{"host": 5}', '{"host": {"key": "sk-secret"}}', "sk-secret", "\udcff"])
def test_a_key_file_that_is_none_is_refused_without_what_is_in_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(RequestError, match="key file") as caught:
        Keys.from_environment(path)
    assert "sk-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        Keys.from_environment(tmp_path / "none.json")


@pytest.mark.parametrize("key", ["sk a", "sk-\u00e9", "sk\r\nX: y"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(RequestError, match="NEWAISLE_API_KEY holds") as caught:
        Keys.from_environment(base_url=MAIN, environment={"NEWAISLE_API_KEY": key})
    assert key not in str(caught.value)
