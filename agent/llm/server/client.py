"""A server's methods for code that is not asynchronous, and waiting for several pieces of work at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar

from newaisle.agent.llm.base import Finish
from newaisle.agent.llm.server.api import Api, ModelInfo
from newaisle.agent.llm.server.endpoint import Endpoint
from newaisle.agent.llm.server.sender import Deadlines, Sender, Sleep

if TYPE_CHECKING:
    import httpx


Result = TypeVar("Result")


class Client:
    """One event loop and the connections in it, kept from call to call; a context manager that closes them.

    Calls from several threads wait for each other. transport, sleep: for tests.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - immutable
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.api = Api(Sender(endpoint, deadlines=deadlines, transport=transport, sleep=sleep))
        self._runner = asyncio.Runner()
        self._lock = threading.RLock()  # so that a call from within a call is an error, and does not wait for itself
        self._open = True

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do the work in the loop; Ctrl-C ends it."""
        with self._lock:
            return self._runner.run(work)

    def models(self) -> list[ModelInfo]:
        """The models that the server has; raises ServerError."""
        return self.run(self.api.models())

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, in the order given, by one request; raises ServerError."""
        return self.run(self.api.embed(texts)) if texts else []

    def close(self) -> None:
        """Close the connections; closing twice is fine."""
        if self._open:
            self._open = False
            self.run(self.api.close())
            self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


POLL = 0.05  # seconds between looks at an event that another thread may set


async def attend(
    works: Sequence[Coroutine[Any, Any, None]], *, until: float, cancel: threading.Event | None
) -> Finish | None:
    """Do all the works at once; returns what ended them early, if anything did.

    until: a time of the loop. What one of them raises ends the others, and is raised.
    """
    loop = asyncio.get_running_loop()
    tasks = [asyncio.ensure_future(work) for work in works]
    pending = set(tasks)
    try:
        while pending:
            if cancel is not None and cancel.is_set():
                return "cancelled"
            left = until - loop.time()
            if left <= 0:
                return "deadline"
            done, pending = await asyncio.wait(pending, timeout=min(POLL, left), return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        return None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
