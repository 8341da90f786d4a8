"""Reads prices. How a file writes decimals is found once, from all its prices that leave no doubt.

`1,299.00`, `1.299,00`, `12.5` and `1 299,00` say by themselves which mark is the decimal one; `1,299` does not, and is
read as the majority of those that do, or as `--locale` says; with neither a point is the decimal mark. A price without
doubt is always read as it is written.

A range (`10-20`) and anything that is not one plain price (`call us`, `2 for 5`, `1.2万`) leave the product in, with an
unknown price and a counted warning: any single figure would be wrong for somebody, and an unknown price never gets
past a price limit. A range stays readable as the attribute `price range`. A negative, infinite or absurd price is an
error of the file and rejects the row.
"""

from __future__ import annotations

import locale as system_locales
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from rapidfuzz import process

from newaisle.errors import InputError
from newaisle.languages import HAN
from newaisle.store.cleaning import BadValue, flat_text, is_missing

HIGHEST_PRICE = 1e9

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF"
    " CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG"
    " HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA"
    " MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD"
    " RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX"
    " USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
ISO_4217 = frozenset(_CODES.split())
# What ¥ and kr stand for depends on the file; $ is the US dollar unless its prefix or the locale says otherwise.
_MARKS = {
    "us$": "USD", "us $": "USD", "u.s.$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD",
    "nt$": "TWD", "s$": "SGD", "sg$": "SGD", "nz$": "NZD", "r$": "BRL", "mx$": "MXN", "$": "$", "美元": "USD",
    "港币": "HKD", "€": "EUR", "euro": "EUR", "欧元": "EUR", "£": "GBP", "英镑": "GBP", "¥": "¥", "cn¥": "CNY",
    "jp¥": "JPY", "元": "CNY", "人民币": "CNY", "rmb": "CNY", "円": "JPY", "日元": "JPY", "yen": "JPY", "₹": "INR",
    "rs.": "INR", "rs": "INR", "₽": "RUB", "руб.": "RUB", "руб": "RUB", "zł": "PLN", "kč": "CZK", "kr.": "kr",
    "kr": "kr", "₩": "KRW", "원": "KRW", "₪": "ILS", "฿": "THB", "₫": "VND", "₺": "TRY", "tl": "TRY", "₴": "UAH",
    "₱": "PHP", "ft": "HUF", "fr.": "CHF", "lei": "RON", "rp": "IDR",
}  # fmt: skip
_LETTERLESS = "元円원"  # may stand next to other letters
_LONG_FIRST = sorted((mark for mark in _MARKS if mark not in _LETTERLESS), key=len, reverse=True)
_MARK = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, _LONG_FIRST))}|[a-z]{{3}})(?![^\W\d_])|[{_LETTERLESS}]", re.I
)
_NUMBER = r"\d[\d., '’]*"
_PRICE = re.compile(rf"({_NUMBER})(?:[.,:][-–—])?")
_RANGE = re.compile(rf"{_NUMBER}\s*(?:-|–|—|~|〜|to|bis|至|到)\s*{_NUMBER}", re.I)
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity)", re.I)
_PLAIN_GROUPS = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?=[.,]|$)")
_GROUPED = {mark: re.compile(rf"\d+|\d{{1,3}}(?:[{mark}]\d{{2,3}})*[{mark}]\d{{3}}") for mark in ".,"}

# Languages that write a decimal comma, and territories that do not follow their language.
_COMMA = (
    "af az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk lt lv mk nb nl nn no pl pt ro ru sk sl"
    " sq sr sv tr uk uz vi"
)
_COMMA_LANGUAGES = frozenset(_COMMA.split())
_POINT_PLACES = frozenset({"CH", "LI", "MX", "US", "PR", "GT", "HN", "NI", "PA", "PE", "SV", "DO"})
_DOLLARS = {"AU": "AUD", "CA": "CAD", "HK": "HKD", "MX": "MXN", "NZ": "NZD", "SG": "SGD", "TW": "TWD", "CL": "CLP"}
_KRONER = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}

Decimal_ = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class Locale:
    """A language and perhaps a territory, as in `de_DE`."""

    language: str
    territory: str

    @property
    def decimal(self) -> Decimal_:
        return "," if self.language in _COMMA_LANGUAGES and self.territory not in _POINT_PLACES else "."


