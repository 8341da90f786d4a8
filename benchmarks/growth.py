"""How answers, index, memory and disk grow with the shop: generated shops of several sizes.

    python -m benchmarks.growth [--sizes 10000,100000,1000000] [--home FOLDER] [--out FOLDER] [--json]

A shop that lies in --home already is measured again, not built again. docs/benchmarks.md says what is measured.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.speed import Figures, machine, run_child

_BUILT = "built.json"  # in the folder of a size: what building it took
_TARGET = 3.0  # times the latency of the smallest shop
_MEMORY_MIB = 4096


@click.command()
@click.option("--sizes", default="10000,100000,1000000", show_default=True, help="Numbers of products.")
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Keep the shops here, and use them again."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="bench", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(sizes: str, home: Path | None, out: Path, as_json: bool) -> None:
    """Measure generated shops; a million products take over an hour to build on two cores."""
    from benchmarks.plots import plot_growth

    try:
        numbers = sorted({int(size) for size in sizes.split(",")})
    except ValueError as exc:
        raise click.BadParameter(f"{sizes!r} is no list of numbers", param_hint="--sizes") from exc
    with ExitStack() as stack:
        folder = home or Path(stack.enter_context(TemporaryDirectory(prefix="newaisle-growth-")))
        measured = [measure_size(folder, products) for products in numbers]
    figures: Figures = {"machine": machine(), "sizes": measured, "verdict": verdict(measured)}
    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    plot_growth(measured, out / "growth.png")
    if as_json:
        click.echo(json.dumps(figures, indent=2))
    else:
        print_growth(figures, out)


def measure_size(folder: Path, products: int) -> Figures:
    """Build the shop of this size, unless it is there, and measure answers from it, each in a process of its own."""
    home = folder / str(products)
    note = folder / f"{products}.{_BUILT}"
    if not note.exists():
        home.mkdir(parents=True, exist_ok=True)
        done = run_child([sys.executable, "-m", "benchmarks.growth_steps", "build", str(home), str(products)])
        built = {**json.loads(done.output), "peak_mib": done.peak_mib}
        note.write_text(json.dumps(built) + "\n", encoding="utf-8")
    answered = run_child([sys.executable, "-m", "benchmarks.growth_steps", "answer", str(home), str(products)])
    return {
        "build": json.loads(note.read_text(encoding="utf-8")),
        "disk_mib": {"ledger": _mib(home, "ledger.*"), "index": _mib(home, "index/*/**/*")},
        **json.loads(answered.output),
        "products": products,
        "peak_mib": answered.peak_mib,
    }


def verdict(sizes: list[Figures]) -> Figures:
    """Latency of context and ranking in the largest shop over that in the smallest, and memory, against the targets."""

    def latency(size: Figures) -> float:
        return float(size["milliseconds"]["context"]["median"] + size["milliseconds"]["ranking"]["median"])

    growth = latency(sizes[-1]) / latency(sizes[0])
    memory = max(size[part]["peak_mib"] if part else size["peak_mib"] for size in sizes for part in ("build", ""))
    return {
        "growth": growth,
        "growth_met": growth < _TARGET,
        "peak_mib": memory,
        "memory_met": memory < _MEMORY_MIB,
    }


def _mib(home: Path, pattern: str) -> float:
    return sum(file.stat().st_size for file in home.glob(pattern) if file.is_file()) / 2**20


def print_growth(figures: Figures, out: Path) -> None:
    """The table for people."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    host, sizes = figures["machine"], figures["sizes"]
    table = Table("", title_justify="left", title=f"{host['processor']}, {host['cores']} cores, load {host['load']}")
    for size in sizes:
        table.add_column(f"{size['products']:,}", justify="right")
    for name in sizes[0]["milliseconds"]:
        table.add_row(f"{name}, ms: median, max", *(_latency(size["milliseconds"][name]) for size in sizes))
    for name, values in (
        ("opening the index, s", [f"{size['open_index_s']:.1f}" for size in sizes]),
        ("building all, s", [f"{size['build']['seconds']:,.0f}" for size in sizes]),
        ("  the index alone, s", [f"{size['build']['stages_s']['index']:,.0f}" for size in sizes]),
        ("peak memory while building, MiB", [f"{size['build']['peak_mib']:,.0f}" for size in sizes]),
        ("peak memory while answering, MiB", [f"{size['peak_mib']:,.0f}" for size in sizes]),
        ("ledger on disk, MiB", [f"{size['disk_mib']['ledger']:,.0f}" for size in sizes]),
        ("index on disk, MiB", [f"{size['disk_mib']['index']:,.0f}" for size in sizes]),
    ):
        table.add_row(name, *values)
    console.print(table)
    found = figures["verdict"]
    console.print(
        f"context and ranking: {found['growth']:.2f} times the smallest"
        f" (to reach: under {_TARGET:g}, {_met(found['growth_met'])}); peak memory {found['peak_mib']:,.0f} MiB"
        f" (to reach: under {_MEMORY_MIB:,}, {_met(found['memory_met'])})"
    )
    console.print(f"figures and plot: {out}")


def _latency(spent: dict[str, float]) -> str:
    return f"{spent['median']:.1f}, {spent['max']:.1f}"


def _met(yes: bool) -> str:
    return "met" if yes else "not met"


if __name__ == "__main__":
    main()
