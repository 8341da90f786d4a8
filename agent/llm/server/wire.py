"""Messages and requests as OpenAI-compatible servers take them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

from newaisle.errors import RequestRejected
from newaisle.prompts.messages import Message

MAX_STOPS = 4  # OpenAI takes no more; all of them are looked for here too

_NAMES = (
    r"/?s|/?think|/?tool_call|/?tool_response|bos|eos|pad|unk|mask|sop|eop"
    r"|start_of_turn|end_of_turn|start_of_image|end_of_image|TOKENS_UNUSED_\d+|reserved_\d+"
)
_BRACKETED = r"/?INST|/?SYSTEM_PROMPT|/?AVAILABLE_TOOLS|/?TOOL_RESULTS|TOOL_CALLS|/?TOOL_CONTENT|gMASK|MASK|sMASK|IMG"
_CONTROL = re.compile(
    rf"<(?=[|｜])|[|｜](?=>)|\[(?=\|)|\|(?=\])|<(?=(?:{_NAMES})>)|\[(?=(?:{_BRACKETED})\])|<(?=</?SYS>>)", re.IGNORECASE
)
_REFUSES = re.compile(r"support|recogni|unknown|unexpected|permit|allow|extra|deprecat|instead", re.IGNORECASE)


def neutralised(text: str) -> str:
    """The text with a space after the first character of whatever some model may read as a control token."""
    return _CONTROL.sub(lambda found: f"{found[0]} ", text)


def plain(message: Message) -> str:
    """The message's text, in which only what the template itself says can be a control token."""
    runs = groupby(message.parts, key=lambda part: part.is_data)
    texts = ((is_data, "".join(part.text for part in parts)) for is_data, parts in runs)
    return "".join(neutralised(text) if is_data else text for is_data, text in texts)


def as_text(messages: Sequence[Message]) -> str:
    """The messages as one plain text up to where it goes on: inside the last one where that is the assistant's."""
    text = "\n\n".join(plain(message) for message in messages)
    return text if not messages or messages[-1].role == "assistant" else f"{text}\n\n"


def chat_request(
    model: str,
    messages: Sequence[Message],
    *,
    max_tokens: int,
    stop: Iterable[str] = (),
    temperature: float = 0.0,
    refused: Collection[str] = (),
) -> dict[str, Any]:
    """The body of a request to go on with a chat; `refused` are the parts that the server does not take."""
    turns = [{"role": str(message.role), "content": plain(message)} for message in messages]
    if "system" in refused and len(turns) > 1 and turns[0]["role"] == "system":
        turns[:2] = [{"role": turns[1]["role"], "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}]
    body = {
        "model": model,
        "messages": turns,
        "max_tokens": max_tokens,
        "temperature": temperature,
        "stop": [string for string in stop if string][:MAX_STOPS] or None,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if "max_tokens" in refused:
        body["max_completion_tokens"] = max_tokens
    return {name: value for name, value in body.items() if value is not None and name not in refused}


def newly_refused(body: dict[str, Any], error: RequestRejected) -> str | None:
    """The part of a request that the server says it does not take, if it can be left out or said in another way."""
    text = str(error)
    if "max_tokens" in body and "max_completion_tokens" in text:
        return "max_tokens"
    if not _REFUSES.search(text):
        return None
    if body["messages"][0]["role"] == "system" and len(body["messages"]) > 1 and "system role" in text.lower():
        return "system"
    names = ("stream_options", "temperature", "stop")
    return next((name for name in names if name in body and re.search(rf"\b{name}\b", text)), None)
