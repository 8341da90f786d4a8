"""A reason: a claim, the history row that its sentence names, and what makes it one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim

SMALLEST = 5e-5  # contributions are shown with four digits: what would be 0 there is none
WEAK = 0.25  # of the strongest claim: what moved the score less than that is not worth a sentence
MOST = 0.5  # of a category's candidates have to come after a product that is said to be before most of them


@dataclass(frozen=True, slots=True)
class Reason:
    """A claim with the history row it rests on, if any."""

    claim: Claim
    row: HistoryRow | None = None


def worth_saying(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons that a text may give: not a weak one beside a strong one; those that rest on the history first.

    The history is cut into many claims, and what is said of others is one.
    """
    strongest = max((reason.claim.contribution for reason in reasons), default=0.0)
    told = [reason for reason in reasons if reason.row is None or reason.claim.contribution >= WEAK * strongest]
    return sorted(told, key=lambda reason: reason.row is None)
