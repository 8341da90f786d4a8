"""Settings out of files: which wins, what is wrong with one, and what somebody else's project file may not do."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent import sample
from newaisle.agent.settings.settings import FILE, FOLDER, TABLE
from tests.agent.cli.command import Ran, newaisle
from tests.shown import ROOT

CAMP = ("--category", sample.NEW_CATEGORY)
ELSEWHERE = "https://llm.example/v1"
DEFAULTS = {key for key, row in TABLE.items() if row.about == "answer"}


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("NEWAISLE_"):
            monkeypatch.delenv(name)


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    file = tmp_path / "config" / "newaisle" / "config.toml"
    file.parent.mkdir(parents=True)
    return file


@pytest.fixture
def project_file() -> Path:
    return Path("newaisle.toml").absolute()


def shown(*options: object) -> Any:
    return newaisle("config", "show", "--origin", "--json", *options).json


def one_line(ran: Ran, *says: object, code: int = 3) -> None:
    assert ran.code == code, ran.err
    assert ran.err.startswith("Error: ")
    assert ran.err.count("\n") == 1
    for part in says:
        assert str(part) in ran.err


# A value of each setting per layer: a default cannot win by chance.
VALUES: dict[str, tuple[Any, Any, str, str]] = {
    "home": ("u", "p", "/e", "/f"),
    "prompts": ("u", "p", "/e", "/f"),
    "models": ("u", "p", "/e", "/f"),
    "api_key_file": ("u", "p", "/e", "/f"),
    "model": ("u", "p", "e", "f"),
    "embedder": ("u", "p", "e", "f"),
    "adapter": ("u", "p", "e", "f"),
    "fallback": (["u", "v"], ["p", "q"], "e g", "f"),
    "backend": ("http", "local", "http", "local"),
    "base_url": ("http://localhost:1", "http://localhost:2", "http://localhost:3", "http://localhost:4"),
}


def test_every_setting_is_tried() -> None:
    assert VALUES.keys() == TABLE.keys() - DEFAULTS


@pytest.mark.parametrize("key", VALUES)
def test_a_flag_wins_over_the_environment_over_the_project_over_the_user(
    key: str, user_file: Path, project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, project, environment, flag = VALUES[key]
    server = "" if key in ("base_url", "backend") else None
    address = 'base_url = "http://localhost:9"\n' if key == "backend" else ""
    backend = 'backend = "http"\n' if key == "base_url" else ""
    trust = f"trust = [{json.dumps(str(project_file.parent))}]\n"
    before = address + backend
    user_file.write_text(f"{trust}{before}{key} = {json.dumps(user)}\n", encoding="utf-8")
    line = 1 + (trust + before).count("\n")

    def in_use(value: Any, folder: Path | None) -> Any:
        if key == "fallback":
            return value if isinstance(value, list) else value.split()
        return str(folder / value) if folder and TABLE[key].kind in (FOLDER, FILE) else value

    assert server is None or shown()["base_url"]["value"] is not None
    assert shown()[key] == {"value": in_use(user, user_file.parent), "origin": f"{user_file}:{line}"}
    project_file.write_text(f"\n{key} = {json.dumps(project)}\n", encoding="utf-8")
    assert shown()[key] == {"value": in_use(project, project_file.parent), "origin": f"{project_file}:2"}
    variable = f"NEWAISLE_{key.upper()}"
    monkeypatch.setenv(variable, environment)
    assert shown()[key] == {"value": in_use(environment, None), "origin": f"env {variable}"}
    option = f"--{key.replace('_', '-')}"
    assert shown(option, flag)[key] == {"value": in_use(flag, None), "origin": f"flag {option}"}
    before_command = newaisle(option, flag, "config", "show", "--origin", "--json").json
    assert before_command[key] == {"value": in_use(flag, None), "origin": f"flag {option}"}


DEFAULT_VALUES = {
    "language": ("en", "zh", "en"),
    "style": ("detailed", "seller", "short"),
    "k": (3, 4, 2),
    "currency": ("EUR", "CNY", "USD"),
}


def test_every_default_is_tried() -> None:
    assert DEFAULT_VALUES.keys() == DEFAULTS - {"wording"}  # which no answer repeats: see `test_wording_option`


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("key", DEFAULT_VALUES)
def test_what_an_option_is_where_it_is_left_out_can_be_set(
    key: str, user_file: Path, project_file: Path, monkeypatch: pytest.MonkeyPatch, surroundings: Path
) -> None:
    monkeypatch.setenv("NEWAISLE_HOME", str(surroundings / "home"))
    monkeypatch.setenv("NEWAISLE_EMBEDDER", "hash")
    monkeypatch.setenv("NEWAISLE_MODEL", "none")
    asked = ("recommend", "--user", "mara", *CAMP, "--max-price", "500")

    def used(*options: object) -> object:
        request = newaisle(*asked, *options).json["request"]
        return {**request, **request["constraints"]}[key]

    user, project, environment = DEFAULT_VALUES[key]
    user_file.write_text(f"{key} = {json.dumps(user)}\n", encoding="utf-8")
    assert used() == user
    project_file.write_text(f"{key} = {json.dumps(project)}\n", encoding="utf-8")
    assert used() == project
    monkeypatch.setenv(f"NEWAISLE_{key.upper()}", str(environment))
    assert used() == environment
    assert shown()[key] == {"value": environment, "origin": f"env NEWAISLE_{key.upper()}"}
    assert used("-k" if key == "k" else f"--{key}", project) == project


@pytest.mark.usefixtures("shop")
def test_a_currency_and_a_style_that_are_set_harm_no_command_without_a_use_for_them(
    project_file: Path, surroundings: Path
) -> None:
    project_file.write_text('currency = "USD"\nstyle = "seller"\nlanguage = "zh"\nk = 2\n', encoding="utf-8")
    here = ("--home", surroundings / "home", "--embedder", "hash", "--model", "none")
    answer = newaisle(*here, "recommend", *CAMP).json
    assert answer["request"]["constraints"]["currency"] is None
    assert len(answer["recommendations"]) == 2
    newaisle(*here, "why", "mara", "ck-01").ok()
    newaisle(*here, "eval", "--cases", "3", "--json").ok()
    assert "--currency says what" in newaisle(*here, "recommend", *CAMP, "--currency", "USD").err


def test_the_nearest_project_file_above_is_read_and_its_paths_are_beside_it(
    project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_file.write_text('home = "shops/garden"\n', encoding="utf-8")
    below = project_file.parent / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert shown()["home"]["value"] == str(project_file.parent / "shops" / "garden")
    (below.parent / "newaisle.toml").write_text('home = "nearer"\n', encoding="utf-8")
    assert shown()["home"]["value"] == str(below.parent / "nearer")


def test_a_tilde_in_a_path_is_the_home_of_the_user(project_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    project_file.write_text('home = "~/shop"\n', encoding="utf-8")
    assert shown()["home"]["value"] == "/home/ann/shop"


def test_without_files_everything_is_at_its_default() -> None:
    assert {one["origin"] for one in shown().values()} == {"default"}


def test_a_server_of_a_file_can_be_left_out_for_once(user_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user_file.write_text(f'backend = "http"\nbase_url = "{ELSEWHERE}"\n', encoding="utf-8")
    assert shown("--backend", "local")["backend"]["value"] == "local"
    monkeypatch.setenv("NEWAISLE_BACKEND", "local")
    assert shown()["backend"]["value"] == "local"


def test_half_of_a_pair_in_a_file_names_the_file(user_file: Path) -> None:
    user_file.write_text(f'base_url = "{ELSEWHERE}"\n', encoding="utf-8")
    one_line(newaisle("doctor"), f"{user_file}:1", "--backend http", code=2)


WRONG = {
    "an unknown key": ('\nmodle = "x"', ":2: there is no setting 'modle' (did you mean 'model'"),
    "a key with a hyphen": ('base-url = "x"', ":1: there is no setting 'base-url' (did you mean 'base_url'"),
    "a table": ("[recommend]\nk = 3", ":1: there is no setting 'recommend'"),
    "a dotted key": ("home.folder = 3", ":1: home must be a path in quotes"),
    "a number for a path": ("home = 3", ":1: home must be a path in quotes"),
    "an empty path": ('home = ""', ":1: home must be a path in quotes"),
    "a path of nobody": ('home = "~nobody-at-all/x"', ":1: home must be a path in quotes"),
    "a control character in a path": (r'home = "a\u0000b"', ":1: home must be a path in quotes"),
    "a list for a text": ('model = ["a"]', ":1: model must be a text in quotes"),
    "a text for a list": ('fallback = "a"', ":1: fallback must be a list of texts"),
    "a list of numbers": ("fallback = [1]", ":1: fallback must be a list of texts"),
    "no choice": ('backend = "https"', ":1: backend must be one of 'local', 'http'"),
    "a count of 0": ("k = 0", ":1: k must be a whole number of at least 1"),
    "a count in quotes": ('k = "3"', ":1: k must be a whole number of at least 1"),
    "a truth for a count": ("k = true", ":1: k must be a whole number of at least 1"),
    "no currency": ('currency = "$"', ":1: currency must be an ISO 4217 code"),
    "no language": ('language = "French"', ":1: language must be the code of a language"),
    "no TOML": ("home = shop", "is not TOML"),
    "a key twice": ("k = 1\nk = 2\n", "is not TOML"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("whose", ["project", "user"])
def test_what_is_wrong_in_a_file_is_one_line_with_its_place(
    text: str, says: str, whose: str, project_file: Path, user_file: Path
) -> None:
    file = {"project": project_file, "user": user_file}[whose]
    file.write_text(text, encoding="utf-8")
    one_line(newaisle("forget", "x"), file, says)
    one_line(newaisle("config", "show"), file, says)


@pytest.mark.parametrize("content", [b"home = '\xff'", b"\xff\xfe\x00", b"a = " + b"[" * 100_000])
def test_a_file_of_other_bytes_is_one_line(content: bytes, project_file: Path) -> None:
    project_file.write_bytes(content)
    one_line(newaisle("forget", "x"), project_file, "is not TOML")


def test_a_folder_in_the_place_of_a_file_is_one_line(project_file: Path) -> None:
    project_file.mkdir()
    one_line(newaisle("forget", "x"), project_file, "cannot be read")


@given(st.binary(max_size=60))
def test_no_file_makes_a_traceback(content: bytes) -> None:
    Path("newaisle.toml").write_bytes(content)
    try:
        assert newaisle("config", "show").code in (0, 3)
    finally:
        Path("newaisle.toml").unlink()


@pytest.mark.parametrize(("name", "text"), [("K", "few"), ("K", "0"), ("LANGUAGE", "French"), ("CURRENCY", "$")])
def test_what_is_wrong_in_the_environment_names_the_variable(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NEWAISLE_{name}", text)
    one_line(newaisle("forget", "x"), f"NEWAISLE_{name} must be")


@pytest.mark.parametrize(("name", "says"), [("HOME", "is a file"), ("BACKEND", "is not one of")])
def test_what_no_option_could_be_is_wrong_usage_in_the_environment_too(
    name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(f"NEWAISLE_{name}", str(tmp_path / "file"))
    one_line(newaisle("forget", "x"), says, code=2)


def test_help_and_completion_and_the_places_of_the_files_need_no_file_that_is_right(project_file: Path) -> None:
    project_file.write_text("nonsense", encoding="utf-8")
    for arguments in (("--help",), ("recommend", "--help"), ("config", "path"), ("completion", "bash"), ("--version",)):
        newaisle(*arguments).ok()


def test_help_shows_the_defaults_that_were_set(project_file: Path) -> None:
    project_file.write_text("k = 17\n", encoding="utf-8")
    assert "[default: 17;" in newaisle("recommend", "--help").out


GUARDED = {
    "a server": f'backend = "http"\nbase_url = "{ELSEWHERE}"\n',
    "a server as a model": f'model = "{ELSEWHERE}#large"\n',
    "a server of vectors": f'embedder = "{ELSEWHERE}#large"\n',
    "a server that takes over": f'fallback = ["smollm2-135m", "{ELSEWHERE}#large"]\n',
    "an address that looks like this machine's": 'embedder = "http://127.0.0.1.evil.example/v1#m"\n',
    "a file of keys": 'api_key_file = "keys.json"\n',
    "a folder of models": 'models = "models"\n',
}


@pytest.mark.parametrize("text", GUARDED.values(), ids=GUARDED)
def test_a_project_file_sends_nothing_elsewhere_unless_its_folder_is_trusted(
    text: str, project_file: Path, user_file: Path
) -> None:
    project_file.write_text(text, encoding="utf-8")
    mend = f'put `trust = ["{project_file.parent}"]` into {user_file}'
    for arguments in (("forget", "x"), ("config", "show"), ("recommend", *CAMP)):
        one_line(newaisle(*arguments), project_file, mend)
    user_file.write_text(mend.partition("`")[2].partition("`")[0], encoding="utf-8")
    newaisle("config", "show").ok()
    user_file.write_text(f"trust = [{json.dumps(str(project_file.parent.parent))}]", encoding="utf-8")
    newaisle("config", "show").ok()
    user_file.write_text(f"trust = [{json.dumps(str(project_file.parent / 'below'))}]", encoding="utf-8")
    one_line(newaisle("config", "show"), mend)


def test_the_users_own_file_may_name_any_server(user_file: Path) -> None:
    user_file.write_text(GUARDED["a server"], encoding="utf-8")
    assert shown()["base_url"]["value"] == ELSEWHERE


def test_a_project_file_may_name_a_server_of_this_machine(project_file: Path) -> None:
    project_file.write_text('backend = "http"\nbase_url = "http://localhost:8080/v1"\n', encoding="utf-8")
    assert shown()["backend"]["value"] == "http"


def test_a_setting_that_a_flag_or_the_environment_replaces_needs_no_trust(
    project_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_file.write_text(GUARDED["a folder of models"], encoding="utf-8")
    newaisle("--models", "mine", "config", "show").ok()
    monkeypatch.setenv("NEWAISLE_MODELS", "mine")
    newaisle("config", "show").ok()


def test_a_project_file_cannot_trust_itself(project_file: Path) -> None:
    project_file.write_text(f'trust = ["/"]\n{GUARDED["a server"]}', encoding="utf-8")
    one_line(newaisle("config", "show"), f"{project_file}:1", "cannot trust itself")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only the superuser gives files away")
def test_a_project_file_of_another_user_is_not_read(
    project_file: Path, user_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_file.write_text("k = 3\n", encoding="utf-8")
    os.chown(project_file, 12345, -1)
    one_line(newaisle("config", "show"), project_file, "belongs to another user")
    link = project_file.parent / "below" / "newaisle.toml"
    link.parent.mkdir()
    link.symlink_to(project_file)
    os.chown(project_file, 0, -1)
    os.chown(link, 12345, -1, follow_symlinks=False)
    monkeypatch.chdir(link.parent)
    one_line(newaisle("config", "show"), link, "belongs to another user")
    monkeypatch.chdir(project_file.parent)
    os.chown(project_file, 12345, -1)
    one_line(newaisle("config", "show"), project_file, "belongs to another user")
    user_file.write_text(f"trust = [{json.dumps(str(project_file.parent))}]", encoding="utf-8")
    assert shown()["k"]["value"] == 3


def test_no_key_and_no_password_is_printed(user_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWAISLE_API_KEY", "sk-secret")
    (user_file.parent / "keys.json").write_text('{"llm.example": "sk-secret"}', encoding="utf-8")
    user_file.write_text(
        'api_key_file = "keys.json"\nbackend = "http"\nbase_url = "https://ann:sk-secret@llm.example/v1"\n'
        'fallback = ["https://ann:sk-secret@llm.example/v1#m"]\n',
        encoding="utf-8",
    )
    for options in ((), ("--origin",), ("--json",), ("--verbose",)):
        ran = newaisle("config", "show", *options).ok()
        assert "sk-secret" not in ran.out + ran.err
        assert "keys.json" in ran.out
    user_file.write_text('api_key = "sk-secret"\n', encoding="utf-8")
    ran = newaisle("config", "show")
    one_line(ran, "did you mean 'api_key_file'")
    assert "sk-secret" not in ran.err


def test_the_table_has_a_line_per_setting_and_where_it_comes_from(project_file: Path) -> None:
    project_file.write_text('model = "none"\n', encoding="utf-8")
    lines = newaisle("config", "show", "--origin").ok().out.splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(TABLE)
    assert "model         none" in newaisle("config", "show").out
    assert next(line for line in lines if line.startswith("model ")).endswith(f"  {project_file}:1")
    assert next(line for line in lines if line.startswith("k ")).endswith("  default")


def test_the_table_of_the_page_has_every_setting_with_its_option_and_variable() -> None:
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `(--?[a-z-]+)`.* \| `NEWAISLE_\w+`", page, flags=re.MULTILINE))
    assert rows.keys() == TABLE.keys()
    for key, option in rows.items():
        assert option == ("-k" if key == "k" else f"--{key.replace('_', '-')}")
        assert f"`NEWAISLE_{key.upper()}`" in page


def test_the_places_of_both_files_are_printed(project_file: Path, user_file: Path) -> None:
    assert newaisle("config", "path").ok().out == (
        f"project  no newaisle.toml here or above\nuser     {user_file} (not there)\n"
    )
    project_file.touch()
    user_file.touch()
    assert newaisle("config", "path").ok().out == f"project  {project_file}\nuser     {user_file}\n"


@pytest.mark.usefixtures("shop")
def test_templates_can_be_in_a_folder_of_a_project(
    project_file: Path, surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = project_file.parent / "templates"
    newaisle("prompts", "show", "rank").ok()
    own.mkdir()
    bundled = newaisle("prompts", "show", "rank").out
    (own / "rank.en.yaml").write_text(bundled + "\n# of the project\n", encoding="utf-8")
    render = ("--home", surroundings / "home", "--model", "none", "--embedder", "hash", "doctor")
    assert "0 of them yours" in newaisle(*render).out
    assert "1 of them yours" in newaisle("--prompts", own, *render).out
    assert "1 of them yours" in newaisle(*render, "--prompts", own).out
    project_file.write_text('prompts = "templates"\n', encoding="utf-8")
    assert "1 of them yours" in newaisle(*render).out
    project_file.unlink()
    monkeypatch.setenv("NEWAISLE_PROMPTS", str(own))
    assert "1 of them yours" in newaisle(*render).out
