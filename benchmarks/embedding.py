"""How many product titles are embedded in a second, and how near the faster variants stay to fp32.

    python -m benchmarks.embedding FOLDER [--weights FOLDER] [--gguf FILE] [--json]

FOLDER has `items.jsonl`, perhaps in gzip. The default embedder is made anew from its package in fp32 and int8, and all
variants take turns on the same titles, so that their ratios hold on a busy machine too.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
import numpy as np

from benchmarks.speed import Figures, machine

if TYPE_CHECKING:
    from newaisle.store.embedders import Embedder

SEED = 20240229


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--texts", type=click.IntRange(min=1), default=1000, show_default=True, help="Titles, drawn at random.")
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="Turns of each variant.")
@click.option("--threads", type=click.IntRange(min=1), help="[default: the processors at hand]")
@click.option(
    "--weights",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A sentence-transformers folder (BERT) instead of the default embedder's package.",
)
@click.option("--gguf", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A GGUF file of the same.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(
    folder: Path,
    texts: int,
    rounds: int,
    threads: int | None,
    weights: Path | None,
    gguf: Path | None,
    as_json: bool,
) -> None:
    """Measure embedding on the titles of the data set in FOLDER."""
    from newaisle.errors import ModelError, StoreError

    try:
        titles = read_titles(folder, texts)
        with open_variants(weights, gguf, threads) as variants:
            figures = {"data": folder.resolve().name, "machine": machine(), **measure(variants, titles, rounds)}
    except (StoreError, ModelError) as exc:
        raise click.ClickException(str(exc)) from exc
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _print(figures)


def read_titles(folder: Path, wanted: int) -> list[str]:
    """A fixed sample of the titles in `items.jsonl`."""
    from newaisle.errors import InputError
    from newaisle.store.reading import Record, RecordFile

    found = next((path for path in (folder / "items.jsonl", folder / "items.jsonl.gz") if path.is_file()), None)
    if found is None:
        raise InputError(f"{folder} has no items.jsonl: give a folder with one")
    file = RecordFile(found, file_format="jsonl")
    try:
        titles = [
            str(row.values["title"]) for row in file.records() if isinstance(row, Record) and "title" in row.values
        ]
    finally:
        file.close()
    chosen = np.random.default_rng(SEED).permutation(len(titles))[:wanted]
    return [titles[row] for row in chosen]


@contextmanager
def open_variants(weights: Path | None, gguf: Path | None, threads: int | None) -> Iterator[Mapping[str, Embedder]]:
    """The embedders that are compared, by name; fp32 is the first."""
    from newaisle.agent.models.catalog import DEFAULT_EMBEDDER, known_models
    from newaisle.agent.models.convert import COMPANIONS, make_variants
    from newaisle.agent.models.sources import fetch_package
    from newaisle.store.embedders import OnnxEmbedder

    with TemporaryDirectory(prefix="newaisle-benchmark-") as scratch:
        source = Path(scratch)
        if weights is None:
            fetch_package(known_models()[DEFAULT_EMBEDDER], source, lambda _done, _total: None)
        else:
            for name in ("model.safetensors", *COMPANIONS):
                (source / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(weights / name, source / name)
        paths = make_variants(source, lambda _done, _total: None).paths
        variants: dict[str, Embedder] = {name: OnnxEmbedder(path, threads=threads) for name, path in paths.items()}
        if gguf is not None:
            from newaisle.agent.embedders.gguf import open_gguf

            variants["gguf"] = open_gguf(gguf, state_folder=source)
        yield variants


def measure(variants: Mapping[str, Embedder], titles: list[str], rounds: int) -> Figures:
    """Medians over the rounds of texts a second, by the clock and by processor time, and cosines to fp32's vectors.

    A ratio compares processor times within one round.
    """
    clock: dict[str, list[float]] = {name: [] for name in variants}
    processor: dict[str, list[float]] = {name: [] for name in variants}
    vectors = {}
    for _ in range(rounds):
        for name, embedder in variants.items():
            start, used = time.perf_counter(), time.process_time()
            vectors[name] = embedder.embed(titles)
            clock[name].append(len(titles) / (time.perf_counter() - start))
            processor[name].append(len(titles) / (time.process_time() - used))
    figures: Figures = {"texts": len(titles), "rounds": rounds, "variants": {}}
    for name, speeds in processor.items():
        ratios = [own / full for own, full in zip(speeds, processor["fp32"], strict=True)]
        cosines = (vectors[name] * vectors["fp32"]).sum(axis=1)
        figures["variants"][name] = {
            "texts_per_second": round(median(clock[name]), 1),
            "best": round(max(clock[name]), 1),
            "per_processor_second": round(median(speeds), 1),
            "ratio": round(median(ratios), 2),
            "cosine_mean": round(float(cosines.mean()), 5),
            "cosine_min": round(float(cosines.min()), 5),
        }
    return figures


def _print(figures: Figures) -> None:
    from rich.console import Console
    from rich.table import Table

    host = figures["machine"]
    columns = ("variant", "texts/s, median", "best", "per core", "to fp32", "cosine, mean", "least")
    table = Table(*columns, title_justify="left")
    table.title = f"{figures['data']}: {figures['texts']:,} titles, {host['processor']}, load {host['load']}"
    for name, row in figures["variants"].items():
        table.add_row(name, *(str(value) for value in row.values()))
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
