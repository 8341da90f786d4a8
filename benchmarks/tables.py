"""The figures of a benchmark as tables for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from benchmarks.speed import Figures
from newaisle.agent.evaluate.methods import WARM
from newaisle.agent.rank.metrics import METRICS

if TYPE_CHECKING:
    from rich.console import Console


def print_figures(figures: Figures) -> None:
    """Print what there is of: ingest, speed, quality on all cases, quality on the sample."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    host = figures["machine"]
    console.print(f"[bold]{figures['data']}[/] on {host['processor']}, {host['cores']} cores, load {host['load']}\n")
    if "ingest" in figures:
        _print_ingest(console, figures["ingest"])
    if "speed" in figures:
        _print_speed(console, figures["speed"])
    if "methods" in figures:
        _print_methods(console, f"{figures['cases']} cases, all candidates", figures["methods"])
        sample = figures["sample"]
        if sample:
            title = f"{sample['cases']} cases, {sample['candidates']} candidates each, {sample['model']}"
            _print_methods(console, title, sample["methods"])


def _print_ingest(console: Console, ingest: Figures) -> None:
    console.print(
        "ingest: {rows:,} rows ({rejected:,} rejected), {embedded:,} texts embedded in {seconds:.1f} s"
        " ({texts_per_second:.0f} texts/s all in), peak memory {peak_mib:,} MiB\n".format(**ingest)
    )


def _print_speed(console: Console, speed: Figures) -> None:
    from rich.table import Table

    table = Table("answer", "times", "median s", "min s", "p95 s", "max s", title_justify="left")
    table.title = (
        f"recommend --category {speed['category']!r} ({speed['candidates']:,} candidates), load {speed['load']}"
    )
    for name, times in (("a whole process", speed["process"]), ("once loaded", speed["loaded"])):
        seconds = (f"{times[key]:.2f}" for key in ("median_s", "min_s", "p95_s", "max_s"))
        table.add_row(name, str(times["answers"]), *seconds)
    console.print(table)
    stages = ", ".join(f"{stage} {value:.0f}" for stage, value in speed["loaded"]["stages_ms"].items())
    console.print(f"median ms by stage, once loaded: {stages}; peak memory {speed['process']['peak_mib']:,} MiB")
    console.print(
        "{answers} answers ({degraded} degraded): {real} of {products} products are real candidates, {twice} come"
        " twice, {owned} were owned; {phrased_by_model} sentences phrased by the model\n".format(**speed["checks"])
    )


def _print_methods(console: Console, title: str, methods: Mapping[str, Mapping[str, float]]) -> None:
    from rich.table import Table

    table = Table("method", title=title, title_justify="left")
    for metric in METRICS:
        table.add_column(metric, justify="right")
    for name, summary in methods.items():
        cells = (f"{summary[metric]:.4f}±{summary[f'{metric}_se']:.4f}" for metric in METRICS)
        table.add_row(f"{name} (warm)" if name in WARM else name, *cells)
    console.print(table)
