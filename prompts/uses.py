"""When each prompt is used: the commands that ask a model with it."""

from __future__ import annotations

USES: dict[str, str] = {
    "explain": "recommend, chat",
    "explain-detailed": "recommend --style detailed",
    "explain-seller": "recommend --style seller",
    "rank": "recommend --llm-rank",
    "listwise": "recommend --llm-rank",
    "profile": "profile",
    "turn": "chat",
}
