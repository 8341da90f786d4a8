"""Prefixes that stay evaluated in the context, so that no later call evaluates their tokens again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from newaisle.agent.llm.batch import Tokens, common_length
from newaisle.agent.llm.kept_files import StateFiles
from newaisle.agent.llm.native import BATCH_TOKENS, NativeModel

Extend = Callable[[int, Tokens, int], None]
"""Evaluate up to BATCH_TOKENS tokens at the end of a sequence: (sequence, tokens, its length so far)."""


class KeptPrefixes:
    """The last few prefixes in a context whose sequences can share cells, least recently used out first.

    Two kept prefixes that begin alike share the cells of what they share, so the fixed beginning of a template is
    evaluated once however many customers come after it.

    branches: how many branches there can be at once.
    adapter: the name of the adapter that reads from now on; what another one read is no beginning of anything.
    """

    def __init__(self, model: NativeModel, extend: Extend, *, slots: int, branches: int) -> None:
        self.branches = branches
        self._model = model
        self._extend = extend
        self._slots = slots
        self.adapter = ""
        self._kept: OrderedDict[int, list[int]] = OrderedDict()
        self._read_by: dict[int, str] = {}
        self._held = 0
        self._length = 0

    def hold(self, tokens: Tokens) -> int:
        """Make `tokens` the prefix to branch from; returns how many of them were already evaluated."""
        slot, shared = self._closest(tokens)
        if slot is not None:
            self._kept.move_to_end(slot)
        if slot is None or shared < len(tokens):
            slot = self._place(slot, shared, len(tokens) - shared)
            self._read(slot, tokens)
        self._held, self._length = slot, len(tokens)
        return shared

    def prepare(self, tokens: Tokens, states: StateFiles) -> None:
        """Have `tokens` evaluated, from an earlier process where it can be, for all prefixes that begin with them."""
        if self._closest(tokens)[1] == len(tokens):
            return
        state = states.load(tokens)
        if state is not None and not self._kept and self._model.restore(0, state):
            self._kept[0], self._read_by[0] = list(tokens), self.adapter
            return
        self.hold(tokens)
        states.save(tokens, self._model.state(self._held))

    def _closest(self, tokens: Tokens) -> tuple[int | None, int]:
        """The slot whose prefix begins most like `tokens`, and for how many tokens; None where none does."""
        closest, shared = None, 0
        for slot, read in self._kept.items():
            common = common_length(read, tokens)
            if common > shared and self._read_by[slot] == self.adapter:
                closest, shared = slot, common
        return closest, shared

    def _place(self, source: int | None, shared: int, missing: int) -> int:
        """The slot, holding `shared` tokens that the one in `source` begins with, for `missing` more."""
        room = self._model.context_size - missing
        self._evict(room, spare=source)
        if source is not None:
            if shared == len(self._kept[source]):
                return source
            if self._slots == 1 or self._cells() > room:
                self._cut(source, shared)
                return source
        if len(self._kept) == self._slots:
            self._drop(next(iter(self._kept)))
        free = next(slot for slot in range(self._slots) if slot not in self._kept)
        self._kept[free], self._read_by[free] = [], self.adapter
        if source is not None:
            self._model.fork(source, free, shared)
            self._kept[free] = self._kept[source][:shared]
        return free

    def _read(self, slot: int, tokens: Tokens) -> None:
        read = self._kept[slot]
        for start in range(len(read), len(tokens), BATCH_TOKENS):
            batch = tokens[start : start + BATCH_TOKENS]
            self._extend(slot, batch, start)
            read.extend(batch)

    def make_room(self, cells: int) -> int:
        """Try to have `cells` free cells for the branches; returns how many there are."""
        room = self._model.context_size - cells
        self._evict(room, spare=self._held)
        if self._cells() > room:
            self._cut(self._held, self._length)
        return self._model.context_size - self._cells()

    def fork(self, count: int) -> list[int]:
        """Branch: the numbers of `count` sequences that have read the prefix."""
        branches = list(range(self._slots, self._slots + count))
        for branch in branches:
            self._model.fork(self._held, branch, self._length)
        return branches

    def keep(self, branch: int, tokens: Tokens) -> None:
        """Keep what a branch has read, `tokens`, as a prefix of prompts to come."""
        if len(self._kept[self._held]) == self._length:  # else the slot holds a longer prefix, kept for its own sake
            self._model.trim(self._held, 0)
            self._model.fork(branch, self._held, len(tokens))
            self._kept[self._held] = list(tokens)

    def release(self, sequences: Sequence[int]) -> None:
        """Drop branches."""
        for sequence in sequences:
            self._model.trim(sequence, 0)

    def forget(self) -> None:
        """Empty the context."""
        self._model.clear()
        self._kept.clear()

    def _evict(self, cells: int, *, spare: int | None) -> None:
        """Drop what was used longest ago until no more than `cells` are taken; `spare` was used last."""
        while self._cells() > cells and (oldest := next(iter(self._kept))) != spare:
            self._drop(oldest)

    def _drop(self, slot: int) -> None:
        self._model.trim(slot, 0)
        del self._kept[slot]

    def _cut(self, slot: int, length: int) -> None:
        self._model.trim(slot, length)
        del self._kept[slot][length:]

    def _cells(self) -> int:
        """Cells taken by the kept prefixes: tokens that begin alike lie in the same cells."""
        cells = 0
        before: tuple[str, Tokens] = ("", [])
        for by, read in sorted((self._read_by[slot], read) for slot, read in self._kept.items()):
            cells += len(read) - (common_length(before[1], read) if by == before[0] else 0)
            before = by, read
        return cells


class SinglePrefix:
    """The prefix of a model that cannot fork sequences: the context is emptied and it is read for each branch."""

    branches = 1
    adapter = ""

    def __init__(self, model: NativeModel, extend: Extend) -> None:
        self._model = model
        self._extend = extend
        self._tokens: Tokens = []

    def hold(self, tokens: Tokens) -> int:
        self._tokens = tokens
        return 0

    def prepare(self, tokens: Tokens, states: StateFiles) -> None:
        """Nothing can be kept between two calls."""

    def make_room(self, cells: int) -> int:  # noqa: ARG002
        return self._model.context_size - len(self._tokens)

    def fork(self, count: int) -> list[int]:
        self._model.clear()
        for start in range(0, len(self._tokens), BATCH_TOKENS):
            self._extend(0, self._tokens[start : start + BATCH_TOKENS], start)
        return list(range(count))

    def keep(self, branch: int, tokens: Tokens) -> None:
        """Nothing can be kept between two calls."""

    def release(self, sequences: Sequence[int]) -> None:  # noqa: ARG002
        self._model.clear()

    def forget(self) -> None:
        self._model.clear()


Prefixes = KeptPrefixes | SinglePrefix
"""Hold one prefix at a time, and branch from it."""
