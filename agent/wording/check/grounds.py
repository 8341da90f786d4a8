"""What the evidence bears out: words of the product, of the rows and of the claims, and the numbers among them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from newaisle.agent.claims.sentences import price_text, short_title
from newaisle.agent.rank.case import HistoryRow
from newaisle.agent.schema.answer import Claim
from newaisle.agent.wording.check.text_evidence import TextEvidence
from newaisle.agent.wording.check.tokens import plain_number, tokens
from newaisle.agent.wording.check.vocabulary import Vocabulary, vocabulary
from newaisle.languages import HAN
from newaisle.store.rows import Event, Product
from newaisle.store.stems import norm
from newaisle.store.synonyms import Synonyms
from newaisle.store.synonyms import known_synonyms as synonyms

_OF_OTHERS = ("popularity", "together")
_DENIAL = re.compile(r"\b(?:no|not|nothing|never|without|nor|too)\b|n['’]t\b|不|没|未|无(?![线绳])", re.IGNORECASE)
_PART = 4  # letters
_ARTICLE = 3  # letters
_DENIED = ("excluded_words", "unwanted_brand")
_IS_HAN = re.compile(f"[{HAN}]")


@cache
def derived(word: str) -> tuple[str, ...]:
    """What a word is made from: `knit` of `knitter`, `smudge` of `smudgy`."""
    stems = [word.removesuffix(end) for end in ("er", "y", "i", "ness", "ish") if word.endswith(end)]
    return tuple(
        one for stem in stems for one in (stem, norm(stem), norm(f"{stem}e"), stem[:-1]) if len(one) >= _ARTICLE
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What some texts say: a word of theirs by its stem, or any Chinese that stands in them."""

    words: frozenset[str]
    han: str
    synonyms: Synonyms

    def __contains__(self, word: str) -> bool:
        return self._has(word) or any(map(self._has, self.synonyms.of(word))) or self._has_part(word)

    def _has_part(self, word: str) -> bool:
        """Whether a word is what a compound is, as `stone` for a whetstone, or does what it is for, as a knitter."""
        if len(word) < _PART or not word.isascii():
            return False
        return any(map(self._has, derived(word))) or any(one.endswith(word.removesuffix("e")) for one in self.words)

    @property
    def has_han(self) -> bool:
        """Whether any of it is Chinese."""
        return bool(_IS_HAN.search(self.han))

    def _has(self, phrase: str) -> bool:
        if _IS_HAN.match(phrase):
            return phrase in self.han
        return self.words.issuperset(phrase.split())

    def __or__(self, other: Words) -> Words:
        return Words(self.words | other.words, f"{self.han}\n{other.han}", self.synonyms)


@dataclass(frozen=True, slots=True)
class Described:
    """One product: the words of its title, and all that its fields say."""

    key: str
    title: Words
    short: frozenset[str]
    cores: frozenset[frozenset[str]]  # what each part of a longer title has of that, as in `Saga: Part IV - The Name`
    core: frozenset[str]  # of the short title what names it: no numbers, and no words as short as `the`
    marks: frozenset[str]  # those that stand in the title
    twice: frozenset[str]  # what stands more than once in the title
    all: Words
    brand: str
    brands: frozenset[str]  # the words of that
    head: str  # the last word of what names it


