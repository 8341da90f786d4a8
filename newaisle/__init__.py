"""newaisle: explained recommendations from a shop category that nobody has bought from yet.

    with newaisle.open_shop("shop", model="none") as shop:
        answer = shop.recommend("ann", "Camp Kitchen", k=5, max_price=40)

What is named here is what a program may rely on; it is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newaisle.agent.chat.conversation import Conversation
    from newaisle.agent.library.shop import Shop, open_shop
    from newaisle.agent.llm.base import Ask, Generated, LanguageModel, Likelihood
    from newaisle.agent.schema.answer import Constraints, Recommendation, RecommendationSet
    from newaisle.agent.schema.profile import Profile
    from newaisle.agent.schema.query import Query
    from newaisle.agent.schema.why import Why, WhyNot
    from newaisle.errors import NewaisleError
    from newaisle.store.embedders import Embedder
    from newaisle.store.rows import Interaction, Product
    from newaisle.store.shop import ReadOptions

_HOMES = {
    "Ask": "agent.llm.base",
    "Constraints": "agent.schema.answer",
    "Conversation": "agent.chat.conversation",
    "Embedder": "store.embedders",
    "Generated": "agent.llm.base",
    "Interaction": "store.rows",
    "LanguageModel": "agent.llm.base",
    "Likelihood": "agent.llm.base",
    "NewaisleError": "errors",
    "Product": "store.rows",
    "Profile": "agent.schema.profile",
    "Query": "agent.schema.query",
    "ReadOptions": "store.shop",
    "Recommendation": "agent.schema.answer",
    "RecommendationSet": "agent.schema.answer",
    "Shop": "agent.library.shop",
    "Why": "agent.schema.why",
    "WhyNot": "agent.schema.why",
    "open_shop": "agent.library.shop",
}
__all__ = [
    "Ask",
    "Constraints",
    "Conversation",
    "Embedder",
    "Generated",
    "Interaction",
    "LanguageModel",
    "Likelihood",
    "NewaisleError",
    "Product",
    "Profile",
    "Query",
    "ReadOptions",
    "Recommendation",
    "RecommendationSet",
    "Shop",
    "Why",
    "WhyNot",
    "open_shop",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'newaisle' has no attribute {name!r}")
    return getattr(import_module(f"newaisle.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
