"""Which language models a command line means: flags, environment, and combinations that make no sense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from newaisle.agent.cli import cli
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.models.catalog import DEFAULT_LLM
from newaisle.agent.settings.settings import Settings
from tests.agent.cli.command import newaisle

URL = "http://127.0.0.1:8080/v1"
found: list[Settings] = []


@click.command()
@model_options
@pass_settings
def tell(settings: Settings) -> None:
    found.append(settings)


@pytest.fixture(autouse=True)
def telling(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(cli.commands, "tell", tell)
    monkeypatch.delenv("NEWAISLE_MODEL")
    found.clear()
    yield
    found.clear()


def settings(*arguments: object) -> Settings:
    newaisle(*arguments).ok()
    return found.pop()


def test_without_options_the_model_is_the_default_on_this_machine() -> None:
    got = settings("tell")
    assert (got.backend, got.base_url, got.model, got.fallback) == ("local", None, None, ())
    assert got.language_models == got.local_models == (DEFAULT_LLM,)


@pytest.mark.parametrize("before", [True, False])
def test_a_server_is_chosen_before_or_after_the_command(before: bool) -> None:
    options = ("--backend", "http", "--base-url", URL, "--model", "large", "--api-key-file", "keys.json")
    got = settings(*options, "tell") if before else settings("tell", *options)
    assert (got.backend, got.base_url, got.model, got.api_key_file) == ("http", URL, "large", Path("keys.json"))
    assert got.language_models == (f"{URL}#large",)
    assert got.local_models == ()


def test_backend_and_address_may_stand_on_different_sides_of_the_command() -> None:
    assert settings("--backend", "http", "tell", "--base-url", URL).language_models == (f"{URL}#",)


def test_the_first_model_of_a_server_is_meant_where_none_is_named() -> None:
    assert settings("tell", "--backend", "http", "--base-url", URL).language_models == (f"{URL}#",)


def test_everything_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BACKEND": "http",
        "BASE_URL": URL,
        "MODEL": "large",
        "API_KEY_FILE": "keys.json",
        "FALLBACK": f"smollm2-135m  {URL}#small",
    }.items():
        monkeypatch.setenv(f"NEWAISLE_{name}", value)
    got = settings("tell")
    assert got.language_models == (f"{URL}#large", "smollm2-135m", f"{URL}#small")
    assert got.local_models == ("smollm2-135m",)
    assert got.api_key_file == Path("keys.json")


def test_fallbacks_keep_their_order_and_replace_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWAISLE_FALLBACK", "x y")
    assert settings("tell").fallback == ("x", "y")
    assert settings("tell", "--fallback", "b", "--fallback", "a").fallback == ("b", "a")
    assert settings("--fallback", "b", "--fallback", "a", "tell").fallback == ("b", "a")


def test_a_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWAISLE_BACKEND", "http")
    monkeypatch.setenv("NEWAISLE_BASE_URL", "http://elsewhere.example/v1")
    assert settings("tell", "--base-url", URL).base_url == URL
    assert settings("--base-url", URL, "tell").base_url == URL
    assert settings("tell").base_url == "http://elsewhere.example/v1"


@pytest.mark.parametrize("before", [True, False])
def test_a_server_in_the_environment_can_be_left_out_for_once(monkeypatch: pytest.MonkeyPatch, before: bool) -> None:
    monkeypatch.setenv("NEWAISLE_BACKEND", "http")
    monkeypatch.setenv("NEWAISLE_BASE_URL", URL)
    options = ("--backend", "local")
    got = settings(*options, "tell") if before else settings("tell", *options)
    assert got.language_models == (DEFAULT_LLM,)


def test_no_language_model_means_no_fallback_either() -> None:
    options = ("--model", "none", "--fallback", "smollm2-135m", "--backend", "http", "--base-url", URL)
    assert settings("tell", *options).language_models == ()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--backend", "http"), "give --base-url"),
        (("--base-url", URL), "--backend http"),
        (("--base-url", URL, "--backend", "local"), "--backend http"),
        (("--backend", "https", "--base-url", URL), "'https' is not one of 'local', 'http'"),
        (("--backend", "http", "--base-url", "localhost:8080"), "must begin with http://"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_half_of_a_pair_is_a_usage_error_that_names_the_other(
    options: tuple[str, ...], says: str, before: bool
) -> None:
    ran = newaisle(*options, "tell") if before else newaisle("tell", *options)
    assert ran.code == 2
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1
    assert found == []


def test_an_address_alone_in_the_environment_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWAISLE_BASE_URL", URL)
    assert newaisle("tell").code == 2
