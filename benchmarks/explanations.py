"""How far explanations can be believed, beside what the obvious prompt makes of the same model.

    python -m benchmarks.explanations FOLDER... [--cases 200] [--style short] [--out FILE] [--json]

FOLDER has `items.jsonl` and `interactions.csv`, each perhaps in gzip, or is the data folder of a shop, which is read
and not changed. The same products are recommended to the same customers; what judges both ways is
`benchmarks.second_check`, which shares nothing with what makes and checks the texts. With --model none, the claims' own
sentences are measured alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.speed import Figures, machine
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.cli.screen import progress_bars
from newaisle.agent.settings.settings import NO_MODEL, Settings
from newaisle.progress import StageProgress
from newaisle.store.rows import liking_by_product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.second_check.judged import Explained, Explanations
    from newaisle.agent.evaluate.explained_cases import Asked
    from newaisle.agent.schema.answer import RecommendationSet
    from newaisle.agent.schema.style import Style
    from newaisle.agent.shop.parts import Parts

OURS, OBVIOUS = "newaisle", "one prompt, free text"
_STAGES = {"catalogue": "reading products", "embed": "embedding texts", "cases": "explaining"}


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--cases", type=click.IntRange(min=1), default=200, show_default=True, help="Recommendations of each.")
@click.option("--style", type=click.Choice(["short", "detailed", "seller"]), default="short", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write every text, judged, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@model_options
@pass_settings
def main(
    settings: Settings, /, folders: tuple[Path, ...], cases: int, style: Style, out: Path | None, as_json: bool
) -> None:
    """Measure the explanations of the data sets or shops in FOLDERS."""
    from newaisle.errors import LanguageModelError, ModelError, StoreError

    figures: list[Figures] = []
    texts: dict[str, dict[str, list[object]]] = {}
    try:
        for folder in folders:
            with progress_bars(_STAGES) as progress:
                explained = explain(settings, folder, cases=cases, style=style, progress=progress)
            name = folder.resolve().name
            texts[name] = {way: [one.model_dump() for one in made] for way, made in explained.items()}
            found = summaries(explained)
            figures.append({"data": name, "style": style, **{way: one.model_dump() for way, one in found.items()}})
            if not as_json:
                from benchmarks.second_check.shown import LINES
                from newaisle.agent.cli.measured_text import print_explanations

                print_explanations(f"{name}, {style}", found, LINES, "Not supported")
    except (StoreError, ModelError, LanguageModelError) as exc:
        raise click.ClickException(str(exc)) from exc
    if out is not None:
        out.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps({"machine": machine(), "measured": figures}, ensure_ascii=False, indent=2))


def explain(
    settings: Settings, folder: Path, *, cases: int, style: Style, progress: StageProgress
) -> dict[str, list[Explained]]:
    """Every explanation of both ways, judged; the obvious way needs a language model."""
    from benchmarks.second_check.judged import explain_cases
    from newaisle.agent.shop.session import open_parts

    with open_parts(_opened(settings, folder, progress)) as parts:
        instead = None if parts.model is None else partial(_free, parts)
        ours, obvious = explain_cases(parts, recommendations=cases, style=style, instead=instead, progress=progress)
    return {OURS: ours} if settings.model == NO_MODEL else {OURS: ours, OBVIOUS: obvious}


def summaries(explained: dict[str, list[Explained]]) -> dict[str, Explanations]:
    """The figures of each way."""
    from benchmarks.second_check.judged import summary

    return {way: summary(made) for way, made in explained.items()}


def _opened(settings: Settings, folder: Path, progress: StageProgress) -> Settings:
    """The settings with a shop as their home: the folder itself, or the cache that its data is read into."""
    from newaisle.agent.evaluate.data import read_into_cache
    from newaisle.store.home import Home

    if Home(folder).ledger_path.exists():
        return replace(settings, home=folder)
    home, _ = read_into_cache(folder, settings=settings, progress=progress)
    return replace(settings, home=home.folder)


def _free(parts: Parts, asked: Asked, answer: RecommendationSet) -> Sequence[tuple[str, float]]:
    """Texts for the products of an answer, each with its share of the seconds that the batch took."""
    from benchmarks.free_text import free_texts

    assert parts.model is not None  # there is no obvious way without one
    liking = liking_by_product(parts.ledger.history(asked.user_id))
    history = parts.ledger.products(item_id for item_id, value in liking.items() if value > 0)
    products = parts.ledger.products(one.item_id for one in answer.recommendations)
    return free_texts(
        parts.model(), list(history.values()), answer.category.name, list(products.values()), answer.request.language
    )


if __name__ == "__main__":
    main()
