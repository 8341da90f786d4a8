"""A small shop, in English and Chinese, of which every statement can be looked up by a reader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.second_check.shop_facts import Facts, ShopFacts
from newaisle.agent.schema.answer import Constraints
from newaisle.store.home import Home
from newaisle.store.rows import Event, Product
from tests.agent.filled import did, fill, product

STOVES, TEA, TOOLS = "Camp > Stoves", "Kitchen > Tea", "Garden > Tools"
ZH_TEA, ZH_POTS = "厨房 > 茶叶", "厨房 > 锅具"
PRODUCTS = [
    # New to ann: the stoves.
    product(
        "s1",
        "Orrin Ember folding stove, steel",
        STOVES,
        brand="Orrin",
        price=60.0,
        currency="EUR",
        description="A folding wood stove for two.",
        attributes={"color": "moss green", "main_material": "steel"},
    ),
    product("s2", "Batley gas stove", STOVES, brand="Batley", price=20.0, currency="EUR", description="Burns gas."),
    product("s3", "Lumo alcohol burner", STOVES, brand="Lumo", price=40.0, currency="EUR"),
    product("s4", "Harrow & Pine fire bowl", STOVES, brand="Harrow & Pine", price=90.0, currency="EUR"),
    # Where ann chose before.
    product(
        "g1",
        "Orrin hand fork, steel",
        TOOLS,
        brand="Orrin",
        price=30.0,
        currency="EUR",
        attributes={"color": "Moss green", "main_material": "steel"},
    ),
    product("g2", "Orrin folding pruning saw 12 cm", TOOLS, brand="Orrin", price=10.0, currency="EUR"),
    product(
        "g3", "Batley bulb planter", TOOLS, brand="Batley", price=50.0, currency="EUR", attributes={"color": "red"}
    ),
    product("g4", "Lumo head lamp", TOOLS, brand="Lumo", price=70.0, currency="EUR"),
    product("t1", "Harrow & Pine smoked black tea", TEA, brand="Harrow & Pine", description="Smoked over wood."),
    product("t2", "St. Elm's Fire. A tea (2001)", TEA, brand="St. Elm, Inc."),
    product("t3", "Meadow mint tea", TEA, brand="Meadow"),
    # The same for 安.
    product("z1", "青山 无涂层铸铁炒锅 32厘米", ZH_POTS, brand="青山", attributes={"材质": "铸铁"}),
    product("z2", "松石 砂锅", ZH_POTS, brand="松石"),
    product("z3", "青山 铸铁茶壶", ZH_TEA, brand="青山", attributes={"材质": "铸铁"}),
    product("z4", "松石 龙井绿茶 250克", ZH_TEA, brand="松石"),
]
_BY_ID = {one.item_id: one for one in PRODUCTS}
# Unit vectors of two numbers: the stove of steel is like the fork and the saw, and nothing else is.
_ANGLES = {"s1": 0, "g1": 10, "g2": 40, "s2": 90, "s3": 100, "s4": 120, "g3": 150, "g4": 170, "t1": 95, "t2": 175}
_ANGLES |= {"t3": 200, "z1": 250, "z3": 260, "z2": 330, "z4": 340}
INTERACTIONS = [
    did("ann", "g1"),
    did("ann", "g1", Event.VIEW),
    did("ann", "g2", Event.REVIEW, 5.0),
    did("ann", "g3", Event.LIKE),
    did("ann", "g4", Event.VIEW),
    did("ann", "t1", Event.RATING, 5.0),
    did("ann", "t2"),
    did("ann", "t3"),
    did("ann", "t3", Event.RETURN),
    did("bob", "s1"),
    did("bob", "g1"),
    did("cy", "s1"),
    did("cy", "g1", Event.LIKE),
    did("dee", "s1", Event.RATING, 1.0),
    did("dee", "g3"),
    did("eve", "s2"),
    did("安", "z3"),
    did("安", "z4", Event.VIEW),
    did("北", "z1"),
    did("北", "z3"),
]


@contextmanager
def explained_shop(folder: Path) -> Iterator[ShopFacts]:
    home: Home = fill(folder, PRODUCTS, INTERACTIONS)
    from newaisle.store.rows import product_record

    with home.writer() as ledger:
        embedder = ledger.meta("embedder") or "by hand"
        ledger.set_meta("embedder", embedder)
        keys = [product_record(one)[-2] for one in PRODUCTS]
        angles = np.radians([_ANGLES[one.item_id] for one in PRODUCTS])
        ledger.put_vectors(keys, embedder, np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
    with home.reader() as ledger:
        yield ShopFacts(ledger)


def facts(shop: ShopFacts, item_id: str = "s1", user_id: str | None = "ann", **more: Any) -> Facts:
    wanted: Product = _BY_ID[item_id]
    limits = Constraints(
        max_price=80.0,
        min_price=50.0,
        currency="EUR",
        brands=["Orrin"],
        not_brands=["Batley", "Lumo", "青山"],
        words=["steel", "gas", "铸铁", "砂锅"],
        exclude=["leather", "gas"],
    )
    return Facts(
        shop=shop, user_id=user_id, product=wanted, category=" > ".join(wanted.category), constraints=limits, **more
    )
