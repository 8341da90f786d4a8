"""A language model whose turns can be watched, somebody who waits, and the files that are open."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newaisle.agent.llm.base import Ask, Generated
from newaisle.prompts.messages import Message
from newaisle.testing import ScriptedModel

PATIENCE = 60  # seconds until a test that hangs is given up


class OneAtATime(ScriptedModel):
    """Answers with the end of what it is asked, notices two calls at once, and can be held in the middle of one.

    heard: the ends of the first prompts of its calls, in the order in which their turns came.
    """

    def __init__(self, reply: Callable[[Sequence[Message]], str] = lambda prompt: prompt[-1].text) -> None:
        super().__init__(reply)
        self.heard: list[str] = []
        self.threads: set[str] = set()
        self.is_held = threading.Event()
        self._turn = threading.Lock()
        self._go_on = threading.Event()
        self._go_on.set()

    def generate(self, asks: Sequence[Ask], **how: Any) -> list[Generated]:
        assert self._turn.acquire(blocking=False), "two calls at once"
        try:
            self.threads.add(threading.current_thread().name)
            self.heard.append(asks[0].prompt[-1].text)
            self.is_held.set()
            assert self._go_on.wait(PATIENCE)
            return super().generate(asks, **how)
        finally:
            self._turn.release()

    @contextmanager
    def held(self, ask: Callable[[], object]) -> Iterator[None]:
        """While the block lasts it answers what somebody asks in another thread."""
        self.is_held.clear()
        self._go_on.clear()
        asking = threading.Thread(target=ask)
        asking.start()
        try:
            assert self.is_held.wait(PATIENCE)
            yield
        finally:
            self._go_on.set()
            asking.join(PATIENCE)


class Seen(threading.Event):
    """An event that tells when somebody who waits has looked at it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = threading.Event()

    def is_set(self) -> bool:
        self.seen.set()
        return super().is_set()


def files_open_in(folder: Path) -> list[Path]:
    """The files below a folder that this process has open."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("this system does not say which files are open")
    files = [one.readlink() for one in descriptors.iterdir() if one.is_symlink()]
    return [file for file in files if file.is_relative_to(folder)]
