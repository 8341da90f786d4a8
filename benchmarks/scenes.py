"""Invented recommendations with their claims, and true texts about them, drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from benchmarks.paraphrases import CHINESE, ENGLISH
from newaisle.agent.claims.reason import Reason
from newaisle.agent.claims.sentences import sentences, short_title
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.check.text_evidence import TextEvidence
from newaisle.languages import Language
from newaisle.store.rows import Event, Product
from newaisle.store.words import words

BRANDS = {
    "en": "Hale,Orrin & Sons,Copperhythe,St. Brannock's,Tarnwick,Lumo,Ridgeline,Batley Works".split(","),
    "zh": "明朗,青禾,白桦,山野小筑,云朵,木石,海棠,Lumo".split(","),
}
MATERIALS = {
    "en": "oak,linen,copper,enamel,merino,titanium,bamboo,leather,cork,ceramic".split(","),
    "zh": "橡木,亚麻,黄铜,搪瓷,羊毛,钛合金,竹纤维,真皮,软木,陶瓷".split(","),
}
TRAITS = {
    "en": "folding,double-wall,quilted,hand-forged,cordless,stackable,insulated,woven,magnetic,collapsible".split(","),
    "zh": "折叠,双层,绗缝,手工,无线,叠放,保温,编织,磁吸,便携".split(","),
}
THINGS = {
    "en": "camp mug,reading lamp,hand fork,tea canister,notebook,travel kettle,desk tray,water jug,picnic rug".split(
        ","
    ),
    "zh": "露营杯,阅读灯,园艺手耙,茶叶罐,笔记本,旅行水壶,桌面托盘,储水袋,野餐垫".split(","),
}
CATEGORIES = {
    "en": "Camp Kitchen,Desk Lamps,Tea & Coffee,Garden Tools,Stationery".split(","),
    "zh": "露营厨房,台灯,茶具,园艺工具,文具".split(","),
}
ATTRIBUTES = {"en": "material,finish,weave".split(","), "zh": "材质,工艺,面料".split(",")}
_EVENT_VERBS = (Event.PURCHASE, Event.REVIEW, Event.RATING, Event.LIKE, Event.VIEW)
_PRODUCT_KINDS: tuple[ClaimKind, ...] = ("popularity", "price_limit", "wanted_brand", "excluded_words")
_TEMPLATES: dict[ClaimKind, str] = {"popularity": "others", "price_limit": "price", "excluded_words": "excluded"}
OF_MANY: tuple[ClaimKind, ...] = ("brand", "attribute", "words")


def _of_invented_shop(asked: Iterable[str]) -> dict[str, int]:
    """Each word that any product of these scenes may have stands in one product."""
    described = {
        word
        for texts in (BRANDS, MATERIALS, TRAITS, THINGS)
        for some in texts.values()
        for word in words(" ".join(some))
    }
    return {word: 1 for word in asked if word in described}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A recommended product, two rows of the customer's history, and what is claimed; `other` is no part of it.

    `rows[0]` has all that is claimed but the shared words, which are `rows[1]`'s.
    """

    language: Language
    style: Style
    category: str
    row_category: str
    product: Product
    rows: tuple[HistoryRow, HistoryRow]
    other: Product
    words: tuple[str, str]
    attribute: tuple[str, str]
    excluded: str
    count: int
    also: int
    limit: float

    def names(self, kind: ClaimKind) -> dict[str, str]:
        """What the placeholders of a form about a kind of claim stand for."""
        row = self.row_of(kind)
        say = sentences(self.language, self.style)
        did = say.did[row.event].removeprefix("you ").removeprefix("the customer ")
        return {
            "p": short_title(self.product.title),
            "r": short_title(row.product.title),
            "did": did,
            "b": self.product.brand or "",
            "w": self.excluded if kind == "excluded_words" else self.words[0],
            "v": self.words[1],
            "a": self.attribute[0],
            "x": self.attribute[1],
            "c": self.category,
            "n": str(self.count),
            "price": f"{self.product.price:.2f} USD",
            "limit": f"{self.limit:.2f} USD",
        }

    def row_of(self, kind: ClaimKind) -> HistoryRow:
        return self.rows[1 if kind == "words" else 0]

    def reason(self, kind: ClaimKind) -> Reason:
        """A claim of the scene with its own sentence."""
        row = self.row_of(kind)
        rests = kind not in (*_PRODUCT_KINDS, "expected_popularity", "category")
        many = self.also > 0 and kind in OF_MANY
        claim = Claim(
            kind=kind,
            text=self._sentence(kind, row, many=many),
            basis="history" if rests else "general",
            history_item_id=row.product.item_id if rests else None,
            also=[f"also {number}" for number in range(self.also)] if many else [],
            item_field=f"attributes.{self.attribute[0]}" if kind == "attribute" else "title",
            value=self._value(kind),
            contribution=1.0,
        )
        return Reason(claim, row if rests else None)

    def _sentence(self, kind: ClaimKind, row: HistoryRow, *, many: bool) -> str:
        say, names = sentences(self.language, self.style), self.names(kind)
        template = "often" if kind == "category" else _TEMPLATES.get(kind, kind) + ("_of_many" if many else "")
        said = [self.excluded] if kind == "excluded_words" else self.words
        return str(getattr(say, template)).format(
            title=names["r"],
            did=say.did[row.event],
            brand=names["b"],
            name=names["a"],
            value=names["x"],
            words=say.quoted(said),
            count=names["n"],
            category=self.category,
            price=names["price"],
            limit=names["limit"],
            many=say.many_in.format(count=1 + self.also, category=self.row_category),
        )

    def _value(self, kind: ClaimKind) -> str:
        values: dict[ClaimKind, str] = {
            "brand": self.product.brand or "",
            "wanted_brand": self.product.brand or "",
            "words": ", ".join(self.words),
            "excluded_words": self.excluded,
            "attribute": self.attribute[1],
            "together": str(self.count),
            "popularity": str(self.count),
            "price_limit": f"{self.product.price:.2f} USD",
            "similar": "cosine 0.71",
            "closer": "more than 84 %",
            "category": self.category,
            "expected_popularity": self.product.title,
        }
        return values.get(kind, "")

    def evidence(self, kinds: Sequence[ClaimKind]) -> TextEvidence:
        """What a text about some claims may draw on."""
        reasons = [self.reason(kind) for kind in kinds]
        evidence = TextEvidence(self.product, self.category, reasons, self.language, self.style)
        return replace(evidence, rows=self.rows, frequencies=_of_invented_shop)


