"""What a text may draw on, and what is wrong with one that draws on something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from newaisle.agent.claims.reason import Reason
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.style import Style
from newaisle.languages import Language
from newaisle.store.rows import Product
from newaisle.store.synonyms import Synonyms

Frequencies = Callable[[Sequence[str]], Mapping[str, int]]


def _no_shop(_: Sequence[str]) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """What a text about a product may draw on: the product, the new category's name and the reasons given.

    rows: those of the history that the claims rest on, named or not.
    synonyms: None for the bundled ones alone.
    phrases: the user's own of its language, where there is no list of words.
    frequencies: in how many products of the shop each of some words stands (see `newaisle.store.words`).
    """

    product: Product
    category: str
    reasons: Sequence[Reason]
    language: Language = "en"
    style: Style = "short"
    rows: Sequence[HistoryRow] = ()
    frequencies: Frequencies = _no_shop
    synonyms: Synonyms | None = None
    phrases: Sequence[str] = ()


class Refused(Exception):
    """A text says something that nothing bears out; the message names it in a few words."""
