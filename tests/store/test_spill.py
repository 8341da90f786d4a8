from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.store.spill import SpillBuffer


@given(st.integers(0, 60), st.integers(1, 7), st.integers(1, 9))
def test_batches_hold_every_record_once_in_order(records: int, rounds: int, largest: int) -> None:
    vectors = np.random.default_rng(records).random((records, 3), dtype=np.float32)
    with TemporaryDirectory() as folder, closing(SpillBuffer(Path(folder))) as buffer:
        for number, vector in enumerate(vectors):
            buffer.add(f"r{number}", vector, {"category": str(number)})
        batches = [batch for batch in buffer.batches(rounds=rounds, largest=largest) if batch.ids]
    assert len(buffer) == records
    assert [id for batch in batches for id in batch.ids] == [f"r{number}" for number in range(records)]
    assert all(len(batch.ids) <= largest for batch in batches)
    if records:
        assert np.array_equal(np.concatenate([batch.vectors for batch in batches]), vectors)
    assert [one["category"] for batch in batches for one in batch.metadatas or []] == [str(n) for n in range(records)]


@pytest.mark.parametrize(("records", "rounds"), [(50_001, 2), (100_000, 2), (149_999, 3), (2_000, 1), (1, 1)])
def test_every_round_reaches_the_threshold_with_its_last_batch_only(tmp_path: Path, records: int, rounds: int) -> None:
    """What a round leaves below the threshold would stay in Chroma's write-ahead log."""
    with closing(SpillBuffer(tmp_path)) as buffer:
        for number in range(records):
            buffer.add(str(number), np.zeros(1, np.float32))
        sizes = [len(batch.ids) for batch in buffer.batches(rounds=rounds, largest=2_000)]
    threshold, new, written = records // rounds, 0, 0
    for size in sizes:
        new += size
        if new >= threshold:
            written, new = written + 1, 0
    assert (written, new) == (rounds, 0)


def test_records_without_metadata_have_none(tmp_path: Path) -> None:
    with closing(SpillBuffer(tmp_path)) as buffer:
        buffer.add("a", np.ones(2, np.float32))
        (batch,) = buffer.batches(rounds=1, largest=10)
    assert batch.metadatas is None
    assert list(tmp_path.iterdir()) == []
