"""What the bundled templates are given: plain data, one model per template. `prompts check` renders the examples.

These are the variables a template's author may use; anything else in a template is an error.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProductFields(_Input):
    """A product as a template sees it; what the catalogue does not say is an empty text."""

    title: str = Field(description="its title", examples=["Ridgeline titanium camp mug 450 ml"])
    category: str = Field(default="", description="the name of its category", examples=["Camp Kitchen"])
    brand: str = Field(default="", description="its brand", examples=["Ridgeline"])
    price: str = Field(default="", description="its price, with the currency", examples=["24.00 USD"])


_MUG = {
    "title": "Ridgeline titanium camp mug 450 ml",
    "category": "Camp Kitchen",
    "brand": "Ridgeline",
    "price": "24.00 USD",
}
_POLES = {"title": "Ridgeline trekking poles", "category": "Hiking", "brand": "Ridgeline", "price": "59.00 USD"}


class ExplainInput(_Input):
    """One recommendation to be put into a sentence: the product, and the facts the sentence may state."""

    category: str = Field(description="the new category", examples=["Camp Kitchen"])
    product: ProductFields = Field(description="the product that is recommended", examples=[_MUG])
    history: list[ProductFields] = Field(
        default=[],
        description="rows of the customer's history that made the difference, strongest first",
        examples=[[_POLES]],
    )
    facts: list[str] = Field(
        description="plain sentences, strongest first",
        examples=[["It is by Ridgeline, like the Ridgeline trekking poles you bought."]],
    )


class RankInput(_Input):
    """A customer and a new category: what a title's likelihood is conditioned on."""

    category: str = Field(description="the new category", examples=["Camp Kitchen"])
    brief: str = Field(
        default="",
        description="what the category is, where somebody said so",
        examples=["Light pots, mugs and stoves for meals on the trail."],
    )
    nearest: list[str] = Field(
        default=[], description="known categories nearest to it", examples=[["Cookware", "Hiking"]]
    )
    history: list[ProductFields] = Field(
        default=[], description="what the customer liked, oldest first", examples=[[_POLES]]
    )


INPUTS: dict[str, type[_Input]] = {"explain": ExplainInput, "rank": RankInput}
