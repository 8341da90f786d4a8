"""A language model behind an OpenAI-compatible server."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from newaisle.agent.llm.base import Ask, Finish, Generated, LanguageModel, Likelihood, OnText
from newaisle.agent.llm.server.abilities import (
    AbilityMemory,
    Way,
    find_way,
    is_passing,
    score_text,
    size_in_name,
    size_of,
)
from newaisle.agent.llm.server.client import Client, attend
from newaisle.agent.llm.server.endpoint import Endpoint
from newaisle.agent.llm.server.stream import Reply, match_choice
from newaisle.agent.llm.server.wire import as_text, neutralised
from newaisle.errors import CannotScore, Interrupted, RequestRejected, ServerError, ServerFailed
from newaisle.prompts.messages import Message

CONCURRENCY = 4
PATIENCE = 30.0  # seconds: a server that has not scored a shortlist by then is too slow to be asked for that
SMALLEST_FOR_OTHERS = 1_000_000_000  # smaller models write Chinese broken, and are asked for English alone


class ServerModel(LanguageModel):
    """Chats and scores over HTTP; each ask and each continuation is a request of its own.

    memory: the file in which it is remembered what servers can do. concurrency: requests at a time.
    Whatever asks the server raises ServerError, but `parameters`, `context_size` and `can_score` do not: what the
    server does not say counts as not known.
    """

    continues = False
    sha256 = None

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        memory: Path,
        concurrency: int = CONCURRENCY,
        client: Client | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client or Client(endpoint)
        self._api = self._client.api
        self._concurrency = concurrency
        self._base_url = endpoint.base_url
        self._memory = AbilityMemory(memory, f"{endpoint.base_url}#{endpoint.model or ''}", now=now)
        self._api.refused |= self._memory.known.refused

    @cached_property
    def name(self) -> str:  # type: ignore[override]
        return self._client.run(self._api.model())

    @property
    def parameters(self) -> int | None:  # type: ignore[override]
        self._look_up()
        return self._memory.known.parameters or size_in_name(self.name)

    @property
    def context_size(self) -> int | None:  # type: ignore[override]
        self._look_up()
        return self._memory.known.context_size

    @property
    def can_score(self) -> bool:  # type: ignore[override]
        """Found out by asking, the first time; not while the server does not answer."""
        with suppress(ServerError):
            return self._client.run(self._way()) is not None
        return False

    def generate(
        self,
        asks: Sequence[Ask],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
        on_text: OnText | None = None,
    ) -> list[Generated]:
        """The server's answer to each ask; to one with choices it is the choice that it means, shown when it is whole.

        Raises ServerError when one of the asks fails; ServerFailed also when no answer says anything.
        """
        replies = [_reply(number, ask, on_text) for number, ask in enumerate(asks)]
        ended = self._client.run(self._write_all(asks, replies, deadline, cancel))
        if ended is None and asks and not any(reply.text.strip() for reply in replies):
            raise ServerFailed(
                f"{self._base_url} answers, but its answers are empty: it may spend its tokens on thinking;"
                " take another model"
            )
        return [
            _generated(number, ask, reply, ended, on_text)
            for number, (ask, reply) in enumerate(zip(asks, replies, strict=True))
        ]

    def score(
        self,
        prompt: Sequence[Message],
        continuations: Sequence[str],
        *,
        deadline: float | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Likelihood]:
        """Likelihood of each continuation after the messages as plain text: completions know no chat.

        A token that lies across the border of prompt and continuation belongs to the continuation. A server that is
        too slow for it counts from then on, for a day, as one that cannot score.
        Raises CannotScore for a server that gives no log-probabilities of given text.
        """
        return self._client.run(self._score_all(as_text(prompt), continuations, deadline, cancel))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._client.run(self._api.count(messages))

    def supports(self, language: str) -> bool:
        return language == "en" or self.parameters is None or self.parameters >= SMALLEST_FOR_OTHERS

    def close(self) -> None:
        self._client.close()

    def _look_up(self) -> None:
        """Learn what the server's list of models says, if it was not asked lately."""
        if self._memory.known.listed:
            return
        with suppress(ServerError):
            info = next((info for info in self._client.models() if info.id == self.name), None)
            parameters, context_size = size_of(info)
            self._memory.learn(listed=True, parameters=parameters, context_size=context_size)

    async def _write_all(
        self, asks: Sequence[Ask], replies: Sequence[Reply], deadline: float | None, cancel: threading.Event | None
    ) -> Finish | None:
        """Have all replies written; returns what ended that early, if anything did."""
        until = _time_at(deadline)
        alone = self._memory.known.one_at_a_time or self._concurrency == 1
        gate = asyncio.Semaphore(1 if alone else self._concurrency)
        pairs = list(zip(asks, replies, strict=True))
        try:
            works = [self._write(ask, reply, gate, until) for ask, reply in pairs]
            ended = await attend(works, until=until, cancel=cancel)
            broken = [pair for pair in pairs if pair[1].finish is None]
            if ended is None and broken and len(pairs) > 1 and not alone:
                # So does llama-cpp-python's server, as it is set up by default.
                self._memory.learn(one_at_a_time=True)
                gate = asyncio.Semaphore(1)
                works = [self._write(ask, reply, gate, until) for ask, reply in broken]
                ended = await attend(works, until=until, cancel=cancel)
        finally:
            self._memory.learn(refused=frozenset(self._api.refused))
        return ended

    async def _write(self, ask: Ask, reply: Reply, gate: asyncio.Semaphore, until: float) -> None:
        async with gate:
            await self._api.chat(
                ask.prompt,
                reply,
                max_tokens=ask.max_tokens,
                stop=ask.stop,
                temperature=ask.temperature,
                until=until,
            )

    async def _score_all(
        self, prompt: str, continuations: Sequence[str], deadline: float | None, cancel: threading.Event | None
    ) -> list[Likelihood]:
        until = _time_at(deadline)
        texts = [neutralised(text) for text in continuations]
        scored = {"": Likelihood(0.0, 0)}
        works = [self._score_each(prompt, set(texts) - {""}, scored, until)] if any(texts) else []
        ended = await attend(works, until=until, cancel=cancel)
        if ended == "deadline" and deadline is not None and deadline >= PATIENCE:
            self._memory.learn(tried=True, scoring=None)
        if ended is not None:
            raise Interrupted(f"{self._base_url}: not all was scored ({ended}): do without with --llm-rank off")
        return [scored[text] for text in texts]

    async def _score_each(self, prompt: str, texts: set[str], scored: dict[str, Likelihood], until: float) -> None:
        """Score the texts; a way of scoring that has stopped working is forgotten and another one looked for, once."""
        way = await self._way()
        try:
            await self._score_by(way, prompt, texts, scored, until)
        except (RequestRejected, ServerFailed) as exc:
            if isinstance(exc, ServerFailed) and is_passing(exc):
                raise
            self._memory.learn(tried=False, scoring=None)
            other = await self._way()
            if other == way:
                raise
            await self._score_by(other, prompt, texts, scored, until)

    async def _score_by(
        self, way: Way | None, prompt: str, texts: set[str], scored: dict[str, Likelihood], until: float
    ) -> None:
        if way is None:
            raise CannotScore(await self._api.model())
        gate = asyncio.Semaphore(self._concurrency)

        async def score(text: str) -> None:
            async with gate:
                scored[text] = await score_text(self._api, way, prompt, text, until=until)

        await attend([score(text) for text in sorted(texts)], until=math.inf, cancel=None)

    async def _way(self) -> Way | None:
        if not self._memory.known.tried:
            way = await find_way(self._api)
            self._memory.learn(tried=True, scoring=way)
        return self._memory.known.scoring


def _reply(number: int, ask: Ask, on_text: OnText | None) -> Reply:
    if on_text is None or ask.choices:
        return Reply(ask.stop)
    return Reply(ask.stop, lambda text: on_text(number, text))


def _generated(number: int, ask: Ask, reply: Reply, ended: Finish | None, on_text: OnText | None) -> Generated:
    finish = reply.finish or ended or "stop"
    reply.end()
    text = reply.text
    if ask.choices:
        choice = match_choice(text, ask.choices)
        text = choice if choice or reply.finish else text
        if text and on_text is not None:
            on_text(number, text)
    return Generated(text, reply.tokens, finish)


def _time_at(deadline: float | None) -> float:
    """The time of the running loop at which a deadline passes."""
    return math.inf if deadline is None else asyncio.get_running_loop().time() + deadline
