"""The doctor: one finding for each thing that has to be in place, and the mend for what is not."""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from newaisle.agent import sample
from newaisle.agent.cli import cli
from newaisle.agent.llm.build import pinned_version
from newaisle.agent.settings.settings import Settings
from newaisle.agent.shop.doctor import Finding, examine
from newaisle.store.embedders import HashEmbedder
from newaisle.store.home import Home
from newaisle.store.ingest import ingest
from newaisle.store.shop import ReadOptions
from newaisle.testing import ScriptedModel
from tests.agent.llm.server.misbehaving import Behaviour, Misbehaving, failure, stream
from tests.agent.llm.server.scoring_server import completions, echo, no_logprobs

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "home"
    ingest(
        Home(folder),
        embedder=HashEmbedder(),
        catalogue=sample.CATALOGUE,
        histories=sample.HISTORIES,
        options=ReadOptions(),
    )
    return folder


@pytest.fixture
def settings(filled: Path, tmp_path: Path) -> Settings:
    shutil.copytree(filled, tmp_path / "home")
    return Settings(home=tmp_path / "home", models=tmp_path / "models", model="none", embedder="hash")


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(settings)}


def test_a_healthy_installation_has_nothing_to_mend(settings: Settings) -> None:
    found = findings(settings)
    assert list(found) == ["interpreter", "llama.cpp", "language model", "embedder", "ledger", "index", "prompts"]
    assert {finding.verdict for name, finding in found.items() if name != "llama.cpp"} == {"ok"}
    assert found["ledger"].detail == "203 products, 40 customers, 550 interactions, 8 categories"
    assert found["index"].detail == "generation g000001, as the ledger is"


def remove_ledger(settings: Settings) -> None:
    shutil.rmtree(settings.home)


def damage_ledger(settings: Settings) -> None:
    path = settings.shop.ledger_path
    path.write_bytes(path.read_bytes()[:9_000] + os.urandom(9_000))


def remove_index(settings: Settings) -> None:
    shutil.rmtree(settings.shop.index_folder)


def damage_index(settings: Settings) -> None:
    for file in settings.shop.index_folder.rglob("*.bin"):
        file.write_bytes(b"")


def fall_behind(settings: Settings) -> None:
    with settings.shop.writer() as ledger:
        ledger.erase_user("mara")


def other_embedder(settings: Settings) -> None:
    with settings.shop.writer() as ledger:
        ledger.set_meta("embedder", "another")


def missing_embedder(settings: Settings) -> None:
    settings.embedder = "minilm-l6"


def missing_model(settings: Settings) -> None:
    settings.model = "smollm2-135m"


def unknown_model(settings: Settings) -> None:
    settings.model = "smollm3"


def damaged_model(settings: Settings) -> None:
    path = settings.home / "some.gguf"
    path.write_bytes(b"GGUF" + bytes(1_000))
    settings.model_cache.pull(str(path))
    path.write_bytes(b"GGUF" + bytes(998) + b"xy")
    settings.model = str(path)


def wrong_template(settings: Settings) -> None:
    settings.shop.prompts_folder.mkdir()
    (settings.shop.prompts_folder / "rank.en.yaml").write_text("prompt: [", encoding="utf-8")


def no_server(settings: Settings) -> None:
    settings.backend, settings.base_url, settings.model = "http", "http://127.0.0.1:9/v1", "large"


def wrong_address(settings: Settings) -> None:
    settings.backend, settings.base_url, settings.model = "http", "http://", "large"


def wrong_key_file(settings: Settings) -> None:
    no_server(settings)
    settings.api_key_file = settings.home / "keys.json"
    settings.api_key_file.write_text("sk-secret", encoding="utf-8")


INGEST = "newaisle ingest CATALOGUE --histories FILE"
BROKEN = [
    (remove_ledger, "ledger", "missing", "there is no shop", INGEST),
    (remove_ledger, "index", "missing", "no ledger", INGEST),
    (damage_ledger, "ledger", "broken", "damaged", "restore a copy, or ingest into another --home"),
    (remove_index, "index", "broken", "missing", "newaisle reindex"),
    (damage_index, "index", "broken", "damaged", "newaisle reindex"),
    (fall_behind, "index", "broken", "behind the ledger", "newaisle reindex"),
    (other_embedder, "embedder", "broken", "filled with the embedder another", "newaisle reindex"),
    (missing_embedder, "embedder", "missing", "not installed", "newaisle models pull minilm-l6"),
    (missing_model, "language model", "missing", "not installed", "newaisle models pull smollm2-135m"),
    (unknown_model, "language model", "broken", "did you mean smollm2-135m", "newaisle models list"),
    (damaged_model, "language model", "broken", "sha256", "newaisle models pull "),
    (no_server, "language model", "broken", "http://127.0.0.1:9/v1 cannot be reached", "start the server"),
    (wrong_address, "language model", "broken", "is no address of a server", "give another address"),
    (wrong_key_file, "language model", "broken", "must be a JSON object", "give another address or key file"),
    (wrong_template, "prompts", "broken", "rank.en.yaml", "newaisle prompts check"),
]


