"""What a chat answers to one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.schema.answer import RecommendationSet
from newaisle.agent.schema.profile import Profile
from newaisle.agent.schema.why import Why, WhyNot
from newaisle.agent.why.preview import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of the chat, for whatever screen it is shown on.

    understood: one line that says what was read, with what was not; empty for commands. text: what the chat says.
    answer: recommendations. whole: what a command shows whole, as its twin on the command line does; `as_json` where
    it is for other programs. notes: further lines, the constraints in force first where there are any. is_over: the
    person takes leave.
    """

    understood: str = ""
    text: str = ""
    answer: RecommendationSet | None = None
    whole: Why | WhyNot | Profile | Preview | RecommendationSet | None = None
    notes: Sequence[str] = ()
    is_over: bool = False
