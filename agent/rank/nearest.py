"""Nearest signal: history rows that are much nearer to a candidate than to the others of its category.

Where a mean over the history says what a customer likes in general, this says that one thing they liked asks for
another: a printer for its ink. Squares let a few near rows outweigh many that are a little near.
"""

from __future__ import annotations

import numpy as np

from agent.rank.case import ROUNDING, Matrix, RankingCase


def nearest(case: RankingCase) -> Matrix:
    """Evidence of shape (candidates, history): the square of how far words and vectors are nearer than usual."""
    if not case.candidates:
        return case.shared_words
    near = _standard(case.shared_words - case.shared_words.mean(axis=0)) + _standard(case.apart)
    evidence: Matrix = np.maximum(near, 0) ** 2 * case.liking_share
    return evidence


def _standard(similarity: Matrix) -> Matrix:
    spread = similarity.std()
    standard: Matrix = similarity / spread if spread > ROUNDING else np.zeros_like(similarity)
    return standard
