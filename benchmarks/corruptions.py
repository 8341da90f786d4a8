"""Ways to make a true explanation false: each gives the changed text, or None where it does not apply."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from benchmarks.scenes import ATTRIBUTES, BRANDS, CATEGORIES, MATERIALS, TrueText
from newaisle.agent.claims.sentences import sentences, short_title
from newaisle.store.rows import Event

Corrupt = Callable[[Random, TrueText], str | None]


def _pick(english: str, chinese: str) -> Corrupt:
    """Adds one of some clauses before the end; they are parted by `|`."""

    def corrupt(random: Random, true: TrueText) -> str:
        clause = random.choice((english if true.scene.language == "en" else chinese).split("|"))
        return f"{true.text[:-1]}{clause}{true.text[-1]}"

    return corrupt


def _sentence(english: str, chinese: str) -> Corrupt:
    """Adds one of some sentences."""

    def corrupt(random: Random, true: TrueText) -> str:
        added = random.choice((english if true.scene.language == "en" else chinese).split("|"))
        return f"{true.text} {added}" if true.scene.language == "en" else f"{true.text}{added}"

    return corrupt


def _replace(text: str, old: str, new: str) -> str | None:
    return text.replace(old, new) if old and old != new and old in text else None


def _title(true: TrueText) -> str:
    return short_title(true.scene.product.title)


def _row(true: TrueText) -> str:
    return short_title(true.row.product.title)


def _other(true: TrueText) -> str:
    return short_title(true.scene.other.title)


def _swapped_names(_: Random, true: TrueText) -> str | None:
    if _title(true) not in true.text or _row(true) not in true.text:
        return None
    return true.text.replace(_title(true), "§").replace(_row(true), _title(true)).replace("§", _row(true))


def _another_product(_: Random, true: TrueText) -> str | None:
    return _replace(true.text, _title(true), _other(true))


def _another_row(_: Random, true: TrueText) -> str | None:
    return _replace(true.text, _row(true), _other(true))


def _row_for_product(_: Random, true: TrueText) -> str | None:
    return _replace(true.text, _title(true), _row(true))


def _product_for_row(_: Random, true: TrueText) -> str | None:
    return _replace(true.text, _row(true), _title(true))


def _swapped_rows(_: Random, true: TrueText) -> str | None:
    """Each of two statements said of the row of the other, with what was done with that one."""
    if len(true.kinds) < 2 or true.kinds[0] in ("popularity", "price_limit", "wanted_brand", "excluded_words"):
        return None
    first, second = (short_title(row.product.title) for row in true.scene.rows)
    did = sentences(true.scene.language, true.scene.style).did
    verbs = [did[row.event] for row in true.scene.rows]
    if any(text not in true.text for text in (first, second)):
        return None
    if all(verb.split()[-1] in true.text for verb in verbs):
        swapped = true.text.replace(first, "§").replace(second, first).replace("§", second)
        return swapped.replace(verbs[0], "§").replace(verbs[1], verbs[0]).replace("§", verbs[1])
    return None


def _swapped_deed(random: Random, true: TrueText) -> str | None:
    did = sentences(true.scene.language, true.scene.style).did
    own = did[true.row.event]
    used = {row.event for row in true.scene.rows}
    used |= {Event.LIKE} if Event.RATING in used else set()  # what was rated highly was liked
    wrong = random.choice([event for event in Event if event in did and event not in used])
    if own in true.text:
        return true.text.replace(own, did[wrong])
    return _replace(true.text, f" {own.split(' ', 1)[-1]} ", f" {did[wrong].split(' ', 1)[-1]} ")


def _product_bought(_: Random, true: TrueText) -> str | None:
    did = sentences(true.scene.language, true.scene.style).did[true.row.event]
    name = f"{_title(true)} {did}" if true.scene.language == "en" else f"{did}{_title(true)}"
    return _replace(true.text, _title(true), name)


def _wrong_brand(random: Random, true: TrueText) -> str | None:
    brand = true.scene.product.brand or ""
    wrong = random.choice([name for name in BRANDS[true.scene.language] if name != brand])
    names = {_title(true): "§p", short_title(true.scene.rows[0].product.title): "§r"}
    text = true.text
    for name, sign in names.items():
        text = text.replace(name, sign)
    changed = _replace(text, brand, wrong)
    for name, sign in names.items():
        changed = changed and changed.replace(sign, name)
    return changed


def _wrong_value(random: Random, true: TrueText) -> str | None:
    """Another product's attribute for the one that is claimed."""
    value = true.scene.attribute[1]
    taken = f"{true.scene.product.title} {true.scene.rows[0].product.title} {value} {' '.join(true.scene.words)}"
    wrong = [name for name in MATERIALS[true.scene.language] if name not in taken]
    return _replace(true.text, value, random.choice(wrong)) if "attribute" in true.kinds and wrong else None


def _value_of_row(_: Random, true: TrueText) -> str | None:
    """A word of the row's name for a word that both share."""
    if "words" not in true.kinds:
        return None
    title = true.scene.rows[1].product.title
    word = title.split()[-3] if true.scene.language == "en" else title.split()[-1][:2]
    return _replace(true.text, true.scene.words[0], word)


