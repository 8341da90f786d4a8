"""What the bundled templates are given: plain data, one model per template, and which commands ask with each.

These are the variables a template's author may use; anything else in a template is an error. `prompts check` renders
the examples.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from newaisle.errors import TemplateError, did_you_mean


class Per(IntEnum):
    """What an input changes with, the most lasting first: text is evaluated again from the first change on.

    A customer comes before a category, since it is one customer who is asked about several categories in a row, and
    since a history is much longer than what there is to say of a category.
    """

    CUSTOMER = 1
    CATEGORY = 2
    ANSWER = 3
    PRODUCT = 4


class Most(int):
    """How many items newaisle puts into a list at most."""


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProductFields(_Input):
    """A product as a template sees it; what the catalogue does not say is an empty text."""

    title: str = Field(description="its title", examples=["Ridgeline titanium camp mug 450 ml"])
    category: str = Field(default="", description="the name of its category", examples=["Camp Kitchen"])
    brand: str = Field(default="", description="its brand", examples=["Ridgeline"])
    price: str = Field(default="", description="its price, with the currency", examples=["24.00 USD"])
    colour: str = Field(default="", description="its colour", examples=["graphite grey"])
    description: str = Field(
        default="", description="the beginning of its description", examples=["Double walls keep a drink hot."]
    )
    attributes: Annotated[list[str], Most(6)] = Field(
        default=[], description="what else the catalogue says of it", examples=[["material: titanium", "weight: 98 g"]]
    )


_MUG = {
    "title": "Ridgeline titanium camp mug 450 ml",
    "category": "Camp Kitchen",
    "brand": "Ridgeline",
    "price": "24.00 USD",
    "colour": "graphite grey",
    "description": "Double walls keep a drink hot.",
    "attributes": ["material: titanium", "weight: 98 g", "colour: graphite grey"],
}
_POT = {"title": "Cast-iron camp pot 2 l", "category": "Camp Kitchen", "brand": "Hearthwell", "price": "41.00 USD"}
_POLES = {"title": "Ridgeline trekking poles", "category": "Hiking", "brand": "Ridgeline", "price": "59.00 USD"}


class ExplainInput(_Input):
    """One recommendation to be put into a sentence: the product, and the facts the sentence may state."""

    category: Annotated[str, Per.CATEGORY] = Field(description="the new category", examples=["Camp Kitchen"])
    product: Annotated[ProductFields, Per.PRODUCT] = Field(
        description="the product that is recommended", examples=[_MUG]
    )
    history: Annotated[list[ProductFields], Per.PRODUCT, Most(3)] = Field(
        default=[],
        description="rows of the customer's history that made the difference, strongest first",
        examples=[[_POLES]],
    )
    facts: Annotated[list[str], Per.PRODUCT, Most(3)] = Field(
        description="plain sentences, strongest first",
        examples=[["It is by Ridgeline, like the Ridgeline trekking poles you bought."]],
    )
    begin: Annotated[str, Per.PRODUCT] = Field(
        default="",
        description="the first words of the first fact: a small model keeps to a fact that is begun for it",
        examples=["it is by"],
    )
    refused: Annotated[str, Per.PRODUCT] = Field(
        default="",
        description="what was wrong with the text that the model wrote first; empty the first time",
        examples=["'perfect' is in no claim"],
    )


class RankInput(_Input):
    """A customer and a new category: what a title's likelihood is conditioned on."""

    category: Annotated[str, Per.CATEGORY] = Field(description="the new category", examples=["Camp Kitchen"])
    brief: Annotated[str, Per.CATEGORY] = Field(
        default="",
        description="what the category is, where somebody said so",
        examples=["Light pots, mugs and stoves for meals on the trail."],
    )
    nearest: Annotated[list[str], Per.CATEGORY, Most(5)] = Field(
        default=[], description="known categories nearest to it", examples=[["Cookware", "Hiking"]]
    )
    history: Annotated[list[ProductFields], Per.CUSTOMER, Most(12)] = Field(
        default=[], description="what the customer liked, oldest first", examples=[[_POLES]]
    )


class LabelledProduct(ProductFields):
    """A candidate with the letter that the model is to answer with."""

    label: str = Field(description="a capital letter, from A", examples=["A"])


class ListwiseInput(_Input):
    """A customer, a new category, and the candidates from it that a model is to put in order."""

    category: Annotated[str, Per.CATEGORY] = Field(description="the new category", examples=["Camp Kitchen"])
    brief: Annotated[str, Per.CATEGORY] = Field(
        default="",
        description="what the category is, where somebody said so",
        examples=["Light pots, mugs and stoves for meals on the trail."],
    )
    history: Annotated[list[ProductFields], Per.CUSTOMER, Most(12)] = Field(
        default=[], description="what the customer liked, oldest first", examples=[[_POLES]]
    )
    candidates: Annotated[list[LabelledProduct], Per.ANSWER, Most(20)] = Field(
        description="the products to be put in order", examples=[[{**_MUG, "label": "A"}, {**_POT, "label": "B"}]]
    )


class ProfileInput(_Input):
    """A customer to be described: the facts that the description may state."""

    facts: Annotated[list[str], Per.CUSTOMER, Most(3)] = Field(
        description="plain sentences on what the customer chooses, likes and does not like, the most telling first",
        examples=[["This customer chooses mostly from Hiking and Camp Kitchen.", "They like the brand Ridgeline."]],
    )


class TurnInput(_Input):
    """A turn of a chat that was not read whole: the words left, and the names that they may stand for."""

    categories: Annotated[list[str], Per.ANSWER, Most(24)] = Field(
        description="categories of the shop, those that resemble the words left if there are many",
        examples=[["Outdoor > Camp Kitchen", "Outdoor > Hiking"]],
    )
    brands: Annotated[list[str], Per.ANSWER, Most(12)] = Field(
        default=[],
        description="brands of the shop, those that resemble the words left if there are many",
        examples=[["Ridgeline", "Hearthwell"]],
    )
    understood: Annotated[list[str], Per.ANSWER] = Field(
        default=[],
        description="what was understood of the turn, in the form of the answer",
        examples=[["category: Outdoor > Camp Kitchen", "without: wool"]],
    )
    turn: Annotated[str, Per.ANSWER] = Field(
        description="what the person typed", examples=["a mug for the camp, no wool, for slurping noodles"]
    )
    unread: Annotated[list[str], Per.ANSWER] = Field(
        description="the words of the turn that were not understood", examples=[["slurping", "noodles"]]
    )


INPUTS: dict[str, type[_Input]] = {
    "explain": ExplainInput,
    "explain-detailed": ExplainInput,
    "explain-seller": ExplainInput,
    "rank": RankInput,
    "listwise": ListwiseInput,
    "profile": ProfileInput,
    "turn": TurnInput,
}


USES: dict[str, str] = {
    "explain": "recommend, chat",
    "explain-detailed": "recommend --style detailed",
    "explain-seller": "recommend --style seller",
    "rank": "recommend --llm-rank",
    "listwise": "recommend --llm-rank",
    "profile": "profile",
    "turn": "chat",
}


def require_prompt(name: str, path: Path | None = None) -> None:
    """Raise TemplateError for what is the name of no prompt; path: of the file that has it."""
    if name not in INPUTS:
        known = ", ".join(INPUTS)
        raise TemplateError(f"no prompt is called {name!r}{did_you_mean(name, INPUTS)}: take one of {known}", path=path)