@pytest.mark.parametrize(
    ("harm", "name", "verdict", "says", "mend"), BROKEN, ids=[f"{case[0].__name__} {case[1]}" for case in BROKEN]
)
def test_what_is_broken_is_found_and_its_mend_named(
    settings: Settings, harm: Callable[[Settings], None], name: str, verdict: str, says: str, mend: str
) -> None:
    harm(settings)
    finding = findings(settings)[name]
    assert finding.verdict == verdict
    assert says in finding.detail
    assert finding.mend.startswith(mend)


def test_a_mend_that_is_a_command_mends(settings: Settings) -> None:
    damage_index(settings)
    assert CliRunner().invoke(cli, ["reindex", "--home", str(settings.home), "--embedder", "hash"]).exit_code == 0
    assert findings(settings)["index"].verdict == "ok"


def test_llama_cpp_that_is_not_installed_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", version)
    finding = findings(settings)["llama.cpp"]
    assert (finding.verdict, finding.detail) == ("missing", "llama-cpp-python is not installed")
    assert finding.mend.endswith("-m newaisle.agent.llm.build")


def test_another_release_of_llama_cpp_is_broken(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.0.1")
    finding = findings(settings)["llama.cpp"]
    assert finding.verdict == "broken"
    assert finding.detail.startswith("llama-cpp-python 0.0.1, made for ")


@pytest.mark.parametrize(
    ("abilities", "features", "compiler", "verdict", "says", "mend"),
    [
        ("avx2", "AVX2", "GCC 12.2.0", "ok", "built by GCC 12.2.0; uses AVX2", ""),
        ("avx2", "AVX2", None, "ok", "built by pip, not by the set-up; uses AVX2", ""),
        ("avx2 amx_int8", "AVX2 AMX_INT8", None, "ok", "uses AVX2 AMX_INT8", ""),
        ("avx2 amx_int8", "AVX2", "GCC 12.2.0", "ok", "uses AVX2, and not this processor's AMX", ""),
        ("avx2 amx_int8", "AVX2", None, "ok", "uses AVX2, and not this processor's AMX", "pip uninstall"),
        ("avx2", "", None, "broken", "crashes when it is loaded", "pip uninstall"),
    ],
)
def test_of_llama_cpp_compiler_and_features_are_said(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    abilities: str,
    features: str,
    compiler: str | None,
    verdict: str,
    says: str,
    mend: str,
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: pinned_version())
    monkeypatch.setattr("newaisle.agent.llm.installed.version", lambda name: pinned_version())
    monkeypatch.setattr("newaisle.agent.llm.installed.features", lambda: tuple(features.split()))
    monkeypatch.setattr("newaisle.agent.llm.installed.compiler", lambda: compiler)
    monkeypatch.setattr("newaisle.agent.llm.installed.processor", lambda: f"flags : {abilities}")
    finding = llama_cpp(settings)
    assert finding.verdict == verdict
    assert finding.detail.startswith(f"llama-cpp-python {pinned_version()}")
    assert finding.detail.endswith(says)
    assert (mend in finding.mend) if mend else not finding.mend


@pytest.mark.parametrize(
    ("build", "says"),
    [
        ("by clang", "decodes here, 1,992 prompt and 157 written tokens/s when it was pulled"),
        ("", "decodes here, 1,992 prompt and 157 written tokens/s when it was pulled"),
        ("by GCC", "157 written tokens/s when it was pulled with another build of llama.cpp"),
    ],
)
def test_a_model_is_as_fast_as_it_was_when_it_was_pulled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, build: str, says: str
) -> None:
    file = settings.home / "some.gguf"
    file.write_bytes(b"GGUF" + bytes(1_000))
    settings.model_cache.pull(str(file))
    (folder,) = settings.models.glob("*/manifest.json")
    manifest = json.loads(folder.read_text())
    of = {"bytes": 1, "prompt_tokens_s": 1991.6, "written_tokens_s": 157.2}
    manifest["measurements"] = [{**of, "variant": "Q4_0", "prompt_tokens_s": 1.0}, {**of, "variant": "as found"}]
    folder.write_text(json.dumps(manifest | {"llama_cpp": build}))
    settings.model = str(file)
    monkeypatch.setattr("newaisle.agent.llm.installed.description", lambda: "by clang")
    monkeypatch.setattr("newaisle.agent.shop.backends.model_opener", lambda *_: ScriptedModel)
    assert findings(settings)["language model"].detail.endswith(says)


