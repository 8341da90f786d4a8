"""Token sequences in chunks and as trees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.batch import TokenTree, common_length, plan_chunks, shared_length

sequences = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), min_size=1, max_size=12)


def cells_of(chosen: list[list[int]]) -> int:
    return len({tuple(tokens[: end + 1]) for tokens in chosen for end in range(len(tokens))})


@given(sequences)
def test_shared_length_is_that_of_the_common_prefix(given: list[list[int]]) -> None:
    length = shared_length(given)
    assert len({tuple(tokens[:length]) for tokens in given}) == 1
    assert any(len(tokens) == length for tokens in given) or len({tokens[length] for tokens in given}) > 1
    assert common_length(given[0], given[-1]) == shared_length([given[0], given[-1]])


@given(sequences, st.integers(1, 5), st.integers(8, 40), st.integers(0, 2))
def test_chunks_hold_every_sequence_once_within_width_and_room(
    given: list[list[int]], width: int, room: int, reserve: int
) -> None:
    chunks = plan_chunks(given, room=room, width=width, reserve=reserve)
    assert sorted(index for chunk in chunks for index in chunk) == list(range(len(given)))
    for chunk in chunks:
        assert len(chunk) <= width
        assert cells_of([given[index] for index in chunk]) + reserve * len(chunk) <= room


def test_sequences_that_begin_alike_come_into_one_chunk() -> None:
    given = [[1, 1, 1], [2, 2, 2], [1, 1, 2], [2, 2, 3]]
    assert plan_chunks(given, room=4, width=9) == [[0, 2], [1, 3]]


def test_a_sequence_larger_than_the_room_stands_alone() -> None:
    assert plan_chunks([[1, 2, 3], [4], [5]], room=2, width=9) == [[0], [1, 2]]


@given(sequences)
def test_a_tree_spells_its_sequences_and_holds_what_they_share_once(given: list[list[int]]) -> None:
    given.sort()
    tree = TokenTree.of(given)
    assert len(tree.tokens) == cells_of(given)
    for member, end in enumerate(tree.ends):
        path = []
        node = end
        while node >= 0:
            assert member in tree.members[node]
            assert tree.depths[node] == len(given[member]) - 1 - len(path)
            assert tree.parents[node] < node
            path.append(tree.tokens[node])
            node = tree.parents[node]
        assert path[::-1] == given[member]
    assert sum(map(len, tree.members)) == sum(map(len, given))
