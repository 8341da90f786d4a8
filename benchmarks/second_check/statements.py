"""An independent checker of explanations: it splits a text into statements and looks every one up.

It is given the text and the shop, not the claims that the text was made from, and shares no code with what made it. A
statement is what one known form of sentence covers (see `sentence_forms` beside this file), or else a clause. What
cannot be parsed, or is not found in the customer's history or the catalogue, is unsupported; what asserts nothing that
could be looked up is an opinion, and no more supported than that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import ge, le

from benchmarks.second_check.free_clauses import Verdict, did, judge_clauses
from benchmarks.second_check.names import MARK, Masked, meant, unquoted
from benchmarks.second_check.sentence_forms import COUNTS, FORMS, NEGATION
from benchmarks.second_check.shop_facts import MOST, SAME_LEVEL, SIMILAR, Done, Facts, is_in
from newaisle.languages import Language
from newaisle.store.rows import PATH_SEPARATOR, Product
from newaisle.store.words import is_chinese, product_text, words

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”')\]]*\s+|(?<=[。！？])|\n+")
_QUOTE = re.compile(r'"[^"]+"|“[^”]+”')
_OWN_NEGATION = frozenset({"excluded", "least_price", "unwanted_brand"})  # forms that deny something themselves
_TAKEN_OUT = " § "
_ROUNDING = 1e-6  # of a score
_CROWD = 3  # other customers from whom on something is said of them
_OFTEN = 1 / 3  # of a category: those that others chose most


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a text, its kind, and why it is not supported, if so."""

    text: str
    kind: str
    verdict: Verdict
    why: str = ""

    @property
    def supported(self) -> bool:
        return self.verdict == "supported"


def statements(text: str, facts: Facts) -> list[Statement]:
    """Every statement of a text with what the shop says of it; one that is made twice counts once."""
    masked = Masked.of(text, _names(facts))
    language: Language = "zh" if is_chinese(masked.text) else "en"  # whatever the names in it are written in
    found: dict[str, Statement] = {}
    for sentence in _SENTENCE_END.split(masked.text):
        for statement in _of_sentence(sentence, masked, facts, language):
            found.setdefault(" ".join(words(statement.text)) or statement.text, statement)
    return list(found.values())


def _names(facts: Facts) -> list[str]:
    """Everything whose punctuation could be taken for that of a sentence."""
    products = [facts.product, *(row.product for row in facts.done)]
    names = [product.title for product in products]
    others = [product.brand or "" for product in products]
    others += [part for product in products for part in product.category]
    others += [facts.category.split(PATH_SEPARATOR)[-1], facts.category]
    return names + [name for name in others if re.search(r"\w\W+\w|^\W\w", name)]


def _of_sentence(sentence: str, masked: Masked, facts: Facts, language: Language) -> list[Statement]:
    checks = _Checks(facts, masked)
    left, made = sentence, []
    for form in FORMS[language]:

        def take_out(match: re.Match[str], kind: str = form.kind) -> str:
            why = checks.problem(kind, match)
            made.append(Statement(masked.spelled(match[0]).strip(), kind, "unsupported" if why else "supported", why))
            return _TAKEN_OUT

        left = form.pattern.sub(take_out, left)
    if made and NEGATION[language].search(left):
        made = [
            Statement(one.text, one.kind, "unsupported", "it is denied")
            if one.supported and one.kind not in _OWN_NEGATION
            else one
            for one in made
        ]
        left = NEGATION[language].sub(" ", left)
    rest = judge_clauses(left.replace("§", " "), masked, facts, language, named=bool(made))
    return made + [Statement(clause.text, "clause", clause.verdict, clause.why) for clause in rest]


