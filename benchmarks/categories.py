"""How well the methods of `newaisle category` and `newaisle classify` do on a filled shop.

    python -m benchmarks.categories --home HOME [--held-out NAME ...] [--json]

Categories given with --held-out are left out of what methods are compared on and reported apart. Nothing is written.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import click

from newaisle.agent.cli.options import TEXT, home_option, model_options, pass_settings
from newaisle.agent.cli.screen import progress_bars
from newaisle.agent.settings.settings import Settings

_STAGES = {"compare": "categories left out", "held out": "categories held out"}


@click.command()
@click.option("--held-out", type=TEXT, multiple=True, metavar="NAME", help="Not to choose by; may be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@home_option
@model_options
@pass_settings
def main(settings: Settings, /, held_out: tuple[str, ...], as_json: bool) -> None:
    """Measure how well the shop in --home knows where a category, or a product, belongs."""
    from benchmarks.category_methods import compare_methods, measure_classification
    from newaisle.agent.retrieve.nearest import METHODS
    from newaisle.agent.shop.session import open_parts

    with open_parts(settings) as parts, progress_bars(_STAGES) as progress:
        figures: dict[str, Any] = {
            "compared": compare_methods(parts, held_out=held_out, progress=partial(progress, "compare"))
        }
        if held_out:
            figures["held_out"] = compare_methods(
                parts, held_out=held_out, on_held_out=True, progress=partial(progress, "held out")
            )
        figures["classified"] = {method: measure_classification(parts, method=method) for method in METHODS}
    click.echo(json.dumps(figures, indent=2) if as_json else _as_text(figures))


def _as_text(figures: dict[str, Any]) -> str:
    lines = []
    for part in ("compared", "held_out"):
        for by, methods in figures.get(part, {}).items():
            lines.append(f"\n{part.replace('_', ' ')}, asked by {by}: NDCG@5, gain over the default, rank correlation")
            lines += [
                f"{name:24} {row['ndcg@5']:.3f} ± {row['ndcg@5_se']:.3f}  {row['ndcg@5_gain']:+.3f} ±"
                f" {row['ndcg@5_gain_se']:.3f}  {row['rank_correlation']:+.2f} ± {row['rank_correlation_se']:.2f}"
                f"  ({row['categories']:.0f} categories)"
                for name, row in methods.items()
            ]
    lines.append("\nclassified")
    for name, row in figures["classified"].items():
        lines.append(f"{name:24} " + "  ".join(f"{key} {value:.3f}" for key, value in row.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