@dataclass(frozen=True)
class Facts:
    """The evidence of a text, ready to be looked up word by word."""

    evidence: TextEvidence

    @cached_property
    def words(self) -> Vocabulary:
        return vocabulary(self.evidence.language)

    @cached_property
    def synonyms(self) -> Synonyms:
        return self.evidence.synonyms or synonyms()

    @cached_property
    def product(self) -> Described:
        return self._described("", self.evidence.product)

    @cached_property
    def rows(self) -> list[Described]:
        """The rows of the history that claims name, each once."""
        found = {row.product.item_id: row.product for row in self._rows()}
        return [self._described(key, product) for key, product in found.items()]

    @cached_property
    def events(self) -> dict[str, Event]:
        """What the customer did, by the row's id."""
        return {row.product.item_id: row.event for row in self._rows()}

    @cached_property
    def claimed(self) -> Words:
        """The words of what is claimed, and of the category."""
        texts = [self.evidence.category]
        for claim in self._claims():
            if claim.kind in _DENIED:
                continue
            texts += [claim.value, claim.item_field.removeprefix("attributes.").replace("_", " ")]
        return self._words(texts)

    @cached_property
    def categories(self) -> frozenset[tuple[str, ...]]:
        """The names of the category and of those of the rows, word by word."""
        names = {self.evidence.category, *(part for row in self._rows() for part in row.product.category)}
        found = {tuple(token.norm for token in tokens(name, self.is_word)) for name in names if name}
        return frozenset(name for name in found if not self.words.style.issuperset(name))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Of the claims."""
        return frozenset(reason.claim.kind for reason in self.evidence.reasons)

    @cached_property
    def counts(self) -> frozenset[int]:
        """Of other customers, as claims give them."""
        return self.counted(self._claims(*_OF_OTHERS))

    def counted(self, claims: Iterable[Claim]) -> frozenset[int]:
        """How many other customers some claims speak of."""
        return frozenset(int(one.value) for one in claims if one.kind in _OF_OTHERS and one.value.isdigit())

    @cached_property
    def chosen(self) -> frozenset[int]:
        """How many rows a claim rests on."""
        return frozenset(1 + len(reason.claim.also) for reason in self.evidence.reasons if reason.claim.also)

    @cached_property
    def prices(self) -> frozenset[str]:
        """The product's own."""
        product = self.evidence.product
        texts = [price_text(product.price, product.currency)] if product.price is not None else []
        texts += [claim.value for claim in self._claims("price_limit", "least_price")]
        return frozenset(plain_number(one) for text in texts for one in re.findall(r"\d+(?:[.,]\d+)*", text))

    @cached_property
    def denied(self) -> frozenset[str]:
        """The words that the product is said to be without."""
        words = self.norms(" ".join(claim.value for claim in self._claims(*_DENIED)))
        return frozenset(word for word in words if word not in self.product.all)

    @cached_property
    def limits(self) -> frozenset[str]:
        """What was asked that the price be within."""
        texts = [claim.text.replace(claim.value, "") for claim in self._claims("price_limit", "least_price")]
        return frozenset(plain_number(one) for text in texts for one in re.findall(r"\d+(?:[.,]\d+)*", text))

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """By the words of an attribute's name, the words of its value."""
        found = dict(self.evidence.product.attributes)
        found |= {claim.item_field.removeprefix("attributes."): claim.value for claim in self._claims("attribute")}
        return {word: self.norms(value) for name, value in found.items() for word in self.norms(name)}

    @cached_property
    def units(self) -> dict[str, frozenset[str]]:
        """By the word that follows a number in the product's fields, such as a unit, the numbers that it follows."""
        found: dict[str, set[str]] = {}
        split: dict[str, list[str]] = {}
        for decimal in self._split_decimals():
            split.setdefault(decimal.partition(".")[2], []).append(decimal)
        for text in _fields(self.evidence.product):
            read = list(tokens(text, self.is_word))
            for number, unit in pairwise(read):
                if number.is_number and unit.is_word:
                    found.setdefault(unit.norm, set()).update((number.norm, *split.get(number.norm, ())))
        return {unit: frozenset(numbers) for unit, numbers in found.items()}

    @cached_property
    def counted_rows(self) -> list[str]:
        """The keys of the rows of claims that rest on several."""
        claims = [claim for claim in self.claims if claim.also]
        return [key for claim in claims for key in (claim.history_item_id, *claim.also) if key]

    @cached_property
    def claimed_values(self) -> frozenset[str]:
        """The words of the attributes that claims say."""
        return self.norms(" ".join(claim.value for claim in self._claims("attribute")))

    def claims_of(self, keys: Iterable[str]) -> list[Claim]:
        """The claims that rest on one of some rows."""
        wanted = set(keys)
        return [claim for claim in self._claims() if wanted & {claim.history_item_id, *claim.also}]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """All numbers that stand in a field of the product or in a claim."""
        described = self.product.all.words | self.claimed.words
        counted = {str(count) for count in self.counts | self.chosen}
        spelled = {str(value) for word, value in vocabulary("en").numbers.items() if word in described}
        spelled |= {str(value) for word, value in vocabulary("zh").numbers.items() if word in self.product.all.han}
        said = frozenset(word for word in described if word[:1].isdigit())
        return said | self.prices | self.limits | counted | spelled | self._split_decimals()

    def _split_decimals(self) -> set[str]:
        """Decimals of which a catalogue has lost the point."""
        read = [token for text in _fields(self.evidence.product) for token in tokens(text, self.is_word)]
        return {f"{one.norm}.{other.norm}" for one, other in pairwise(read) if one.is_number and other.is_number}

    @cached_property
    def said_without(self) -> str:
        """The texts whose negations a text may repeat: the product's own, and those of claims that deny."""
        claims = [claim.text for claim in self._claims() if claim.kind not in _DENIED]
        return "\n".join([*_fields(self.evidence.product), *claims]).casefold()

    @cached_property
    def said_denied(self) -> frozenset[str]:
        """The words of the sentences that deny something in the product's fields or the category."""
        texts = [one for text in (*_fields(self.evidence.product), self.evidence.category) for one in text.split(". ")]
        return self.norms("\n".join(filter(_DENIAL.search, texts))) - self.words.style

    @cached_property
    def denies_abroad(self) -> bool:
        """Whether the fields deny something in another language than the text's, word for word unknown."""
        if (self.evidence.language == "zh") == self.product.all.has_han:
            return False
        return bool(_DENIAL.search("\n".join(_fields(self.evidence.product))))

    def has_text(self, written: str) -> bool:
        """Whether some words stand in a field of the product as they are."""
        return any(written.casefold() in field.casefold() for field in _fields(self.evidence.product))

    @property
    def claims(self) -> list[Claim]:
        """What the text may say."""
        return self._claims()

    def is_abbreviation(self, written: str) -> bool:
        """Whether a word stands in a name of the evidence with a full stop after it."""
        return f"{written}." in self._names

    @cached_property
    def _names(self) -> str:
        products = [self.evidence.product, *(row.product for row in self._rows())]
        return "\n".join(f"{product.title}\n{product.brand}" for product in products)

    def is_word(self, written: str) -> bool:
        """Whether some Chinese characters are a word: of the language, or as the evidence writes it."""
        return written in self.words.han or written in self.synonyms.serving or written in self._texts

    def of_shop(self, words: Iterable[str]) -> Mapping[str, int]:
        """In how many products each word stands."""
        return self.evidence.frequencies(list(words))

    @cached_property
    def _texts(self) -> str:
        """All Chinese that the evidence has."""
        products = [self.evidence.product, *(row.product for row in self._rows())]
        texts = [text for product in products for text in _fields(product)]
        texts += [claim.value for claim in self._claims()]
        return "\n".join(re.sub(rf"[^{HAN}]+", "\n", text) for text in texts)

    def _rows(self) -> list[HistoryRow]:
        return [*(reason.row for reason in self.evidence.reasons if reason.row), *self.evidence.rows]

    def _claims(self, *kinds: str) -> list[Claim]:
        claims = [reason.claim for reason in self.evidence.reasons]
        return [claim for claim in claims if not kinds or claim.kind in kinds]

    def _described(self, key: str, product: Product) -> Described:
        written = [token for token in tokens(short_title(product.title), self.is_word) if token.text[0].isalnum()]
        names = [one.norm for one in written if one.is_word and (len(one.norm) > _ARTICLE or not one.norm.isascii())]
        short = frozenset(one.norm for one in written)
        title = Counter(token.norm for token in tokens(product.title, self.is_word))
        return Described(
            key=key,
            title=self._words([product.title, product.brand or ""]),
            short=short,
            core=frozenset(names) or short,
            cores=frozenset(self._parts(product.title)),
            marks=frozenset(mark for mark in product.title if not mark.isalnum()),
            twice=frozenset(word for word, count in title.items() if count > 1),
            all=self._words(_fields(product)),
            brand=(product.brand or "").casefold(),
            brands=self.norms(product.brand or ""),
            head=names[-1] if names else "",
        )

    def _parts(self, title: str) -> Iterator[frozenset[str]]:
        """The words of the parts of a title that can stand for it: two or more, that are not only numbers."""
        for part in re.split(r": | [-–—] |,? \(", title):
            words = self.norms(part) - self.words.articles
            if len(words) > 1 and not all(word[0].isdigit() for word in words) and part != title:
                yield words

    def norms(self, text: str) -> frozenset[str]:
        """The words and numbers of a text, as they are compared."""
        return frozenset(token.norm for token in tokens(text, self.is_word) if token.is_word or token.is_number)

    def _words(self, texts: Iterable[str]) -> Words:
        return Words(frozenset().union(*map(self.norms, texts)), "\n".join(texts), self.synonyms)


def _fields(product: Product) -> list[str]:
    named = [*product.attributes, *product.attributes.values()]
    return [product.title, product.brand or "", product.description, *product.category, *named]
