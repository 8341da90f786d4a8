"""Nearest signal: history rows that are much nearer to a candidate than to the others of its category.

Where a mean over the history says what a customer likes in general, this says that one thing they liked asks for
another: a printer for its ink. Squares let a few near rows outweigh many that are a little near.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.rank.case import ROUNDING, Matrix, RankingCase


def nearest(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): the square of how far words and vectors are nearer than usual."""
    if not case.candidates:
        return case.shared_words
    # In double precision: squares would show in which order float32 values were summed up.
    shared_words, apart = case.shared_words.astype(np.float64), case.centred_similarity.astype(np.float64)
    near = _standard(shared_words - shared_words.mean(axis=0)) + _standard(apart)
    return (np.maximum(near, 0) ** 2 * case.liking_share).astype(np.float32)


def _standard(similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = similarity.std()
    return similarity / spread if spread > ROUNDING else np.zeros_like(similarity)
