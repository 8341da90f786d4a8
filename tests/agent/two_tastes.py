"""A shop of red and blue customers, who each bought of all categories but one."""

from __future__ import annotations

from pathlib import Path

from newaisle.store.home import Home
from tests.agent.filled import did, fill, product

_THINGS = {"Mugs": "mug", "Lamps": "lamp", "Rugs": "rug", "Vases": "vase"}
_COLOURS = ("red", "blue")


def two_tastes(folder: Path) -> Home:
    """The shop, with one more customer who only looked at something."""
    products = [
        product(f"{thing}-{colour}-{i}", f"{colour} {thing} {shape}", f"Home > {category}", brand=f"{colour} works")
        for category, thing in _THINGS.items()
        for colour in _COLOURS
        for i, shape in enumerate(("model b", "model c", "model d", "model e"))
    ]
    rows = [
        did(f"u{number}", f"{thing}-{_COLOURS[number % 2]}-{number % 4}")
        for number in range(12)
        for place, thing in enumerate(_THINGS.values())
        if place != number % len(_THINGS)
    ]
    return fill(folder, products, [*rows, did("looker", "mug-red-0")])
