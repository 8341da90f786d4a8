"""The check of a model's texts: what is true passes, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from agent.explain.check import Grounds, problem
from store.rows import Event, Product
from tests.agent.explain.grounds import DEEDS, SCENES, Scene, reason, true_texts

TRUE = [(text, grounds, scene) for scene in SCENES for text, grounds in true_texts(scene)]
Change = Callable[[str, Scene], str]


def replaced_deed(text: str, scene: Scene, deed: str) -> str:
    return text.replace(f" {DEEDS[scene.event]}", f" {deed}")


def swap(text: str, scene: Scene) -> str:
    return text.replace(scene.product, "§").replace(scene.row, scene.product).replace("§", scene.row)


def before_the_end(addition: str) -> Change:
    return lambda text, scene: f"{text[:-1]}{addition}{text[-1]}"


CORRUPTIONS: dict[str, Change] = {
    "names swapped": swap,
    "the product said to be bought": lambda text, scene: text.replace(scene.product, f"{scene.product} you bought", 1),
    "the product said to be owned": before_the_end(" and because you have it"),
    "another product recommended": lambda text, scene: text.replace(scene.product, "Zinc hand fork", 1),
    "another product in the history": lambda text, scene: text.replace(scene.row, "Zinc hand fork"),
    "a word added to the title": lambda text, scene: text.replace(scene.product, f"{scene.product} deluxe", 1),
    "a number added to the title": lambda text, scene: text.replace(scene.product, f"{scene.product} 500", 1),
    "words of the title in another order": lambda text, scene: text.replace(
        scene.row, " ".join(reversed(scene.row.split()))
    ),
    "a price invented": before_the_end(", at only 9.99 USD"),
    "a price in signs": before_the_end(" for $5"),
    "a discount": before_the_end(" and is 20% off"),
    "praise": lambda text, scene: text.replace(scene.product, f"excellent {scene.product}", 1),
    "praise at the end": before_the_end(", which is great"),
    "a superlative": before_the_end(" and it is the best choice"),
    "stars": before_the_end(" ★★★★★"),
    "an emoji": before_the_end(" 😀"),
    "a promise": lambda text, scene: f"{text} You will love it.",
    "a quality that nobody claimed": before_the_end(" and it is waterproof"),
    "what others did": before_the_end(", and other customers bought it too"),
    "a comparison": before_the_end(f" and is better than the {SCENES[0].row} you bought"),
    "another brand": before_the_end(" and is by Orrin"),
    "a denial": lambda text, scene: text.replace(" is ", " is not ", 1).replace(" shares", " does not share", 1),
    "a shop's advice": before_the_end(", so buy it"),
    "the end missing": lambda text, scene: text[:-1],
    "half of it missing": lambda text, scene: text[: len(text) // 2],
    "said twice": lambda text, scene: f"{text} {text}",
    "preceded by talk": lambda text, scene: f"Sure, here is a sentence: {text}",
    "followed by talk": lambda text, scene: f"{text} I hope this helps.",
    "a title repeated": lambda text, scene: text.replace(scene.product, f"{scene.product} {scene.product}", 1),
    "no claim left": lambda text, scene: f"The {scene.product} suits you.",
    "only the brand": lambda text, scene: f"The {scene.product} suits you because it is by {scene.brand}.",
    "too long": lambda text, scene: text + " It is it." * 60,
    "in capitals with markup": lambda text, scene: f"**{text}**",
}


def corrupted() -> Iterator[tuple[str, str, Grounds]]:
    for text, grounds, scene in TRUE:
        for name, change in CORRUPTIONS.items():
            if (wrong := change(text, scene)) != text:
                yield name, wrong, grounds
        for event, deed in DEEDS.items():
            if event is not scene.event:
                yield f"deed {deed}", replaced_deed(text, scene, deed), grounds


@pytest.mark.parametrize(("text", "grounds"), [(text, grounds) for text, grounds, _ in TRUE])
def test_a_true_text_passes(text: str, grounds: Grounds) -> None:
    assert problem(text, "stop", grounds) is None


@pytest.mark.parametrize("name", [*CORRUPTIONS, *(f"deed {deed}" for deed in DEEDS.values())])
def test_no_corrupted_text_passes(name: str) -> None:
    variants = [(text, grounds) for kind, text, grounds in corrupted() if kind == name]
    assert len(variants) >= 20
    assert [text for text, grounds in variants if problem(text, "stop", grounds) is None] == []


def test_there_are_many_corrupted_texts() -> None:
    assert len({text for _, text, _ in corrupted()}) > 1000


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.product)
@pytest.mark.parametrize("claimed", ["brand", "words", "similar"])
def test_a_text_that_makes_another_kind_of_claim_is_refused(scene: Scene, claimed: str) -> None:
    grounds = scene.grounds(claimed)
    others = [text for text, its in true_texts(scene) if its.reasons[0].claim != grounds.reasons[0].claim]
    assert others
    assert all(problem(text, "stop", grounds) for text in others)


def test_a_word_that_is_not_shared_is_refused() -> None:
    for scene in SCENES:
        for word in scene.shared:
            texts = [t.replace(f'"{word}"', '"zinc"') for t, g in true_texts(scene) if f'"{word}"' in t]
            assert texts
            assert all(problem(text, "stop", scene.grounds("brand", "words")) for text in texts)


def test_a_brand_that_is_not_the_products_is_refused() -> None:
    for scene in SCENES:
        texts = [t.replace(f"by {scene.brand}", "by Orrin & Co") for t, _ in true_texts(scene) if "by" in t]
        assert all(problem(text, "stop", scene.grounds("brand", "words")) for text in texts)


def test_a_claim_about_one_row_is_not_taken_for_another() -> None:
    mug, tent = (Product(item_id=i, title=t, brand="Hale") for i, t in [("m", "Oak camp mug"), ("t", "Linen tent")])
    stove = Product(item_id="s", title="Hale folding stove", brand="Hale")
    grounds = Grounds(stove, "Camp", [reason("brand", "Hale", mug), reason("words", "linen", tent, Event.VIEW)])
    assert problem("The folding stove is by Hale, like the camp mug you bought.", "stop", grounds) is None
    for wrong in (
        "The folding stove is by Hale, like the Linen tent you looked at.",
        "The folding stove is by Hale, like the camp mug you looked at.",
        'The folding stove shares "linen" with the camp mug you bought.',
        'The folding stove shares "linen" with the Linen tent you bought.',
        "The folding stove is by Hale, like the mug you bought.",
    ):
        assert problem(wrong, "stop", grounds), wrong


def test_a_product_and_a_row_with_words_in_common_are_told_apart() -> None:
    small, large = (Product(item_id=s, title=f"Sip running vest, {s}", brand="Hale") for s in ("small", "large"))
    grounds = Grounds(small, "Running", [reason("brand", "Hale", large)])
    true = "The Sip running vest is by Hale, like the Sip running vest, large you bought."
    assert problem(true, "stop", grounds) is None
    assert problem(true.replace("vest is", "vest, large is"), "stop", grounds)


@pytest.mark.parametrize("finish", ["length", "deadline"])
def test_a_text_that_was_cut_off_is_refused(finish: str) -> None:
    text, grounds, _ = TRUE[0]
    assert problem(text, finish, grounds) == "it is not complete"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not complete"),
        ("The Kettle suits you", "it is not complete"),
        ("The Kettle is great.", "'great' is in no claim"),
        ("The Kettle suits you.", "it makes no claim"),
        ("It is by Copperhythe, like the pouring kettle you looked at.", "it does not begin by saying something"),
        ("The Kettle suits you ♥.", "'♥' has no place in it"),
    ],
)
def test_a_refusal_says_why(text: str, why: str) -> None:
    assert (problem(text, "stop", SCENES[3].grounds("brand")) or "").startswith(why)


def chinese_grounds() -> Grounds:
    lamp = Product(item_id="p", title="明朗 夹式阅读灯 USB 3W", brand="明朗")
    cushion = Product(item_id="r", title="明朗阅读靠垫 绿色", brand="明朗")
    return Grounds(lamp, "台灯", [reason("brand", "明朗", cushion), reason("words", "阅读", cushion)], "zh")


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
    assert problem(text, "stop", chinese_grounds()) is None


@pytest.mark.parametrize(
    "text",
    [
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
    ],
)
def test_a_false_chinese_text_is_refused(text: str) -> None:
    assert problem(text, "stop", chinese_grounds())
