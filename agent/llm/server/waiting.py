"""Waiting for several pieces of work at once, until they are done, time is up, or somebody cancels."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any

from newaisle.agent.llm.base import Finish

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
