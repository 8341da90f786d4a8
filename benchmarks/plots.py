"""Plots of the comparison and of growth, as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed import Figures


def plot_comparison(rows: Sequence[Figures], file: Path, *, title: str) -> None:
    """How many times better newaisle is in each row that has a ratio, with what was to be reached; none, no file."""
    shown = [row for row in rows if row["ratio"] is not None][::-1]
    if not shown:
        return
    figure, axes = _figure(height=1.2 + 0.4 * len(shown))
    places = range(len(shown))
    axes.barh(places, [row["ratio"] for row in shown], color="#3b6ea5")
    for place, row in zip(places, shown, strict=True):
        axes.text(row["ratio"], place, f" {row['ratio']:.1f}x", va="center")
        if row["least"] is not None:
            axes.plot([row["least"]] * 2, [place - 0.4, place + 0.4], color="#c44e52", linewidth=2)
    axes.axvline(1, color="grey", linewidth=1)
    axes.set(xscale="log", xlabel="times better than the other way (red: to reach)", title=title)
    axes.set_yticks(places, [row["name"] for row in shown])
    axes.margins(x=0.2)
    figure.savefig(file, dpi=120, bbox_inches="tight")


def plot_growth(sizes: Sequence[Figures], file: Path) -> None:
    """Median latencies by the number of products."""
    figure, axes = _figure(height=4.5)
    for name in sizes[0]["milliseconds"]:
        medians = [size["milliseconds"][name]["median"] for size in sizes]
        axes.plot([size["products"] for size in sizes], medians, marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="products", ylabel="median, ms", title="Latency by size of the shop")
    axes.legend(fontsize="small")
    figure.savefig(file, dpi=120, bbox_inches="tight")


def _figure(*, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, height))
    return figure, figure.subplots()