def parse_locale(text: str) -> Locale:
    """Read `de_DE`, `zh-CN` or `fr`; raises InputError for what is no locale."""
    name = text.split(".")[0].strip().replace("-", "_").lower()
    known = [alias for alias in system_locales.locale_alias if re.fullmatch("[a-z]{2,3}_[a-z]{2}", alias)]
    languages = {alias.partition("_")[0] for alias in known}
    if not re.fullmatch("[a-z]{2,3}(_[a-z]{2})?", name) or name.partition("_")[0] not in languages:
        close = process.extractOne(name, known, score_cutoff=70)
        meant = close[0].partition("_") if close else ("de", "_", "DE")
        raise InputError(f"there is no locale {text!r}: write for example --locale {meant[0]}_{meant[2].upper()}")
    language, _, territory = name.partition("_")
    return Locale(language, territory.upper())


@dataclass(frozen=True, slots=True)
class Price:
    """An amount, its currency (ISO 4217), and why an amount that was written is not known."""

    amount: float | None = None
    currency: str | None = None
    problem: Literal["range", "unreadable"] | None = None


@dataclass(frozen=True, slots=True)
class PriceConvention:
    """How one file writes prices: its decimal mark, and what `$`, `¥` and `kr` stand for."""

    decimal: Decimal_ = "."
    dollar: str = "USD"
    yuan_or_yen: str = "CNY"
    krone: str | None = None

    def currency(self, text: str) -> str | None:
        """The ISO 4217 code of a code or symbol; None when there is none or it is not known."""
        mark = unicodedata.normalize("NFKC", text).strip().lower()
        code = _MARKS.get(mark, mark.upper())
        code = {"$": self.dollar, "¥": self.yuan_or_yen, "kr": self.krone or ""}.get(code, code)
        return code if code in ISO_4217 else None


@dataclass(slots=True)
class PriceEvidence:
    """What the prices and titles of a file say about its convention."""

    decimals: Counter[str] = field(default_factory=Counter)  # "." and "," without doubt, "?" in doubt
    marks: Counter[str] = field(default_factory=Counter)
    han: int = 0
    kana: int = 0

    def add_price(self, value: object) -> None:
        if isinstance(value, str):
            number, marks, _, _ = _parts(value)
            self.decimals[(_own_decimal(number) if number else None) or ""] += 1
            self.marks.update(marks)

    def add_currency(self, value: object) -> None:
        self.marks.update(mark for mark in [_MARKS.get(flat_text(value).strip().lower(), "")] if mark)

    def add_text(self, text: str) -> None:
        if not text.isascii():
            self.kana += bool(_KANA.search(text))
            self.han += bool(_HAN.search(text))

    def convention(self, locale: Locale | None) -> PriceConvention:
        """The convention that the locale gives, else the evidence, else the defaults."""
        points, commas = self.decimals["."], self.decimals[","]
        decimal: Decimal_ = "," if commas > points else "."
        if locale or points == commas:
            decimal = locale.decimal if locale else "."
        territory = locale.territory if locale else ""
        return PriceConvention(
            decimal, _DOLLARS.get(territory, "USD"), self._yuan_or_yen(locale), _KRONER.get(territory)
        )

    def _yuan_or_yen(self, locale: Locale | None) -> str:
        """Words for the currency decide, then the locale, then the script of the titles; the default is CNY."""
        if self.marks["CNY"] != self.marks["JPY"]:
            return "CNY" if self.marks["CNY"] > self.marks["JPY"] else "JPY"
        if locale and locale.language in ("ja", "zh"):
            return "JPY" if locale.language == "ja" else "CNY"
        return "JPY" if self.kana and self.kana * 3 >= self.han else "CNY"

    def notes(self, locale: Locale | None) -> list[str]:
        """What was decided and from what, in sentences for the summary."""
        convention = self.convention(locale)
        points, commas, doubtful = (self.decimals[key] for key in (".", ",", "?"))
        name = "point" if convention.decimal == "." else "comma"
        notes = []
        if points or commas or doubtful:
            ground = (
                "--locale" if locale else f"found in {max(points, commas):,} prices" if points != commas else "default"
            )
            notes.append(f"prices have a decimal {name} ({ground})")
        if self.marks["¥"]:
            notes.append(f"¥ is read as {convention.yuan_or_yen}")
        return notes

    def warnings(self, locale: Locale | None) -> list[str]:
        """What the user should settle: prices in doubt that nothing decides, prices of two conventions, a bare kr."""
        points, commas, doubtful = (self.decimals[key] for key in (".", ",", "?"))
        warnings = []
        if doubtful and points == commas and not locale:
            warnings.append(
                f"{doubtful:,} prices such as 1,299 or 1.299 can be read in two ways and were read with a decimal"
                " point: if that is wrong, give --locale, for example de_DE"
            )
        if points and commas:
            warnings.append(
                f"{points:,} prices have a decimal point and {commas:,} a decimal comma; each was read as it is written"
            )
        if self.marks["kr"] and not (locale and locale.territory in _KRONER):
            warnings.append("kr may be SEK, NOK or DKK, so its currency is unknown: give --locale, for example sv_SE")
        return warnings


