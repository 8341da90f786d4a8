"""The methods of an OpenAI-compatible server that are used: models, chat, completions, embeddings."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, FiniteFloat, ValidationError

from newaisle.agent.llm.server.failures import error_of_answer, said, translated
from newaisle.agent.llm.server.sender import TRIES, Patience, Read, Sender
from newaisle.agent.llm.server.stream import DONE, ChatChunk, Reply, Usage, events, read_chunk
from newaisle.agent.llm.server.wire import chat_request, newly_refused
from newaisle.errors import (
    LanguageModelError,
    RequestRejected,
    ServerError,
    ServerFailed,
    ServerLacksModel,
    did_you_mean,
)
from newaisle.prompts.messages import Message

if TYPE_CHECKING:
    import httpx

Body = TypeVar("Body", bound=BaseModel)

_NAMED = 10  # models listed in a message


class Meta(BaseModel):
    """What llama.cpp's server says about a model."""

    n_params: int | None = None
    n_ctx: int | None = None
    n_ctx_train: int | None = None


class ModelInfo(BaseModel):
    """A model that a server has."""

    id: str
    meta: Meta | None = None
    max_model_len: int | None = None


class _Models(BaseModel):
    data: list[ModelInfo]


class _Embedding(BaseModel):
    index: int
    embedding: list[FiniteFloat] | list[list[FiniteFloat]]


class _Embeddings(BaseModel):
    data: list[_Embedding]


class _Logprobs(BaseModel):
    tokens: list[str]
    token_logprobs: list[FiniteFloat | None]


class _PromptLogprob(BaseModel):
    logprob: FiniteFloat
    decoded_token: str | None = None


class CompletionChoice(BaseModel):
    """A completed text: `logprobs` as OpenAI gives them, `prompt_logprobs` as vLLM does."""

    text: str = ""
    logprobs: _Logprobs | None = None
    prompt_logprobs: list[dict[str, _PromptLogprob] | None] | None = None


class Completion(BaseModel):
    """What a server answers to a request for a completion."""

    choices: list[CompletionChoice]
    usage: Usage | None = None


class _BrokenOff(ServerFailed):
    """A stream ended before it had said anything; the same request without streaming may say why."""


