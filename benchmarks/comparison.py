"""From measured steps to rows of a table: both sides' figures, their ratio, and whether it reaches what it should."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed import Figures

_AS_SHIPPED, _SAME_FILE = "answers, LangChain", "answers, LangChain, same file"


def compare(measured: Mapping[str, Figures]) -> list[Figures]:
    """Rows of what was measured: name, ours, theirs, unit and, where there is one, ratio, target and whether it is met.

    A ratio says how many times better newaisle is; shares and latencies that have a target of their own stand as they
    are, with `most` or `least` for a target.
    """
    return [*_answers(measured), *_engine(measured), *_rates(measured)]


def _answers(measured: Mapping[str, Figures]) -> Iterator[Figures]:
    ours = measured.get("answers, newaisle")
    if ours is None:
        return
    targets = {_AS_SHIPPED: 10.0, _SAME_FILE: 6.0}
    for name, theirs in measured.items():
        if not name.startswith(_AS_SHIPPED):
            continue
        label = name.removeprefix(_AS_SHIPPED).removeprefix(", ") or "as each ships"
        for key, text in (("first_s", "first"), ("median_s", "following, median"), ("p95_s", "following, p95")):
            target = targets.get(name) if key == "median_s" else None
            mine, other = ours["seconds"][key], theirs["seconds"][key]
            yield _row(f"explained answer of 5, {text} ({label})", mine, other, "s", ratio=other / mine, least=target)
        if whole := ours["all_phrased_s"]:
            other = theirs["seconds"]["median_s"]
            yield _row(f"the same, all 5 phrased by the model ({label})", whole, other, "s", ratio=other / whole)
        for key, text in (("evaluated", "tokens evaluated"), ("generated", "tokens generated")):
            yield _row(f"{text} per answer ({label})", ours[key], theirs[key], "tokens")
        yield _row(f"valid answers ({label})", ours["valid"], theirs["valid"], f"of {ours['answers']}")
        yield _row(f"ids that exist ({label})", _share(ours, "ids_exist"), _share(theirs, "ids_exist"), "%")
        yield _row(f"ids that come twice ({label})", _share(ours, "ids_twice"), _share(theirs, "ids_twice"), "%")
        yield _row(
            f"NDCG@5 ({label})", ours["ndcg@5"], theirs["ndcg@5"], "", spread=(ours["ndcg@5_se"], theirs["ndcg@5_se"])
        )
    yield _row("sentences of an answer phrased by the model", ours["phrased"], None, "of 5")
    yield _row("Python's own share of an answer", 100 * ours["python_share"], None, "%", most=10.0)
    yield _row("share of an answer outside llama.cpp", 100 * ours["outside_llama_share"], None, "%")


def _engine(measured: Mapping[str, Figures]) -> Iterator[Figures]:
    if scoring := measured.get("scoring, newaisle"):
        mine, other = scoring["scored"] / scoring["together_s"], scoring["scored"] / scoring["apart_s"]
        yield _row("candidates scored, against one prompt each", mine, other, "/s", ratio=mine / other, least=10.0)
    if prefix := measured.get("prefix, newaisle"):
        for name, tokens in prefix.items():
            share = 100 * tokens["reused_tokens"] / tokens["prefix_tokens"]
            yield _row(f"prefix of a second request, {name}, not evaluated again", share, None, "%", least=95.0)
    for name in ("chat, newaisle", "chat, LangChain, same file"):
        if chat := measured.get(name):
            first, second = (median(turn[number] for turn in chat["turns_s"]) for number in (0, 1))
            side = name.removeprefix("chat, ")
            target = 33.4 if side == "newaisle" else None
            yield _row(f"first token of a chat ({side})", first, None, "s")
            yield _row(f"second turn's, of the first's ({side})", 100 * second / first, None, "%", most=target)


def _rates(measured: Mapping[str, Figures]) -> Iterator[Figures]:
    for part, count, text in (("embed", "texts", "texts embedded"), ("ingest", "rows", "products ingested")):
        ours, theirs = measured.get(f"{part}, newaisle"), measured.get(f"{part}, LangChain")
        if ours and theirs:
            mine, other = ours[count] / ours["seconds"], theirs[count] / theirs["seconds"]
            yield _row(text, mine, other, "/s", ratio=mine / other)


def _row(
    name: str,
    ours: float,
    theirs: float | None,
    unit: str,
    *,
    ratio: float | None = None,
    least: float | None = None,
    most: float | None = None,
    spread: tuple[float, float] | None = None,
) -> Figures:
    judged = ratio if ratio is not None else ours
    met = None if least is None and most is None else judged >= least if least is not None else judged <= (most or 0)
    return {
        "name": name,
        "newaisle": ours,
        "other": theirs,
        "unit": unit,
        "ratio": ratio,
        "least": least,
        "most": most,
        "met": met,
        "spread": spread,
    }


def _share(side: Figures, key: str) -> float:
    return 100 * side[key] / side["ids"] if side["ids"] else 0.0


def print_comparison(figures: Figures, out: Path) -> None:
    """The table for people."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    host = figures["machine"]
    table = Table("", title_justify="left")
    table.title = f"{figures['data']} on {host['processor']}, {host['cores']} cores, load {host['load']}"
    for column in ("newaisle", "other", "ratio", "to reach"):
        table.add_column(column, justify="right")
    for row in figures["rows"]:
        table.add_row(*cells(row))
    console.print(table)
    console.print(f"figures and plot: {out}")


def cells(row: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """A row as texts: name, ours, the other's, ratio, and the target with whether it is met."""
    unit = f" {row['unit']}".rstrip()
    errors = [f" ±{error:.2f}" for error in row["spread"]] if row["spread"] else ["", ""]
    other = "" if row["other"] is None else f"{_number(row['other'])}{errors[1]}{unit}"
    ratio = "" if row["ratio"] is None else f"{_number(row['ratio'])}x"
    target = ""
    if row["met"] is not None:
        bound = f"≥ {row['least']:g}" if row["least"] is not None else f"≤ {row['most']:g}"
        target = f"{bound}: {'met' if row['met'] else 'not met'}"
    return row["name"], f"{_number(row['newaisle'])}{errors[0]}{unit}", other, ratio, target


def _number(value: float) -> str:
    """Two decimals below ten, one below a hundred, none above; whole numbers as they are."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}"
