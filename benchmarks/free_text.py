"""The obvious way to explain a recommendation: one prompt, free text, by the same model.

The prompt is the one most people would write: what the customer chose, the product, and a plain request.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from newaisle.agent.llm.base import Ask, LanguageModel
from newaisle.languages import Language
from newaisle.prompts.messages import Message, Part
from newaisle.store.rows import Product

_MOST_TOKENS = 100  # two sentences with room to spare
_DEADLINE = 120.0  # seconds for a batch
_HISTORY_ROWS = 12  # titles, the latest: with more of them a small model loses the product
_PROMPT: dict[Language, str] = {
    "en": (
        "A customer of our shop chose these products:\n{history}\n\n"
        "We recommend them this product from {category}: {product}\n\n"
        "Explain in two sentences why this product suits this customer."
    ),
    "zh": (
        "我们商店的一位顾客选过这些商品：\n{history}\n\n"
        "我们向这位顾客推荐“{category}”里的这件商品：{product}\n\n"
        "请用两句话说明这件商品为什么适合这位顾客。"
    ),
}


def free_texts(
    model: LanguageModel, history: Sequence[Product], category: str, products: Sequence[Product], language: Language
) -> list[tuple[str, float]]:
    """One text for each product recommended to a customer, and its share of the seconds that the batch took.

    `history` is what they liked, oldest first. Raises LanguageModelError where the model fails.
    """
    asks = [
        Ask(prompt=[_message(history, category, product, language)], max_tokens=_MOST_TOKENS) for product in products
    ]
    start = time.perf_counter()
    written = model.generate(asks, deadline=_DEADLINE)
    seconds = (time.perf_counter() - start) / max(1, len(asks))
    return [(one.text.strip(), seconds) for one in written]


def _message(history: Sequence[Product], category: str, product: Product, language: Language) -> Message:
    titles = "\n".join(f"- {row.title}" for row in history[-_HISTORY_ROWS:])
    text = _PROMPT[language].format(history=titles, category=category, product=product.title)
    return Message("user", (Part(text, is_data=True),))
