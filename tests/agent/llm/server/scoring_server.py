"""A misbehaving server's completions that know log-probabilities, as the kinds of servers give them."""

from __future__ import annotations

import re
from typing import Any

from tests.agent.llm.server.misbehaving import Behaviour, Handler, answer, failure

GOES_ON = " seven, eight"


def pieces(text: str) -> list[str]:
    """The tokens of these servers: words with the space before them, commas, and the space before a word's end."""
    return re.findall(r"\s*\w+|\s*[^\w\s]|\s+", text)


def logprob(before: str, token: str) -> float:
    """Of a token after a text; depends on both."""
    return -1.0 - (sum((before + token).encode()) % 7) / 2


def listing(text: str) -> tuple[list[str], list[float | None]]:
    tokens = pieces(text)
    befores = ["".join(tokens[:number]) for number in range(len(tokens))]
    return tokens, [None, *(logprob(before, token) for before, token in list(zip(befores, tokens, strict=True))[1:])]


def echo(body: Any) -> Behaviour:
    """As vLLM and OpenAI's older models; one token more is written than was given."""
    written = GOES_ON if body["max_tokens"] > 1 else ","
    tokens, logprobs = listing(body["prompt"] + written)
    if not body.get("echo"):
        start = len(pieces(body["prompt"]))
        tokens, logprobs = tokens[start:], logprobs[start:]
    count = len(pieces(written))
    choice = {"text": written, "logprobs": {"tokens": tokens, "token_logprobs": logprobs}}
    return answer({"choices": [choice], "usage": {"completion_tokens": count, "prompt_tokens": 9}})


def wrong(body: Any) -> Behaviour:
    """Gives other log-probabilities for given text than for what it writes itself."""
    if not body.get("echo"):
        return echo(body)
    tokens, logprobs = listing(body["prompt"])
    listed = {"tokens": tokens, "token_logprobs": [value and value - 3 for value in logprobs]}
    return answer({"choices": [{"text": "", "logprobs": listed}], "usage": {"completion_tokens": 0}})


def echo_off_by_one(body: Any) -> Behaviour:
    """As llama-cpp-python's server: right only behind the token for a beginning, which it does not list."""
    begin = "<|im_start|>"
    if body["prompt"].startswith(begin):
        return echo(body | {"prompt": body["prompt"].removeprefix(begin)})
    return wrong(body)


def prompt_logprobs(body: Any) -> Behaviour:
    """As vLLM where echo is not to be had."""
    if body.get("echo"):
        return failure(400, "echo is not supported")
    if "prompt_logprobs" not in body:
        return echo(body)
    tokens, logprobs = listing(body["prompt"])
    entries = [
        None if value is None else {str(number): {"logprob": value, "rank": 1, "decoded_token": token}}
        for number, (token, value) in enumerate(zip(tokens, logprobs, strict=True))
    ]
    return answer({"choices": [{"text": ",", "prompt_logprobs": entries}]})


def no_logprobs(body: Any) -> Behaviour:
    """As Ollama: what is asked is passed over."""
    return answer({"choices": [{"text": GOES_ON if body["max_tokens"] > 1 else ","}]})


def not_set_up(body: Any) -> Behaviour:  # noqa: ARG001
    """As llama-cpp-python's server that does not keep its logits."""
    return failure(500, "logprobs is not supported for models created with logits_all=False")


def completions(kind: Any) -> Behaviour:
    """A behaviour that looks at the request first."""

    def behave(handler: Handler) -> None:
        kind(handler.asked.body)(handler)

    return behave
