"""How many token sequences are laid into one batch: as a tree, so that what they share stands there once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Tokens = list[int]


def common_length(first: Tokens, second: Tokens) -> int:
    """Number of tokens that two sequences begin with alike."""
    for length, (left, right) in enumerate(zip(first, second, strict=False)):
        if left != right:
            return length
    return min(len(first), len(second))


def shared_length(sequences: Sequence[Tokens]) -> int:
    """Number of tokens that all the sequences (one or more) begin with alike."""
    return common_length(min(sequences), max(sequences))


def plan_chunks(sequences: Sequence[Tokens], *, room: int, width: int, reserve: int = 0) -> list[list[int]]:
    """Indices of the sequences in chunks, each of at most `width` that fit into `room` cells as a tree.

    Sequences that begin alike come together. `reserve` cells are counted for each sequence on top of its own
    tokens. A sequence that does not fit by itself still gets a chunk: its caller has checked the lengths.
    """
    chunks: list[list[int]] = []
    cells = 0
    for index in sorted(range(len(sequences)), key=lambda index: sequences[index]):
        length = len(sequences[index]) + reserve
        if chunks and len(chunks[-1]) < width:
            added = length - common_length(sequences[chunks[-1][-1]], sequences[index])
            if cells + added <= room:
                chunks[-1].append(index)
                cells += added
                continue
        chunks.append([index])
        cells = length
    return chunks


@dataclass(slots=True)
class TokenTree:
    """Token sequences with their common beginnings merged; nodes are numbered so that parents come first.

    tokens, depths, parents (-1 for a root), members (the sequences that run through it): one entry per node.
    ends: the last node of each sequence.
    """

    tokens: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, sequences: Sequence[Tokens]) -> TokenTree:
        """The tree of sequences, none of them empty, that are sorted."""
        tree = cls()
        path: list[int] = []
        previous: Tokens = []
        for member, sequence in enumerate(sequences):
            shared = common_length(previous, sequence)
            del path[shared:]
            for node in path:
                tree.members[node].append(member)
            for depth in range(shared, len(sequence)):
                tree.tokens.append(sequence[depth])
                tree.depths.append(depth)
                tree.parents.append(path[-1] if path else -1)
                tree.members.append([member])
                path.append(len(tree.tokens) - 1)
            tree.ends.append(path[-1])
            previous = sequence
        return tree