_HAN = re.compile(f"[{HAN}]")
_KANA = re.compile("[\u3041-\u30fa\u30fc]")


def read_price(value: object, convention: PriceConvention) -> Price:
    """The price in a cell; raises BadValue for one that is negative, not finite or above 1e9."""
    if value is None or isinstance(value, bool):
        return Price(problem="unreadable" if value is not None else None)
    if isinstance(value, int | float | Decimal):
        plain = _as_float(value)
        return Price() if math.isnan(plain) else Price(_checked(plain, str(value)[:40]))
    text = flat_text(value)
    if _NOT_FINITE.fullmatch(text.strip()):
        raise BadValue(f"the price {text.strip()!r} is not a finite number")
    if is_missing(text):
        return Price()
    number, marks, negative, problem = _parts(text)
    currencies = {code for mark in marks if (code := convention.currency(mark))}
    if len(currencies) == 2 and "$" in marks:
        currencies.discard(convention.dollar)  # $12.00 CAD
    if len(currencies) > 1:
        problem = "unreadable"
    currency = currencies.pop() if len(currencies) == 1 else None
    if problem or not number:
        return Price(None, currency, problem or "unreadable")
    amount = _amount(number, convention.decimal)
    if amount is None:
        return Price(None, currency, "unreadable")
    return Price(_checked(-amount if negative else amount, text.strip()[:40]), currency)


def _as_float(value: float | Decimal) -> float:
    try:
        return float(value)
    except (OverflowError, ValueError):  # an integer beyond a double, a signalling NaN
        return math.inf


def _checked(amount: float, shown: str) -> float:
    if not math.isfinite(amount):
        raise BadValue(f"the price {shown} is not a finite number")
    if amount < 0:
        raise BadValue(f"the price {shown} is negative")
    if amount > HIGHEST_PRICE:
        raise BadValue(f"the price {shown} is above {HIGHEST_PRICE:,.0f}")
    return amount + 0.0


@lru_cache(maxsize=8192)
def _parts(text: str) -> tuple[str | None, tuple[str, ...], bool, Literal["range", "unreadable"] | None]:
    """The number as written, the currency marks, whether it is negative, and what stands against one plain price."""
    text = unicodedata.normalize("NFKC", text[:200]).replace("−", "-").replace("_", " ").strip()
    marks: list[str] = []

    def take(match: re.Match[str]) -> str:
        mark = match[0].lower()
        if mark not in _MARKS and mark.upper() not in ISO_4217:
            return match[0]
        marks.append(_MARKS.get(mark, mark.upper()))
        return " "

    rest = _MARK.sub(take, text).strip()
    negative = rest.startswith("-") or bool(re.fullmatch(r"\(.*\)", rest))
    rest = rest.strip("()").removeprefix("-").removeprefix("+").strip()
    found = _PRICE.fullmatch(rest)
    if found:
        return found[1].rstrip(" '’"), tuple(marks), negative, None
    is_range = _RANGE.fullmatch(" ".join(rest.split()))
    return None, tuple(marks), negative, "range" if is_range else "unreadable"


def _own_decimal(number: str) -> str | None:
    """The decimal mark that a number shows by itself, "?" when it could be either, None when it has no mark."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "." if number.rfind(".") > number.rfind(",") else ","
    if not points and not commas:
        return None
    mark, other = (".", ",") if points else (",", ".")
    if points + commas > 1:
        return other
    head, _, tail = number.partition(mark)
    is_group = len(tail) == 3 and head.isdigit() and len(head) <= 3 and not head.startswith("0")
    return "?" if is_group else mark


def _amount(number: str, decimal: Decimal_) -> float | None:
    """The value of a number as written, with `decimal` deciding what is in doubt; None where its groups are wrong."""
    grouped = _PLAIN_GROUPS.match(number)
    if grouped:
        number = re.sub("[ '’]", "", grouped[0]) + number[grouped.end() :]
        if number.count(".") + number.count(",") > 1:
            return None
    own = _own_decimal(number) if not grouped else ("," if "," in number else ".")
    mark = own if own in (".", ",") else decimal
    whole, _, fraction = number.partition(mark)
    other = "," if mark == "." else "."
    if not _GROUPED[other].fullmatch(whole) or not (fraction.isdigit() or not fraction):
        return None
    return float(f"{whole.replace(other, '')}.{fraction or 0}")
