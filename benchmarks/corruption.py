"""How many deliberately corrupted explanations the check catches, and how many true ones it refuses.

Scenes and true texts are invented at random (see `benchmarks.scenes`); each is corrupted in every way that applies to
it and makes it false (see `benchmarks.corruptions`). No model takes part. Run as `python -m benchmarks.corruption`.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from random import Random
from typing import Any

import click

from benchmarks.corruptions import CORRUPTIONS, corrupted
from benchmarks.scenes import draw_scene, draw_text
from newaisle.agent.wording.check.check import problem

Figures = dict[str, Any]
_EXAMPLES = 3  # texts shown of each kind that were wrongly judged


def measure(texts: int, seed: int) -> Figures:
    """Judge so many true texts and all their corruptions."""
    random = Random(seed)
    made, caught = Counter[str](), Counter[str]()
    missed: dict[str, list[str]] = {}
    refused: list[dict[str, str]] = []
    spent: list[float] = []
    for _ in range(texts):
        true = draw_text(random, draw_scene(random))
        evidence = true.evidence
        start = time.perf_counter()
        why = problem(true.text, "stop", evidence)
        spent.append(1000 * (time.perf_counter() - start))
        if why:
            refused.append({"text": true.text, "why": why})
        for kind, wrong in corrupted(random, true):
            made[kind] += 1
            if problem(wrong, "stop", evidence):
                caught[kind] += 1
            else:
                missed.setdefault(kind, []).append(wrong)
    return _figures(texts, seed, made, caught, missed, refused, spent)


def _figures(
    texts: int,
    seed: int,
    made: Counter[str],
    caught: Counter[str],
    missed: dict[str, list[str]],
    refused: list[dict[str, str]],
    spent: list[float],
) -> Figures:
    return {
        "seed": seed,
        "true_texts": texts,
        "true_refused": len(refused),
        "true_refused_share": len(refused) / texts,
        "refused_examples": refused[:_EXAMPLES],
        "corrupted_texts": made.total(),
        "caught": caught.total(),
        "caught_share": caught.total() / made.total(),
        "kinds": {
            kind: {
                "texts": made[kind],
                "caught": caught[kind],
                "share": caught[kind] / made[kind] if made[kind] else None,
                "missed_examples": missed.get(kind, [])[:_EXAMPLES],
            }
            for kind in CORRUPTIONS
        },
        "milliseconds": {"median": statistics.median(spent), "p95": sorted(spent)[int(0.95 * len(spent))]},
    }


@click.command()
@click.option("--texts", type=click.IntRange(min=1), default=1000, show_default=True, help="True texts to start from.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything that is drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(texts: int, seed: int, as_json: bool) -> None:
    """Print what share of corrupted explanations the check catches, by kind, and of true ones refuses."""
    figures = measure(texts, seed)
    if as_json:
        click.echo(json.dumps(figures, indent=2, ensure_ascii=False))
    else:
        _print(figures)


def _print(figures: Figures) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("corruption", title="The check of phrased explanations", title_justify="left")
    for name in ("texts", "caught", "share"):
        table.add_column(name, justify="right")
    for kind, one in figures["kinds"].items():
        share = "" if one["share"] is None else f"{one['share']:.2%}"
        table.add_row(kind, f"{one['texts']:,}", f"{one['caught']:,}", share)
    total = (f"{figures['corrupted_texts']:,}", f"{figures['caught']:,}", f"{figures['caught_share']:.2%}")
    table.add_row("all", *total, style="bold")
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"true texts refused: {figures['true_refused']} of {figures['true_texts']:,}"
        f" ({figures['true_refused_share']:.2%});"
        f" median {figures['milliseconds']['median']:.2f} ms a text; seed {figures['seed']}"
    )


if __name__ == "__main__":
    main()