@dataclass(frozen=True, slots=True)
class TrueText:
    """A text that says what the claims of some kinds say."""

    text: str
    scene: Scene
    kinds: tuple[ClaimKind, ...]
    forms: tuple[str, ...] = field(default=())

    @property
    def evidence(self) -> TextEvidence:
        return self.scene.evidence(self.kinds)

    @property
    def row(self) -> HistoryRow:
        return self.scene.row_of(self.kinds[0])


def draw_scene(random: Random) -> Scene:
    """A scene in one of the languages and styles."""
    language: Language = random.choice(("en", "zh"))
    style: Style = random.choice(("short", "detailed", "seller"))
    brands = random.sample(BRANDS[language], 3)
    things, traits = random.sample(THINGS[language], 4), random.sample(TRAITS[language], 8)
    materials = random.sample(MATERIALS[language], 8)
    events = random.sample(_EVENT_VERBS, 2)
    price = random.randrange(500, 9000) / 100
    category, row_category = random.sample(CATEGORIES[language], 2)
    gap = " " if language == "en" else ""

    def product(name: str, brand: str, at: int) -> Product:
        title = (
            gap.join((brand, traits[at], materials[at], things[at]))
            if language == "en"
            else (f"{brand} {traits[at]}{materials[at]}{things[at]}")
        )
        return Product(
            item_id=name,
            title=title,
            brand=brand,
            price=price,
            currency="USD",
            category=("Shop", category if name == "p" else row_category),
        )

    return Scene(
        language=language,
        style=style,
        category=category,
        row_category=row_category,
        product=product("p", brands[0], 0),
        rows=(
            HistoryRow(product=product("r1", brands[0], 1), event=events[0], liking=1.0),
            HistoryRow(product=product("r2", brands[1], 2), event=events[1], liking=1.0),
        ),
        other=product("o", brands[2], 3),
        words=(traits[5], materials[5]),
        attribute=(random.choice(ATTRIBUTES[language]), materials[6]),
        excluded=materials[7],
        count=random.randrange(11, 400),
        also=random.choice((0, 0, 1, 4)),
        limit=price + random.randrange(1, 2000) / 100,
    )


def draw_text(random: Random, scene: Scene) -> TrueText:
    """A true text about one claim or two, in a claim's own sentences or freely worded."""
    kinds: list[ClaimKind] = [*ENGLISH, "expected_popularity", "category"]
    first = random.choice(kinds)
    text, form = _worded(random, scene, first)
    if scene.style == "short" or first in ("words", "category", "expected_popularity") or random.random() < 0.4:
        return TrueText(text, scene, (first,), (form,))
    more, other = _worded(random, scene, "words")
    between = " " if scene.language == "en" else ""
    return TrueText(f"{text}{between}{more}", scene, (first, "words"), (form, other))


def _worded(random: Random, scene: Scene, kind: ClaimKind) -> tuple[str, str]:
    forms = (ENGLISH if scene.language == "en" else CHINESE).get(kind, [])
    row = scene.row_of(kind)
    free = forms and scene.style != "seller" and (scene.language == "en" or row.event is Event.PURCHASE)
    if free and random.random() < 0.75:
        form = random.choice(forms)
        return _capital(form.format(**scene.names(kind))), form
    text = scene.reason(kind).claim.text
    if random.random() < 0.5 and (say := _named(text, scene)):
        return say, "own sentence, named"
    return text, "own sentence"


def _named(text: str, scene: Scene) -> str:
    """The claim's own sentence with the product's name for `it`."""
    title = short_title(scene.product.title)
    for start, name in (("It ", f"The {title} "), ("它", title)):
        if text.startswith(start):
            return name + text.removeprefix(start)
    return ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
