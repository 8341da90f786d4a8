"""What a language model's texts add to the claims' own sentences, as figures and text by text."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, FiniteFloat


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Worded(_Frozen):
    """What a model made of the claims for one product.

    own: the claims' own sentences, which stand where no model words them. text: what the model wrote last; refusal: why
    that failed the check, null where it passed. again: whether it only says the claims' own sentences again.
    """

    item_id: str
    title: str
    own: str
    text: str
    refusal: str | None
    again: bool


class Gain(_Frozen):
    """What the texts of a model add to the claims' own sentences; a share of nothing is null.

    refused: the share that failed the check; refusals: how often for which kind of reason.
    again: of those that passed, the share that only says the claims' own sentences again.
    openings: of those that passed, the share of distinct first three words; masked_openings: with the titles masked.
    seconds: that a text took.
    """

    texts: int
    refused: FiniteFloat | None
    again: FiniteFloat | None
    openings: FiniteFloat | None
    masked_openings: FiniteFloat | None
    refusals: dict[str, int]
    seconds: FiniteFloat | None = None