def _wrong_attribute(random: Random, true: TrueText) -> str | None:
    name = true.scene.attribute[0]
    wrong = random.choice([one for one in ATTRIBUTES[true.scene.language] if one != name])
    return _replace(true.text, name, wrong) if "attribute" in true.kinds else None


def _wrong_number(random: Random, true: TrueText) -> str | None:
    """One of the numbers that a claim states, changed."""
    text = true.text
    for name in (_title(true), *(short_title(row.product.title) for row in true.scene.rows)):
        text = text.replace(name, "§" * len(name))
    numbers = list(re.finditer(r"\d+(?:\.\d\d)?", text))
    if not numbers:
        return None
    match = random.choice(numbers)
    wrong = (
        f"{float(match[0]) + random.randrange(1, 50):.2f}"
        if "." in match[0]
        else str(int(match[0]) + random.randrange(1, 50))
    )
    return true.text[: match.start()] + wrong + true.text[match.end() :]


def _swapped_prices(_: Random, true: TrueText) -> str | None:
    names = true.scene.names("price_limit")
    if "price_limit" not in true.kinds:
        return None
    return true.text.replace(names["price"], "§").replace(names["limit"], names["price"]).replace("§", names["limit"])


def _wrong_category(random: Random, true: TrueText) -> str | None:
    scene = true.scene
    right = scene.row_category if scene.row_category in true.text else scene.category
    wrong = [name for name in CATEGORIES[scene.language] if name not in (scene.category, scene.row_category)]
    return _replace(true.text, right, random.choice(wrong))


_NEGATIONS = {
    "en": [
        (" is ", " is not "),
        (" shares ", " does not share "),
        (" mention ", " never mention "),
        (" are ", " aren't "),
        (" has ", " hasn't "),
        (" resembles ", " hardly resembles "),
        (" was ", " was not "),
        (" were ", " were not "),
        (" took ", " never took "),
        (" speaks ", " does not speak "),
        (" may ", " may not "),
        (" come", " do not come"),
        (" and the ", " but not the "),
        (" like the ", " unlike the "),
        (" with the ", " without the "),
    ],
    "zh": [
        ("都是", "都不是"),
        ("提到", "没有提到"),
        ("相似", "不相似"),
        ("感兴趣", "不感兴趣"),
        ("属于", "不属于"),
        ("适合", "不适合"),
        ("是", "不是"),
        ("支持", "不支持"),
        ("来自", "并非来自"),
        ("差不多", "差很多"),
        ("相同", "不相同"),
    ],
}


def _negated(random: Random, true: TrueText) -> str | None:
    if "excluded_words" in true.kinds and "没有提到" in true.text:
        return true.text.replace("没有提到", "提到", 1)
    possible = [(old, new) for old, new in _NEGATIONS[true.scene.language] if old in true.text]
    if not possible:
        return None
    old, new = random.choice(possible)
    return true.text.replace(old, new, 1)


def _not_denied(_: Random, true: TrueText) -> str | None:
    """What the catalogue does not mention, said to be mentioned."""
    for old, new in (("does not mention", "mentions"), ("makes no mention of", "mentions"), ("没有提到", "提到")):
        if old in true.text:
            return true.text.replace(old, new)
    return None


_TURNS = {
    "en": [
        (" more like", " less like"),
        ("than most", "than all"),
        ("closer to", "further from"),
        ("more similar", "less similar"),
        ("same price level", "lower price level"),
        ("similar price", "better price"),
        ("similar to", "better than"),
        ("within", "above"),
        ("than most of", "than any of"),
        ("closer in", "further in"),
    ],
    "zh": [
        ("更接近", "更不接近"),
        ("多数商品", "所有商品"),
        ("差不多", "更低"),
        ("相近", "更低"),
        ("相似", "更好"),
        ("之内", "之外"),
        ("类似", "更好"),
    ],
}


def _turned(random: Random, true: TrueText) -> str | None:
    possible = [(old, new) for old, new in _TURNS[true.scene.language] if old in true.text]
    if not possible or true.kinds[0] == "expected_popularity":
        return None
    old, new = random.choice(possible)
    return true.text.replace(old, new, 1)


def _turned_names(_: Random, true: TrueText) -> str | None:
    """The row said to be described more like the product than most of the category."""
    if "closer" not in true.kinds or "than most" not in true.text or _title(true) in true.text:
        return None
    did = sentences(true.scene.language, true.scene.style).did[true.row.event]
    row = f"The {_row(true)} {did}"
    return f"{row} is described more like the {_title(true)} than most of {true.scene.category}."


def _unclaimed(random: Random, true: TrueText) -> str | None:
    """A statement that would be true of another claim, which this product does not have."""
    # That both are of one brand is in their fields.
    kinds = [
        "attribute",
        "similar",
        "closer",
        "price_level",
        "together",
        "counted",
        "popularity",
        "price_limit",
        "wanted_brand",
        "excluded_words",
        "expected_popularity",
        "words",
    ]
    if true.scene.language == "zh":
        kinds.remove("wanted_brand")  # of which the shorter form says no more than what the brand is
    if "together" in true.kinds:
        kinds.remove("popularity")  # whoever was interested in both was interested in it
    kind = random.choice([kind for kind in kinds if kind not in true.kinds])
    text = true.scene.reason(kind).claim.text  # type: ignore[arg-type]
    return f"{true.text} {text}" if true.scene.language == "en" else f"{true.text}{text}"