def on_server(settings: Settings, server: Misbehaving, model: str | None = "small") -> None:
    settings.backend, settings.base_url, settings.model = "http", server.url, model


def test_a_server_that_answers_is_well_and_what_it_can_do_is_said(settings: Settings, server: Misbehaving) -> None:
    on_server(settings, server)
    server.models = [{"id": "small", "meta": {"n_params": 7_000_000_000}}]
    server.script = deque([stream("yes"), *[completions(no_logprobs)] * 9])
    finding = findings(settings)["language model"]
    assert finding.verdict == "ok"
    assert finding.detail.startswith(f"small on {server.url}: 7,000 M parameters, answers here")
    assert "ordered lists" in finding.detail


def test_what_a_server_can_do_is_found_out_anew(settings: Settings, server: Misbehaving) -> None:
    on_server(settings, server)
    server.script = deque([stream("yes"), *[completions(no_logprobs)] * 3])
    server.usual = completions(no_logprobs)
    assert "ordered lists" in findings(settings)["language model"].detail
    server.script = deque([stream("yes")])
    server.usual = completions(echo)
    assert "likelihoods of titles" in findings(settings)["language model"].detail


def test_the_first_model_of_a_server_is_named(settings: Settings, server: Misbehaving) -> None:
    on_server(settings, server, model=None)
    server.script = deque([stream("yes")])
    server.usual = completions(no_logprobs)
    assert findings(settings)["language model"].detail.startswith("small on ")


@pytest.mark.parametrize(
    ("behaviour", "says", "mend"),
    [
        (failure(401), "wants a key", "put its key into NEWAISLE_API_KEY"),
        (failure(404, "model not found"), "has no model 'large'", "choose one of the server's models"),
        (failure(400, "no"), "rejects the request", "start the server"),
    ],
)
def test_a_server_that_refuses_is_broken_with_its_mend(
    settings: Settings, server: Misbehaving, behaviour: Behaviour, says: str, mend: str
) -> None:
    on_server(settings, server, model="large")
    server.usual = behaviour
    finding = findings(settings)["language model"]
    assert finding.verdict == "broken"
    assert says in finding.detail
    assert finding.mend.startswith(mend)


def test_every_fallback_is_looked_at(settings: Settings, server: Misbehaving) -> None:
    on_server(settings, server)
    server.script = deque([stream("yes")])
    server.usual = completions(no_logprobs)
    settings.fallback = ("smollm2-135m", "http://127.0.0.1:9/v1#large")
    found = [finding for finding in examine(settings) if finding.name in ("language model", "fallback")]
    assert [finding.verdict for finding in found] == ["ok", "missing", "broken"]
    assert found[1].mend == "newaisle models pull smollm2-135m"


def test_llama_cpp_is_not_missed_where_all_models_are_servers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", version)
    no_server(settings)
    assert llama_cpp(settings).verdict == "ok"
    settings.fallback = ("smollm2-135m",)
    assert llama_cpp(settings).verdict == "missing"


def llama_cpp(settings: Settings) -> Finding:
    return next(finding for finding in examine(settings) if finding.name == "llama.cpp")


def doctor(settings: Settings, *more: str) -> tuple[int, str]:
    arguments = ["--home", str(settings.home), "--models", str(settings.models), "--embedder", settings.embedder]
    ran = CliRunner().invoke(cli, ["doctor", "--model", settings.model or "", *arguments, *more])
    return ran.exit_code, ran.stdout


def test_the_command_ends_with_4_where_anything_is_wrong_and_shows_the_mend(settings: Settings) -> None:
    wrong_template(settings)
    code, shown = doctor(settings)
    assert code == 4
    assert "ok       ledger          203 products" in shown
    assert shown.splitlines()[-1].split() == ["->", "newaisle", "prompts", "check"]


def test_the_findings_as_json_are_for_programs(settings: Settings) -> None:
    missing_model(settings)
    code, shown = doctor(settings, "--json")
    assert code == 4
    assert [row for row in json.loads(shown) if row["name"] == "language model"] == [
        {
            "name": "language model",
            "verdict": "missing",
            "detail": "Model smollm2-135m is not installed; run `newaisle models pull smollm2-135m`.",
            "mend": "newaisle models pull smollm2-135m",
        }
    ]
