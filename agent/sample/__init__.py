"""The sample shop: about 200 products in eight categories and 40 customers, written for this project.

Nobody has bought, viewed or rated anything in `NEW_CATEGORY`; `CUSTOMER` is the one the demo recommends to, and
`FIRST_CHOICE` a product that suits her by brand and material.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["CATALOGUE", "CUSTOMER", "FIRST_CHOICE", "HISTORIES", "NEW_CATEGORY"]

CATALOGUE = Path(__file__).with_name("catalogue.csv")
HISTORIES = Path(__file__).with_name("histories.csv")
NEW_CATEGORY = "Camp Kitchen"
CUSTOMER = "mara"
FIRST_CHOICE = "ck-01"
