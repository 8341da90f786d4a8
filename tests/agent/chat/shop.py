"""A small shop with names of its own, for tests of the parser: nothing in it is of the sample."""

from __future__ import annotations

from newaisle.agent.chat.reading.vocabulary import Vocabulary
from newaisle.store.rows import Product

_ROWS = [
    (
        "l1",
        "Brightwick Alba desk lamp, oak",
        "Home > Lamps & Lighting",
        "Brightwick",
        49,
        {"color": "white", "material": "oak"},
    ),
    ("l2", "Brightwick Nocturne desk lamp, steel", "Home > Lamps & Lighting", "Brightwick", 59, {"material": "steel"}),
    ("l3", "Corvane paper floor lamp", "Home > Lamps & Lighting", "Corvane", 89, {"material": "paper"}),
    ("l4", "星屿 折叠台灯 暖光", "Home > Lamps & Lighting", "星屿", 129, {"color": "白色"}),
    ("g1", "Thorn & Sons garden spade, ash handle", "Garden > Tools", "Thorn & Sons", 35, {"material": "ash"}),
    ("g2", "Thorn & Sons garden fork", "Garden > Tools", "Thorn & Sons", 37, {"material": "steel"}),
    ("g3", "Corvane watering can, zinc", "Garden > Watering", "Corvane", 25, {"color": "green", "material": "zinc"}),
    ("p1", "Pellory pine dog bed, size M", "Pets > Dogs", "Pellory", 65, {"size": "M"}),
    ("p2", "Pellory rope dog lead", "Pets > Dogs", "Pellory", 15, {"color": "red"}),
    ("p3", "麦芽 猫抓板 瓦楞纸", "Pets > Cats", "麦芽", 39, {"material": "瓦楞纸"}),
]
PRODUCTS = [
    Product(
        item_id=item_id,
        title=title,
        category=tuple(category.split(" > ")),
        brand=brand,
        price=float(price),
        currency="EUR",
        attributes=attributes,
    )
    for item_id, title, category, brand, price, attributes in _ROWS
]
SHOWN = [PRODUCTS[number] for number in (0, 1, 2, 6, 7)]
VOCABULARY = Vocabulary.of_products(PRODUCTS)