class Api:
    """The methods of one server, asynchronous. refused: the parts of a request that it turned out not to take."""

    def __init__(self, sender: Sender) -> None:
        self.endpoint = sender.endpoint
        self.refused: set[str] = set()
        self._sender = sender
        self._model = self.endpoint.model

    async def model(self) -> str:
        """The name of the model that is meant; raises ServerLacksModel where the server has none at all."""
        if self._model is None:
            models = await self.models()
            if not models:
                raise ServerLacksModel(f"{self.endpoint.base_url} has no model: load one there, or name one")
            self._model = models[0].id
        return self._model

    async def models(self, *, tries: int = TRIES) -> list[ModelInfo]:
        return (await self._json("/models", None, _Models, tries=tries)).data

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, in the order given, all of one length."""
        body = {"model": await self.model(), "input": list(texts)}
        rows = sorted((await self._json("/embeddings", body, _Embeddings)).data, key=lambda row: row.index)
        vectors = [[number for number in row.embedding if isinstance(number, float)] for row in rows]
        if any(len(vector) < len(row.embedding) for vector, row in zip(vectors, rows, strict=True)):
            where = self.endpoint.base_url
            raise ServerFailed(
                f"{where} gives a vector for each token, not each text: start it with an embedding model"
            )
        if [row.index for row in rows] != list(range(len(texts))) or len(set(map(len, vectors))) > 1:
            raise self._nonsense("vectors do not match the texts")
        return vectors

    async def complete(
        self, options: Mapping[str, Any], *, tries: int = TRIES, until: float = math.inf
    ) -> tuple[CompletionChoice, Usage]:
        """The most likely completion for the options of a request, and how many tokens were counted."""
        body = {"model": await self.model(), "temperature": 0, **options}
        completion = await self._json("/completions", body, Completion, tries=tries, until=until)
        if not completion.choices:
            raise self._nonsense("no choices")
        return completion.choices[0], completion.usage or Usage()

    async def count(self, messages: Sequence[Message]) -> int:
        """Tokens of a chat's messages as a prompt; asks for an answer of one token."""
        counted: list[int | None] = [None]

        async def read(response: httpx.Response, _: Patience) -> None:
            chunk = self._checked(await self._sender.read_all(response))
            counted.append(chunk.usage.prompt_tokens if chunk.usage else None)

        await self._chat(messages, 1, (), read, stream=False)
        if counted[-1] is None:
            raise self._nonsense("no count of tokens")
        return counted[-1]

    async def chat(
        self,
        messages: Sequence[Message],
        reply: Reply,
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        until: float = math.inf,
    ) -> None:
        """Have the reply written. Its `finish` stays None where the server ended the stream without a reason."""

        async def read(response: httpx.Response, patience: Patience) -> None:
            reply.begin()
            try:
                with translated(self.endpoint):
                    await self._read_reply(response, reply, patience)
            except ServerError as exc:
                exc.transient = exc.transient and not reply.shown
                raise

        try:
            await self._chat(messages, max_tokens, stop, read, temperature=temperature, until=until)
        except _BrokenOff:
            await self._chat(messages, max_tokens, stop, read, temperature=temperature, until=until, stream=False)

    async def close(self) -> None:
        await self._sender.close()

    async def _chat(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        stop: Sequence[str],
        read: Read[None],
        *,
        temperature: float = 0.0,
        until: float = math.inf,
        stream: bool = True,
    ) -> None:
        """Send a chat; a part of the request that the server does not take is left out, now and from now on."""
        refused = set(self.refused)
        model, silence = await self.model(), self._sender.deadlines.first_token if stream else None
        while True:
            without = refused if stream else refused | {"stream", "stream_options"}
            body = chat_request(
                model, messages, max_tokens=max_tokens, stop=stop, temperature=temperature, refused=without
            )
            try:
                await self._sender.send("/chat/completions", body, read, silence=silence, until=until)
            except ServerError as exc:
                part = newly_refused(body, exc) if isinstance(exc, RequestRejected) else None
                if part is None:
                    raise await self._explained(exc) from exc
                refused.add(part)
            else:
                self.refused |= refused
                return

    async def _read_reply(self, response: httpx.Response, reply: Reply, patience: Patience) -> None:
        if "json" in response.headers.get("content-type", ""):
            await self._read_whole(response, reply)
            return
        done = False
        async with aclosing(events(self._sender.chunks(response))) as stream:
            try:
                async for data in stream:
                    if data == DONE:
                        done = True
                        break
                    chunk = self._checked(data)
                    reply.take(chunk)
                    if chunk.is_token:
                        patience.renew(self._sender.deadlines.between_tokens)
                    if reply.finish:
                        break
            except ValueError as exc:
                raise self._nonsense(str(exc)) from exc
            if reply.finish and not reply.stopped:
                await self._take_rest(stream, reply)
        if reply.finish is None and not done:
            raise self._cut(reply)
        reply.end()

    async def _read_whole(self, response: httpx.Response, reply: Reply) -> None:
        """Servers that do not stream answer with one JSON object."""
        chunk = self._checked(await self._sender.read_all(response))
        if not chunk.choices:
            raise self._nonsense("no choices")
        reply.take(chunk)
        reply.end()
        reply.finish = reply.finish or "stop"

    async def _take_rest(self, stream: AsyncGenerator[str, None], reply: Reply) -> None:
        """What follows a whole text is a count of tokens at best; nothing that goes wrong here matters."""
        with suppress(TimeoutError, LanguageModelError, ValueError), translated(self.endpoint):
            async with asyncio.timeout(self._sender.deadlines.after_finish):
                async for data in stream:
                    if data == DONE:
                        break
                    reply.take(self._checked(data))

    def _checked(self, data: str | bytes) -> ChatChunk:
        """The event or the whole answer; raises what an error object in it stands for."""
        try:
            chunk = read_chunk(data)
        except ValueError as exc:
            raise self._nonsense(str(exc)) from exc
        if chunk.is_error:
            raise error_of_answer(chunk.error_status, data.encode() if isinstance(data, str) else data, self.endpoint)
        return chunk

    def _cut(self, reply: Reply) -> ServerFailed:
        message = f"{self.endpoint.base_url} broke off in the middle of its answer: look at the server's log"
        return ServerFailed(message, transient=True) if reply.tokens else _BrokenOff(message)

    async def _json(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        kind: type[Body],
        *,
        tries: int = TRIES,
        until: float = math.inf,
    ) -> Body:
        async def read(response: httpx.Response, _: Patience) -> Body:
            content = await self._sender.read_all(response)
            try:
                return kind.model_validate_json(content)
            except ValidationError as exc:
                if b'"error"' in content:
                    self._checked(content)
                raise self._nonsense(exc.errors()[0]["msg"]) from None

        try:
            return await self._sender.send(path, body, read, tries=tries, until=until)
        except ServerError as exc:
            raise exc if body is None else await self._explained(exc) from exc

    async def _explained(self, error: ServerError) -> ServerError:
        """A 404 in terms of the models that the server has; any other error as it is."""
        if error.status_code != 404 and not isinstance(error, ServerLacksModel):
            return error
        where, model = self.endpoint.base_url, await self.model()
        try:
            names = [said(info.id, self.endpoint) for info in await self.models(tries=1)]
        except ServerError:
            hint = f"{where} has no such API (HTTP {error.status_code}): check the base URL, which usually ends in /v1"
            return RequestRejected(hint, status_code=error.status_code)
        if model in names:
            return error
        has = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "") if names else "no model at all"
        hint = f"{where} has no model {model!r}{did_you_mean(model, names)}; it has {has}"
        return ServerLacksModel(hint, status_code=error.status_code)

    def _nonsense(self, what: str) -> ServerFailed:
        reason = said(what, self.endpoint)
        return ServerFailed(f"{self.endpoint.base_url} answers with nonsense ({reason}): is it OpenAI-compatible?")
