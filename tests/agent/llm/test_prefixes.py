"""Which prefixes stay in the context, on a memory that counts cells as llama.cpp does."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.native import NativeModel
from newaisle.agent.llm.prefixes import KeptPrefixes, SinglePrefix


class Cell:
    """What a token left in the memory, and the adapter that took part."""

    def __init__(self, adapter: str) -> None:
        self.adapter = adapter


class Memory:
    """Sequences of (token, cell); a fork shares cells, and there are `context_size` of them."""

    def __init__(self, context_size: int) -> None:
        self.context_size = context_size
        self.sequences: dict[int, list[tuple[int, Cell]]] = {}
        self.evaluated = 0
        self.adapter = ""

    def fork(self, source: int, target: int, length: int) -> None:
        assert not self.sequences.get(target), "a fork goes into an empty sequence"
        self.sequences[target] = self.sequences.get(source, [])[:length]

    def trim(self, sequence: int, length: int) -> None:
        del self.sequences.get(sequence, [])[length:]

    def clear(self) -> None:
        self.sequences.clear()

    def extend(self, sequence: int, tokens: list[int], length: int) -> None:
        read = self.sequences.setdefault(sequence, [])
        assert len(read) == length, "positions follow one another"
        read.extend((token, Cell(self.adapter)) for token in tokens)
        self.evaluated += len(tokens)
        assert self.cells() <= self.context_size, "the context overflows"

    def cells(self) -> int:
        return len({id(cell) for read in self.sequences.values() for _, cell in read})

    def tokens(self, sequence: int) -> list[int]:
        return [token for token, _ in self.sequences.get(sequence, [])]


def kept(memory: Memory, slots: int = 3) -> KeptPrefixes:
    return KeptPrefixes(cast(NativeModel, memory), memory.extend, slots=slots, branches=4)


calls = st.lists(
    st.tuples(
        st.lists(st.integers(0, 1), max_size=12), st.integers(0, 4), st.integers(0, 24), st.sampled_from(["", "lora"])
    ),
    max_size=20,
)


@given(calls, st.integers(1, 4), st.integers(12, 40))
def test_branches_have_read_the_prefix_whatever_was_kept_before(
    given: list[tuple[list[int], int, int, str]], slots: int, context: int
) -> None:
    memory = Memory(context)
    prefixes = kept(memory, slots)
    for prefix, branches, wanted, adapter in given:
        before = memory.evaluated
        memory.adapter = prefixes.adapter = adapter
        reused = prefixes.hold(prefix)
        assert reused + memory.evaluated - before == len(prefix)
        room = prefixes.make_room(min(wanted, context - len(prefix)))
        assert room >= min(wanted, context - len(prefix))
        assert room == context - memory.cells()
        sequences = prefixes.fork(branches)
        assert [memory.tokens(sequence) for sequence in sequences] == [prefix] * branches
        assert {cell.adapter for one in sequences for _, cell in memory.sequences.get(one, [])} <= {adapter}
        prefixes.release(sequences)


def test_a_prefix_seen_before_is_not_evaluated_again() -> None:
    memory = Memory(100)
    prefixes = kept(memory)
    assert [prefixes.hold([1, 2, 3, 4]), prefixes.hold([1, 2, 9]), prefixes.hold([1, 2, 3, 4, 5])] == [0, 2, 4]
    assert memory.evaluated == 6


def test_a_shorter_prefix_needs_nothing_and_leaves_the_longer_one() -> None:
    memory = Memory(100)
    prefixes = kept(memory)
    assert [prefixes.hold([1, 2, 3]), prefixes.hold([1, 2]), prefixes.hold([1, 2, 3])] == [0, 2, 3]


def test_the_least_recently_used_prefix_goes_first() -> None:
    memory = Memory(100)
    prefixes = kept(memory, slots=2)
    for prefix in ([1, 1], [2, 2], [1, 1], [3, 3]):
        prefixes.hold(prefix)
    assert prefixes.hold([1, 1]) == 2
    assert prefixes.hold([2, 2]) == 0


def test_other_prefixes_go_when_a_call_needs_their_cells() -> None:
    memory = Memory(20)
    prefixes = kept(memory)
    prefixes.hold([1] * 8)
    prefixes.hold([2] * 8)
    assert prefixes.make_room(4) == 4
    assert prefixes.make_room(10) == 12
    assert prefixes.hold([1] * 8) == 0


def test_an_interrupted_evaluation_keeps_what_was_evaluated() -> None:
    memory = Memory(2000)

    def extend(sequence: int, tokens: list[int], length: int) -> None:
        if length >= 512:
            raise TimeoutError
        memory.extend(sequence, tokens, length)

    prefixes = KeptPrefixes(cast(NativeModel, memory), extend, slots=2, branches=4)
    with pytest.raises(TimeoutError):
        prefixes.hold(list(range(1000)))
    assert prefixes.hold(list(range(512))) == 512


def test_nothing_is_kept_after_forgetting() -> None:
    memory = Memory(100)
    prefixes = kept(memory)
    prefixes.hold([1, 2, 3])
    prefixes.forget()
    assert memory.cells() == 0
    assert prefixes.hold([1, 2, 3]) == 0


def test_a_model_that_cannot_fork_reads_the_prefix_for_each_branch() -> None:
    memory = Memory(2000)
    prefixes = SinglePrefix(cast(NativeModel, memory), memory.extend)
    prefix = list(range(600))
    assert prefixes.hold(prefix) == 0
    assert prefixes.make_room(10) == 1400
    for _ in range(2):
        (sequence,) = prefixes.fork(1)
        assert memory.tokens(sequence) == prefix
        prefixes.release([sequence])
    assert memory.evaluated == 1200
