"""The chats whose first tokens are timed: a customer, what is recommended, and two questions about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newaisle.agent.learn.split import Case

CHATS = 5
MOST_TOKENS = 40  # of an answer
QUESTIONS = (
    "Which of these would you take first, and why?",
    "And if it has to be something simple that is easy to carry?",
)


def briefing(case: Case, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """What the model is told before the first question."""
    bought = "\n".join(f"- {rows[item_id]['title']}" for item_id in case.history[-20:])
    offered = "\n".join(f"- {rows[item_id]['title']}" for item_id in case.candidates)
    return (
        "You are a friendly shop assistant. Answer in one or two plain sentences.\n\n"
        f"The customer bought:\n{bought}\n\nThe shop offers in {case.category}:\n{offered}"
    )
