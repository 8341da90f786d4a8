"""Products, reasons and the true sentences that can be made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newaisle.agent.claims.reason import Reason
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.wording.check.check import TextEvidence
from newaisle.store.rows import Event, Product

EVENT_VERBS = {
    Event.PURCHASE: "bought",
    Event.REVIEW: "reviewed",
    Event.RATING: "rated highly",
    Event.LIKE: "liked",
    Event.VIEW: "looked at",
}


def reason(kind: ClaimKind, value: str, product: Product, event: Event = Event.PURCHASE) -> Reason:
    """A reason of kind brand, words or similar that rests on a history row with this product."""
    claim = Claim(
        kind=kind,
        text="",
        basis="history",
        history_item_id=product.item_id,
        item_field="brand" if kind == "brand" else "title",
        value="cosine 0.71" if kind == "similar" else value,
        contribution=1.0,
    )
    return Reason(claim, HistoryRow(product=product, event=event, liking=1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A product to be recommended and one thing that the customer did with another."""

    product: str
    row: str
    brand: str
    shared: tuple[str, str]
    event: Event

    def evidence(self, *kinds: ClaimKind) -> TextEvidence:
        product = Product(item_id="p", title=self.product, brand=self.brand)
        row = Product(item_id="r", title=self.row, brand=self.brand)
        value: dict[ClaimKind, str] = {"brand": self.brand, "words": ", ".join(self.shared), "similar": ""}
        reasons = [reason(kind, value[kind], row, self.event) for kind in kinds]
        return TextEvidence(product, "Camp Kitchen", reasons)


SCENES = [
    Scene(
        product="Tarnwick Torrent integrated stove and pot, 1 litre",
        row="Tarnwick double-wall steel commuter mug",
        brand="Tarnwick",
        shared=("steel", "double wall"),
        event=Event.PURCHASE,
    ),
    Scene(
        product="hp 60 black tri color original ink cartridges 2 pack",
        row="hp 63 black tri color original ink cartridges",
        brand="hp",
        shared=("original", "ink cartridges"),
        event=Event.REVIEW,
    ),
    Scene(
        product="Folding camp knife (9 cm)",
        row="Hand-forged chef's knife",
        brand="Ashanvil & Sons",
        shared=("carbon", "bog oak"),
        event=Event.RATING,
    ),
    Scene(
        product="Kettle",
        row="Copper pouring kettle 2.0",
        brand="Copperhythe",
        shared=("copper", "pouring"),
        event=Event.VIEW,
    ),
    Scene(
        product="Macramé cord 4mm 50 yards",
        row="Stretch magic bead cord",
        brand="St. Orrin's",
        shared=("cotton", "cord"),
        event=Event.LIKE,
    ),
]
_FORMS: dict[ClaimKind, list[str]] = {
    "brand": [
        "The {p} suits you because it is by {b}, like the {r} you {did}.",
        "The {p} may suit you because it is by {b}, just like the {r} that you {did}.",
        "This {p} is made by {b}, like the {r} you have {did}.",
        "{p} matches you as it is by {b} and is like the {r} you also {did}!",
    ],
    "words": [
        'The {p} shares "{w}" and "{v}" with the {r} you {did}.',
        "The {p} may suit you because it shares both {w} and {v} with the {r} which you {did}.",
        'The {p} by {b} is a choice for you, since it shares "{v}" with the {r} you {did}.',
    ],
    "similar": [
        "The {p} is similar to the {r} you {did}.",
        "The {p} suits you because this product is similar to your {r} you {did}.",
    ],
}


def true_texts(scene: Scene) -> Iterator[tuple[str, TextEvidence]]:
    """Sentences that say nothing but what the evidence say, as small models word them."""
    w, v = scene.shared
    names = {"p": scene.product, "r": scene.row, "b": scene.brand, "w": w, "v": v, "did": EVENT_VERBS[scene.event]}
    for kind, forms in _FORMS.items():
        for form in forms:
            yield form.format(**names), scene.evidence(kind)
    both = 'The {p} is by {b}, like the {r} you {did}, and it shares "{w}" with the {r} you {did}.'
    yield both.format(**names), scene.evidence("brand", "words")
