"""How soon a chat shows its first words: `python -m benchmarks.first_words SHOP [--chats 10] [--json]`.

SHOP is the data folder of a shop. In each chat a customer asks for a category that is new to them, and then for cheaper
products, for others, and for more. Timed are the turns that are answered with recommendations: until they are on the
screen with the claims' own sentences, and until the language model has worded them.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import click

from benchmarks.speed import Figures, machine
from newaisle.agent.cli.options import model_options, pass_settings
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.chat.conversation import Conversation
    from newaisle.agent.shop.parts import Parts

TURNS = ("cheaper", "something else", "show me more")


@click.command()
@click.argument("shop", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--chats", type=click.IntRange(min=1), default=10, show_default=True, help="Customers that talk.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@model_options
@pass_settings
def main(settings: Settings, /, shop: Path, chats: int, as_json: bool) -> None:
    """Time the turns of chats in the SHOP."""
    from newaisle.agent.shop.session import open_parts

    settings.home = shop
    with open_parts(settings) as parts:
        figures = measure(parts, chats)
    if as_json:
        click.echo(json.dumps({**machine(), **figures}, indent=2))
        return
    for name, value in figures.items():
        click.echo(f"{name:<24} {value}")


def measure(parts: Parts, chats: int) -> Figures:
    """Medians over all turns but the first of all, which loads what is loaded once."""
    from newaisle.agent.chat.conversation import Conversation
    from newaisle.agent.evaluate.explained_cases import chosen_cases

    times: list[tuple[float, float]] = []
    for asked in chosen_cases(parts.ledger, chats):
        conversation = Conversation(parts, user_id=asked.user_id)
        for turn in (f"/category {asked.category}", *TURNS):
            if found := _timed(conversation, turn):
                times.append(found)
    warm = times[1:]
    return {
        "turns": len(warm),
        "first words, s": round(median(first for first, _ in warm), 3),
        "whole turn, s": round(median(whole for _, whole in warm), 3),
        "first / whole, median": round(median(first / whole for first, whole in warm), 3),
        "first turn of all, s": [round(one, 2) for one in times[0]],
    }


def _timed(conversation: Conversation, turn: str) -> tuple[float, float] | None:
    """Seconds until the first words and until the end; None for a turn that the model words nothing of."""
    from newaisle.agent.chat.commands import answer

    begin = time.perf_counter()
    shown: list[float] = []
    reply = answer(conversation, turn, on_chosen=lambda _: shown.append(time.perf_counter() - begin))
    whole = time.perf_counter() - begin
    worded = reply.answer is not None and any(one.explanation.source == "llm" for one in reply.answer.recommendations)
    return (shown[0], whole) if shown and worded else None


if __name__ == "__main__":
    main()
