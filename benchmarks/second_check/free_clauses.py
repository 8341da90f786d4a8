"""Judges what no known form covers: every word that says something has to be found in product, history or catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.second_check.names import MARK, Masked, meant, unquoted
from benchmarks.second_check.sentence_forms import (
    CHOSEN,
    EVENT_VERBS,
    LIKED,
    NEGATION,
    RATED,
    RATED_HIGHLY,
)
from benchmarks.second_check.shop_facts import Done, Facts, all_words
from newaisle.languages import Language
from newaisle.store.words import words

Verdict = Literal["supported", "unsupported", "opinion"]

# What holds a sentence together, and what says no more than that this is a recommendation.
_NEUTRAL = frozenset(
    words(
        "a an the this that these those it its it's is are was were be been being and or so as because since for"
        " from with of to in on at by into which who whom whose too also both another one ones there here then"
        " thus such product item choice option pick suggestion recommendation recommend recommended recommends"
        " explain sentence customer customers user shopper you your yours they their them he she his her we our us"
        " i may might can could will would shall should has have had having do does did suit suits suited suiting"
        " suitable match matches matched matching fit fits fitting go goes going show showing offer tell say says"
        " ask asked point pointing mention shop store category catalogue like just same some any all each every"
        " other others very much many well between about among during while when where what why how"
        " if but yet still meet meets meeting cater caters range variety various offers offering provide"
        " provides providing include includes including used use uses using designed way ways purpose make makes"
        " making based base serve serves number kind type someone anyone something anything thing seem seems s"
    )
)
_PRAISE = frozenset(
    words(
        "perfect perfectly ideal ideally great good excellent best better finest top amazing awesome wonderful"
        " fantastic beautiful lovely nice must-have must buy unique special exceptional outstanding superior"
        " premium quality high high-quality trusted reliable popular favorite favourite iconic classic"
        " essential valuable value interesting exciting innovative impressive stylish elegant fun delightful"
        " convenient versatile wise smart right fitting choice example addition important helpful useful sure"
        " surely certainly definitely absolutely guaranteed guarantee enjoy happy satisfied satisfy pleased"
    )
)
# What is said of the customer: who they are, want or like, or what they did.
_OF_CUSTOMER = re.compile(
    r"\b(?:(?:you|they|he|she|customer|user|shopper|someone|anyone|who|buyer|fan|enthusiast|lover)s?\b[^.;]*?"
    r"\b(?:like|love|enjoy|prefer|appreciate|want|need|seek|look|interest|bought|purchase|order|chose|choose|chosen"
    r"|rate|review|view|own|collect|use|impressed|recommend)\w*"
    r"|(?:your|their|customer['’]s|user['’]s) \w*\s?(?:taste|preference|interest|need|requirement|criteria|favou?rite"
    r"|style|lifestyle|collection|history|purchase|love|choice|expectation)s?)",
    re.IGNORECASE,
)
_ABOUT_CUSTOMER = frozenset(
    words(
        "like likes liked love loves loved enjoy enjoys enjoyed prefer prefers preferred appreciate appreciates"
        " want wants wanted need needs seek seeks look looks looking interest interests interested bought purchase"
        " purchased purchases buy order ordered chose choose chosen chooses rate rated highly review reviewed view"
        " viewed own owns taste tastes preference preferences requirement requirements criteria favorite favourite"
        " favorites style history collection previous previously past recent recently already variety range"
        " products items fan lover"
    )
)
_CUT = re.compile(
    r"[,;:()]|\s[-–—]\s|(?=\b(?:because|since|which|who|that|while|including|making it|as well as|so)\b)"
    r"|\band (?=(?:it|they|you|he|she|the|this|is|are|was|has|have|had|can|will|would|may|wants?|likes?"
    r"|loves?|also)\b)",
    re.IGNORECASE,
)
_OWN_VERB = re.compile(
    r"\b(?:it|it['’]s|this|that|which|while|because|is|are|was|were|has|have|can|could|may|will|would"
    r"|making|offering|offers|includes|features|comes|with)\b",
    re.IGNORECASE,
)
_ZH_CUT = re.compile(r"[，。；：、！？,;:!?]|而且|并且|因为|所以|同时|因此")
_ZH_NEUTRAL = re.compile(
    "|".join(
        sorted(
            "这件商品 这款商品 这个商品 该商品 商品 产品 这款 这件 这个 这位顾客 顾客 客户 您 你 我们 它 他们"
            " 她 他 的 了 是 因为 所以 由于 适合 很 也 都 和 与 或 在 有 为 对 可以 可能 会 能 推荐 选择 给"
            " 向 您的 一个 一款 一件 非常 就 还 以及 其 这 那 一 店 本店 属于 来自 品类 里 中 上 更 喜欢"
            " 感兴趣 需要 需求 兴趣 爱好 想".split(),
            key=len,
            reverse=True,
        )
    )
)
_ZH_PRAISE = re.compile(
    "完美|理想|最好|最佳|最|优质|高质量|质量|好|必备|独特|特别|优秀|出色|满意|不错|值得|经典|实用|方便|精美|美丽|漂亮|一定|保证"
)
_ZH_OF_CUSTOMER = re.compile("喜欢|感兴趣|兴趣|爱好|需求|需要|想")


@dataclass(frozen=True, slots=True)
class Judged:
    """A clause with what was found of it: why is empty where it is supported."""

    text: str
    verdict: Verdict
    why: str = ""


def judge_clauses(left: str, masked: Masked, facts: Facts, language: Language, *, named: bool) -> Iterator[Judged]:
    """What is left of a sentence, clause by clause; one that says nothing is passed over.

    `named`: the sentence has a statement already, so that words of the product's title merely name it.
    """
    clauses = _ZH_CUT.split(left) if language == "zh" else _CUT.split(left)
    of_customer = False
    for clause in clauses:
        if language == "en":
            # A list goes on about whom it began with.
            of_customer = bool(_OF_CUSTOMER.search(clause)) or (of_customer and not _OWN_VERB.search(clause))
        else:
            of_customer = bool(_ZH_OF_CUSTOMER.search(clause))
        found = _judge(clause, masked, facts, language, of_customer=of_customer, named=named)
        if found is not None:
            yield found


def _judge(
    clause: str, masked: Masked, facts: Facts, language: Language, *, of_customer: bool, named: bool
) -> Judged | None:
    spelled = masked.spelled(clause).strip()
    rows, stranger = _named(clause, masked, facts)
    if stranger:
        return Judged(spelled, "unsupported", stranger)
    bare = re.sub(MARK, " ", clause)
    said = _zh_content(bare) if language == "zh" else _content(bare)
    praise = _zh_praise(bare) if language == "zh" else [word for word in words(bare) if word in _PRAISE]
    if NEGATION[language].search(bare) and (said or praise):
        return Judged(spelled, "unsupported", "it denies something, which was not looked up")
    if of_customer:
        return _judge_customer(spelled, said - _ABOUT_CUSTOMER, bare, rows, facts, praise)
    if rows:
        return Judged(spelled, "unsupported", f"{rows[0].product.title!r} is in the history, but not this product")
    unknown = sorted(said - facts.product_words)
    if unknown:
        return Judged(spelled, "unsupported", f"the catalogue does not say {unknown[0]!r} of the product")
    if praise:
        return Judged(spelled, "opinion", f"{praise[0]!r} cannot be looked up")
    if not said or (named and said <= set(words(f"{facts.product.brand or ''} {facts.product.title}"))):
        return None
    return Judged(spelled, "supported")


def _named(clause: str, masked: Masked, facts: Facts) -> tuple[list[Done], str]:
    """The rows of the history that a clause names, and what is wrong with its names, if anything is."""
    rows: list[Done] = []
    for mark in re.findall(MARK, clause):
        name = unquoted(masked.spelled(mark))
        if meant(name, [facts.product]) or set(words(name)) <= set(words(facts.category)):
            continue
        if name.casefold() == (facts.product.brand or "").casefold():
            continue
        found = meant(name, facts.done)
        if not found and not set(words(name)) <= facts.product_words:
            return rows, f"{name!r} is neither the product nor in the history"
        rows += found
    return rows, ""


def _judge_customer(
    spelled: str, said: set[str], bare: str, rows: list[Done], facts: Facts, praise: Sequence[str]
) -> Judged | None:
    """A clause about the customer: all that it says has to be true of one product that they chose."""
    fits = [row for row in rows or facts.done if _events_fit(bare, row)]
    if rows and not fits:
        return Judged(spelled, "unsupported", f"that was not done with {rows[0].product.title!r}")
    if said and not any(said <= all_words(row.product) for row in fits):
        missing = min(said, key=lambda word: (any(word in all_words(row.product) for row in fits), word))
        return Judged(spelled, "unsupported", f"nothing in the history goes with {missing!r}")
    if praise:
        return Judged(spelled, "opinion", f"{praise[0]!r} cannot be looked up")
    if said or rows:
        return Judged(spelled, "supported")
    if _OF_CUSTOMER.search(bare) or _ZH_OF_CUSTOMER.search(bare):
        return Judged(spelled, "opinion", "it says nothing that can be looked up")
    return None


def _events_fit(bare: str, row: Done) -> bool:
    """Whether what a clause says was done is what was done with a row; any liking will do for mere interest."""
    asked = [event for verb, event in EVENT_VERBS.items() if re.search(rf"\b{verb}\b", bare, re.IGNORECASE)]
    return all(event in row.events for event in asked) if asked else row.liking > 0


def did(verb: str, row: Done) -> bool:
    """Whether a deed, as a sentence words it, was done with a row of the history."""
    verb = verb.casefold()
    if verb in RATED_HIGHLY:
        return row.rated_highly
    if verb in RATED:
        return "rating" in row.events or row.rated_highly
    if verb in LIKED:
        return "like" in row.events or row.rated_highly
    if verb in CHOSEN:
        return row.chosen
    return EVENT_VERBS[verb] in row.events


def _content(bare: str) -> set[str]:
    return {word for word in words(bare) if word not in _NEUTRAL and word not in _PRAISE}


def _zh_content(bare: str) -> set[str]:
    return set(words(_ZH_PRAISE.sub(" ", _ZH_NEUTRAL.sub(" ", bare))))


def _zh_praise(bare: str) -> list[str]:
    return _ZH_PRAISE.findall(bare)
