"""The check of a model's texts: what is true passes, and nothing else does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.paraphrases import CHINESE, ENGLISH
from benchmarks.scenes import OF_MANY
from benchmarks.scenes import Scene as Invented
from newaisle.agent.claims.reason import Reason
from newaisle.agent.claims.sentences import SENTENCES, sentences, short_title
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim, ClaimKind
from newaisle.agent.schema.style import Style
from newaisle.agent.wording.check.check import TextEvidence, problem
from newaisle.languages import Language
from newaisle.store.rows import Event, Product
from newaisle.store.synonyms import known_synonyms as synonyms
from tests.agent.wording.check.evidence import EVENT_VERBS, SCENES, Scene, reason, true_texts

TRUE = [(text, evidence, scene) for scene in SCENES for text, evidence in true_texts(scene)]
Change = Callable[[str, Scene], str]


def replaced_deed(text: str, scene: Scene, verb: str) -> str:
    return text.replace(f" {EVENT_VERBS[scene.event]}", f" {verb}")


def swap(text: str, scene: Scene) -> str:
    return text.replace(scene.product, "§").replace(scene.row, scene.product).replace("§", scene.row)


def before_the_end(addition: str) -> Change:
    return lambda text, scene: f"{text[:-1]}{addition}{text[-1]}"


CORRUPTIONS: dict[str, Change] = {
    "names swapped": swap,
    "the product said to be bought": lambda text, scene: text.replace(scene.product, f"{scene.product} you bought", 1),
    "the product said to be owned": lambda text, scene: (
        f"{text[:-1]} and because you have the {scene.product}{text[-1]}"
    ),
    "another product recommended": lambda text, scene: text.replace(scene.product, "Zinc hand fork", 1),
    "another product in the history": lambda text, scene: text.replace(scene.row, "Zinc hand fork"),
    "a word added to the title": lambda text, scene: text.replace(scene.product, f"{scene.product} deluxe", 1),
    "a number added to the title": lambda text, scene: text.replace(scene.product, f"{scene.product} 500", 1),
    "a price invented": before_the_end(", at only 9.99 USD"),
    "a price in signs": before_the_end(" for $5"),
    "a discount": before_the_end(" and is 20% off"),
    "praise": lambda text, scene: text.replace(scene.product, f"excellent {scene.product}", 1),
    "praise at the end": before_the_end(", which is outstanding"),
    "a superlative": before_the_end(" and it is the best choice"),
    "stars": before_the_end(" ★★★★★"),
    "an emoji": before_the_end(" 😀"),
    "a promise": lambda text, scene: f"{text} You will love it.",
    "a quality that nobody claimed": before_the_end(" and it is waterproof"),
    "what others did": before_the_end(", and other customers bought it too"),
    "a comparison": before_the_end(f" and is better than the {SCENES[0].row} you bought"),
    "another brand": before_the_end(" and is by Zeller"),
    "a denial": lambda text, scene: text.replace(" is ", " is not ", 1).replace(" shares", " does not share", 1),
    "a shop's advice": before_the_end(", so buy it"),
    "the end missing": lambda text, scene: text[:-1],
    "half of it missing": lambda text, scene: text[: len(text) // 2].rstrip(".!"),
    "said twice": lambda text, scene: f"{text} {text}",
    "preceded by talk": lambda text, scene: f"Sure, here is a sentence: {text}",
    "followed by talk": lambda text, scene: f"{text} I hope this helps.",
    "a title repeated": lambda text, scene: text.replace(scene.product, f"{scene.product} {scene.product}", 1),
    "no claim left": lambda text, scene: f"The {scene.product} suits you.",
    "too long": lambda text, scene: text + " It is it." * 60,
    "in capitals with markup": lambda text, scene: f"**{text}**",
}


def corrupted() -> Iterator[tuple[str, str, TextEvidence]]:
    for text, evidence, scene in TRUE:
        for name, change in CORRUPTIONS.items():
            if (wrong := change(text, scene)) != text:
                yield name, wrong, evidence
        for event, verb in EVENT_VERBS.items():
            # What was rated highly was liked.
            if event is not scene.event and (scene.event, event) != (Event.RATING, Event.LIKE):
                yield f"deed {verb}", replaced_deed(text, scene, verb), evidence


def test_a_true_text_passes() -> None:
    for text, evidence in [(text, evidence) for text, evidence, _ in TRUE]:
        assert problem(text, "stop", evidence) is None, text


def test_no_corrupted_text_passes() -> None:
    for name in [*CORRUPTIONS, *(f"deed {verb}" for verb in EVENT_VERBS.values())]:
        variants = [(text, evidence) for kind, text, evidence in corrupted() if kind == name]
        assert len(variants) >= 20, name
        assert [text for text, evidence in variants if problem(text, "stop", evidence) is None] == [], name


def test_there_are_many_corrupted_texts() -> None:
    assert len({text for _, text, _ in corrupted()}) > 1000


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.product)
@pytest.mark.parametrize("claimed", ["brand", "words"])
def test_a_likeness_that_no_claim_makes_is_refused(scene: Scene, claimed: ClaimKind) -> None:
    others = [text for text, its in true_texts(scene) if its.reasons[0].claim.kind == "similar"]
    assert others
    assert all(problem(text, "stop", scene.evidence(claimed)) for text in others)


def test_what_the_fields_of_both_say_needs_no_claim() -> None:
    for scene in SCENES:
        texts = [text for text, its in true_texts(scene) if [one.claim.kind for one in its.reasons] == ["brand"]]
        assert texts
        assert all(problem(text, "stop", scene.evidence("similar")) is None for text in texts)


def test_a_word_that_is_not_shared_is_refused() -> None:
    for scene in SCENES:
        for word in scene.shared:
            texts = [t.replace(f'"{word}"', '"zinc"') for t, g in true_texts(scene) if f'"{word}"' in t]
            assert texts
            assert all(problem(text, "stop", scene.evidence("brand", "words")) for text in texts)


def test_a_brand_that_is_not_the_products_is_refused() -> None:
    for scene in SCENES:
        texts = [t.replace(f"by {scene.brand}", "by Orrin & Co") for t, _ in true_texts(scene) if "by" in t]
        assert all(problem(text, "stop", scene.evidence("brand", "words")) for text in texts)


def test_a_claim_about_one_row_is_not_taken_for_another() -> None:
    mug = Product(item_id="m", title="Oak camp mug", brand="Hale")
    tent = Product(item_id="t", title="Linen tent", brand="Orrin")
    stove = Product(item_id="s", title="Hale folding stove", brand="Hale")
    evidence = TextEvidence(stove, "Camp", [reason("brand", "Hale", mug), reason("words", "linen", tent, Event.VIEW)])
    for true in (
        "The folding stove is by Hale, like the camp mug you bought.",
        "Like your mug, this stove is by Hale.",
    ):
        assert problem(true, "stop", evidence) is None, true
    for wrong in (
        "The folding stove is by Hale, like the Linen tent you looked at.",
        "The folding stove is by Hale, like the camp mug you looked at.",
        'The folding stove shares "linen" with the camp mug you bought.',
        'The folding stove shares "linen" with the Linen tent you bought.',
        "The folding stove is by Hale, like the Hale Linen tent you looked at.",
    ):
        assert problem(wrong, "stop", evidence), wrong


def test_a_product_and_a_row_with_words_in_common_are_told_apart() -> None:
    small, large = (Product(item_id=s, title=f"Sip running vest, {s}", brand="Hale") for s in ("small", "large"))
    evidence = TextEvidence(small, "Running", [reason("brand", "Hale", large)])
    true = "The Sip running vest is by Hale, like the Sip running vest, large you bought."
    assert problem(true, "stop", evidence) is None
    assert problem(true.replace("vest is", "vest, large is"), "stop", evidence)


@pytest.mark.parametrize("finish", ["length", "deadline"])
def test_a_text_that_was_cut_off_is_refused(finish: str) -> None:
    text, evidence, _ = TRUE[0]
    assert problem(text, finish, evidence) == "it is not complete"  # type: ignore[arg-type]


def test_a_refusal_says_why() -> None:
    for text, why in [
        ("", "it is not complete"),
        ("The Kettle suits you", "it is not complete"),
        ("The Kettle is great.", "it makes no claim"),
        ("The Kettle is outstanding.", "'outstanding' is in no claim"),
        ("The Kettle suits you.", "it makes no claim"),
        ("The pouring kettle you looked at is worth a look.", "'pouring kettle' is not what is recommended"),
        ("The Kettle is by Copperhythe, like the pouring kettle you bought.", "'bought' is not what was done with"),
        ("The Kettle you bought is by Copperhythe.", "'bought' is said of nothing in the history"),
        ("The Kettle is similar to the pouring kettle you looked at.", "'similar' is in no claim"),
        ("The Kettle is waterproof.", "'waterproof' is not in its fields"),
        ("The Kettle by Zeller suits you.", "'Zeller' is a name from nowhere"),
        ("The Kettle costs 12 USD.", "the number '12' is in no claim"),
        ("The Kettle, not the copper one you looked at.", "'not' denies what no claim denies"),
        ("The Kettle is by Copperhythe, which other customers like.", "what 'other' did is in no claim"),
        ("The Kettle suits you ♥.", "'♥' is no sign of a plain text"),
    ]:
        assert (problem(text, "stop", SCENES[3].evidence("brand")) or "").startswith(why), text


@pytest.mark.parametrize(
    "text",
    [
        "Hello! Would you like to try the {p}? It is by Hale, like the {r}.",
        "Discover the {p} by Hale: you bought the Hale oak camp mug.",
        "Fond of your oak camp mug? Then perhaps take a look at the {p}, from the same brand.",
        "You might want to explore the {p}; it shares linen with the {t}.",
        "How about something by Hale again, as with the {r}: the {p}?",
        "Why not give the {p} a go? Hale makes it, just as it makes the {r}.",
        "Since you bought the Hale oak camp mug, may we suggest the {p}, which weighs 45 g?",
        "Thanks for coming back: the {p} might be a lovely match, being by Hale like the {r}.",
    ],
)
def test_how_a_text_opens_and_whether_it_asks_is_free(text: str) -> None:
    assert problem(text.format(p=P, r=R, t=T), "stop", two_claims()) is None


@pytest.mark.parametrize(
    "text",
    [
        "明朗夹式阅读灯要不要试试？它和您买过的阅读靠垫都是明朗的产品。",
        "您好，不妨看看这款明朗夹式阅读灯：和您买过的阅读靠垫是同一个品牌。",
        "喜欢明朗的话，何不考虑夹式阅读灯呢？它和您买过的阅读靠垫一样提到“阅读”。",
    ],
)
def test_in_chinese_as_well(text: str) -> None:
    assert problem(text, "stop", chinese_evidence()) is None


def test_a_question_that_says_something_false_is_refused() -> None:
    for text in [
        f"Would you like the waterproof {P} by Hale, like the {R}?",
        f"Hello! Did you enjoy the {P}, by Hale like the {R}?",
        f"Looking for a bargain? The {P} is by Hale, like the {R}.",
        f"Would you try the {P}, which goes with your Hale oak camp mug?",
        f"A present for Mara? The {P} is by Hale, like the {R}.",
    ]:
        assert problem(text, "stop", two_claims()), text


def test_a_promise_that_a_claim_makes_may_be_said() -> None:
    evidence = SCENES[3].evidence("brand")
    stocked = evidence.reasons[0].claim.model_copy(update={"kind": "price_limit", "text": "It is in stock."})
    assert problem("The Kettle is in stock.", "stop", evidence) == "'in stock' is in no claim"
    assert problem("The Kettle is in stock.", "stop", replace(evidence, reasons=[Reason(stocked)])) is None


def test_a_wider_word_is_borne_out_by_a_narrower_one_and_not_the_other_way_round() -> None:
    pot = Product(item_id="p", title="Copperhythe titanium pot", brand="Copperhythe")
    evidence = replace(SCENES[3].evidence("brand"), product=pot)
    assert problem("The pot is of metal.", "stop", evidence) is None
    assert problem("The pot is of steel.", "stop", evidence) == "'steel' is not in its fields"
    metal = replace(evidence, product=replace(pot, title="Copperhythe metal pot"))
    assert problem("The pot is of titanium.", "stop", metal) == "'titanium' is not in its fields"
    assert (
        problem(
            "这款pot是钛的，和您浏览过的pouring kettle都是Copperhythe的。", "stop", replace(evidence, language="zh")
        )
        is None
    )


def test_a_shop_has_synonyms_of_its_own(tmp_path: Path) -> None:
    evidence = SCENES[3].evidence("brand")
    text = "The Kettle is a samovar of sorts, by Copperhythe."
    in_shop = replace(evidence, frequencies=lambda words: dict.fromkeys({"samovar"} & {*words}, 1))
    assert problem(text, "stop", in_shop) == "'samovar' is not in its fields"
    own = tmp_path / "synonyms.txt"
    own.write_text("samovar => kettle\n", encoding="utf-8")
    assert problem(text, "stop", replace(in_shop, synonyms=synonyms(own))) is None
    own.write_text("samovar => teapot\n", encoding="utf-8")
    os.utime(own, ns=(1, 1))
    assert problem(text, "stop", replace(in_shop, synonyms=synonyms(own)))


def chinese_evidence() -> TextEvidence:
    lamp = Product(item_id="p", title="明朗 夹式阅读灯 USB 3W", brand="明朗")
    cushion = Product(item_id="r", title="明朗阅读靠垫 绿色", brand="明朗")
    reasons = [reason("brand", "明朗", cushion), reason("words", "阅读", cushion)]
    return TextEvidence(lamp, "台灯", reasons, "zh", frequencies=lambda words: dict.fromkeys({"饭煲"} & {*words}, 1))


@pytest.mark.parametrize(
    "text",
    [
        "明朗 夹式阅读灯适合您，因为它和您买过的“明朗阅读靠垫”都是明朗的产品。",
        "夹式阅读灯和您买过的“阅读靠垫”都提到“阅读”。",
        "这款夹式阅读灯很适合你，因为它与你购买过的阅读靠垫是同一个品牌。",
        "夹式阅读灯适合您，因为它和您买过的阅读靠垫都是明朗的产品，而且和您买过的阅读靠垫都有“阅读”。",
    ],
)
def test_a_true_chinese_text_passes(text: str) -> None:
    assert problem(text, "stop", chinese_evidence()) is None


def test_a_false_chinese_text_is_refused() -> None:
    for text in [
        "明朗夹式阅读灯是最好的。",
        "夹式阅读灯适合您，因为它和您喜欢的阅读靠垫都是明朗的产品。",
        "夹式阅读灯适合您，因为它和您买过的电饭煲都是明朗的产品。",
        "阅读靠垫适合您，因为它和您买过的夹式阅读灯都是明朗的产品。",
        "夹式阅读灯适合您，因为它和您买过的阅读靠垫都是青禾的产品。",
        "夹式阅读灯和您买过的阅读靠垫都提到“木质”。",
        "夹式阅读灯和您买过的阅读靠垫相似。",
        "夹式阅读灯适合您，因为它和您买过的阅读靠垫都是明朗的产品，只要39元。",
        "夹式阅读灯适合您，因为它和您买过的阅读靠垫都是明朗的产品，您一定会喜欢。",
        "您买过的夹式阅读灯和您买过的阅读靠垫都是明朗的产品。",
        "夹式阅读灯不适合您，因为它和您买过的阅读靠垫都是明朗的产品。",
        "夹式阅读灯适合您，因为它和您买过的阅读靠垫都是明朗的产品",
    ]:
        assert problem(text, "stop", chinese_evidence()), text


KINDS: list[ClaimKind] = [*ENGLISH, "expected_popularity", "category"]
STYLES: list[Style] = ["short", "detailed", "seller"]


def invented(language: Language, style: Style = "short", event: Event = Event.PURCHASE, also: int = 0) -> Invented:
    """A product, the row that most is claimed of, and another that has the shared words."""
    titles = {
        "en": (
            "Tarnwick Torrent stove and pot, 1 litre",
            "Tarnwick steel commuter mug",
            "Orrin & Sons oak desk tray",
            "Lumo fork",
        ),
        "zh": ("明朗 夹式阅读灯 USB 3W", "明朗保温露营杯 绿色", "青禾 橡木桌面托盘", "云朵园艺手耙"),
    }[language]
    brands = {"en": ("Tarnwick", "Orrin & Sons", "Lumo"), "zh": ("明朗", "青禾", "云朵")}[language]
    new, known = {"en": ("Camp Kitchen", "Hiking"), "zh": ("台灯", "家居")}[language]
    owners = (brands[0], brands[0], brands[1], brands[2])
    first, second, third, fourth = (
        Product(item_id=name, title=title, brand=brand, price=24.0, currency="USD", category=("Shop", known))
        for name, title, brand in zip("pqro", titles, owners, strict=True)
    )
    return Invented(
        language=language,
        style=style,
        category=new,
        row_category=known,
        product=first,
        rows=(HistoryRow(product=second, event=event, liking=1.0), HistoryRow(product=third, event=event, liking=1.0)),
        other=fourth,
        words=("bog oak", "linen") if language == "en" else ("折叠", "亚麻"),
        attribute=("weave", "merino") if language == "en" else ("面料", "羊毛"),
        excluded="plastic" if language == "en" else "塑料",
        count=12,
        also=also,
        limit=30.0,
    )


@pytest.mark.parametrize("kind", KINDS)
@given(
    language=st.sampled_from(list(SENTENCES)),
    style=st.sampled_from(STYLES),
    event=st.sampled_from(list(EVENT_VERBS)),
    also=st.sampled_from([0, 1, 8]),
    is_named=st.booleans(),
)
def test_the_own_sentence_of_every_claim_passes(
    kind: ClaimKind, language: Language, style: Style, event: Event, also: int, is_named: bool
) -> None:
    scene = invented(language, style, event, also if kind in OF_MANY else 0)
    evidence = scene.evidence([kind])
    text = evidence.reasons[0].claim.text
    if is_named:
        title = short_title(scene.product.title)
        text = text.replace("它", title, 1) if language == "zh" else text.replace("It ", f"The {title} ", 1)
    assert problem(text, "stop", evidence) is None


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize(
    "kind", ["brand", "words", "attribute", "similar", "closer", "price_level", "together", "counted"]
)
def test_the_own_sentence_of_a_claim_fails_with_another_row_or_count(kind: ClaimKind, language: Language) -> None:
    scene = invented(language, also=2)
    evidence = scene.evidence([kind])
    text = evidence.reasons[0].claim.text
    assert problem(text.replace(short_title(scene.row_of(kind).product.title), scene.other.title), "stop", evidence)
    for count, wrong in (("12", "21"), ("3", "4")):
        assert count not in text or problem(text.replace(count, wrong), "stop", evidence)


# What each of these says, the others say as well.
_SAME = [{"brand", "wanted_brand"}, {"similar", "closer"}, {"popularity", "together"}]
FREE = [("en", kind, form) for kind, forms in ENGLISH.items() for form in forms] + [
    ("zh", kind, form) for kind, forms in CHINESE.items() for form in forms
]


def test_what_is_claimed_may_be_worded_freely() -> None:
    for language, kind, form in FREE:
        for event in EVENT_VERBS if language == "en" else [Event.PURCHASE]:
            scene = invented(language, event=event)
            text = form.format(**scene.names(kind))
            assert problem(text, "stop", scene.evidence([kind])) is None, (language, kind, form)
            others: list[ClaimKind] = [one for one in KINDS if one != kind and {one, kind} not in _SAME]
            # That both are of one brand is in the fields.
            assert kind == "brand" or problem(text, "stop", scene.evidence(others)), text


def two_claims(style: Style = "short") -> TextEvidence:
    """A stove of the brand and material of a mug, that shares words with a tent and is like it."""
    mug = Product(item_id="m", title="Hale oak camp mug", brand="Hale", category=("S", "Hiking"))
    tent = Product(item_id="t", title="Orrin linen trekking tent", brand="Orrin", category=("S", "Tents"))
    stove = Product(item_id="s", title="Hale folding gas stove, 45 g", brand="Hale", price=24.0, currency="USD")
    price = Claim(
        kind="price_limit",
        text="At 24.00 USD it is within the limit of 30.00 USD.",
        basis="general",
        history_item_id=None,
        item_field="price",
        value="24.00 USD",
        contribution=0.0,
    )
    attribute = reason("attribute", "oak", mug)
    attribute = Reason(attribute.claim.model_copy(update={"item_field": "attributes.material"}), attribute.row)
    likeness = [reason("words", "linen, storm proof", tent, Event.VIEW), reason("similar", "", tent, Event.VIEW)]
    reasons = [reason("brand", "Hale", mug), attribute, *likeness, Reason(price)]
    return TextEvidence(
        stove, "Camp Kitchen", reasons, "en", style, frequencies=lambda words: dict.fromkeys({"jug"} & {*words}, 1)
    )


P, R, T = "Hale folding gas stove", "Hale oak camp mug you bought", "Orrin linen trekking tent you looked at"


def test_two_claims_pass_in_many_ways() -> None:
    for text in [
        f"The {P} is by Hale, like the {R}, and is similar to the {T}.",
        f"The {P} is by Hale, like the {R}, and it shares linen with the {T}.",
        f"You bought the Hale oak camp mug; the {P} is of the same brand. It costs 24.00 USD, within the limit of 30.",
        "The folding gas stove is by Hale, like the oak camp mug that you've bought.",
        "The HALE Folding Gas-Stoves are by hale, like the Hale Oak camp mugs you bought!",
        f"By Hale, just as your camp mug: would you like to try the {P}?",
        f"Both the {P} and the {R} have the material oak.",
    ]:
        assert problem(text, "stop", two_claims()) is None, text


def test_what_is_bound_to_the_wrong_thing_is_refused() -> None:
    for text in [
        # roles of the product and a row
        f"The {R} may suit you because it is by Hale, like the {P}.",
        f"The {P} is the {R}.",
        f"The {P}, the {R}, is by Hale.",
        f"The {P} is a Hale oak camp mug, by the same brand as the {R}.",
        f"Your {P} is by Hale, like the {R}.",
        f"You have the {P}, which is by Hale, like the {R}.",
        f"We suggest the {R}, as the {P} is by Hale.",
        f"The {P} fits you, and the {R} is worth a look.",
        f"The {P} suits the {R}.",
        f"Because the {P} is by Hale, you bought the Hale oak camp mug.",
        f"The {P} is by Hale, so you bought the Hale oak camp mug for it.",
        f"Both the {R} and the {R} are by Hale.",
        # properties of the other row
        f"The {P} is by Hale, like the {T}.",
        f"The {P}, like the {T}, is by Hale.",
        f"The {P} is by Hale and so is the {T}.",
        f"The {P} is by the same brand as the {T}.",
        f"The {P} is by Hale, like the {R} and the {T}.",
        f"Since you looked at the Orrin linen trekking tent by Hale, the {P} may suit you.",
        "You looked at the Orrin linen trekking tent. Both are by Hale.",
        f"You looked at the Orrin linen trekking tent. The {P} is also by Hale.",
        f"Both the {R} and the {T} are by Hale.",
        f"The {P} is similar to the {R}.",
        f'The {P} shares "linen" with the {R} and is by Hale, like the {T}.',
        f"The {T} is oak, and this one is oak too.",
        # who made and who chose what
        f"The {R} chose the {P}, which is by Hale.",
        f"You bought the Hale oak camp mug, and the {P} is by Stove.",
        f"Hale made the {T}, and the {P} as well.",
        # attributes and values
        f"The {P} shares the material linen with the {T}.",
        f"The {P} shares the material oak with the {T}.",
        f"The {P} is made of oak, like the {T}.",
        f'The {P} shares "oak camp" with the {T}.',
        # deeds
        f"You bought the Hale oak camp mug and the Orrin linen trekking tent, and the {P} is by Hale.",
        f"You bought and liked the Hale oak camp mug, and the {P} is by Hale.",
        f"You bought it, and the {P} is by Hale, like the {R}.",
        f"The {P} is by Hale, like your Orrin linen trekking tent.",
        "The customer bought the Hale oak camp mug, and the Hale folding gas stove is by Hale.",
        # prices, places, comparisons
        f"The {P} costs 30.00 USD, within the limit of 24.00 USD.",
        f"The {P} costs 24.00 EUR, within the limit of 30.00 USD.",
        f"The {R} costs 24.00 USD.",
        f"The {R} is within the limit of 30.00 USD.",
        f"The {P} and the {R} in Camp Kitchen are both by Hale.",
        f"The {R} is from Camp Kitchen, and the {P} is by Hale too.",
        f"The {P} is more similar to the {T} than most of Camp Kitchen.",
        f"The {P} is at the same price level in its category as the {R}.",
        f"Other customers were interested in the {P} and the {R}.",
        # names
        f"The Hale folding brass stove is by Hale, like the {R}.",
        f"The {P}, 55 g is by Hale, like the {R}.",
        f"The {P} is by Hale, like the Hale oak camp jug you bought.",
    ]:
        assert problem(text, "stop", two_claims()), text


MANY = f"The {P} is by Hale, like 3 products you chose in Hiking, among them the {R}."


def counted() -> TextEvidence:
    """Claims with numbers: three rows of a brand, and other customers."""
    evidence = two_claims()
    brand, tent = evidence.reasons[0], evidence.reasons[2].row
    many = brand.claim.model_copy(update={"also": ["a", "b"], "text": MANY})
    together = evidence.reasons[2].claim.model_copy(update={"kind": "together", "value": "25"})
    closer = evidence.reasons[2].claim.model_copy(update={"kind": "closer", "value": "more than 80 %"})
    popular = evidence.reasons[4].claim.model_copy(update={"kind": "popularity", "value": "12"})
    reasons = [Reason(many, brand.row), Reason(together, tent), Reason(closer, tent), Reason(popular)]
    return TextEvidence(evidence.product, evidence.category, reasons)


@pytest.mark.parametrize(
    "text",
    [
        MANY,
        MANY.replace("3", "three"),
        f"25 other customers were interested in both the {P} and the {T}. 12 other customers took an interest in it.",
        f"The {P} is described more like the {T} than most of Camp Kitchen.",
    ],
)
def test_counts_and_comparisons_of_the_claims_pass(text: str) -> None:
    assert problem(text, "stop", counted()) is None


def test_other_counts_and_comparisons_are_refused() -> None:
    for text in [
        MANY.replace("3", "4"),
        MANY.replace("3", "12"),
        MANY.replace("Hiking", "Tents"),
        MANY.replace("chose", "bought"),
        MANY.replace(R, T),
        f"25 other customers took an interest in the {P}.",
        f"12 other customers were interested in both the {P} and the {T}.",
        f"25 other customers were interested in both the {P} and the {R}.",
        f"25 other customers bought both the {P} and the {T}.",
        f"12 other customers took an interest in the {R}.",
        f"12 other customers like the {P}.",
        f"The {P} may suit you as 12 other customers were interested in Camp Kitchen.",
        f"The {T} is described more like the {P} than most of Camp Kitchen.",
        f"The {P} is described more like Camp Kitchen than the {T}.",
        f"The {P} is described more like the {T} than most of Hiking.",
        f"The {P} is described less like the {T} than most of Camp Kitchen.",
        f"Most of Camp Kitchen is described more like the {T} than the {P}.",
        f"The {T} speaks for the {P}.",
        f"The {R} speaks most for the {P}.",
    ]:
        assert problem(text, "stop", counted()), text


@pytest.mark.parametrize(
    "text",
    [
        f"Show the customer the {P} because it is by Hale, like the Hale oak camp mug they bought.",
        f"The customer bought the Hale oak camp mug, so the {P}, also by Hale, may suit them.",
        f"Since they bought the Hale oak camp mug, you could suggest the {P}, which is by the same brand.",
        f"Point out that the {P} is by Hale, the same brand as the Hale oak camp mug that the customer bought.",
    ],
)
def test_a_text_for_the_seller_speaks_of_the_customer(text: str) -> None:
    assert problem(text, "stop", two_claims("seller")) is None
    assert problem(text, "stop", two_claims("short"))


def test_a_false_text_for_the_seller_is_refused() -> None:
    for text in [
        f"The {P} is by Hale, like the {R}.",
        f"The customer bought the {P}, by Hale like the Hale oak camp mug they bought.",
        f"Offer the customer the Hale oak camp mug they bought, as the {P} is by Hale.",
        "Show the customer the Hale oak camp mug they bought because it is by Hale.",
        f"The customer loves Hale, so show the {P}.",
    ]:
        assert problem(text, "stop", two_claims("seller")), text


def test_a_part_of_a_long_title_stands_for_it() -> None:
    film = Product(item_id="f", title="Sin City (2005)", category=("Crime",))
    row = Product(item_id="r", title="Star Saga: Episode IV - A New Hope (1977)")
    evidence = TextEvidence(film, "Crime", [reason("similar", "", row, Event.RATING)])
    assert problem("Sin City is similar to A New Hope, which you rated highly.", "stop", evidence) is None
    assert problem("Sin City is similar to A New Hope, which you bought.", "stop", evidence)


def test_whom_it_is_for_is_no_deed_of_others() -> None:
    text = f"The {P} by Hale, like the {R}, is for people who"
    assert problem(f"{text} pick things well.", "stop", two_claims()) is None
    assert problem(f"{text} hate steel.", "stop", two_claims())
    assert problem(f"The {P} by Hale, like the {R}, is what people pick.", "stop", two_claims())


def test_marks_that_a_name_ends_with_belong_to_it() -> None:
    film, row = (Product(item_id=i, title=t) for i, t in [("f", "Who's There? (2011)"), ("r", "Forrest Gump (1994)")])
    evidence = TextEvidence(film, "(no genres listed)", [reason("similar", "", row, Event.RATING)])
    text = "The Who's There? (2011) from (no genres listed) is similar to the Forrest Gump (1994) you rated highly."
    assert problem(text, "stop", evidence) is None
    assert problem(text.replace("1994", "1995"), "stop", evidence)


@pytest.mark.parametrize(
    "text", ["它和您喜欢的“阅读靠垫”都是明朗的产品。", "因为夹式阅读灯是明朗的产品，所以您买过阅读靠垫。"]
)
def test_a_chinese_deed_is_that_of_the_row(text: str) -> None:
    assert problem(text, "stop", chinese_evidence())


@given(text=st.text(max_size=200), language=st.sampled_from(list(SENTENCES)), style=st.sampled_from(STYLES))
@settings(max_examples=50)
def test_any_text_gets_a_verdict(text: str, language: Language, style: Style) -> None:
    evidence = invented(language, style).evidence(["brand", "words"])
    assert problem(f"{text}.", "stop", evidence) is not None


@given(data=st.data(), language=st.sampled_from(list(SENTENCES)))
@settings(max_examples=50)
def test_words_of_the_evidence_in_any_order_are_refused_or_true(data: st.DataObject, language: Language) -> None:
    """Nothing with a row that a deed does not belong to passes, whatever else is there."""
    scene = invented(language)
    evidence = scene.evidence(["brand"])
    say = sentences(language, "short")
    wrong = say.did[Event.LIKE]
    pieces = [evidence.reasons[0].claim.text.rstrip(".。"), wrong, scene.product.title, scene.rows[0].product.title]
    order = data.draw(st.permutations(pieces))
    assert problem(f"{' '.join(order)}.", "stop", evidence)


def test_a_text_that_only_praises_gives_no_reason_beside_a_count_of_others() -> None:
    lamp, desk = Product(item_id="l", title="Hale oak lamp", brand="Hale"), Product(item_id="d", title="Hale oak desk")
    counted = Claim(
        kind="popularity",
        text="3 other customers took an interest in it.",
        basis="category",
        history_item_id=None,
        item_field="item_id",
        value="3",
        contribution=0.1,
    )
    evidence = TextEvidence(lamp, "Lamps", [reason("brand", "Hale", desk), Reason(counted)])
    assert problem("It is really nice.", "stop", evidence) == "it makes no claim"
    assert problem("3 other customers took an interest in it.", "stop", evidence) is None
