"""Phrasing: one sentence per recommendation, written by the language model from its claims and checked by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answer import Explanation
from agent.explain.check import Grounds, problem
from agent.explain.claims import Reason
from agent.llm.base import Ask, LanguageModel
from agent.template_inputs import SPOKEN, explain_input, spoken
from prompts.messages import Message
from prompts.template import Template
from store.rows import Product

_MAX_TOKENS = 80
_DEADLINE = 30.0  # seconds for all sentences of an answer; what is not there by then is built from the claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An explanation and, where the model's text was refused, why."""

    explanation: Explanation
    refusal: str | None = None


def _start(prompt: Sequence[Message]) -> str:
    """How the answer to a prompt begins, where the template says so."""
    return prompt[-1].text if prompt[-1].role == "assistant" else ""


def from_evidence(reasons: Sequence[Reason]) -> Explanation:
    """The claims' own sentences as the explanation: the strongest, one of which rests on the history if any does.

    That comes first: the history is cut into many claims, and what is said of others is one.
    """
    said = reasons[:SPOKEN]
    if not any(reason.row for reason in said):
        said = [*said[: SPOKEN - 1], *([reason for reason in reasons if reason.row] or reasons[SPOKEN - 1 :])[:1]]
    text = " ".join(reason.claim.text for reason in sorted(said, key=lambda reason: reason.row is None))
    return Explanation(text=text, source="evidence", claims=[reason.claim for reason in reasons])


def phrase(
    model: LanguageModel,
    template: Template,
    category: str,
    products: Sequence[Product],
    reasons: Sequence[list[Reason]],
) -> list[Explained]:
    """One explanation per product: the model's sentence where it passes the check, else the claims' own.

    All sentences are decoded as one batch. Raises LanguageModelError when the model fails altogether.
    """
    prompts = [
        template.render(explain_input(category, product, because), start=model.continues)
        for product, because in zip(products, reasons, strict=True)
    ]
    model.prepare(template.head)
    most, stop = template.options.max_tokens or _MAX_TOKENS, template.options.stop
    generated = model.generate(
        [Ask(prompt=prompt, max_tokens=most, stop=stop) for prompt in prompts], deadline=_DEADLINE
    )
    explained = []
    for product, because, prompt, written in zip(products, reasons, prompts, generated, strict=True):
        text = (_start(prompt) + written.text).strip()
        refusal = problem(text, written.finish, Grounds(product, category, spoken(because), template.language))
        explanation = from_evidence(because)
        if refusal is None:
            explanation = explanation.model_copy(update={"text": text, "source": "llm"})
        explained.append(Explained(explanation=explanation, refusal=refusal))
    return explained
