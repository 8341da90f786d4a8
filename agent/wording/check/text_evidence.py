"""What a text may draw on, and what is wrong with one that draws on something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newaisle.agent.claims.reason import Reason
from newaisle.agent.schema.style import Style
from newaisle.languages import Language
from newaisle.store.rows import Product


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """What a text about a product may draw on: the product, the new category's name and the reasons given."""

    product: Product
    category: str
    reasons: Sequence[Reason]
    language: Language = "en"
    style: Style = "short"


class Refused(Exception):
    """A text says something that no claim says; the message names it in a few words."""
