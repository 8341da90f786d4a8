"""The catalogue's counts that interests are weighed by, as the ledger keeps them."""

from __future__ import annotations

from newaisle.agent.profile.interest import ShopFacts
from newaisle.store.ledger import Ledger


def shop_facts(ledger: Ledger) -> ShopFacts:
    """Counts of the listed products; prices are read category by category, when a history asks for them."""
    return ShopFacts(
        product_count=ledger.product_count(),
        frequencies=ledger.product_frequencies,
        category_sizes=ledger.categories(),
        prices=ledger.prices,
    )
