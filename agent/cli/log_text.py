"""How `newaisle logs` shows an answer: what was recommended and why, and what the language model had to do with it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from newaisle.store.logs import Entry, Exchange

_SHORT = 8  # characters of an id or a hash
# What a model writes may hold anything, also what a terminal would obey.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def print_entry(console: Console, entry: Entry, *, in_full: bool) -> None:
    """An answer with its texts and refusals; in full, with every prompt, what was answered and what the check said."""
    answer = json.loads(entry.answer)
    who = entry.user_id if entry.user_id is not None else "somebody without a history"
    id = entry.id if in_full else entry.id[:_SHORT]
    _print(console, (id, "bold"), f"  {time_text(entry.created_at)}  {who}  {entry.category}")
    _print(console, (_made_with(answer, entry.exchanges), "dim"))
    refused = [] if in_full else [one for one in entry.exchanges if one.refusal is not None]
    for recommendation in answer["recommendations"]:
        _print_recommendation(console, recommendation)
        _print_refusals(console, [one for one in refused if one.item_id == recommendation["item_id"]])
    _print_refusals(console, [one for one in refused if one.item_id is None])
    for warning in answer["warnings"]:
        _print(console, ("note: ", "yellow"), warning)
    for exchange in entry.exchanges if in_full else ():
        _print_exchange(console, exchange)
    console.print()


def time_text(time: datetime) -> str:
    """A time where the reader is."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def _made_with(answer: dict[str, Any], exchanges: Sequence[Exchange]) -> str:
    model = answer["made_with"]["model"] or "no language model"
    refused = sum(one.refusal is not None for one in exchanges)
    asked = f", asked {len(exchanges)} times, {refused} refused" if exchanges else ""
    return f"{model}{asked}{', degraded' if answer['degraded'] else ''}"


def _print_recommendation(console: Console, recommendation: dict[str, Any]) -> None:
    explanation = recommendation["explanation"]
    by = "the model" if explanation["source"] == "llm" else "the claims"
    title, item_id = recommendation["title"], recommendation["item_id"]
    _print(console, f"{recommendation['rank']:>2} ", (title, "bold"), (f" {item_id}", "dim"))
    _print(console, explanation["text"], (f" (by {by})", "dim"), indent=3)


def _print_refusals(console: Console, exchanges: Sequence[Exchange]) -> None:
    for one in exchanges:
        _print(console, ("refused: ", "yellow"), one.answer.strip(), (f" ({one.refusal})", "dim"), indent=3)


def _print_exchange(console: Console, exchange: Exchange) -> None:
    about = f" for {exchange.item_id}" if exchange.item_id is not None else ""
    attempt = f", attempt {exchange.attempt}" if exchange.attempt > 1 else ""
    template = f" (template {exchange.template} {exchange.template_hash[:_SHORT]})"
    console.print()
    _print(console, (f"=== {exchange.purpose}{about}{attempt}", "bold cyan"), (template, "dim"))
    for role, text in exchange.prompt:
        _print(console, (f"--- {role}", "bold"))
        _print(console, text, as_it_is=True)
    _print(console, ("--- answered", "bold"), (f" ({exchange.finish})", "dim"))
    _print(console, exchange.answer, as_it_is=True)
    verdict = ("used", "green") if exchange.refusal is None else (f"refused: {exchange.refusal}", "yellow")
    _print(console, ("--- check ", "bold"), verdict)


def _print(console: Console, *parts: str | tuple[str, str], indent: int = 0, as_it_is: bool = False) -> None:
    """Texts, each alone or with a style; on lines of the console's width, or `as_it_is`."""
    pairs = [(part, "") if isinstance(part, str) else part for part in parts]
    text = Text.assemble(*((_CONTROL.sub("\N{REPLACEMENT CHARACTER}", part), style) for part, style in pairs))
    console.print(Padding(text, (0, 0, 0, indent)) if indent else text, soft_wrap=as_it_is)
