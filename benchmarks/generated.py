"""A generated shop of any size, the same at every run: products about a thousand to a category, and customers.

Product number n is the same in every size, so a larger shop contains the smaller ones. Titles are made of words that
shops use, of 2,000 brands, and of model numbers, half of which occur once.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as combinations
from pathlib import Path
from random import Random
from typing import Any

IN_CATEGORY = 1_000
PRODUCTS_PER_CUSTOMER = 10  # a tenth as many customers as products
_SEED = "newaisle"
_FIRST_DAY = 1_600_000_000  # of the customers' purchases, seconds since 1970
_YEARS = 4

_DEPARTMENTS = "Kitchen|Garden|Office|Sports|Travel|Workshop|Nursery|Music|Crafts|Pets".split("|")
_USES = (
    "Compact|Outdoor|Folding|Cordless|Professional|Children's|Electric|Handmade|Portable|Stainless|Wall-Mounted|"
    "Rechargeable|Waterproof|Vintage|Silent|Insulated|Magnetic|Adjustable|Stackable|Organic"
).split("|")
_THINGS = (
    "Kettle|Lamp|Backpack|Drill|Blanket|Notebook|Tripod|Planter|Speaker|Mug|Toolbox|Pillow|Scale|Brush|Clock|Mirror|"
    "Basket|Heater|Fan|Rack|Stool|Mat|Tent|Bottle|Knife|Pan|Chair|Shelf|Radio|Grill|Scissors|Ladder|Cushion|Hammock|"
    "Thermometer|Grinder|Whistle|Harness|Easel|Keyboard|Binder|Stapler|Vase|Sprayer|Trowel|Helmet|Glove|Torch|Cooler|Rug"
).split("|")
_ADJECTIVES = "light|sturdy|slim|large|small|classic|modern|soft|quick|deep|wide|heavy-duty|two-piece|refillable".split(
    "|"
)
_MATERIALS = (
    "steel|oak|cotton|bamboo|ceramic|aluminium|glass|leather|wool|silicone|copper|linen|walnut|recycled plastic".split(
        "|"
    )
)
_COLOURS = "black|white|red|navy|forest green|grey|sand|turquoise|yellow|rose|copper|charcoal|ivory|plum".split("|")
_PURPOSES = (
    "for everyday use at home|for long weekends in the mountains|for small flats|for teachers and students|"
    "for careful beginners|for busy families|as a present|for the workshop and the garage|for people who travel light|"
    "for quiet evenings|for rainy days|for large gatherings"
).split("|")
_FEATURES = (
    "dries in minutes|fits into any bag|comes with a spare part|can be washed at sixty degrees|has a two year warranty|"
    "folds flat|is made without glue|needs no tools|holds up to two litres|stands firmly on uneven ground|"
    "runs for ten hours|is safe for dishwashers|has a non-slip handle|can be repaired"
).split("|")
_SYLLABLES = "bar|bel|cor|dan|el|fen|gar|hal|ili|jor|kel|lum|mar|nor|ost|pel|quin|ros|sol|tar|ul|ven|wil|yor|zan".split(
    "|"
)
_BRANDS = ["".join(parts).capitalize() for parts in combinations(_SYLLABLES, _SYLLABLES, ("", "a", "ex", "o"))][:2_000]
_EVENTS = ("purchase", "purchase", "purchase", "view", "rating")


@dataclass(frozen=True, slots=True)
class ShopFiles:
    """A catalogue and its histories."""

    items: Path
    interactions: Path


def write_shop(folder: Path, products: int) -> ShopFiles:
    """Write a shop of this many products; the files are overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    files = ShopFiles(folder / "items.jsonl", folder / "interactions.csv")
    with files.items.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(generated_product(number)) + "\n" for number in range(products))
    with files.interactions.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("user_id", "item_id", "event", "rating", "timestamp"))
        for number in range(products // PRODUCTS_PER_CUSTOMER):
            writer.writerows(generated_history(number, products))
    return files


def generated_product(number: int) -> dict[str, Any]:
    """Product `number` of every generated shop that is large enough to have it."""
    random = Random(f"{_SEED}-product-{number}")
    department, use, thing = _category(number // IN_CATEGORY)
    adjective, material, colour = random.choice(_ADJECTIVES), random.choice(_MATERIALS), random.choice(_COLOURS)
    brand = random.choice(_brands_of(number // IN_CATEGORY))
    model = random.randrange(10_000) if random.random() < 0.5 else number
    return {
        "id": f"p{number}",
        "title": f"{brand} {adjective} {use} {thing} of {material}, {colour}, {thing[:2].upper()}{model}",
        "category": f"{department} > {use} {thing}s",
        "brand": brand,
        "price": round(random.lognormvariate(3, 0.8), 2),
        "description": f"A {thing.lower()} {random.choice(_PURPOSES)} that {random.choice(_FEATURES)}.",
        "material": material,
        "colour": colour,
    }


def generated_history(number: int, products: int) -> Iterator[tuple[object, ...]]:
    """What customer `number` did in a shop of this many products: mostly in three categories, oldest first."""
    random = Random(f"{_SEED}-customer-{number}")
    categories = max(1, products // IN_CATEGORY)
    favourites = [random.randrange(categories) for _ in range(3)]
    times = sorted(_FIRST_DAY + random.randrange(_YEARS * 365 * 86_400) for _ in range(random.randint(5, 15)))
    for time in times:
        item = random.choice(favourites) * IN_CATEGORY + random.randrange(min(IN_CATEGORY, products))
        event = random.choice(_EVENTS)
        yield (f"c{number}", f"p{item}", event, random.randint(2, 5) if event == "rating" else "", time)


def new_category(number: int, products: int) -> str | None:
    """A category that customer `number` did nothing in; None where they know them all."""
    known = {int(str(row[1])[1:]) // IN_CATEGORY for row in generated_history(number, products)}
    unknown = [category for category in range(max(1, products // IN_CATEGORY)) if category not in known]
    if not unknown:
        return None
    department, use, thing = _category(unknown[number % len(unknown)])
    return f"{department} > {use} {thing}s"


def _category(number: int) -> tuple[str, str, str]:
    """Department, use and thing; the first thousand differ in use or thing."""
    thing = _THINGS[number % len(_THINGS)]
    return _DEPARTMENTS[number % len(_DEPARTMENTS)], _USES[number // len(_THINGS) % len(_USES)], thing


def _brands_of(category: int) -> list[str]:
    """Forty brands of a category; neighbouring categories share some."""
    start = category * 20 % len(_BRANDS)
    return (_BRANDS + _BRANDS)[start : start + 40]
