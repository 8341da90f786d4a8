"""From a source to a folder that is ready for the cache: fetch, check, convert, describe."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newaisle.agent.llm.installed import description
from newaisle.agent.models.catalog import KnownModel
from newaisle.agent.models.convert import convert_embedder
from newaisle.agent.models.manifest import FileRecord, Manifest
from newaisle.agent.models.quantize import choose_quantization
from newaisle.agent.models.sources import HubFile, fetch_hub_file, fetch_package, gguf_kind, hub_client, local_model
from newaisle.progress import StageProgress

if TYPE_CHECKING:
    import httpx


def fetch_known(model: KnownModel, work: Path, ready: Path, report: StageProgress) -> Manifest:
    """Fetch a model of the catalog into `work` and leave what is used in `ready`."""
    fetch_package(model, work, partial(report, "downloading"))
    original = model.files[0]
    converted_from = FileRecord.of(work / original.name, original.path, kept=False)
    convert = _known_llm if model.kind == "llm" else _known_embedder
    first, facts = convert(model, work, ready, report)
    as_published = model.kind == "llm" and facts["variant"] == model.variant
    return describe(
        ready,
        first,
        name=model.name,
        kind=model.kind,
        source=f"package {model.requirement}",
        converted_from=None if as_published else converted_from,
        **facts,
    )


def _known_embedder(_model: KnownModel, work: Path, ready: Path, report: StageProgress) -> tuple[str, dict[str, Any]]:
    conversion = convert_embedder(work, ready, partial(report, "converting"))
    chosen = conversion.chosen
    return "model.onnx", {
        "variant": chosen.variant,
        "note": chosen.why,
        "measurements": conversion.measurements,
    }


def _known_llm(model: KnownModel, work: Path, ready: Path, report: StageProgress) -> tuple[str, dict[str, Any]]:
    found = choose_quantization(
        work / model.files[0].name,
        model.variant,
        work / "variants",
        making=partial(report, "converting"),
        measuring=partial(report, "measuring"),
        model=model.name,
    )
    chosen = found.chosen.variant
    target = ready / f"{model.name}-{chosen}.gguf"
    found.paths[chosen].rename(target)
    note = f"{chosen} is {found.chosen.why}" if chosen != model.variant else f"kept as published: {found.chosen.why}"
    return target.name, {
        "variant": chosen,
        "note": note,
        "measurements": () if found.problem else found.measurements,
        "llama_cpp": "" if found.problem else description(),
    }


def fetch_hub(file: HubFile, ready: Path, report: StageProgress, transport: httpx.BaseTransport | None) -> Manifest:
    """Fetch a GGUF file of the hub into `ready`, as it is."""
    target = ready / Path(file.path).name
    with hub_client(transport) as client:
        fetch_hub_file(file, target, partial(report, "downloading"), client)
    return describe(
        ready, target.name, name=file.name, kind=gguf_kind(target), source=file.name, variant="as published"
    )


def register_path(path: Path, report: StageProgress) -> Manifest:
    """Describe a model that stays where it is."""
    report("checking", 0, 1)
    kind, files = local_model(path)
    report("checking", 1, 1)
    return _manifest(name=str(path), kind=kind, source=str(path), variant="as found", files=files)


def describe(folder: Path, first: str, **facts: Any) -> Manifest:
    """The manifest of a folder whose main file is `first`."""
    others = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    names = [first, *(name for name in others if name != first)]
    return _manifest(files=tuple(FileRecord.of(folder / name, name) for name in names), **facts)


def _manifest(**facts: Any) -> Manifest:
    machine = f"{platform.processor() or platform.machine()}, {platform.system()}"
    return Manifest(made_at=datetime.now(UTC), made_on=machine, **facts)
