"""A small data set whose right answers are known: whoever likes a colour and a maker stays with them."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

COLOURS = ("red", "blue")
THINGS = {"Mugs": "mug", "Lamps": "lamp", "Chairs": "chair", "Rugs": "rug", "Clocks": "clock", "Vases": "vase"}
NEW = "Vases"
ITEM_IDS = frozenset(f"{thing}-{colour}" for thing in THINGS.values() for colour in COLOURS)


def write_data(folder: Path, *, cases: list[dict[str, Any]] | None = None, zipped: bool = False) -> Path:
    """`items.jsonl`, `interactions.csv` and `split.jsonl`: six categories of two colours, one customer for each."""
    folder.mkdir(parents=True, exist_ok=True)
    items = [
        {"id": f"{thing}-{colour}", "title": f"{colour} {thing}", "category": category, "brand": f"{colour} works"}
        for category, thing in THINGS.items()
        for colour in COLOURS
    ]
    _write(folder / "items.jsonl", "".join(json.dumps(item) + "\n" for item in items), zipped)
    rows = [
        (f"{colour}-fan", f"{thing}-{colour}", position, "purchase")
        for colour in COLOURS
        for position, thing in enumerate(THINGS.values())
    ]
    with (folder / "interactions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user_id", "item_id", "timestamp", "event"), *rows])
    if zipped:
        _write(folder / "interactions.csv", (folder / "interactions.csv").read_text(encoding="utf-8"), zipped)
        (folder / "interactions.csv").unlink()
    lines = [json.dumps(case) + "\n" for case in (cases if cases is not None else good_cases())]
    _write(folder / "split.jsonl", "".join(lines), zipped)
    return folder


def good_cases() -> list[dict[str, Any]]:
    """One case for each customer: the vase of their colour is the target."""
    return [
        {
            "user_id": f"{colour}-fan",
            "category": NEW,
            "history": [f"{thing}-{colour}" for category, thing in THINGS.items() if category != NEW],
            "targets": [f"vase-{colour}"],
            "candidates": ["vase-blue", "vase-red"],
        }
        for colour in COLOURS
    ]


def _write(path: Path, text: str, zipped: bool) -> None:
    if zipped:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