class _Checks:
    """Looks up what the groups of a form caught; the answer is what is wrong, empty where nothing is."""

    def __init__(self, facts: Facts, masked: Masked) -> None:
        self.facts = facts
        self._masked = masked

    def problem(self, kind: str, match: re.Match[str]) -> str:
        said = {name: self._masked.spelled(part).strip() for name, part in match.groupdict().items() if part}
        check: Callable[[dict[str, str]], str] = getattr(self, f"_{kind}")
        return self._other_product(match) or check(said)

    def _other_product(self, match: re.Match[str]) -> str:
        """What is wrong with a name that stands where the product's should: "both X and the Y you bought"."""
        groups = [match.span(name) for name, part in match.groupdict().items() if part]
        for mark in re.finditer(MARK, match[0]):
            place = mark.start() + match.start()
            name = self._masked.spelled(mark[0])
            if not any(start <= place < end for start, end in groups) and not meant(name, [self.facts.product]):
                return f"{unquoted(name)!r} is not the product"
        return ""

    def _rows(self, said: dict[str, str]) -> list[Done] | str:
        """The rows meant with which that was done, or what is wrong."""
        # What comes before a colon may be no part of the name: "The P may suit you: the R you bought ...".
        names = [": ".join(parts[i:]) for parts in [said["row"].split(": ")] for i in range(len(parts))]
        named = next(filter(None, (meant(name, self.facts.done) for name in names)), [])
        if not named:
            return f"{unquoted(said['row'])!r} is not in the history"
        return [row for row in named if did(said["deed"], row)] or f"{said['row']!r} was not {said['deed']}"

    def _with_row(self, said: dict[str, str], holds: Callable[[Product], bool], why: str, *, exact: bool = True) -> str:
        """What is wrong with a relation to a row and, where many are counted, with their number."""
        rows = self._rows(said)
        if isinstance(rows, str):
            return rows
        if not any(holds(row.product) for row in rows):
            return why
        if "count" not in said and "more" not in said:
            return ""
        within = said.get("incat") or said.get("inmore")
        of_kind = [row for row in self.facts.done if row.chosen and holds(row.product)]
        counted = sum(within is None or is_in(row.product, unquoted(within)) for row in of_kind)
        wanted = _count(said["count"]) if "count" in said else 2
        if within is not None and not any(is_in(row.product, unquoted(within)) for row in rows):
            return f"{said['row']!r} is not in {within}"
        right = counted == wanted if exact and "count" in said else counted >= wanted
        return "" if right else f"there are {counted} such products, not {wanted}"

    def _brand(self, said: dict[str, str]) -> str:
        brand = self.facts.product.brand or ""
        if _folded(said.get("brand", brand)) != _folded(brand) or not brand:
            return f"the product is not by {said.get('brand', 'any brand')!r}"
        return self._with_row(said, lambda row: _folded(row.brand or "") == _folded(brand), "the row is by another")

    _same_brand = _brand

    def _only_brand(self, said: dict[str, str]) -> str:
        brand = self.facts.product.brand or ""
        return "" if brand and _folded(said["brand"]) == _folded(brand) else f"it is not by {said['brand']!r}"

    def _wanted_brand(self, said: dict[str, str]) -> str:
        wanted = {_folded(brand) for brand in self.facts.constraints.brands}
        asked = "" if _folded(said["brand"]) in wanted else f"{said['brand']!r} was not asked for"
        return self._only_brand(said) or asked

    def _attribute(self, said: dict[str, str]) -> str:
        name, value = _folded(said["name"]), _folded(said["value"])
        why = f"not both have {said['name']} {said['value']}"
        if not _has_attribute(self.facts.product, name, value):
            return why
        return self._with_row(said, lambda row: _has_attribute(row, name, value), why)

    def _words(self, said: dict[str, str]) -> str:
        about = set(words(" ".join(map(unquoted, _QUOTE.findall(said["words"])))))
        why = f"not both texts have {said['words']}"
        if not about or not about <= _text_words(self.facts.product):
            return why
        return self._with_row(said, lambda row: about <= _text_words(row), why, exact=False)

    def _bare_words(self, said: dict[str, str]) -> str:
        about = re.sub(r"\b(?:and|the|words?|both)\b", " ", said["words"])
        return self._words({**said, "words": f'"{about}"'})

    def _price_level(self, said: dict[str, str]) -> str:
        shop, own = self.facts.shop, self.facts.shop.price_level(self.facts.product, self.facts.category)

        def is_near(row: Product) -> bool:
            level = shop.price_level(row, PATH_SEPARATOR.join(row.category))
            return own is not None and level is not None and abs(own - level) <= SAME_LEVEL

        return self._with_row(said, is_near, "the price levels differ, or one is unknown")

    def _similar(self, said: dict[str, str]) -> str:
        shop, product = self.facts.shop, self.facts.product
        return self._with_row(said, lambda row: shop.cosine(product, row) >= SIMILAR, "they are not similar")

    def _closer(self, said: dict[str, str]) -> str:
        shop, facts = self.facts.shop, self.facts

        def is_closer(row: Product) -> bool:
            return shop.share_less_like(facts.product, row, facts.category) > MOST

        return self._category(said) or self._with_row(said, is_closer, "most of the category are more like it")

    def _together(self, said: dict[str, str]) -> str:
        if "count" not in said:
            return self._with_row(said, lambda row: self.facts.together(row) >= _CROWD, "hardly anybody chose both")
        count = _count(said.pop("count"))
        return self._with_row(said, lambda row: self.facts.together(row) == count, f"it was not {count} customers")

    def _counted(self, said: dict[str, str]) -> str:
        rows = self._rows(said)
        if isinstance(rows, str):
            return rows
        falls = self.facts.falls_without() if self.facts.falls_without else {}
        held = any(falls.get(row.product.item_id, 0.0) > _ROUNDING for row in rows)
        return "" if held else "the score does not fall without it"

    def _expected_popularity(self, said: dict[str, str]) -> str:
        wrong = self._category(said)
        return wrong or ("" if self.facts.estimated > MOST else "most of the category are estimated to find more")

    def _others(self, said: dict[str, str]) -> str:
        count = len(self.facts.liked_by_others())
        return "" if count == _count(said["count"]) else f"it was {count} other customers"

    def _others_alike(self, said: dict[str, str]) -> str:
        shared = self.facts.shares_a_liking(self.facts.liked_by_others())
        return self._others(said) or ("" if shared else "none of them liked what this customer liked")

    def _often(self, said: dict[str, str]) -> str:
        others = self.facts.shop.choosers_of(self.facts.product) - {self.facts.user_id or ""}
        is_often = len(others) >= _CROWD and self.facts.share_chosen_more() < _OFTEN
        return self._category(said) or ("" if is_often else "others did not often choose it")

    def _unchosen(self, said: dict[str, str]) -> str:
        return self._category(said) or ("others took an interest in it" if self.facts.liked_by_others() else "")

    def _price(self, said: dict[str, str]) -> str:
        return self._limit(said, self.facts.constraints.max_price, le, "the price is over the limit")

    def _least_price(self, said: dict[str, str]) -> str:
        return self._limit(said, self.facts.constraints.min_price, ge, "the price is below the limit")

    def _limit(self, said: dict[str, str], limit: float | None, keeps: Callable[[float, float], bool], why: str) -> str:
        product, currency = self.facts.product, self.facts.constraints.currency
        if product.price is None or not _is_price(said["price"], product.price, product.currency):
            return f"the price is not {said['price']}"
        if limit is None or not _is_price(said["limit"], limit, currency):
            return f"the limit is not {said['limit']}"
        return "" if keeps(product.price, limit) else why

    def _unwanted_brand(self, said: dict[str, str]) -> str:
        named = {_folded(brand) for brand in re.split(r" or |、", said["brands"])}
        unwanted = {_folded(brand) for brand in self.facts.constraints.not_brands}
        if not named <= unwanted:
            return f"{said['brands']!r} was not ruled out"
        return "it is by one of them" if _folded(self.facts.product.brand or "") in named else ""

    def _mentioned(self, said: dict[str, str]) -> str:
        return self._in_catalogue(said, self.facts.constraints.words, is_there=True)

    def _excluded(self, said: dict[str, str]) -> str:
        return self._in_catalogue(said, self.facts.constraints.exclude, is_there=False)

    def _in_catalogue(self, said: dict[str, str], constraint: Sequence[str], *, is_there: bool) -> str:
        named = [unquoted(part) for part in _QUOTE.findall(said["words"])]
        asked = {_folded(word) for word in constraint}
        text = words(product_text(self.facts.product))
        for name in named:
            if _stands_in(words(name), text) != is_there:
                return f"the catalogue {'does not' if is_there else 'does'} mention {name!r}"
            if _folded(name) not in asked:
                return f"{name!r} was not asked for"
        return "" if named else "it names no words"

    def _category(self, said: dict[str, str]) -> str:
        name = unquoted(said["cat"])
        return "" if is_in(self.facts.product, name) else f"the product is not in {name!r}"

    def _deed(self, said: dict[str, str]) -> str:
        rows = self._rows(said)
        return rows if isinstance(rows, str) else ""

    _deed_first = _deed_noun = _deed


def _count(text: str) -> int:
    return COUNTS.get(text.casefold()) or int(text.replace(",", ""))


def _folded(text: str) -> str:
    return " ".join(unquoted(text).casefold().replace("_", " ").split())


def _has_attribute(product: Product, name: str, value: str) -> bool:
    return any(_folded(own) == name and _folded(product.attributes[own]) == value for own in product.attributes)


def _text_words(product: Product) -> set[str]:
    return set(words(product_text(product)))


def _stands_in(phrase: Sequence[str], text: Sequence[str]) -> bool:
    """Whether words stand in a text side by side."""
    return any(list(text[i : i + len(phrase)]) == list(phrase) for i in range(len(text) - len(phrase) + 1))


def _is_price(text: str, price: float, currency: str | None) -> bool:
    amount, _, unit = text.rstrip(".,").partition(" ")
    return amount.replace(",", "") == f"{price:.2f}" and unit in ("", currency or "")