def _praised(random: Random, true: TrueText) -> str | None:
    word = random.choice(
        (
            "excellent best finest most-loved perfect top-rated beautiful durable waterproof cheap safe"
            if true.scene.language == "en"
            else "优秀的 最好的 完美的 热销的 耐用的 防水的 便宜的 安全的 顶级的"
        ).split()
    )
    name = f"{word} {_title(true)}" if true.scene.language == "en" else f"{word}{_title(true)}"
    return _replace(true.text, _title(true), name)


def _longer_title(random: Random, true: TrueText) -> str | None:
    words = (
        "deluxe,XL,500,Pro 2,steel edition,set of 3" if true.scene.language == "en" else "豪华版,加大款,500,二代,三件套"
    )
    name = random.choice((_title(true), _row(true)))
    return _replace(true.text, name, f"{name} {random.choice(words.split(','))}")


def _cut(random: Random, true: TrueText) -> str:
    return true.text[: random.randrange(8, len(true.text) - 1)].rstrip(".。")


def _marked_up(random: Random, true: TrueText) -> str:
    return random.choice(("**{}**", "<b>{}</b>", "# {}", "{} ★★★★★", "{} 😀.", "`{}`.", "{{{}}}.")).format(true.text)


def _said_twice(_: Random, true: TrueText) -> str:
    return f"{true.text} {true.text}"


CORRUPTIONS: dict[str, Corrupt] = {
    "names swapped": _swapped_names,
    "another product recommended": _another_product,
    "a product that the customer never had": _another_row,
    "the row recommended": _row_for_product,
    "the product in the history": _product_for_row,
    "rows of two statements swapped": _swapped_rows,
    "deed swapped": _swapped_deed,
    "the product said to be bought": _product_bought,
    "wrong brand": _wrong_brand,
    "another product's attribute": _wrong_value,
    "a word of the row that is not shared": _value_of_row,
    "another attribute's name": _wrong_attribute,
    "number changed": _wrong_number,
    "price and limit swapped": _swapped_prices,
    "wrong category": _wrong_category,
    "negated": _negated,
    "denial dropped": _not_denied,
    "comparison turned round": _turned,
    "compared the other way": _turned_names,
    "claim that is not made": _unclaimed,
    "attribute made up": _praised,
    "title made longer": _longer_title,
    "price invented": _pick(
        ", at only 9.99 USD| for $5|, priced at 12.50 USD|, which costs 3 USD",
        "，只要39元|，价格是9.99 USD|，售价仅5美元",
    ),
    "superlative": _pick(
        " and it is the best choice|, the finest of all|, the most popular one|, which is perfect for you",
        "，是最好的选择|，是同类中最好的|，最受欢迎|，简直完美",
    ),
    "promise": _sentence(
        "You will love it.|It will last for years.|You won't regret it.|It is bound to suit you.|It will suit you.",
        "您一定会喜欢。|保证您满意。|它能用很多年。|您绝对不会后悔。|它肯定适合您。",
    ),
    "urgency": _sentence(
        "Only 2 left.|Buy it now.|Order today.|Don't miss it.|It is on sale.|The offer ends soon.",
        "仅剩2件。|快来购买。|今天就下单。|不要错过。|正在打折。|优惠即将结束。",
    ),
    "another customer's deed": _pick(
        ", and Mara bought it too|, like other customers who bought it|, which others bought|, as 7 friends did",
        "，小雨也买过|，其他顾客也买过|，您的邻居买过它|，7位朋友也买过",
    ),
    "another customer's count": _sentence(
        "3 other customers were interested in it.|Nine other customers wanted it.|4,000 others bought it.",
        "另有3位顾客对它感兴趣。|另有九位顾客对它感兴趣。|有4000位其他顾客对它感兴趣。",
    ),
    "quality made up": _pick(
        " and it is waterproof|, which is made in Italy|, and it keeps warm|, a gift for children|, so it saves money",
        "，而且防水|，意大利制造|，可以机洗|，送给孩子的礼物|，更省钱",
    ),
    "what it goes with": _pick(
        " and it pairs well with it|, which completes your set|, and they belong together",
        "，而且和它很搭配|，正好配成一套|，两者是一套",
    ),
    "talk around it": _sentence(
        "I hope this helps.|Let me know if you need more.|Here is another sentence.",
        "希望对您有帮助。|还有什么可以帮您？|以上是推荐理由。",
    ),
    "markup": _marked_up,
    "cut short": _cut,
    "said twice": _said_twice,
}


def corrupted(random: Random, true: TrueText) -> Iterator[tuple[str, str]]:
    """The corruptions that apply to a true text: kind and text."""
    for kind, corrupt in CORRUPTIONS.items():
        wrong = corrupt(random, true)
        if wrong is not None and wrong != true.text:
            yield kind, wrong
